"""Our tabs' headers in every language that a tab may have been begun in, the report's own first."""

from __future__ import annotations

from etl.texts import Catalogue, catalogues


def daily_headers(catalogue: Catalogue) -> list[tuple[str, ...]]:
    return [language.sheet_header for language in _languages(catalogue)]


def tasks_headers(catalogue: Catalogue) -> list[tuple[str, ...]]:
    return [language.tasks_header for language in _languages(catalogue)]


def _languages(catalogue: Catalogue) -> list[Catalogue]:
    return [catalogue, *(other for other in catalogues() if other is not catalogue)]
