"""Errors that the program raises on purpose: one tree of classes with their exit codes.

An error carries a code of `Problem` and facts. The sentences that people read (what failed, what
to do) are in `etl.texts`, by code and language; the facts fill their blanks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """An exit code of the program; each class of errors has one. The README explains them."""

    DONE = 0
    BUG = 1
    CONFIGURATION = 2
    EXTRACT = 3
    TRANSFORM = 4
    LOAD = 5
    REPORT = 6
    NOTIFY = 7
    LOCKED = 75
    INTERRUPTED = 130
    TERMINATED = 143


class Stage(StrEnum):
    """A stage of a run; the value is what the column `etl_runs.failed_stage` holds."""

    CONFIGURATION = "configuration"
    EXTRACT = "extract"
    TRANSFORM = "transform"
    LOAD = "load"
    REPORT = "report"
    NOTIFY = "notify"


class Problem(StrEnum):
    """A kind of failure; the value is the key of the sentences in `etl.texts` that explain it."""

    SETTINGS = "settings"
    USAGE = "usage"
    BUG = "bug"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"

    PROXY = "proxy"
    CERTIFICATE = "certificate"
    CERTIFICATE_RULES = "certificate_rules"

    API_UNREACHABLE = "api_unreachable"
    API_BLOCKED = "api_blocked"
    API_CREDENTIALS = "api_credentials"
    API_REQUEST_REFUSED = "api_request_refused"
    API_BUSY = "api_busy"
    API_BROKEN = "api_broken"
    API_ANSWER_CUT = "api_answer_cut"
    API_ANSWER_UNEXPECTED = "api_answer_unexpected"
    API_ANSWER_PARTIAL = "api_answer_partial"
    API_ANSWER_TOO_LARGE = "api_answer_too_large"
    NO_ROOM = "no_room"
    API_TOO_SLOW = "api_too_slow"
    API_REDIRECT = "api_redirect"

    TOO_MANY_REJECTED = "too_many_rejected"

    DATABASE_LOCKED = "database_locked"
    DATABASE_OLD = "database_old"
    DATABASE_POOLER = "database_pooler"
    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_RIGHT = "database_right"
    DATABASE_TABLE = "database_table"
    DATABASE_STRANGER = "database_stranger"
    DATABASE_ROWS_HIDDEN = "database_rows_hidden"
    DATABASE_WAIT = "database_wait"
    DATABASE_FULL = "database_full"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_CONNECTION_LOST = "database_connection_lost"
    DATABASE_REFUSES = "database_refuses"
    DATABASE_PARTITION = "database_partition"
    DATABASE_WORKER = "database_worker"
    DATABASE_UNSETTLED = "database_unsettled"
    DATABASE_ERROR = "database_error"
    DATABASE_EMBEDDED = "database_embedded"
    DATABASE_EMBEDDED_CLOSED = "database_embedded_closed"
    DATABASE_NEWER = "database_newer"
    DATABASE_NOT_EMPTY = "database_not_empty"
    SUMMARIES_MISSING = "summaries_missing"
    BACKUP_FILE = "backup_file"
    PSQL_MISSING = "psql_missing"

    SHEET_CREDENTIALS = "sheet_credentials"
    SHEET_LOGIN = "sheet_login"
    SHEET_NOT_SHARED = "sheet_not_shared"
    SHEET_NOT_FOUND = "sheet_not_found"
    SHEET_OFFICE_FILE = "sheet_office_file"
    SHEET_API_OFF = "sheet_api_off"
    SHEET_DENIED = "sheet_denied"
    SHEET_TAB_MISSING = "sheet_tab_missing"
    SHEET_FOREIGN_HEADER = "sheet_foreign_header"
    SHEET_PROTECTED = "sheet_protected"
    SHEET_REFUSED = "sheet_refused"
    SHEET_UNREACHABLE = "sheet_unreachable"
    SHEET_FOREIGN_ANSWER = "sheet_foreign_answer"
    SHEET_QUOTA = "sheet_quota"

    DASHBOARD_UNWRITABLE = "dashboard_unwritable"

    MAIL_UNREACHABLE = "mail_unreachable"
    MAIL_ENCRYPTION = "mail_encryption"
    MAIL_CERTIFICATE = "mail_certificate"
    MAIL_LOGIN = "mail_login"
    MAIL_BUSY = "mail_busy"
    MAIL_REFUSED = "mail_refused"

    WATCHDOG_UNREACHABLE = "watchdog_unreachable"


@dataclass(frozen=True)
class Failure:
    """The failure of a run, without secrets; `problem` is a value of `Problem`.

    `facts` fill the blanks of the problem's sentences in `etl.texts`. `details` is shown as it is,
    such as SQL to run; `settings` are the wrong ones, if any.
    """

    stage: Stage
    problem: str
    facts: Mapping[str, object]
    exit_code: int
    details: str = ""
    settings: Sequence[SettingProblem] = ()


class PipelineError(Exception):
    """A failure that is no bug. `problem` is the key of its sentences, `facts` fill their blanks.

    `details` is a text of several lines shown below these sentences, such as SQL to run.
    """

    exit_code: ClassVar[ExitCode]
    stage: ClassVar[Stage]
    problems: Sequence[SettingProblem] = ()

    def __init__(self, problem: Problem, *, details: str = "", **facts: object) -> None:
        self.problem = problem
        self.details = details
        self.facts = facts
        known = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{problem} ({known})" if known else str(problem))


@dataclass(frozen=True)
class SettingProblem:
    """A fault in the setting or option `variable`; `etl.texts` has the sentence for `code`.

    `facts` fill the sentence's blanks; they never quote the value of a setting.
    """

    variable: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


class ConfigurationError(PipelineError):
    exit_code = ExitCode.CONFIGURATION
    stage = Stage.CONFIGURATION
    subject: ClassVar[Problem] = Problem.SETTINGS

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.subject, variables=", ".join(p.variable for p in problems))


class UsageError(ConfigurationError):
    """Raised for faulty options of the command line, such as `--from`, rather than for settings."""

    subject = Problem.USAGE


class ExtractError(PipelineError):
    exit_code = ExitCode.EXTRACT
    stage = Stage.EXTRACT


class TransformError(PipelineError):
    exit_code = ExitCode.TRANSFORM
    stage = Stage.TRANSFORM


class LoadError(PipelineError):
    exit_code = ExitCode.LOAD
    stage = Stage.LOAD


class RecordRefusedError(LoadError):
    """Raised if the database refuses a record; `rule` is SQLSTATE and constraint, not the data."""

    def __init__(self, rule: str) -> None:
        super().__init__(Problem.DATABASE_ERROR, said=rule)
        self.rule = rule


class LockedError(LoadError):
    """Raised if a run does nothing because another holds the lock that allows one run at a time."""

    exit_code = ExitCode.LOCKED


class ReportError(PipelineError):
    exit_code = ExitCode.REPORT
    stage = Stage.REPORT


class NotifyError(PipelineError):
    exit_code = ExitCode.NOTIFY
    stage = Stage.NOTIFY


class Terminated(BaseException):
    """Raised on the signal SIGTERM; not an `Exception`, so that no component swallows it."""
