"""What broke a rule, or contradicts what is stored, is kept once, as it came, for its time."""

from __future__ import annotations

import json

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.database_inserter.batches import batch, entry, insert, opened
from tests.database_inserter.conftest import Build, Execute

GOOD = record()
CONTRADICTION = GOOD | {"is_correct": 0}
RECORDS = "SELECT record FROM rejected_attempts ORDER BY id"
AGES = """
UPDATE rejected_attempts SET rejected_at = now() - age, resolved_at = resolved
FROM (VALUES ('"old"', interval '31 days', NULL),
             ('"old, accepted"', interval '400 days', now()),
             ('"young"', interval '29 days', NULL),
             ('"young, accepted"', interval '29 days', now())) AS given (text, age, resolved)
WHERE record = text
"""


def test_a12_bad_records_are_kept_in_their_order_with_run_and_reason_then_conflicting_ones(
    inserter: DatabaseInserter, build: Build, select: Execute
) -> None:
    inserter.close(entry())
    anonymous = record(lti_user_id=MISSING)
    insert(opened(build()), batch(anonymous, '"zzz"', GOOD, CONTRADICTION, "17"))
    assert select("SELECT reason, record, run_id, resolved_at FROM rejected_attempts") == [
        (Reason.USER_ID_MISSING, json.dumps(anonymous), 2, None),
        (Reason.NOT_AN_OBJECT, '"zzz"', 2, None),
        (Reason.NOT_AN_OBJECT, "17", 2, None),
        (Reason.CONFLICTING, json.dumps(CONTRADICTION), 2, None),
    ]


def test_the_same_bad_record_is_kept_once_and_burns_no_ids(
    inserter: DatabaseInserter, build: Build, select: Execute
) -> None:
    bad = batch("17", GOOD, "17", CONTRADICTION, CONTRADICTION)
    insert(inserter, bad)
    kept = select("SELECT * FROM rejected_attempts ORDER BY id")
    insert(inserter, bad)
    inserter.quarantine(bad.batches)
    inserter.close(entry())
    insert(opened(build()), bad)
    assert select("SELECT * FROM rejected_attempts ORDER BY id") == kept
    assert select("SELECT last_value FROM rejected_attempts_id_seq") == [(2,)]


def test_a_slice_that_is_refused_leaves_nothing_but_its_quarantine(
    inserter: DatabaseInserter, select: Execute
) -> None:
    inserter.quarantine(batch("17", GOOD, "18").batches)
    assert select(RECORDS) == [("17",), ("18",)]
    assert select("SELECT 1 FROM attempts") == select("SELECT 1 FROM etl_slices") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r'{"lti_user_id": "a\u0000b"}', id="escaped NUL"),
        pytest.param(r'{"lti_user_id": "\ud800"}', id="lone surrogate"),
        pytest.param('{"lti_user_id": "\\\\N\\t🎓"}', id="backslashes"),
        pytest.param('{"lti_user_id": "' + "x" * 15_000 + '"}', id="long"),
        pytest.param("%s %(name)s", id="placeholders"),
    ],
)
def test_r3_any_record_can_be_kept_as_it_came(
    inserter: DatabaseInserter, select: Execute, text: str
) -> None:
    assert insert(inserter, batch(text)).rejected == 1
    assert insert(inserter, batch(text)).rejected == 1
    assert select(RECORDS) == [(text,)]


def test_a_secret_in_a_bad_record_is_not_kept(build: Build, select: Execute) -> None:
    inserter = opened(build(redact=lambda text: text.replace("s3cret", "***")))
    insert(inserter, batch('"s3cret"'))
    inserter.quarantine(batch('["s3cret"]').batches)
    assert select(RECORDS) == [('"***"',), ('["***"]',)]


def test_s14_the_quarantine_has_bounds_and_what_it_does_not_keep_is_counted(
    build: Build, select: Execute
) -> None:
    room = {"record_characters": 10, "run_bytes": 20, "all_bytes": 30}
    seen: list[str] = []
    first = opened(build(quarantine_room=room, redact=lambda text: seen.append(text) or text))
    bad = batch('"known"', f'"{"x" * 30_000}"', '"no room"')
    first.quarantine(lambda: [*bad.batches()] * 2)  # the second time they are only counted
    assert (insert(first, bad).rejected, first.not_quarantined, len(seen)) == (3, 2 + 1 + 1, 3 + 3)
    first.close(entry())
    second = opened(build(quarantine_room=room))
    second.quarantine(batch('"second"', '"3"').batches)
    assert second.not_quarantined == 1
    assert select(RECORDS) == [('"known"',), ('"xxxxxxxxx***',), ('"second"',)]


def fill(build: Build, execute: Execute, days: int | None) -> object:
    inserter = opened(build(rejected_keep_days=days))
    insert(inserter, batch('"old"', '"old, accepted"', '"young"', '"young, accepted"'))
    execute(f"{AGES}")
    return inserter.tidy()


def test_q1_old_records_go_accepted_or_not_and_those_that_never_were_are_counted(
    build: Build, execute: Execute, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert fill(build, execute, 30) == 1
    assert execute(RECORDS) == [('"young"',), ('"young, accepted"',)]
    assert "deleted from the quarantine after 30 days: 2 records" in caplog.text


def test_by_default_records_are_kept_for_ever(build: Build, execute: Execute) -> None:
    assert fill(build, execute, None) == 0
    assert len(execute(RECORDS)) == 4


def test_q1_a_record_in_somebody_s_hands_waits_for_the_next_run(
    build: Build, execute: Execute, colleague: connection
) -> None:
    inserter = opened(build(rejected_keep_days=30))
    insert(inserter, batch("17", "18"))
    execute("UPDATE rejected_attempts SET rejected_at = '2001-01-01'")
    with colleague.cursor() as at:
        at.execute("UPDATE rejected_attempts SET resolved_at = now() WHERE record = '18'")
        assert inserter.tidy() == 1
        assert execute(RECORDS) == [("18",)]
        colleague.rollback()
    assert inserter.tidy() == 1
