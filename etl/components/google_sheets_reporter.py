"""Report: makes the sheet show what the database has, one row a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property, partial
from typing import TypeVar

from google.oauth2.service_account import Credentials

from etl.models.figures import DailyFigures, TaskFigures
from etl.models.notices import Publication
from etl.models.outside import retrying
from etl.sheets.client import (
    GOOGLE,
    TIMEOUTS_SECONDS,
    PassingReportError,
    RemoteSpreadsheet,
    translated,
)
from etl.sheets.columns import daily_headers, tasks_headers
from etl.sheets.days import Plan, plan_days
from etl.sheets.login import open_spreadsheet, read_credentials
from etl.sheets.obstacles import TabPlan, refuse_locks
from etl.sheets.tasks import plan_tasks
from etl.sheets.workbook import Workbook, read_workbook
from etl.sheets.writing import write
from etl.texts import Catalogue

TRIES = 6
# Google counts its quota by the minute: the waits together outlast one.
LONGEST_WAIT_SECONDS = 40
NOWHERE = "e2b5c0de-6a0f-4c5b-9c3f-b4d6d3a7f1c9"

T = TypeVar("T")


class GoogleSheetsReporter:
    """Keeps the days and the tab of the tasks. Nothing is asked before `publish` or `check`."""

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
        self._sleep = sleep

    @property
    def url(self) -> str:
        """Where people open the sheet."""
        return f"https://docs.google.com/spreadsheets/d/{self._spreadsheet_id}/edit"

    def publish(
        self, figures: Sequence[DailyFigures], tasks: Sequence[TaskFigures] | None = None
    ) -> Publication:
        """Writes what differs and reads it back; without tasks their tab is left alone.

        First the days, all or nothing, then the tasks, all or nothing. Raises `ReportError`.
        """
        attempted: list[Publication] = []
        return self._patiently(lambda: self._publish(figures, tasks, attempted))

    def check(self) -> str:
        """Reads the tab and tries the right to edit without editing. Raises `ReportError`."""
        return self._patiently(self._check)

    def _publish(
        self,
        figures: Sequence[DailyFigures],
        tasks: Sequence[TaskFigures] | None,
        attempted: list[Publication],
    ) -> Publication:
        """Reads first, so that a write whose answer was lost is seen and not done again."""
        with self._open() as spreadsheet:
            plan = partial(self._plan, spreadsheet, figures, tasks)
            days, tabs = plan()
            if days.requests or not attempted:
                attempted.append(days.publication)
            if not any(tab.batch for tab in tabs):
                return attempted[-1]
            for number, tab in enumerate(tabs):
                write(spreadsheet, tab, partial(_tab_again, plan, number))
            days, (_, of_tasks) = plan()
            return replace(
                attempted[-1],
                differing=tuple(sorted(days.days)),
                tasks_differ=bool(of_tasks.batch),
            )

    def _plan(
        self,
        spreadsheet: RemoteSpreadsheet,
        figures: Sequence[DailyFigures],
        tasks: Sequence[TaskFigures] | None,
    ) -> tuple[Plan, list[TabPlan]]:
        workbook = self._read(spreadsheet, with_tasks=tasks is not None)
        days = plan_days(workbook, figures, self._catalogue)
        of_tasks = [] if tasks is None else plan_tasks(workbook, tasks, self._catalogue)
        return days, [
            TabPlan(workbook, workbook.daily, daily_headers(self._catalogue), days.requests),
            TabPlan(workbook, workbook.tasks, tasks_headers(self._catalogue), of_tasks),
        ]

    def _check(self) -> str:
        with self._open() as spreadsheet:
            _, tabs = self._plan(spreadsheet, [], [])
            workbook, grid = tabs[0].workbook, tabs[0].workbook.daily
            # Replacing what is nowhere changes nothing, and yet needs the right to edit.
            nothing = {"find": NOWHERE, "replacement": "", "sheetId": grid.sheet_id}
            spreadsheet.update([{"findReplace": nothing}])
            for tab in tabs:
                refuse_locks(tab, spreadsheet.account)
            return f"tab {grid.title!r} of {workbook.title!r} can be edited"

    def _read(self, spreadsheet: RemoteSpreadsheet, *, with_tasks: bool) -> Workbook:
        headers = daily_headers(self._catalogue)
        return read_workbook(spreadsheet, self._worksheet_title, headers, with_tasks=with_tasks)

    def _open(self) -> AbstractContextManager[RemoteSpreadsheet]:
        return open_spreadsheet(
            self._credentials, self._spreadsheet_id, self._api_url, self._timeouts_seconds
        )

    def _patiently(self, step: Callable[[], T]) -> T:
        retry = retrying(
            lambda error: isinstance(error, PassingReportError),
            tries=TRIES,
            first_wait_seconds=2,
            longest_wait_seconds=LONGEST_WAIT_SECONDS,
            sleep=self._sleep,
        )
        result: T = retry(self._translated, step)
        return result

    def _translated(self, step: Callable[[], T]) -> T:
        with translated(self._credentials.service_account_email):
            return step()

    @cached_property
    def _credentials(self) -> Credentials:
        return read_credentials(self._credentials_base64)


def _tab_again(plan: Callable[[], tuple[Plan, list[TabPlan]]], number: int) -> TabPlan:
    return plan()[1][number]
