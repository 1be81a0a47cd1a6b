"""Reports for which the letters are kept as golden files, by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from etl.models.errors import ExitCode, Failure, Problem, SettingProblem, Stage
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.notices import Notice, Publication, RunResult
from etl.models.records import Counts, Reason
from etl.models.window import Window
from etl.pipeline.notices import Difference, UnusualDay
from etl.texts import EN, RU

COURSE = "course-v1:Uni+DST-3.0+28FEB2021"
# Hardest first, with every kind of name and every figure that may be missing.
TASKS = (
    TaskFigures("Программирование на Python", "Рекурсия: ханойские башни", 95, 1, 0.0, 0.0, None),
    TaskFigures(
        COURSE,
        "ca3ecf8e5f284c329eb7bd529e1a9f7e",
        1_240,
        201,
        4.48,
        9.07,
        7.0,
        course_name="Data Science: начало",
        task_name="Циклы for & while, <i> = 1 + 1: C++",
        address=f"https://lms.uni.example/courses/{COURSE}/jump_to/block-v1:x%22+type@lti&a=1",
    ),
    TaskFigures(
        COURSE, "lms.uni.example-5a1c0b9de2f84c6f8a3d7b6e9f001122", 310, 22, 12.5, 20.0, 4.5
    ),
    TaskFigures(
        "course-v1:Uni+SQL-2.1+15JAN2024", "window functions " * 10, 21, 2, 50.0, 33.33, 1.0
    ),
    TaskFigures("", "<script>alert(1)</script>", 5, 5, None, None, None),
    TaskFigures(COURSE, "the sixth, which is not told", 1, 1, 100.0, 100.0, 1.0),
)

NOTICES: dict[Notice, dict[str, Any]] = {
    Notice.LOCKED_FOR_LONG: {"since": datetime(2026, 3, 1, 4, 30, tzinfo=UTC)},
    Notice.EMPTY_WINDOW: {},
    Notice.NEVER_LOADED: {
        "days": [
            Window.of_days(date(2026, 3, 4), date(2026, 3, 5), ZoneInfo("UTC")),
            Window.of_days(date(2026, 3, 9), date(2026, 3, 9), ZoneInfo("UTC")),
        ],
        "first": "2026-03-04",
        "last": "2026-03-09",
    },
    Notice.UNREADABLE_DAYS: {"rows": ["2", "3"]},
    Notice.REPEATED_DAYS: {"days": [date(2026, 3, 7), date(2026, 3, 8)]},
    Notice.SUMMARIES_REPAIRED: {"days": [date(2026, 3, 7), date(2026, 3, 8)]},
    Notice.UNUSABLE_RECIPIENTS: {"addresses": ["a@", "<b>"]},
    Notice.IGNORED_SETTINGS: {
        "settings": [SettingProblem("TASK_NAMES_FILE", "names_lines", {"lines": "3, 17"})]
    },
    Notice.SEVERAL_TRIES: {"requests": 4},
    Notice.NOT_RECONCILED: {"days": [Difference(date(2026, 3, 7), 4_020, 4_021)]},
    Notice.SHEET_DIFFERS: {"days": [date(2026, 3, 9)]},
    Notice.TASKS_DIFFER: {},
    Notice.UNUSUAL_DAYS: {"days": [UnusualDay(date(2026, 3, 8), 0, 4_100.5)]},
    Notice.MORE_REJECTED: {
        "rejected": 200,
        "received": 1_000,
        "percent": 20.0,
        "usual_percent": 0.13,
    },
    Notice.REFUSED_BY_DATABASE: {"refused": 3, "rules": {"23514 late": 2, "22001": 1}},
    Notice.NOT_QUARANTINED: {"records": 5},
    Notice.DASHBOARD_NOT_WRITTEN: {"cause": ["/srv/www/d.html", "No space left on device"]},
    Notice.LETTERS_REFUSED: {"files": ["/srv/var/outbox/000001.refused (552 5.3.4 Too large)"]},
    Notice.MISSED_RUNS: {"runs": 2, "since": date(2026, 3, 1)},
    Notice.RECOVERED: {"runs": 2, "since": datetime(2026, 3, 4, 4, 30, tzinfo=UTC)},
    Notice.REPLAYED: {"accepted": 3, "received": 7},
    Notice.OF_FORGOTTEN: {"records": 12},
    Notice.QUARANTINE_EXPIRED: {"records": 4},
    Notice.SHEET_OFF: {},
    Notice.EMBEDDED_DATABASE: {},
}

LOG_LINES = (
    "2026-03-10 06:00:00 INFO    opening the database: started",
    "2026-03-10 06:00:01 INFO    opening the database: done in 0.3 s",
    "2026-03-10 06:00:01 INFO    extract: started, 2026-03-07..2026-03-09",
    "2026-03-10 06:00:47 ERROR   extract: failed: <b>*** and *** are gone</b>",
)

GOOD = RunResult(
    started_at=datetime(2026, 3, 10, 6, 0, tzinfo=UTC),
    duration_seconds=47.4,
    waited_seconds=31.2,
    window=Window.of_days(date(2026, 3, 7), date(2026, 3, 9), ZoneInfo("UTC")),
    counts=Counts(12_345, 11_721, 600, 1, 21, 2),
    rejected={Reason.USER_ID_MISSING: 20, Reason.CREATED_AT_INVALID: 1},
    figures=(
        DailyFigures(4_021, 311, 1_204, 1_500, 2_521, date(2026, 3, 7)),
        DailyFigures(0, 0, 0, 0, 0, date(2026, 3, 8)),
        DailyFigures(8_300, 502, 1, 8_298, 2, date(2026, 3, 9)),
    ),
    publication=Publication(added=2, updated=1, unchanged=0),
    reconciled=True,
    sheet_url="https://docs.google.com/spreadsheets/d/1abc/edit",
    dashboard_url="https://dashboard.uni.example/?a=1&b=2",
    totals=Figures(12_321, 602, 1_205, 9_798, 2_523),
    before=Figures(11_010, 631, 1_100, 8_600, 2_410),
    tasks=TASKS,
    window_days=3,
)

ATTENTION = replace(GOOD, reconciled=False, counts=Counts(), rejected={}, notices=NOTICES)

GRADER_FAILED = replace(
    GOOD,
    log_lines=LOG_LINES,
    publication=None,
    reconciled=False,
    figures=(),
    failure=Failure(
        Stage.EXTRACT,
        Problem.API_ANSWER_UNEXPECTED,
        {"said": "<h1>Bad\nGateway</h1> & more " + "x" * 1_000_000},
        ExitCode.EXTRACT,
    ),
)

NOTHING_STORED = replace(
    GRADER_FAILED,
    counts=Counts(),
    rejected={Reason.USER_ID_MISSING: 1_200, Reason.CREATED_AT_INVALID: 34},
    failure=Failure(
        Stage.TRANSFORM,
        Problem.TOO_MANY_REJECTED,
        {
            "rejected": 1_234,
            "received": 2_000,
            "percent": 61.7,
            "limit_percent": 2.5,
            "window": GOOD.window,
            "reasons": {Reason.USER_ID_MISSING: 1_200, Reason.CREATED_AT_INVALID: 34},
        },
        ExitCode.TRANSFORM,
    ),
)

SHEET_FAILED = replace(
    GOOD,
    log_lines=LOG_LINES,
    publication=None,
    reconciled=False,
    failure=Failure(
        Stage.REPORT,
        Problem.SHEET_NOT_SHARED,
        {
            "client_email": "reporter@project.iam.gserviceaccount.com",
            "said": "HTTP 403: The caller does not have permission",
        },
        ExitCode.REPORT,
    ),
)

SETTINGS_FAILED = replace(
    GOOD,
    window=None,
    counts=Counts(),
    rejected={},
    figures=(),
    totals=None,
    before=None,
    tasks=(),
    publication=None,
    reconciled=False,
    sheet_url=None,
    dashboard_url=None,
    failure=Failure(
        Stage.CONFIGURATION,
        Problem.SETTINGS,
        {"variables": "API_URL, DB_PORT"},
        ExitCode.CONFIGURATION,
        settings=(
            SettingProblem("API_URL", "missing"),
            SettingProblem("DB_PORT", "less_than_equal", {"le": "65535"}),
        ),
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

RESULTS = {
    "good": GOOD,
    "attention": ATTENTION,
    "grader_failed": GRADER_FAILED,
    "nothing_stored": NOTHING_STORED,
    "sheet_failed": SHEET_FAILED,
    "settings_failed": SETTINGS_FAILED,
    "bug": BUG,
}

# Its sentences are the catalogues' own matter: two in Russian show that all of a letter is Russian.
LETTERS = [*((name, EN) for name in RESULTS), ("attention", RU), ("nothing_stored", RU)]
