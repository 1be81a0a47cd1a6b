"""Reports for which the letters are kept as golden files, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from etl.errors import ExitCode, Problem
from etl.models import Counts, DailyFigures, Publication, Reason, Stage
from etl.reports import Failure, Notice, Outcome, RunReport
from etl.windows import Window

GOOD = RunReport(
    outcome=Outcome.DONE,
    started_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
    duration_seconds=47.4,
    waited_seconds=31.2,
    is_by_hand=False,
    window=Window.of_days(date(2026, 3, 7), date(2026, 3, 9), ZoneInfo("UTC")),
    counts=Counts(12_345, 11_721, 600, 1, 21, 2),
    rejected={Reason.USER_ID_MISSING: 20, Reason.CREATED_AT_INVALID: 1},
    figures=(
        DailyFigures(date(2026, 3, 7), 4_021, 311, 1_204, 1_500, 2_521),
        DailyFigures(date(2026, 3, 8), 0, 0, 0, 0, 0),
        DailyFigures(date(2026, 3, 9), 8_300, 502, 1, 8_298, 2),
    ),
    publication=Publication(added=2, updated=1, unchanged=0),
    reconciled=True,
    notices={},
    failure=None,
    sheet_url="https://docs.google.com/spreadsheets/d/1abc/edit",
    dashboard_url="https://dashboard.uni.example/?a=1&b=2",
)

ATTENTION = replace(
    GOOD,
    outcome=Outcome.ATTENTION,
    reconciled=False,
    counts=Counts(),
    rejected={},
    notices={
        Notice.EMPTY_WINDOW: "",
        Notice.REPEATED_DAYS: "2026-03-07",
        Notice.UNUSABLE_RECIPIENTS: "a@, <b>",
        Notice.SEVERAL_TRIES: "4",
        Notice.NOT_RECONCILED: "2026-03-07: 4020 / 4021",
        Notice.SHEET_DIFFERS: "2026-03-09",
        Notice.UNUSUAL_DAYS: "2026-03-08: 0 (4100)",
        Notice.MORE_REJECTED: "200 / 1000",
        Notice.RECOVERED: "2, 2026-03-04 04:30",
        Notice.REPLAYED: "3 / 7",
        Notice.SHEET_OFF: "",
        Notice.EMBEDDED_DATABASE: "",
    },
)

GRADER_FAILED = replace(
    GOOD,
    outcome=Outcome.FAILED,
    publication=None,
    reconciled=False,
    figures=(),
    failure=Failure(
        Stage.EXTRACT,
        Problem.API_ANSWER_UNEXPECTED,
        {"excerpt": "<h1>Bad\nGateway</h1> & more " + "x" * 1_000_000},
        ExitCode.EXTRACT,
    ),
)

SHEET_FAILED = replace(
    GOOD,
    outcome=Outcome.FAILED,
    publication=None,
    reconciled=False,
    failure=Failure(
        Stage.REPORT,
        Problem.SHEET_NOT_SHARED,
        {"client_email": "reporter@project.iam.gserviceaccount.com"},
        ExitCode.REPORT,
    ),
)

SETTINGS_FAILED = replace(
    GOOD,
    outcome=Outcome.FAILED,
    window=None,
    counts=Counts(),
    rejected={},
    figures=(),
    publication=None,
    reconciled=False,
    sheet_url=None,
    dashboard_url=None,
    failure=Failure(
        Stage.CONFIGURATION,
        Problem.SETTINGS,
        {"variables": "API_URL, DB_PORT"},
        ExitCode.CONFIGURATION,
        settings=(("API_URL", "missing", {}), ("DB_PORT", "less_than_equal", {"le": "65535"})),
    ),
)

BUG = replace(
    SETTINGS_FAILED,
    failure=Failure(
        Stage.LOAD,
        Problem.BUG,
        {"kind": "KeyError"},
        ExitCode.BUG,
        'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\nKeyError: <x>',
    ),
)

REPORTS = {
    "good": GOOD,
    "attention": ATTENTION,
    "grader_failed": GRADER_FAILED,
    "sheet_failed": SHEET_FAILED,
    "settings_failed": SETTINGS_FAILED,
    "bug": BUG,
}
