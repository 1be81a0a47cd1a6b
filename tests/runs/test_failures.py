"""Each stage made to fail: the exit code, and one letter that says where and what to do."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from psycopg2.extensions import connection

from etl.demo.campus import record
from etl.postgres.session import LOCK_KEY
from tests.conftest import NOW, Run, Select, World, letter_texts, log_text
from tests.google_faults import Hang
from tests.google_faults import Status as GoogleStatus
from tests.grader_faults import Status, as_json, redirect

# Settings to be changed.
Changes = dict[str, str | None] | None
Break = Callable[[World], Changes]


def refuse_credentials(world: World) -> Changes:
    world.grader.always(Status(403))


def answer_with_an_error_object(world: World) -> Changes:
    echo = {"errors": "no such client", "you_sent": world.environ["API_CLIENT_KEY"]}
    world.grader.always(as_json(echo))


def redirect_elsewhere(world: World) -> Changes:
    world.grader.always(redirect("http://elsewhere.example/"))


def send_bad_records(world: World) -> Changes:
    bad = record(lti_user_id=None, note="x" * 20_000)
    world.grader.always(as_json([bad] * 3 + [record(created_at="2026-03-08 12:00:00")]))


def name_another_database(world: World) -> Changes:
    return {"DB_NAME": "nowhere"}


def unshare_the_sheet(world: World) -> Changes:
    world.google.share = None


def break_the_credentials(world: World) -> Changes:
    return {"GOOGLE_SHEETS_CREDENTIALS_BASE64": "bm90IGpzb24="}


def head_the_sheet_otherwise(world: World) -> Changes:
    world.google.spreadsheet.tabs[0].put("A1", [["Budget", "2026"]])


def leave_out_a_setting(world: World) -> Changes:
    return {"API_CLIENT": None, "DB_PORT": "many", "TIME_ZONE": "Mars/Base"}


FAILURES = [
    (leave_out_a_setting, 2, "configuration", "API_CLIENT: is not set"),
    (refuse_credentials, 3, "extract", "Check API_CLIENT and API_CLIENT_KEY"),
    (answer_with_an_error_object, 3, "extract", "no such client"),
    (redirect_elsewhere, 3, "extract", "Put its new address into API_URL"),
    (send_bad_records, 4, "transform", "3 of 4 records (75 %)"),
    (name_another_database, 5, "load", "DB_NAME"),
    (unshare_the_sheet, 6, "report", "as Editor"),
    (break_the_credentials, 6, "report", "base64 -w0 key.json"),
    (head_the_sheet_otherwise, 6, "report", "WORKSHEET_TITLE"),
]


@pytest.mark.parametrize(
    ("break_it", "code", "stage", "words"), FAILURES, ids=[row[0].__name__ for row in FAILURES]
)
def test_a_failure_has_its_exit_code_and_one_letter(
    break_it: Break,
    code: int,
    stage: str,
    words: str,
    world: World,
    run: Run,
    tmp_path: Path,
    capsys: Any,
) -> None:
    assert run(**(break_it(world) or {})) == code
    (letter,) = letter_texts(world)
    assert letter.startswith("❌")
    assert words in letter
    stderr = capsys.readouterr().err
    assert stderr.startswith(f"{stage}: ")
    assert words in stderr
    assert "Traceback" not in stderr + letter
    assert log_text(tmp_path).count(f" ERROR   {stage}: failed: ") == 1


@pytest.mark.parametrize(
    ("break_it", "code", "end"),
    [(send_bad_records, 4, ("failed", "transform")), (unshare_the_sheet, 6, ("partial", "report"))],
)
def test_the_next_run_repairs_it(
    break_it: Break, code: int, end: tuple[str, str], world: World, run: Run, select: Select
) -> None:
    break_it(world)
    assert run() == code
    assert select("SELECT status, failed_stage FROM etl_runs") == [end]
    world.grader.always(None)
    world.google.share = "editor"
    assert run() == 0
    assert select("SELECT count(*) > 0 FROM attempts") == [(True,)]
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 3


def test_r9_s14_bad_records_are_kept_and_nothing_of_their_slice_is_loaded(
    world: World, run: Run, select: Select
) -> None:
    send_bad_records(world)
    assert run() == 4
    assert run() == 4
    assert select("SELECT reason FROM rejected_attempts") == [("user_id_missing",)]
    assert select("SELECT count(*) FROM attempts") == [(0,)]
    assert "no student id (3)" in letter_texts(world)[0]
    assert "its size is bounded: 1 record." in letter_texts(world)[0]


def test_d1_a_database_that_is_down_is_found_before_the_grader_is_asked(
    world: World, run: Run
) -> None:
    assert run(DB_NAME="nowhere") == 5
    assert world.grader.requests == []


def test_d6_a_second_run_at_once_does_nothing_and_writes_no_letter(
    world: World, run: Run, capsys: Any
) -> None:
    codes = []

    def run_inside(exchange: Any) -> None:
        codes.append(run())
        as_json([])(exchange)

    world.grader.then(run_inside)
    assert run() == 0
    assert codes == [75]
    assert len(world.mail.letters) == 1
    assert "Another run is at work" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM")
def test_s4_sigterm_ends_a_run_that_waits_for_google(world: World, run: Run) -> None:
    begun = monotonic()
    world.google.always(Hang(partial(os.kill, os.getpid(), signal.SIGTERM)))
    assert run() == 143
    assert monotonic() - begun < 5
    assert letter_texts(world)[0].startswith("❌")


def test_s7_a_lock_that_is_held_for_longer_than_window_days_is_news_and_names_its_holder(
    world: World, run: Run, colleague: connection, capsys: Any
) -> None:
    world.grader.always(as_json([]))
    assert run() == 0
    colleague.cursor().execute("SELECT pg_advisory_lock_shared(%s)", [LOCK_KEY])
    letters = []
    for later in (NOW + timedelta(days=3, hours=2), NOW + timedelta(days=4)):
        assert run(clock=partial(datetime.fromtimestamp, later.timestamp(), UTC)) == 75
        letters.append(len(world.mail.letters))
    assert letters == [1, 2]
    holder = f"postgres, pid {colleague.info.backend_pid}"
    assert holder in capsys.readouterr().err
    assert holder in letter_texts(world)[-1]
    assert "No run has begun since 10 March 2026" in letter_texts(world)[-1]


def test_g8_days_that_could_not_be_reported_are_written_by_report_only(
    world: World, run: Run
) -> None:
    world.google.share = "viewer"
    assert run() == 6
    world.google.share = "editor"
    world.grader.requests.clear()
    assert run("--report-only", "--from", "2026-03-09", "--to", "2026-03-09") == 0
    assert world.grader.requests == []
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 3
    assert run(clock=lambda: NOW + timedelta(days=3)) == 0
    assert "made up for" not in letter_texts(world)[-1]


def test_a_bug_is_shown_with_its_traceback_and_without_secrets(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    """A clock that stops while the grader is asked stands for what nobody has thought of."""
    secret = world.environ["API_CLIENT_KEY"]
    clock = StoppingClock(f"the clock stopped, and {secret} was near")
    world.grader.then(lambda exchange: clock.stop() or as_json([])(exchange))
    assert run(clock=clock) == 1
    (letter,) = letter_texts(world)
    assert letter.startswith("❌")
    for told in (letter, log_text(tmp_path), capsys.readouterr().err):
        assert "RuntimeError: the clock stopped, and *** was near" in told
        assert secret not in told


class StoppingClock:
    """Tells `NOW`, and fails once when it is asked after `stop`."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True

    def __call__(self) -> datetime:
        if self._stopped:
            self._stopped = False
            raise RuntimeError(self._words)
        return NOW


def test_a_mistyped_day_needs_no_letter_and_no_change_of_env(
    world: World, run: Run, capsys: Any
) -> None:
    assert run("--from", "2027-01-01", "--to", "2027-01-02") == 2
    assert world.mail.letters == []
    stderr = capsys.readouterr().err
    assert "--from: must not lie in the future" in stderr
    assert ".env" not in stderr
    assert world.grader.requests == []


def test_m6_an_error_text_that_postgresql_cannot_hold_still_ends_in_the_journal(
    world: World, run: Run, select: Select
) -> None:
    world.google.always(GoogleStatus(400, "INVALID_ARGUMENT", "a\x00b \ud800"))
    assert run() == 6
    assert select("SELECT status, error LIKE '%a?b%' FROM etl_runs") == [("partial", True)]
