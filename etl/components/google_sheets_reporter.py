"""Report: makes a Google Sheet show the database's figures, a row for each day and task."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TypeVar

from etl.models.errors import Problem, ReportError
from etl.models.figures import DailyFigures, TaskFigures
from etl.models.http_session import HTTPSession
from etl.models.notices import Publication
from etl.models.peers import retrying
from etl.sheets.cells import Request
from etl.sheets.client import (
    ANSWER_BYTES_AT_MOST,
    GOOGLE,
    TIMEOUT_SECONDS,
    PassingReportError,
    RefusedWriteError,
    RemoteSpreadsheet,
    open_spreadsheet,
    read_credentials,
)
from etl.sheets.days import DAILY_HEADERS, Plan, plan_days
from etl.sheets.grid import Workbook, read_workbook
from etl.sheets.look import without_look
from etl.sheets.tasks import TASKS_HEADERS, plan_tasks
from etl.texts import Catalogue

log = logging.getLogger(__name__)

TRIES = 6
# Google counts its quota by the minute: the waits together are longer than one.
LONGEST_WAIT_SECONDS = 40
# All tries together, as long as no large spreadsheet takes.
DEADLINE_SECONDS = 300
NOWHERE = "e2b5c0de-6a0f-4c5b-9c3f-b4d6d3a7f1c9"

T = TypeVar("T")


class GoogleSheetsReporter:
    """A writer of figures to two tabs of a Google Sheet, one for days and one for tasks.

    `credentials_base64` is a service account's JSON key. `worksheet_title` names the tab of days;
    None means the first that has its header, else the first visible one. `catalogue` has the texts
    of headers, `network` proxies and CA files by environment variable. `timeout_seconds` limits
    each wait for data, `deadline_seconds` a whole report with all tries.
    """

    def __init__(
        self,
        credentials_base64: str,
        spreadsheet_id: str,
        *,
        catalogue: Catalogue,
        worksheet_title: str | None = None,
        api_url: str = GOOGLE,
        network: Mapping[str, str],
        timeout_seconds: float = TIMEOUT_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = cache(partial(read_credentials, credentials_base64))
        self._spreadsheet_id = spreadsheet_id
        self._worksheet_title = worksheet_title
        self._api_url = api_url
        self._session = partial(
            HTTPSession,
            network,
            timeout_seconds=timeout_seconds,
            bytes_at_most=ANSWER_BYTES_AT_MOST,
        )
        self._deadline_seconds = deadline_seconds
        self._catalogue = catalogue
        self._sleep = sleep

    @property
    def url(self) -> str:
        """The address at which people open the spreadsheet in a browser."""
        return f"https://docs.google.com/spreadsheets/d/{self._spreadsheet_id}/edit"

    def publish(
        self, figures: Sequence[DailyFigures], tasks: Sequence[TaskFigures] | None = None
    ) -> Publication:
        """Writes figures that differ from the sheet, and reads them back; returns what was changed.

        The tab of days is written first, then that of tasks, each as a whole or not at all; if
        `tasks` is None, theirs is left alone. Raises `ReportError` if Google refuses, or all tries
        fail.
        """
        attempted: list[Publication] = []
        return self._patiently(lambda sheet: self._publish(sheet, figures, tasks, attempted))

    def check(self) -> str:
        """Returns in words that the tab can be edited, or raises `ReportError`; changes nothing."""
        return self._patiently(self._check)

    def _publish(
        self,
        spreadsheet: RemoteSpreadsheet,
        figures: Sequence[DailyFigures],
        tasks: Sequence[TaskFigures] | None,
        attempted: list[Publication],
    ) -> Publication:
        """Reads before writing, so that a write whose answer was lost is not repeated."""
        plan = partial(self._plan, spreadsheet, figures, tasks)
        workbook, days, of_tasks = plan()
        if days.requests or not attempted:
            attempted.append(days.publication)
        if not (days.requests or of_tasks):
            return attempted[-1]
        title = workbook.tasks.title if workbook.tasks else self._catalogue.tasks_title
        _write(spreadsheet, workbook.daily.title, days.requests, lambda: plan()[1].requests)
        _write(spreadsheet, title, of_tasks, lambda: plan()[2])
        _, days, of_tasks = plan()
        return replace(
            attempted[-1],
            unreadable=days.publication.unreadable,  # rows that were inserted moved these
            differing=tuple(sorted(days.days)),
            tasks_differ=bool(of_tasks),
        )

    def _plan(
        self,
        spreadsheet: RemoteSpreadsheet,
        figures: Sequence[DailyFigures],
        tasks: Sequence[TaskFigures] | None,
    ) -> tuple[Workbook, Plan, list[Request]]:
        """Reads the spreadsheet; returns it, the plan of the days, and requests for the tasks."""
        workbook = read_workbook(
            spreadsheet, self._worksheet_title, DAILY_HEADERS, with_tasks=tasks is not None
        )
        days = plan_days(workbook, figures, self._catalogue)
        of_tasks = [] if tasks is None else plan_tasks(workbook, tasks, self._catalogue)
        return workbook, days, of_tasks

    def _check(self, spreadsheet: RemoteSpreadsheet) -> str:
        workbook, *_ = self._plan(spreadsheet, [], [])
        daily, tasks = workbook.daily, workbook.tasks
        # Replacing a text that is nowhere changes nothing, and yet needs the right to edit.
        nothing = {"find": NOWHERE, "replacement": "", "sheetId": daily.sheet_id}
        spreadsheet.update(daily.title, [{"findReplace": nothing}])
        for grid, headers in ((daily, DAILY_HEADERS), (tasks, TASKS_HEADERS)):
            if grid and grid.is_locked(headers):
                raise ReportError(
                    Problem.SHEET_PROTECTED, title=grid.title, client_email=spreadsheet.account
                )
        return f"tab {daily.title!r} of {workbook.title!r} can be edited"

    def _patiently(self, step: Callable[[RemoteSpreadsheet], T]) -> T:
        """Opens the spreadsheet for the step, and anew for each try."""
        session = partial(self._session, deadline=time.monotonic() + self._deadline_seconds)

        def once() -> T:
            place = self._spreadsheet_id, self._api_url
            with open_spreadsheet(self._credentials(), *place, session()) as spreadsheet:
                return step(spreadsheet)

        retry = retrying(
            lambda error: isinstance(error, PassingReportError),
            tries=TRIES,
            first_wait_seconds=2,
            longest_wait_seconds=LONGEST_WAIT_SECONDS,
            sleep=self._sleep,
            deadline_seconds=self._deadline_seconds,
        )
        return retry(once)


def _write(
    spreadsheet: RemoteSpreadsheet,
    title: str,
    batch: Sequence[Request],
    plan_again: Callable[[], Sequence[Request]],
) -> None:
    """Writes the batch to the tab `title`: all of it or nothing.

    A refused batch is planned again, since somebody else may have made the same tab or chart in
    between, and then tried without look and chart, which the figures can do without.
    """
    try:
        spreadsheet.update(title, batch)
    except RefusedWriteError as error:
        log.info("report: Google refused the batch: %s", error)
        again = plan_again()
        try:
            spreadsheet.update(title, again)
        except RefusedWriteError:
            spreadsheet.update(title, without_look(again))
