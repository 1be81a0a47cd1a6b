"""What colleagues get from a run in which nothing goes wrong, and from the one after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from etl.demo.world import RECIPIENTS
from etl.texts import EN
from tests.conftest import NOW, Run, Select, World, letter_texts, log_text
from tests.grader_faults import Status, as_json

WINDOW = (datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC))
DAYS = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)]
DUMP = """
SELECT 'attempts', to_jsonb(attempts) FROM attempts
UNION ALL SELECT 'quarantine', to_jsonb(rejected_attempts) FROM rejected_attempts
UNION ALL SELECT 'next ids', to_jsonb(row(s.last_value, r.last_value))
FROM attempts_id_seq AS s, rejected_attempts_id_seq AS r
ORDER BY 1, 2
"""


def test_every_valid_record_of_the_window_is_stored_once(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    assert [(r.start, r.end) for r in world.grader.requests] == [WINDOW]
    (counts,) = select(
        "SELECT received, inserted, duplicates, conflicting, rejected, out_of_window FROM etl_runs"
    )
    assert counts[0] == sum(counts[1:]) > sum(counts[2:]) > 0
    keys = "SELECT count(*), count(DISTINCT (user_id, attempt_type, created_at)) FROM attempts"
    assert select(keys) == [(counts[1], counts[1])]
    assert select("SELECT status, failed_stage, error FROM etl_runs") == [("succeeded", None, None)]


def test_the_sheet_gets_a_right_row_a_day_beside_what_people_keep_there(
    world: World, run: Run, select: Select
) -> None:
    tab = world.google.spreadsheet.tabs[0]
    header = list(EN.sheet_header)
    older = [date(2026, 3, 6), 10, 2, 3, 60.0, 5, 5]
    tab.put("A1", [[*header, "Note"], [*older, "exam day"]])
    assert run() == 0
    assert tab.rows()[:2] == [[*header, "Note"], [*older, "exam day"]]
    assert [row[:7] for row in tab.rows()[2:]] == [figures(select, day) for day in DAYS]


def test_everybody_gets_one_letter_whose_numbers_are_the_journals(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    (letter,) = world.mail.letters
    assert set(letter.recipients) == set(RECIPIENTS)
    (text,) = letter_texts(world)
    assert text.startswith("✅")
    counts = select("SELECT received, inserted, duplicates, rejected FROM etl_runs")[0]
    for name, count in zip(("Received", "New", "Known already", "Rejected"), counts, strict=True):
        assert f"{name}: {count:,}\n" in text
    assert world.google.spreadsheet_id in text


def test_a_second_run_changes_nothing_but_the_journal(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    before = select(DUMP), world.google.spreadsheet.snapshot(), world.google.writes
    assert run() == 0
    assert (select(DUMP), world.google.spreadsheet.snapshot(), world.google.writes) == before
    first, second = select("SELECT received, inserted, duplicates FROM etl_runs ORDER BY id")
    assert second == (first[0], 0, first[1] + first[2])


def test_h6_the_run_after_two_silent_weeks_fetches_them_all_oldest_first(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    world.grader.requests.clear()
    assert run(clock=lambda: NOW + timedelta(days=14)) == 0
    asked = [(r.start, r.end) for r in world.grader.requests]
    assert asked[0][0] == WINDOW[1]
    assert [end for _, end in asked[:-1]] == [start for start, _ in asked[1:]]
    assert asked[-1][1] == WINDOW[1] + timedelta(days=14)
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 3 + 14
    first, last = select("SELECT min(created_at)::date, max(created_at)::date FROM attempts")[0]
    assert (first, last) == (DAYS[0], DAYS[-1] + timedelta(days=14))


def test_h5_a_day_is_a_day_of_the_time_zone(world: World, run: Run) -> None:
    assert run(TIME_ZONE="Europe/Moscow") == 0
    (request,) = world.grader.requests
    assert request.start == WINDOW[0] - timedelta(hours=3)
    assert request.end == WINDOW[1] - timedelta(hours=3)


def test_a9_an_empty_window_is_shown_with_a_warning_and_rows_of_zeros(
    world: World, run: Run
) -> None:
    world.grader.always(as_json([]))
    assert run() == 0
    assert letter_texts(world)[0].startswith("⚠️")
    rows = world.google.spreadsheet.tabs[0].rows()
    assert [row[1:7] for row in rows[1:]] == [[0] * 6] * 3


def test_a4_the_letter_says_when_the_grader_needed_several_tries(world: World, run: Run) -> None:
    world.grader.then(Status(503, {"Retry-After": "0"}))
    assert run() == 0
    assert "did not answer at the first try: 2 requests" in letter_texts(world)[0]


def test_the_log_has_a_line_for_the_start_and_the_end_of_every_stage(
    run: Run, tmp_path: Path
) -> None:
    assert run() == 0
    lines = log_text(tmp_path).splitlines()
    told = [line.split(maxsplit=3)[3] for line in lines]
    for stage in ("extract", "transform", "load", "report", "notify"):
        assert any(line.startswith(f"{stage}: started") for line in told)
        assert any(line.startswith(f"{stage}: done in") for line in told)
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["2026-03-10.log"]


def figures(select: Select, day: date) -> list[object]:
    """A sheet's row for that day of UTC, counted in Python out of the table's rows."""
    rows = select(
        "SELECT user_id, attempt_type, is_correct FROM attempts"
        f" WHERE created_at >= '{day}' AND created_at < '{day + timedelta(days=1)}'"
    )
    submits = [row for row in rows if row[1] == "submit"]
    correct = sum(bool(row[2]) for row in submits)
    percent = round(correct / len(submits) * 100, 2)
    users = len({row[0] for row in rows})
    return [day, len(rows), users, correct, percent, len(rows) - len(submits), len(submits)]
