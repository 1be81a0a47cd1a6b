"""What can be asked of the program, one at a time, and the words of `--help` on it."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    RUN = "run"
    DRY_RUN = "dry-run"
    CHECK = "check"
    REPORT_ONLY = "report-only"
    REPLAY_REJECTED = "replay-rejected"
    REBUILD = "rebuild"
    DASHBOARD = "dashboard"
    PSQL = "psql"
    BACKUP = "backup"
    RESTORE = "restore"
    EXPORT_TASKS = "export-tasks"
    FORGET_STUDENT = "forget-student"
    HISTORY = "history"
    DEMO = "demo"

    @property
    def sends_letter(self) -> bool:
        return self in {Mode.RUN, Mode.REPORT_ONLY, Mode.REPLAY_REJECTED}

    @property
    def asks_grader(self) -> bool:
        return self in {Mode.RUN, Mode.DRY_RUN, Mode.CHECK, Mode.DEMO}

    @property
    def needs_names(self) -> bool:
        """Not to write the very file that TASK_NAMES_FILE names."""
        return self is not Mode.EXPORT_TASKS

    @property
    def is_maintenance(self) -> bool:
        return not (self.sends_letter or self.asks_grader)

    @property
    def takes_days(self) -> bool:
        return self in {Mode.RUN, Mode.DRY_RUN, Mode.REPORT_ONLY}


# Without a value.
ACTIONS = {
    Mode.DEMO: "run the whole pipeline against a small world on this machine: no accounts",
    Mode.CHECK: "try grader, database, sheet and mail with the real credentials; write nothing",
    Mode.DRY_RUN: "fetch and validate, show what would be loaded; write nothing, mail nobody",
    Mode.REPORT_ONLY: "write the sheet again from the database; the grader is not asked",
    Mode.REPLAY_REJECTED: "validate the quarantine again and load what passes now",
    Mode.REBUILD: "count all summaries anew out of the attempts; figures are shown meanwhile",
    Mode.PSQL: "open psql on the database; what follows a -- is for psql",
}
# With a file.
FILES = {
    Mode.DASHBOARD: "write the dashboard's page from the database; nothing else is done",
    Mode.BACKUP: "write the database's tables into one file, also while a run is at work",
    Mode.RESTORE: "put such a file into a database without data",
    Mode.EXPORT_TASKS: "write all tasks into a CSV, to be filled in with names for TASK_NAMES_FILE",
}
