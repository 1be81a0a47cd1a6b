"""All texts of the letters, the dashboard and the Google Sheet, in English and Russian."""

from etl.texts.catalogue import Catalogue, catalogue_of

__all__ = ["CATALOGUES", "EN", "RU", "Catalogue", "catalogue_of"]

EN, RU = catalogue_of("en"), catalogue_of("ru")
CATALOGUES = (RU, EN)
