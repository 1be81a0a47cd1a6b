"""Report: makes the sheet show what the database has, one row a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import gspread
import tenacity
from google.oauth2.service_account import Credentials
from gspread.utils import (
    DateTimeOption,
    ValueRenderOption,
    absolute_range_name,
    rowcol_to_a1,
)

from etl.errors import Problem, ReportError
from etl.models import DailyFigures, Publication
from etl.sheets.client import (
    GOOGLE,
    TIMEOUTS_SECONDS,
    PassingReportError,
    open_spreadsheet,
    read_credentials,
    translated,
)
from etl.sheets.layout import Grid, Plan, find_columns, plan_update
from etl.texts import Catalogue, catalogues

TRIES = 6
# Google counts its quota by the minute: the waits together outlast one.
WAITS = tenacity.wait_exponential_jitter(multiplier=2, max=40)
NOWHERE = "e2b5c0de-6a0f-4c5b-9c3f-b4d6d3a7f1c9"

T = TypeVar("T")


class GoogleSheetsReporter:
    """Upserts daily rows. Nothing is asked before `publish` or `check` is used."""

    def __init__(
        self,
        credentials_base64: str,
        spreadsheet_id: str,
        *,
        catalogue: Catalogue,
        worksheet_title: str | None = None,
        api_url: str = GOOGLE,
        timeouts_seconds: tuple[float, float] = TIMEOUTS_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials_base64 = credentials_base64
        self._spreadsheet_id = spreadsheet_id
        self._worksheet_title = worksheet_title
        self._api_url = api_url
        self._timeouts_seconds = timeouts_seconds
        self._catalogue = catalogue
        self._headers = [
            catalogue.sheet_header,
            *(other.sheet_header for other in catalogues() if other is not catalogue),
        ]
        self._sleep = sleep

    @property
    def url(self) -> str:
        """Where people open the sheet."""
        return f"https://docs.google.com/spreadsheets/d/{self._spreadsheet_id}/edit"

    def publish(self, figures: Sequence[DailyFigures]) -> Publication:
        """Writes what differs, all or nothing, and reads it back. Raises `ReportError`."""
        attempted: list[Publication] = []
        return self._patiently(lambda: self._publish(figures, attempted))

    def check(self) -> str:
        """Reads the tab and tries the right to edit without editing. Raises `ReportError`."""
        return self._patiently(self._check)

    def _publish(
        self, figures: Sequence[DailyFigures], attempted: list[Publication]
    ) -> Publication:
        """From reading on, so that a write whose answer was lost is seen and not done again."""
        with self._open() as spreadsheet:
            plan = self._plan(spreadsheet, figures)
            if not plan.requests:
                return attempted[-1] if attempted else plan.publication
            attempted.append(plan.publication)
            spreadsheet.batch_update({"requests": plan.requests})
            still_wrong = self._plan(spreadsheet, figures).days
            return replace(plan.publication, differing=tuple(sorted(still_wrong)))

    def _plan(self, spreadsheet: gspread.Spreadsheet, figures: Sequence[DailyFigures]) -> Plan:
        grid = self._find_grid(spreadsheet)
        return plan_update(grid, figures, self._headers, self._catalogue.sheet_date_pattern)

    def _check(self) -> str:
        with self._open() as spreadsheet:
            grid = self._find_grid(spreadsheet)
            plan_update(grid, [], self._headers, self._catalogue.sheet_date_pattern)
            # Replacing what is nowhere changes nothing, and yet needs the right to edit.
            nothing = {"find": NOWHERE, "replacement": "", "sheetId": grid.sheet_id}
            spreadsheet.batch_update({"requests": [{"findReplace": nothing}]})
            return f"tab {grid.title!r} of {spreadsheet.title!r} can be edited"

    def _open(self) -> AbstractContextManager[gspread.Spreadsheet]:
        return open_spreadsheet(
            self._credentials, self._spreadsheet_id, self._api_url, self._timeouts_seconds
        )

    def _find_grid(self, spreadsheet: gspread.Spreadsheet) -> Grid:
        """The named tab; else the first with our header, since people put tabs in front of it."""
        sheets = spreadsheet.fetch_sheet_metadata()["sheets"]
        tabs = [sheet["properties"] for sheet in sheets]
        # A chart in a tab of its own has no cells.
        tabs = [tab for tab in tabs if tab.get("sheetType", "GRID") == "GRID"]
        if self._worksheet_title:
            tabs = [tab for tab in tabs if tab["title"] == self._worksheet_title]
        if not tabs:
            raise ReportError(Problem.SHEET_TAB_MISSING, title=self._worksheet_title or "")
        first = _read(spreadsheet, tabs[0])
        grids = chain([first], (_read(spreadsheet, tab) for tab in tabs[1:]))
        return next((grid for grid in grids if find_columns(grid, self._headers)), first)

    def _patiently(self, step: Callable[[], T]) -> T:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingReportError),
            wait=WAITS,
            stop=tenacity.stop_after_attempt(TRIES),
            sleep=self._sleep,
            reraise=True,
        )
        result: T = retrying(self._translated, step)
        return result

    def _translated(self, step: Callable[[], T]) -> T:
        with translated(self._credentials.service_account_email):
            return step()

    @cached_property
    def _credentials(self) -> Credentials:
        return read_credentials(self._credentials_base64)


def _read(spreadsheet: gspread.Spreadsheet, tab: Mapping[str, Any]) -> Grid:
    """All cells of a tab; asked for by its corners, for Google takes a title like Q1 for a cell."""
    size = tab["gridProperties"]
    row_count, column_count = size["rowCount"], size["columnCount"]
    cells = f"A1:{rowcol_to_a1(row_count, column_count)}"
    answer = spreadsheet.values_get(
        absolute_range_name(tab["title"], cells),
        params={
            "valueRenderOption": ValueRenderOption.unformatted,
            "dateTimeRenderOption": DateTimeOption.serial_number,
        },
    )
    values = answer.get("values", [])
    return Grid(tab["title"], tab["sheetId"], row_count, column_count, values)
