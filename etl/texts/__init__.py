"""Every sentence that a reader of a letter or of the sheet sees, in each language."""

from __future__ import annotations

from etl.texts.catalogue import Catalogue
from etl.texts.en.catalogue import EN
from etl.texts.ru.catalogue import RU

__all__ = ["EN", "RU", "Catalogue", "catalogues"]


def catalogues() -> tuple[Catalogue, ...]:
    """All languages that there are."""
    return (RU, EN)


def catalogue_of(language: str) -> Catalogue:
    return next(one for one in catalogues() if one.language == language)
