"""The command line: what can be asked of the program, and the words that explain it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from etl import __version__
from etl.models.errors import SettingProblem, UsageError
from etl.models.window import Window
from etl.settings.modes import ACTIONS, FILES, Mode
from etl.settings.option_parser import OptionParser

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


# Earlier years are slips of the pen: no grader has them.
FIRST_YEAR = 2000
MOST_RUNS = 10_000
SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Options:
    """What was asked for; `days` are the first and the last day, both included.

    `file` is what the mode writes or reads, `psql_arguments` what psql is given, `letter` whether
    people hear of it, `student` the id of whom to forget, which is shown nowhere, `runs` how many
    are shown.
    """

    mode: Mode = Mode.RUN
    days: tuple[date, date] | None = None
    file: Path | None = None
    psql_arguments: tuple[str, ...] = ()
    letter: bool = True
    student: str | None = field(default=None, repr=False)
    runs: int = 0

    @property
    def secrets(self) -> tuple[str, ...]:
        # A shorter one stands in dates and numbers by chance, whose gaps would spell it.
        student = self.student or ""
        return (student,) if len(student) >= SHORTEST_SECRET else ()

    def __str__(self) -> str:
        days = f" --from {self.days[0]} --to {self.days[1]}" if self.days else ""
        return f"{self.mode}{days}{'' if self.letter else ' --no-letter'}"

    def window(self, now: datetime, zone: ZoneInfo) -> Window | None:
        """The days asked for as far as they have passed; None when none were asked for."""
        if self.days is None:
            return None
        first, last = self.days
        whole = Window.of_days(first, min(last, now.astimezone(zone).date()), zone)
        if whole.start >= now:
            raise UsageError([SettingProblem("--from", "in_the_future")])
        return Window(whole.start, min(whole.end, now.astimezone(UTC)), zone)


def parse_options(arguments: Sequence[str]) -> Options:
    """Exits with 2 and a sentence on stderr when the words make no sense."""
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments)
    files = {mode: getattr(given, mode.replace("-", "_")) for mode in FILES}
    chosen = {**files, Mode.FORGET_STUDENT: given.forget_student, Mode.HISTORY: given.runs}
    mode = next((mode for mode, value in chosen.items() if value), given.mode)
    student, *others = given.forget_student or [None]
    if others:
        parser.error("--forget-student: one at a time; neither is forgotten")
    if strays := unknown or (mode is not Mode.PSQL and given.psql_arguments):
        parser.refuse(strays)
    if (given.first is None) != (given.last is None):
        parser.error("--from and --to go together: both days are included")
    if mode in {Mode.DASHBOARD, Mode.EXPORT_TASKS}:
        folder = files[mode].parent
        if not os.access(folder, os.X_OK):
            parser.error(f"--{mode}: there is no folder {folder} that this user may enter")
    if not (given.letter or mode.sends_letter):
        parser.error(f"--{mode} sends no letter anyway")
    days = (given.first, given.last) if given.first else None
    if days and given.first > given.last:
        parser.error("--from must not be later than --to")
    if days and not mode.takes_days:
        parser.error(f"--{mode} does not take days")
    return Options(
        mode=mode,
        days=days,
        file=files.get(mode),
        psql_arguments=tuple(given.psql_arguments),
        letter=given.letter,
        student=student,
        runs=given.runs or 0,
    )


def _parser() -> OptionParser:
    parser = OptionParser(
        prog="python etl/main.py",
        usage="%(prog)s [what to do] [--no-letter] [--from DATE --to DATE]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(mode=Mode.RUN)
    parser.add_argument("--version", action="version", version=f"lms-etl {__version__}")
    _add_modes(parser)
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


def _add_modes(parser: OptionParser) -> None:
    modes = parser.add_mutually_exclusive_group()
    for mode, what in ACTIONS.items():
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, help=what)
    for mode, what in FILES.items():
        modes.add_argument(f"--{mode}", type=Path, metavar="FILE", help=what)
    modes.add_argument(
        "--forget-student",
        action="append",
        type=_student,
        metavar="ID",
        help="remove what is stored of one student, and leave their records out from now on;"
        " with - the id is read from standard input",
    )
    modes.add_argument(
        f"--{Mode.HISTORY}",
        dest="runs",
        type=_count,
        nargs="?",
        const=10,
        metavar="N",
        help="show the last runs (10), how they ended and why, and where things stand",
    )


def _student(text: str) -> str:
    """The message may not repeat it."""
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
