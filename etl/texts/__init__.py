"""The texts: all sentences in letters, on the page and in the sheet, in each language."""

from __future__ import annotations

from etl.texts.catalogue import Catalogue, catalogue_of

__all__ = ["CATALOGUES", "EN", "RU", "Catalogue", "catalogue_of"]

EN, RU = catalogue_of("en"), catalogue_of("ru")
CATALOGUES = (RU, EN)
