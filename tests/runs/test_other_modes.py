"""What a person asks for by hand: other days, a trial, a check of the accounts, the demo."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.main import main
from etl.settings.sections import NAMES, SECRETS
from tests.conftest import NOW, Run, Select, World, letter_texts, log_text
from tests.grader_faults import Status, as_json

TABLES = "SELECT count(*) FROM pg_class WHERE relname = 'attempts'"


def test_from_and_to_load_those_days_both_included(world: World, run: Run, select: Select) -> None:
    assert run("--from", "2026-02-01", "--to", "2026-02-09") == 0
    asked = [(r.start, r.end) for r in world.grader.requests]
    first, last = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 10, tzinfo=UTC)
    assert asked == [(first, first + timedelta(days=7)), (first + timedelta(days=7), last)]
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 9


def test_a_backfill_of_far_days_does_not_hide_the_days_between(world: World, run: Run) -> None:
    assert run("--from", "2026-02-01", "--to", "2026-02-02") == 0
    assert run("--from", "2026-02-20", "--to", "2026-02-21") == 0
    world.grader.requests.clear()
    assert run() == 0
    assert world.grader.requests[0].start == datetime(2026, 2, 3, tzinfo=UTC)


def test_today_can_be_asked_for_as_far_as_it_has_passed(world: World, run: Run) -> None:
    assert run("--from", "2026-03-10", "--to", "2026-03-31") == 0
    assert world.grader.requests[0].end == NOW
    world.grader.requests.clear()
    assert run(clock=lambda: NOW + timedelta(days=9)) == 0
    assert world.grader.requests[0].start == datetime(2026, 3, 10, tzinfo=UTC)


def test_days_that_were_never_loaded_are_no_zeros(world: World, run: Run, tmp_path: Path) -> None:
    world.grader.always(as_json([]))
    assert run("--from", "2026-03-08", "--to", "2026-03-09") == 0
    assert run("--report-only", "--from", "2026-03-04", "--to", "2026-03-09") == 0
    days = [row[0] for row in world.google.spreadsheet.tabs[0].rows()[1:]]
    assert days == [date(2026, 3, 8), date(2026, 3, 9)]
    assert run("--report-only", "--from", "2026-03-04", "--to", "2026-03-05") == 0
    *_, partly, wholly = letter_texts(world)
    assert partly.startswith("⚠️ LMS analytics · 4–9 March 2026 · nobody made an attempt")
    told = (
        "These days were never loaded, so they have no figures and get no rows in the sheet:"
        " 4–7 March 2026. To load them: python etl/main.py --from 2026-03-04 --to 2026-03-07"
    )
    assert told in partly
    assert f"WARNING report: {told}" in log_text(tmp_path)
    assert wholly.startswith("⚠️ LMS analytics · 4–5 March 2026 · these days were never loaded")


def test_a_dry_run_shows_what_would_be_loaded_and_writes_nothing(
    world: World, run: Run, select: Select, capsys: Any
) -> None:
    sheet = world.google.spreadsheet.snapshot()
    assert run("--dry-run") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("2026-03-07..2026-03-09: ")
    assert "2026-03-08  run" in shown
    assert re.search(r"rejected +\d+  \w", shown)
    assert select(TABLES) == [(0,)]
    assert world.google.spreadsheet.snapshot() == sheet
    assert world.mail.letters == []


def test_h6_a_dry_run_shows_the_days_that_a_run_will_load(
    world: World, run: Run, capsys: Any
) -> None:
    """Also when the first run of all failed, and nothing says how far loading came."""
    world.grader.always(Status(403))
    assert run() == 3
    world.grader.always(None)
    world.grader.requests.clear()
    next_week = NOW + timedelta(days=7)
    assert run("--dry-run", clock=lambda: next_week) == 0
    assert run(clock=lambda: next_week) == 0
    tried, loaded = world.grader.requests[:2], world.grader.requests[2:]
    assert [r.start for r in tried] == [r.start for r in loaded]
    assert tried[0].start == datetime(2026, 3, 7, tzinfo=UTC)


def test_a_check_tries_everything_and_writes_nothing(
    world: World, run: Run, select: Select, capsys: Any
) -> None:
    sheet = world.google.spreadsheet.snapshot()
    assert run("--check") == 0
    shown = capsys.readouterr().out
    for part in ("grader", "database", "sheet", "mail"):
        assert part in shown
    assert "❌" not in shown
    (request,) = world.grader.requests
    assert request.end - request.start == timedelta(minutes=1)
    assert select(TABLES) == [(0,)]
    assert world.google.spreadsheet.snapshot() == sheet
    assert world.mail.letters == []


def test_a_check_goes_on_after_a_failure_and_says_how_to_mend_each(
    world: World, run: Run, capsys: Any
) -> None:
    world.grader.always(Status(401))
    world.google.share = "viewer"
    world.mail.refuse_login("535 5.7.8 Error")
    assert run("--check", DB_NAME="nowhere") == 3
    shown = " ".join(capsys.readouterr().out.split())
    for mend in ("API_CLIENT_KEY", "DB_NAME", "as Editor", "SENDER_PASSWORD"):
        assert mend in shown
    assert shown.count("❌") == 4
    assert world.mail.letters == []


def test_p4_a_check_finds_protected_cells_of_either_tab(
    world: World, run: Run, capsys: Any
) -> None:
    assert run() == 0
    for tab in world.google.spreadsheet.tabs:
        tab.protect()
        assert run("--check") == 6
        shown = " ".join(capsys.readouterr().out.split())
        assert f"“{tab.title}”" in shown
        assert "Protect sheets and ranges" in shown
        tab.protected_ranges.clear()


def test_parts_that_are_off_are_named_in_the_letter_and_cost_nothing(
    world: World, run: Run
) -> None:
    off = {"GOOGLE_SHEETS_CREDENTIALS_BASE64": None, "SPREADSHEET_ID": None}
    assert run(**off) == 0
    assert "The sheet is off" in letter_texts(world)[0]
    assert run() == 0
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 3


def test_without_mail_settings_nobody_is_shown_and_the_run_is_good(world: World, run: Run) -> None:
    names = ("SMTP_SERVER", "SENDER_EMAIL", "SENDER_PASSWORD", "RECIPIENTS_EMAILS")
    assert run(**dict.fromkeys(names)) == 0
    assert world.mail.letters == []


@pytest.mark.parametrize("command", [(), ("--check",), ("--dry-run",)], ids=str)
def test_h2_what_asks_the_grader_is_refused_without_one(
    command: tuple[str, ...], run: Run, capsys: Any
) -> None:
    assert run(*command, API_URL=None, API_CLIENT=None, API_CLIENT_KEY=None) == 2
    assert "API_CLIENT_KEY: is not set" in capsys.readouterr().err


def test_xv8_the_demo_run_twice_doubles_nothing_and_its_sheet_is_as_spreadsheets_read_it(
    tmp_path: Path, capsys: Any
) -> None:
    shown = []
    for language in ("en", "ru"):
        environ, root = {"REPORT_LANGUAGE": language}, tmp_path
        code = main(["--demo"], environ=environ, now=lambda: NOW, root=root)
        assert code == 0
        shown.append(capsys.readouterr().out)
    directory = tmp_path / "var" / "demo"
    rows = [line for line in shown[1].splitlines() if "The table attempts now has" in line]
    assert rows[0] in shown[0]
    assert "     0 inserted" in shown[1]
    header, *days = (directory / "sheet.csv").read_text("utf-8").splitlines()
    assert header.startswith("\ufeffDate;Total attempts;")
    assert len(days) == 3
    assert all(re.fullmatch(r"2026-03-0\d(;\d+){3};\d+(,\d+)?(;\d+){2}", day) for day in days)
    for name in ("letter.eml", "letter.html", "letter.txt", "dashboard.html"):
        assert (directory / name).stat().st_size > 0


def test_a_check_shows_the_settings_and_where_they_come_from(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    content = "WINDOW_DAYS=5\nTIME_ZONE=Europe/Moscow\nDASHBOARD_URL=https://me:s3cret@x.example\n"
    (tmp_path / ".env").write_text(content, encoding="utf-8")
    assert run("--check", TIME_ZONE="Asia/Omsk") == 0
    lines = capsys.readouterr().out.splitlines()
    shown = {name: rest for name, *rest in map(str.split, filter(None, lines)) if name.isupper()}
    assert shown["WINDOW_DAYS"] == [".env", "5"]
    assert shown["TIME_ZONE"] == ["environment", "Asia/Omsk"]
    assert shown["LOG_KEEP_DAYS"] == ["default", "9"]
    assert shown["WORKSHEET_TITLE"] == ["not", "set"]
    assert shown["SENDER_PASSWORD"] == ["environment", "set"]
    assert shown["DASHBOARD_URL"] == [".env", "https://***@x.example"]
    secrets = [world.environ[name] for name in SECRETS if name in world.environ]
    assert [secret for secret in secrets if secret in "".join(lines)] == []
    assert set(NAMES) == shown.keys()


def test_h2_a_check_shows_the_settings_also_when_some_are_wrong_but_not_those(
    run: Run, capsys: Any
) -> None:
    assert run("--check", WINDOW_DAYS="s3cret", DB_PORT="") == 2
    shown, told = capsys.readouterr()
    assert ["WINDOW_DAYS", "environment", "wrong"] in map(str.split, shown.splitlines())
    assert "WINDOW_DAYS: must be a whole number" in told
    assert "s3cret" not in shown + told


def test_h2_what_is_odd_about_env_is_in_the_log_and_in_the_check(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / ".env").write_text("REPORT_LANG=s3cret\n", encoding="utf-8")
    (tmp_path / ".env").chmod(0o644)
    assert run("--check") == 0
    for told in (capsys.readouterr().out, log_text(tmp_path)):
        assert "REPORT_LANG: no part of the program reads this name; is REPORT_LANGUAGE me" in told
        assert os.name != "posix" or ".env: other users of this machine may read it" in told
        assert "s3cret" not in told
    assert run() == 0
    assert "REPORT_LANG" not in letter_texts(world)[0]


def test_h2_a_line_of_env_that_cannot_be_read_is_shown_and_nothing_starts(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / ".env").write_text("WINDOW_DAYS=3\nTIME_ZONE='Europe/Moscow\n", encoding="utf-8")
    assert run() == 2
    assert ".env: line 2 cannot be read" in capsys.readouterr().err
    assert world.grader.requests == []
