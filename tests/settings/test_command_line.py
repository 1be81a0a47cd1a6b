"""The command line: what can be asked for, and what is refused with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from etl import __version__
from etl.models.errors import ConfigurationError
from etl.models.window import Window
from etl.settings.command_line import Command, Options, parse_options

PROJECT = Path(__file__).resolve().parents[2]
MOSCOW = ZoneInfo("Europe/Moscow")
# Tuesday noon in Moscow, as the program's clock tells it there.
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC).astimezone(MOSCOW)
YESTERDAY, TODAY = date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("", Options()),
        ("--demo", Options(Command.DEMO)),
        ("--dashboard page.html", Options(Command.DASHBOARD, file=Path("page.html"))),
        ("--no-letter", Options(letter=False)),
        ("--forget-student ann", Options(Command.FORGET_STUDENT, student="ann")),
        ("--replay-rejected --no-letter", Options(Command.REPLAY_REJECTED, letter=False)),
        (
            "--from 2026-03-09 --to 2026-03-10 --no-letter",
            Options(Command.RUN, (YESTERDAY, TODAY), letter=False),
        ),
        ("--to 2026-03-10 --dry-run --from 2026-03-10", Options(Command.DRY_RUN, (TODAY, TODAY))),
    ],
)
def test_words_become_options(words: str, options: Options) -> None:
    assert parse_options(words.split()) == options


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("--from 2026-01-01", "--from and --to go together"),
        ("--from 2026-01-02 --to 2026-01-01", "--from must not be later than --to"),
        ("--from 2026-02-30 --to 2026-03-01", "'2026-02-30' is no date like 2026-01-31"),
        ("--from 0206-01-31 --to 2026-01-31", "'0206-01-31' lies before the year 2000"),
        ("--check --demo", "not allowed with argument"),
        ("--dashboard", "expected one argument"),
        ("--dashboard a --check", "not allowed with argument"),
        ("--dashboard a --from 2026-01-01 --to 2026-01-01", "--dashboard does not take days"),
        ("--forget-student ann --check", "not allowed with argument"),
        ("--forget-student ann --forget-student bob", "one at a time; neither is forgotten"),
        ("--check --from 2026-01-01 --to 2026-01-01", "--check does not take days"),
        ("--histroy 5", "unrecognized arguments: --histroy"),
        ("--from", "expected one argument"),
        ("--check --no-letter", "--check sends no letter anyway"),
        ("now", "unrecognized arguments: now\n"),
    ],
)
def test_wrong_words_end_with_2_and_a_sentence(
    words: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_options(words.split())
    assert caught.value.code == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""


def test_the_version_is_the_one_that_a_log_begins_with(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_options(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"lms-etl {__version__}\n"


def window(first: date, last: date) -> Window:
    found = Options(Command.RUN, (first, last)).window(NOW, MOSCOW)
    assert found
    return found


def test_days_of_the_past_are_whole_days_of_the_time_zone_and_without_days_there_are_none() -> None:
    asked = window(date(2026, 3, 7), date(2026, 3, 8))
    assert asked == Window.of_days(date(2026, 3, 7), date(2026, 3, 8), MOSCOW)
    assert Options().window(NOW, MOSCOW) is None


@pytest.mark.parametrize("last", [TODAY, date(9999, 12, 31)], ids=str)
def test_h5_today_ends_now_in_utc(last: date) -> None:
    asked = window(TODAY, last)
    assert asked.end == NOW
    assert asked.end.tzinfo is UTC
    assert asked.columns()["window_end"] == datetime(2026, 3, 10, 9, 0)
    assert str(asked) == "2026-03-09T21:00:00Z..2026-03-10T09:00:00Z"


@pytest.mark.parametrize("first", [date(2026, 3, 11), date(9999, 12, 31)], ids=str)
def test_h5_days_of_the_future_are_refused(first: date) -> None:
    with pytest.raises(ConfigurationError) as caught:
        window(first, date(9999, 12, 31))
    (problem,) = caught.value.problems
    assert (problem.variable, problem.code) == ("--from", "in_the_future")


def test_h5_a_day_that_begins_this_very_moment_is_the_future() -> None:
    at_midnight = datetime(2026, 3, 10, tzinfo=MOSCOW)
    with pytest.raises(ConfigurationError):
        Options(Command.RUN, (TODAY, TODAY)).window(at_midnight, MOSCOW)
    a_moment_later = at_midnight + timedelta(microseconds=1)
    asked = Options(Command.RUN, (TODAY, TODAY)).window(a_moment_later, MOSCOW)
    assert asked
    assert asked.length == timedelta(microseconds=1)


HEAVY = ["pandas", "numpy", "pydantic", "requests", "psycopg2", "gspread", "jinja2", "rich"]
HEAVY += ["dotenv", "msgspec", "tenacity", "aiosmtpd", "trustme", "google.auth", "ssl"]


def test_help_needs_no_heavy_import() -> None:
    program = """
import json, sys
from etl.main import main
try:
    main(["--help"])
except SystemExit as end:
    print(json.dumps([end.code, sorted(sys.modules)]))
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PROJECT)!r}){program}"],
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    *help_text, last = done.stdout.splitlines()
    code, modules = json.loads(last)
    assert code == 0
    assert "etl.settings.command_line" in modules
    assert not set(HEAVY) & set(modules)
    for mode in Command:
        assert mode is Command.RUN or any(f"--{mode}" in line for line in help_text)


def test_without_the_packages_it_says_how_to_install_them() -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(PROJECT / "etl" / "main.py")],  # no site-packages
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "-m pip install -r" in done.stderr
    assert "Traceback" not in done.stderr
