"""A run's notices in its letter: reconciled, unusual, recovered, replayed."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.demo.campus import record
from etl.demo.loopback import LoopbackServer
from etl.models.notices import Notice, Outcome, Publication, RunResult
from etl.models.records import Counts
from etl.models.window import Window
from etl.pipeline.notices import inspect_sheet, missed_runs, missing_runs, more_rejected
from etl.texts import EN
from tests.conftest import NOW, Run, Select, World, letter_texts, log_text
from tests.grader_faults import Status, as_json


def attempts_on(day: str, count: int) -> list[dict[str, Any]]:
    return [record(created_at=f"{day} 10:00:{n:02}") for n in range(count)]


def test_rows_that_the_grader_does_not_know_are_shown_with_both_numbers(
    world: World, run: Run, select: Select
) -> None:
    world.grader.always(as_json(attempts_on("2026-03-08", 3)))
    assert run() == 0
    select(
        "INSERT INTO attempts (user_id, attempt_type, created_at)"
        " VALUES ('somebody', 'run', '2026-03-08 11:00')"
    )
    assert run() == 0
    letter = letter_texts(world)[1]
    assert letter.startswith("⚠️")
    told = "on 8 March 2026 the grader has 3 distinct valid records and the database 4 rows"
    assert told in letter
    assert "Reconciled" not in letter


def test_days_that_other_hands_changed_are_counted_anew_and_named(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    select("UPDATE attempts SET is_correct = true WHERE created_at::date = '2026-03-08'")
    assert run("--report-only") == 0
    letter = letter_texts(world)[1]
    assert letter.startswith("⚠️")
    assert "Somebody has changed the table attempts for 8 March 2026" in letter
    sunday = world.google.spreadsheet.tabs[0].rows()[2]
    assert sunday[4] == 100
    assert run("--report-only") == 0
    assert "Somebody has changed" not in letter_texts(world)[2]


def test_xk1_days_of_the_tasks_are_compared_too_and_owed_to_the_sheet(
    world: World, run: Run, select: Select
) -> None:
    assert run("--from", "2026-02-20", "--to", "2026-02-21") == 0
    assert run() == 0
    select("DELETE FROM attempts WHERE created_at::date = '2026-02-20'")
    assert run("--report-only") == 0
    assert "for 20 February 2026" in letter_texts(world)[2]
    assert [row[1] for row in world.google.spreadsheet.tabs[0].rows()].count(0) == 1
    assert select("SELECT count(*) FROM etl_student_task_days WHERE day = '2026-02-20'") == [(0,)]


def test_a_failure_is_shown_with_the_end_of_the_log_and_when_to_expect_the_next_run(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.grader.always(Status(403))
    assert run() == 3
    letter = letter_texts(world)[0]
    logged = [line for line in log_text(tmp_path).splitlines() if " extract: " in line]
    assert logged
    assert all(line in letter for line in logged)
    assert "The next run is expected by 13 March 2026" in letter


def test_the_window_stands_beside_as_many_days_before_with_the_databases_numbers(
    world: World, run: Run, select: Select
) -> None:
    assert run(clock=lambda: NOW - timedelta(days=3)) == 0
    assert run() == 0
    first, second = letter_texts(world)
    before, now = select(
        "SELECT count(DISTINCT user_id) FROM attempts"
        " GROUP BY created_at >= '2026-03-07' ORDER BY created_at >= '2026-03-07'"
    )
    assert f"AT A GLANCE\n- Students: {before[0]}\n" in first
    assert f"- Students: {now[0]} ({before[0]}) " in second
    assert second.startswith("✅ LMS analytics · 7–9 March 2026 · ")
    assert f" {now[0]} students, " in second.splitlines()[0]
    tasks = second.partition("HARDEST TASKS\n")[2].splitlines()[:5]
    assert all(re.match(r"- [0-9a-f]{8}… · Uni .* · Success: \d", task) for task in tasks)


def test_a_day_unlike_its_weekdays_before_is_shown_with_the_numbers(world: World, run: Run) -> None:
    for weeks in range(4, 0, -1):
        day = f"{(NOW - timedelta(days=2, weeks=weeks)).date()}"
        world.grader.always(as_json(attempts_on(day, 10)))
        assert run("--from", day, "--to", day) == 0
    world.grader.always(as_json(attempts_on("2026-03-08", 4)))
    assert run("--from", "2026-03-08", "--to", "2026-03-08") == 0
    letter = letter_texts(world)[-1]
    assert letter.startswith("⚠️")
    assert "8 March 2026 has 4; on that weekday 10 is usual" in letter


def test_a_rise_in_rejects_is_shown(world: World, run: Run) -> None:
    assert run() == 0
    good, bad = attempts_on("2026-03-08", 60), [record(lti_user_id=f"{n:033}") for n in range(12)]
    world.grader.always(as_json(good + bad))
    assert run() == 0
    assert (
        "Far more records than usual were rejected: 12 of 72 (16.7 %, usually 1.48 %)"
        in (letter_texts(world)[-1])
    )


def test_a_small_share_is_not_none() -> None:
    counts = Counts(received=300_000, inserted=299_988, rejected=12)
    ((notice, facts),) = more_rejected(counts, usual_share=0.00001).items()
    assert "12 of 300,000 (0.004 %, usually 0.001 %)" in EN.notice(notice, facts)


def test_the_first_good_run_after_failures_says_so(world: World, run: Run) -> None:
    assert run() == 0
    world.grader.always(Status(403))
    assert run(clock=lambda: NOW + timedelta(days=3)) == 3
    assert run(clock=lambda: NOW + timedelta(days=6)) == 3
    world.grader.always(None)
    by_hand = ["--from", "2026-03-01", "--to", "2026-03-01"]
    assert run(*by_hand, clock=lambda: NOW + timedelta(days=8)) == 0
    world.mail.refuse_login()
    no_sheet = dict.fromkeys(("GOOGLE_SHEETS_CREDENTIALS_BASE64", "SPREADSHEET_ID"))
    assert run(clock=lambda: NOW + timedelta(days=9), **no_sheet) == 7
    world.mail.refuse_login("")
    assert run(clock=lambda: NOW + timedelta(days=12)) == 0
    told = "This run made up for 2 failed runs since 13 March 2026, 06:00"
    letters = letter_texts(world)
    assert [told in letter for letter in letters] == [False] * 4 + [True, False]
    assert "made up for" not in letters[-1]
    assert "did not happen" not in "".join(letters)


def test_runs_that_did_not_happen_are_counted_in_the_next_letter_good_or_bad(
    world: World, run: Run
) -> None:
    assert run() == 0
    world.grader.always(Status(403))
    assert run(clock=lambda: NOW + timedelta(days=14)) == 3
    world.grader.always(None)
    assert run(clock=lambda: NOW + timedelta(days=17)) == 0
    told = "Since 10 March 2026, 4 runs did not happen"
    assert [told in letter for letter in letter_texts(world)] == [False, True, False]


@pytest.mark.parametrize(("days", "missing"), [(-1, 0), (0, 0), (3, 0), (4, 1), (6, 1), (7, 2)])
def test_runs_are_missing_once_more_days_have_gone_than_a_run_loads(
    days: int, missing: int
) -> None:
    assert missing_runs(NOW, NOW + timedelta(days=days), window_days=3) == missing


def test_a_run_after_midnight_instead_of_before_misses_none() -> None:
    before = NOW.replace(hour=23, minute=30)
    late = [before + timedelta(days=3, hours=hours) for hours in (2, 4)]
    assert [missing_runs(before, one, window_days=3) for one in late] == [0, 1]


def test_a_person_who_has_loaded_their_days_has_made_up_for_missing_runs() -> None:
    now = NOW + timedelta(days=6)
    told = [
        missed_runs(Window.due(now, 3, loaded_until, ZoneInfo("UTC")), NOW, now, window_days=3)
        for loaded_until in (NOW, NOW + timedelta(days=5))
    ]
    assert told == [{Notice.MISSED_RUNS: {"runs": 1, "since": NOW.date()}}, {}]


def test_a_replay_loads_what_todays_rules_accept_and_reports_its_days(
    world: World, run: Run, select: Select
) -> None:
    world.grader.always(as_json([record(created_at="2026-03-08 10:00:00")]))
    assert run() == 0
    accepted_now = json.dumps(record(created_at="2026-03-07 09:00:00"))
    still_bad = json.dumps(record(lti_user_id=None))
    contradicting = json.dumps(record(created_at="2026-03-08 10:00:00", is_correct=0))
    for text in (accepted_now, still_bad, contradicting):
        select(
            "INSERT INTO rejected_attempts (run_id, reason, record)"
            f" VALUES (1, 'passback_invalid', '{text.replace(chr(39), chr(39) * 2)}')"
        )
    world.grader.requests.clear()
    assert run("--replay-rejected") == 0
    assert world.grader.requests == []
    open_ones = "SELECT count(*) FROM rejected_attempts WHERE resolved_at IS NULL"
    assert select(open_ones) == [(2,)]
    assert "1 of 3 records were accepted" in letter_texts(world)[-1]
    counts = [row[1] for row in world.google.spreadsheet.tabs[0].rows()[1:]]
    assert counts == [1, 1, 0]
    assert run("--replay-rejected") == 0
    assert select(open_ones) == [(2,)]


class PingServer(LoopbackServer):
    """Takes pings, and remembers them; use it as a context manager."""

    def __init__(self, status: int = 200) -> None:
        super().__init__()
        self.status = status
        self.pings: list[tuple[str, str]] = []

    def respond(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, None]:
        self.pings.append((request.path, body.decode()))
        return self.status, None


def test_a_health_check_hears_of_start_success_and_failure(world: World, run: Run) -> None:
    with PingServer() as pings:
        url = f"{pings.url}/uuid"
        assert run(HEALTHCHECK_URL=url) == 0
        world.grader.always(Status(403))
        assert run(HEALTHCHECK_URL=url) == 3
    paths = ["/uuid/start", "/uuid", "/uuid/start", "/uuid/fail"]
    assert [path for path, _ in pings.pings] == paths
    assert "Check API_CLIENT and API_CLIENT_KEY" in pings.pings[3][1]


def test_a_health_check_that_fails_changes_nothing_and_stays_secret(
    run: Run, tmp_path: Path
) -> None:
    with PingServer(status=500) as pings:
        assert run(HEALTHCHECK_URL=f"{pings.url}/secret-uuid") == 0
    assert run(HEALTHCHECK_URL="http://127.0.0.1:1/secret-uuid") == 0
    assert "did not take the ping" in log_text(tmp_path)
    assert "secret-uuid" not in log_text(tmp_path)


def test_q1_records_that_went_though_never_accepted_are_in_the_letter(
    world: World, run: Run, select: Select
) -> None:
    world.grader.always(as_json([*attempts_on("2026-03-08", 30), "17", "18", "19"]))
    assert run() == 0
    select("UPDATE rejected_attempts SET rejected_at = '2001-01-01' WHERE record <> '\"17\"'")
    select("UPDATE rejected_attempts SET resolved_at = now() WHERE record = '\"18\"'")
    world.grader.always(as_json(attempts_on("2026-03-08", 30)))
    assert run(REJECTED_KEEP_DAYS="90") == 0
    letter = letter_texts(world)[-1]
    assert letter.startswith("✅")
    assert "after REJECTED_KEEP_DAYS, though never accepted: 1 record." in letter
    assert select("SELECT record FROM rejected_attempts") == [('"17"',)]
    assert run(REJECTED_KEEP_DAYS="90") == 0
    assert "REJECTED_KEEP_DAYS" not in letter_texts(world)[-1]


@pytest.mark.parametrize("tasks_differ", [False, True])
def test_tasks_that_the_sheet_shows_otherwise_want_attention(tasks_differ: bool) -> None:
    result = RunResult(NOW, notices=inspect_sheet(Publication(tasks_differ=tasks_differ)))
    assert (Notice.TASKS_DIFFER in result.notices) is tasks_differ
    assert result.outcome is (Outcome.ATTENTION if tasks_differ else Outcome.DONE)
