"""The command line: the commands and options of the program, and their help texts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from etl import __version__
from etl.models.errors import SettingProblem, UsageError
from etl.models.window import Window

DESCRIPTION = """\
Fetches students' attempts from the grader, stores them in PostgreSQL without
duplicates, writes daily figures into a Google Sheet and mails everybody how it
went. Without options: the last full days and whatever earlier runs missed."""

EPILOG = """\
examples:
  python etl/main.py --demo                    see it all work; nothing to set up
  python etl/main.py --check                   try every account in .env, write nothing
  python etl/main.py                           what cron runs
  python etl/main.py --from 2026-01-01 --to 2026-01-31    load a month again

exit codes: 0 done; 1 bug; 2 settings; 3 grader; 4 too many bad records;
5 database; 6 sheet; 7 mail; 75 another run is at work; 130 stopped with Ctrl-C;
143 stopped by SIGTERM. The README says what to do."""


class Command(StrEnum):
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


# These commands change data or sheet.
SENDING_A_LETTER = {Command.RUN, Command.REPORT_ONLY, Command.REPLAY_REJECTED}
TAKING_DAYS = {Command.RUN, Command.DRY_RUN, Command.REPORT_ONLY}
# Commands without a value, and their help.
ACTIONS = {
    Command.DEMO: "run the whole pipeline against a small world on this machine: no accounts",
    Command.CHECK: "try grader, database, sheet and mail with the real credentials; write nothing",
    Command.DRY_RUN: "fetch and validate, show what would be loaded; write nothing, mail nobody",
    Command.REPORT_ONLY: "write the sheet again from the database; the grader is not asked",
    Command.REPLAY_REJECTED: "validate the quarantine again and load what passes now",
    Command.REBUILD: "count all summaries anew out of the attempts; figures are shown meanwhile",
    Command.PSQL: "open psql on the database; what follows a -- is for psql",
}
# Commands with a file, and their help.
FILES = {
    Command.DASHBOARD: "write the dashboard's page from the database; nothing else is done",
    Command.BACKUP: "write the database's tables into one file, also while a run is at work",
    Command.RESTORE: "put such a file into a database without data",
    Command.EXPORT_TASKS: "write all tasks into a CSV, to be filled in with names for"
    " TASK_NAMES_FILE",
}

# Earlier years are slips of the pen: no grader has them.
FIRST_YEAR = 2000
MOST_RUNS = 10_000
SHORTEST_ID_TO_HIDE = 6


@dataclass(frozen=True)
class Options:
    """A parsed command line; `days` are those of --from and --to, both included, if given.

    `file`: the file that the command writes or reads; `psql_arguments`: passed to psql; `letter`:
    whether to send the e-mail; `student`: the id to forget, which is shown nowhere; `runs`: how
    many runs the history shows.
    """

    command: Command = Command.RUN
    days: tuple[date, date] | None = None
    file: Path | None = None
    psql_arguments: tuple[str, ...] = ()
    letter: bool = True
    student: str | None = field(default=None, repr=False)
    runs: int = 0

    @property
    def secrets(self) -> tuple[str, ...]:
        # A shorter id stands in dates and numbers by chance, and the masks there would spell it.
        student = self.student or ""
        return (student,) if len(student) >= SHORTEST_ID_TO_HIDE else ()

    def __str__(self) -> str:
        days = f" --from {self.days[0]} --to {self.days[1]}" if self.days else ""
        return f"{self.command}{days}{'' if self.letter else ' --no-letter'}"

    def window(self, now: datetime, zone: ZoneInfo) -> Window | None:
        """Returns the window of the given days in `zone`, cut off at `now`; None without --from.

        Raises `UsageError` if all its days lie in the future.
        """
        if self.days is None:
            return None
        first, last = self.days
        whole = Window.of_days(first, min(last, now.astimezone(zone).date()), zone)
        if whole.start >= now:
            raise UsageError([SettingProblem("--from", "in_the_future")])
        return Window(whole.start, min(whole.end, now.astimezone(UTC)), zone)


def parse_options(arguments: Sequence[str]) -> Options:
    """Parses `arguments`; if they are faulty, exits with code 2 and a sentence on stderr."""
    parser = _parser()
    given = parser.parse_args(arguments)
    files = {command: getattr(given, command.replace("-", "_")) for command in FILES}
    chosen = {**files, Command.FORGET_STUDENT: given.forget_student, Command.HISTORY: given.runs}
    command = next((command for command, value in chosen.items() if value), given.command)
    student, *others = given.forget_student or [None]
    if others:
        parser.error("--forget-student: one at a time; neither is forgotten")
    if given.psql_arguments and command is not Command.PSQL:
        parser.error(f"unrecognized arguments: {' '.join(given.psql_arguments)}")
    if (given.first is None) != (given.last is None):
        parser.error("--from and --to go together: both days are included")
    if command in {Command.DASHBOARD, Command.EXPORT_TASKS}:
        folder = files[command].parent
        if not os.access(folder, os.X_OK):
            parser.error(f"--{command}: there is no folder {folder} that this user may enter")
    if not given.letter and command not in SENDING_A_LETTER:
        parser.error(f"--{command} sends no letter anyway")
    days = (given.first, given.last) if given.first else None
    if days and given.first > given.last:
        parser.error("--from must not be later than --to")
    if days and command not in TAKING_DAYS:
        parser.error(f"--{command} does not take days")
    return Options(
        command=command,
        days=days,
        file=files.get(command),
        psql_arguments=tuple(given.psql_arguments),
        letter=given.letter,
        student=student,
        runs=given.runs or 0,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python etl/main.py",
        usage="%(prog)s [what to do] [--no-letter] [--from DATE --to DATE]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=Command.RUN)
    parser.add_argument("--version", action="version", version=f"lms-etl {__version__}")
    _add_commands(parser)
    parser.add_argument(
        "--no-letter",
        dest="letter",
        action="store_false",
        help="with a run, --report-only or --replay-rejected: mail nobody, also not later",
    )
    parser.add_argument("psql_arguments", nargs="*", help=argparse.SUPPRESS)
    days = parser.add_argument_group("other days (both included, in TIME_ZONE)")
    days.add_argument(
        "--from", dest="first", type=_day, metavar="DATE", help="first day, 2026-01-31"
    )
    days.add_argument("--to", dest="last", type=_day, metavar="DATE", help="last day, 2026-01-31")
    return parser


def _add_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_mutually_exclusive_group()
    for command, what in ACTIONS.items():
        commands.add_argument(
            f"--{command}", dest="command", action="store_const", const=command, help=what
        )
    for command, what in FILES.items():
        commands.add_argument(f"--{command}", type=Path, metavar="FILE", help=what)
    commands.add_argument(
        "--forget-student",
        action="append",
        type=_student,
        metavar="ID",
        help="remove what is stored of one student, and leave their records out from now on;"
        " with - the id is read from standard input",
    )
    commands.add_argument(
        f"--{Command.HISTORY}",
        dest="runs",
        type=_count,
        nargs="?",
        const=10,
        metavar="N",
        help="show the last runs (10), how they ended and why, and where things stand",
    )


def _student(text: str) -> str:
    """Returns the id; `-` reads it from standard input. The error may not repeat the text."""
    if text == "-":
        if sys.stdin.isatty():
            print("The student's id: ", end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline() if sys.stdin.isatty() else sys.stdin.read()
    student = text.strip()
    if not student or not student.isprintable():
        raise argparse.ArgumentTypeError("this is no id of a student; there is one at a time")
    return student


def _count(text: str) -> int:
    if text.isdecimal() and 0 < int(text) <= MOST_RUNS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of runs")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2026-01-31") from None
    if day.year < FIRST_YEAR:
        raise argparse.ArgumentTypeError(f"{text!r} lies before the year {FIRST_YEAR}")
    return day
