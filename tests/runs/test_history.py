"""`--history`: what happened lately, and where things stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from psycopg2.extensions import connection

from etl.postgres.session import LOCK_KEY
from etl.settings.command_line import parse_options
from tests.conftest import NOW, Run, Select, World
from tests.grader_faults import Status

NO_GRADER = dict.fromkeys(("API_URL", "API_CLIENT", "API_CLIENT_KEY"))


@pytest.fixture
def history(run: Run, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What it prints, as one line."""

    def shown(*arguments: str, days_later: float = 1, **changes: str | None) -> str:
        capsys.readouterr()
        clock = lambda: NOW + timedelta(days=days_later)  # noqa: E731
        assert run("--history", *arguments, clock=clock, **NO_GRADER, **changes) == 0
        return " ".join(capsys.readouterr().out.split())

    return shown


def test_an_empty_database_says_so_and_stays_empty(
    history: Callable[..., str], select: Select, world: World
) -> None:
    assert history().startswith("No run yet")
    assert select("SELECT 1 FROM pg_class WHERE relname LIKE 'etl%'") == []
    assert world.grader.requests == world.mail.letters == []


def test_a_good_run_and_what_it_leaves(
    run: Run, history: Callable[..., str], select: Select, tmp_path: Path
) -> None:
    assert run() == 0
    journal = select("SELECT * FROM etl_runs")
    shown = history()
    ((received, inserted),) = select("SELECT received, inserted FROM etl_runs")
    assert shown.startswith("2026-03-10 06:00 ✅ run, version ")
    assert f"2026-03-07..2026-03-09: {received} received = {inserted} inserted" in shown
    assert "All is loaded up to and including 2026-03-09. The sheet lacks no day." in shown
    assert "No letter waits." in shown
    assert "expected by 2026-03-13" in shown
    assert select("SELECT * FROM etl_runs") == journal
    (tmp_path / "var" / "outbox").rmdir()
    (tmp_path / "var" / "outbox").touch()
    assert "Whether letters wait is unknown" in history()


def test_failures_with_their_stage_their_cause_and_the_advice(
    world: World, run: Run, history: Callable[..., str]
) -> None:
    world.google.share = "viewer"
    world.mail.refuse_login("535 5.7.8 Error")
    assert run("--from", "2026-03-07", "--to", "2026-03-09") == 6
    world.grader.always(Status(403))
    assert run() == 3
    newest, older = history().split("run --from 2026-03-07 --to 2026-03-09")
    assert "(asking the grader) 2026-03-07..2026-03-09" in newest
    assert "HTTP 403" in newest
    assert "Check API_CLIENT" in newest
    assert "(writing the sheet); what it had loaded is kept" in older
    assert "The sheet lacks 3 days or their last changes (2026-03-07..2026-03-09)" in older
    assert "2 letters wait in var/outbox" in older
    assert "The quarantine holds" in older


def test_days_that_nobody_asked_for_are_not_said_to_be_loaded(
    run: Run, history: Callable[..., str]
) -> None:
    assert run() == 0
    assert run("--from", "2026-03-01", "--to", "2026-03-02") == 0
    shown = history()
    assert "up to and including 2026-03-09, but never 4 days of 2026-03-03..2026-03-06:" in shown
    assert "All is loaded" not in shown


def test_a_refused_slice_is_told_with_its_counts(run: Run, history: Callable[..., str]) -> None:
    assert run(MAX_REJECTED_SHARE="0") == 4
    shown = history()
    assert "(validating the records) 2026-03-07..2026-03-09 24 of 1,621 records" in shown
    assert "Nothing is loaded yet." in shown


def test_missed_runs_are_missed(run: Run, history: Callable[..., str]) -> None:
    assert run() == 0
    assert run("--report-only", clock=lambda: NOW + timedelta(days=9)) == 0
    shown = history(days_later=11)
    assert "⚠️ No run has begun since 2026-03-10, so 3 runs did not happen" in shown
    assert shown.index("⚠️") < shown.index("All is loaded")


def test_a_run_at_work_and_one_that_was_killed(
    run: Run, history: Callable[..., str], select: Select, colleague: connection
) -> None:
    assert run() == 0
    select("UPDATE etl_runs SET status = 'running', finished_at = NULL, received = 0")
    assert "ended without a word" in (shown := history())
    assert "0 received" not in shown
    colleague.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    assert "at work" in history()


def test_so_many_as_asked_for_and_no_other_words(
    run: Run, history: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        assert run() == 0
    assert [history(number).count("✅") for number in ("1", "2", "9")] == [1, 2, 3]
    for words in ("--history 0", "--history x", "--history --from 2026-01-01 --to 2026-01-02"):
        with pytest.raises(SystemExit):
            parse_options(words.split())
    assert "--history does not take days" in capsys.readouterr().err


def test_a_database_of_an_earlier_version_is_read_as_it_is(
    run: Run, history: Callable[..., str], select: Select
) -> None:
    assert run() == 0
    select("ALTER TABLE etl_runs DROP COLUMN command, DROP COLUMN version, DROP COLUMN failure")
    assert "✅ run: done in" in history()


def test_without_a_sheet_no_day_is_owed(run: Run, history: Callable[..., str]) -> None:
    off = {"GOOGLE_SHEETS_CREDENTIALS_BASE64": None, "SPREADSHEET_ID": None}
    assert run(**off) == 0
    assert "The sheet is off." in history(**off)


def test_no_word_is_broken_on_a_narrow_terminal(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(MAX_REJECTED_SHARE="0") == 4
    capsys.readouterr()
    words = []
    for width in (24, 80):  # some words are longer than what the first has room for
        monkeypatch.setenv("COLUMNS", str(width))
        assert run("--history") == 0
        lines = capsys.readouterr().out.splitlines()
        assert width == 24 or max(map(len, lines)) < width
        words.append(" ".join(lines).split())
    assert words[0] == words[1]
