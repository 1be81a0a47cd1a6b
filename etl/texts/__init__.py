"""Every sentence that a reader of a letter, the page or the sheet sees, in each language."""

from __future__ import annotations

from etl.texts.catalogue import Catalogue, catalogue_of

__all__ = ["EN", "RU", "Catalogue", "catalogue_of", "catalogues"]

EN, RU = catalogue_of("en"), catalogue_of("ru")


def catalogues() -> tuple[Catalogue, ...]:
    """All languages that there are."""
    return (RU, EN)
