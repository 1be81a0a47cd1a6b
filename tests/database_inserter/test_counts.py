"""Every record is stored once, and every record is counted once."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import Campus, record
from etl.models.records import Batch, Counts
from etl.postgres.figures import daily_figures
from tests.database_inserter.batches import DAY, batch, days, entry, insert, opened, within
from tests.database_inserter.conftest import Build, Execute

FIRST, SECOND, THIRD = (record(created_at=f"2023-05-31 09:00:0{n}") for n in range(3))
LAST_ID = "SELECT last_value FROM attempts_id_seq"


def test_a_record_is_stored_with_all_its_fields(
    inserter: DatabaseInserter, select: Execute
) -> None:
    passback = {"oauth_consumer_key": "", "lis_result_sourcedid": "course:block:3583"}
    submit = record(
        lti_user_id="u1",
        passback_params=repr(passback),
        created_at="2023-05-31T12:00:00.25+03:00",
    )
    run = record(attempt_type="run", is_correct=None, lti_user_id="u2", passback_params=None)
    assert insert(inserter, batch(submit, run)) == Counts(received=2, inserted=2)
    assert select(
        "SELECT id, user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,"
        " is_correct, attempt_type, created_at::text FROM attempts ORDER BY id"
    ) == [
        (1, "u1", "", "course:block:3583", None, True, "submit", "2023-05-31 09:00:00.25"),
        (2, "u2", None, None, None, None, "run", "2023-05-31 09:16:11.313646"),
    ]


def test_a11_a_later_run_over_the_same_days_inserts_nothing(
    inserter: DatabaseInserter, build: Build, select: Execute
) -> None:
    campus = Campus().attempts(days(DAY).start, days(DAY).end)
    first = insert(inserter, batch(*campus))
    inserter.close(entry())
    stored = select("SELECT * FROM attempts ORDER BY id")
    second = insert(opened(build()), batch(*campus))
    assert select("SELECT * FROM attempts ORDER BY id") == stored
    assert second == Counts(
        received=first.received,
        duplicates=first.inserted + first.duplicates,
        conflicting=first.conflicting,
        rejected=first.rejected,
    )
    assert min(first.inserted, first.duplicates, first.conflicting, first.rejected) > 0


def test_a12_of_contradictions_in_one_slice_the_first_stays(
    inserter: DatabaseInserter, select: Execute
) -> None:
    wrong = FIRST | {"is_correct": 0}
    assert insert(inserter, batch(wrong, FIRST, wrong)) == Counts(
        received=3, inserted=1, duplicates=1, conflicting=1
    )
    assert select("SELECT is_correct FROM attempts") == [(False,)]


PASSBACK = {
    "oauth_consumer_key": "key",
    "lis_result_sourcedid": "course:block:3583",
    "lis_outcome_service_url": "https://lms.uni.example/grade",
}


@pytest.mark.parametrize(
    "change",
    [
        {"is_correct": 0},
        {"passback_params": None},
        *({"passback_params": repr(PASSBACK | {name: "other"})} for name in PASSBACK),
    ],
    ids=["verdict", "passback", *PASSBACK],
)
def test_a12_what_contradicts_a_stored_attempt_is_conflicting(
    inserter: DatabaseInserter, select: Execute, change: dict[str, object]
) -> None:
    good = FIRST | {"passback_params": repr(PASSBACK)}
    insert(inserter, batch(good))
    stored = select("SELECT * FROM attempts")
    assert insert(inserter, batch(good | change)) == Counts(received=1, conflicting=1)
    assert select("SELECT * FROM attempts") == stored


def test_a12_an_empty_text_contradicts_a_missing_one(inserter: DatabaseInserter) -> None:
    insert(inserter, batch(FIRST | {"passback_params": "{}"}))
    empty = FIRST | {"passback_params": "{'oauth_consumer_key': ''}"}
    assert insert(inserter, batch(empty)) == Counts(received=1, conflicting=1)


def test_a_run_and_a_submit_of_one_moment_are_two_attempts(inserter: DatabaseInserter) -> None:
    run = FIRST | {"attempt_type": "run", "is_correct": None}
    assert insert(inserter, batch(FIRST, run)).inserted == 2
    assert insert(inserter, batch(SECOND)).inserted == 1
    later = SECOND | {"attempt_type": "run", "is_correct": None}
    assert insert(inserter, batch(later)) == Counts(received=1, inserted=1)


@pytest.mark.parametrize(
    "empty", [batch(), batch("17"), batch(record(created_at="2020-01-01 00:00:00"))]
)
def test_a_slice_without_one_valid_record_is_noted(
    inserter: DatabaseInserter, select: Execute, empty: Batch
) -> None:
    counts = insert(inserter, empty)
    assert counts.received == counts.rejected + counts.out_of_window == empty.answer.count
    assert select("SELECT received, inserted FROM etl_slices") == [(empty.answer.count, 0)]


def test_a11_the_same_record_twice_is_one_row_and_a_duplicate_and_burns_no_id(
    inserter: DatabaseInserter, select: Execute
) -> None:
    counts = insert(inserter, batch(FIRST, FIRST, SECOND, FIRST))
    assert counts == Counts(received=4, inserted=2, duplicates=2)
    for _ in range(3):
        insert(inserter, batch(SECOND, FIRST | {"is_correct": 0}))
    assert select(LAST_ID) == [(2,)]
    insert(inserter, batch(FIRST, THIRD))
    assert select("SELECT max(id) FROM attempts") == [(3,)]


def test_ids_ascend_as_the_grader_sent_the_records(
    inserter: DatabaseInserter, select: Execute
) -> None:
    users = ["z", "a", "m", "a", "b"]
    insert(inserter, batch(*(record(lti_user_id=user) for user in users)))
    assert select("SELECT string_agg(user_id, '' ORDER BY id) FROM attempts") == [("zamb",)]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Beirut", date(2026, 3, 29)),  # has no midnight
        ("America/Havana", date(2026, 11, 1)),  # has its midnight twice
    ],
)
def test_h5_attempts_are_compared_with_the_graders_by_the_days_that_clocks_show(
    build: Build, zone: str, day: date
) -> None:
    inserter = opened(build(zone=ZoneInfo(zone)))
    window = days(day - timedelta(days=1), day + timedelta(days=1), ZoneInfo(zone))
    moments = [window.start + timedelta(minutes=20) * n for n in range(3 * 73)]
    inside = [moment for moment in moments if moment < window.end]
    records = [record(created_at=f"{moment:%F %T}") for moment in inside]
    expected = Counter(moment.astimezone(ZoneInfo(zone)).date() for moment in inside)
    for sent in (records, records, records[::-1]):
        slice_ = batch(*sent, window=window)
        assert inserter.insert(slice_.answer, slice_.batches).distinct == expected
    assert [one.attempts for one in within(inserter, daily_figures, window.days())] == [
        expected[one] for one in window.days()
    ]
