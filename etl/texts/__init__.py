"""The texts: all sentences in letters, on the page and in the sheet, in each language."""

from __future__ import annotations

from etl.texts.catalogue import Catalogue, catalogue_of

__all__ = ["EN", "RU", "Catalogue", "catalogue_of", "catalogues"]

EN, RU = catalogue_of("en"), catalogue_of("ru")


def catalogues() -> tuple[Catalogue, ...]:
    """Returns the catalogues of all languages."""
    return (RU, EN)
