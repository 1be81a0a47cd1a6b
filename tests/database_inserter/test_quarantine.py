"""What broke a rule, or contradicts what is stored, is kept once, as it came."""

from __future__ import annotations

import json

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.database_inserter.batches import STARTED, batch, entry, insert
from tests.database_inserter.conftest import Build, Execute

GOOD = record()
CONTRADICTION = GOOD | {"is_correct": 0}
KEPT = "SELECT reason, record FROM rejected_attempts ORDER BY id"


def test_bad_records_are_kept_in_their_order_with_their_reasons(
    inserter: DatabaseInserter, select: Execute
) -> None:
    anonymous = record(lti_user_id=MISSING)
    insert(inserter, batch(anonymous, '"zzz"', GOOD, "17"))
    assert select(KEPT) == [
        (Reason.USER_ID_MISSING, json.dumps(anonymous)),
        (Reason.NOT_AN_OBJECT, '"zzz"'),
        (Reason.NOT_AN_OBJECT, "17"),
    ]


def test_a12_what_contradicts_is_kept_as_conflicting(
    inserter: DatabaseInserter, select: Execute
) -> None:
    insert(inserter, batch("17", GOOD, CONTRADICTION))
    conflicting = (Reason.CONFLICTING, json.dumps(CONTRADICTION))
    assert select(KEPT) == [(Reason.NOT_AN_OBJECT, "17"), conflicting]


def test_the_same_bad_record_is_kept_once_and_burns_no_ids(
    inserter: DatabaseInserter, build: Build, select: Execute
) -> None:
    bad = batch("17", GOOD, "17", CONTRADICTION, CONTRADICTION)
    insert(inserter, bad)
    kept = select("SELECT * FROM rejected_attempts ORDER BY id")
    insert(inserter, bad)
    inserter.quarantine(bad.batches)
    inserter.close(entry())
    later = build()
    later.open(STARTED)
    insert(later, bad)
    assert select("SELECT * FROM rejected_attempts ORDER BY id") == kept
    assert select("SELECT last_value FROM rejected_attempts_id_seq") == [(2,)]


def test_a_slice_that_is_refused_leaves_nothing_but_its_quarantine(
    inserter: DatabaseInserter, select: Execute
) -> None:
    inserter.quarantine(batch("17", GOOD, "18").batches)
    assert [kept for _, kept in select(KEPT)] == ["17", "18"]
    assert select("SELECT 1 FROM attempts") == select("SELECT 1 FROM etl_slices") == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r'{"lti_user_id": "a\u0000b"}', id="escaped NUL"),
        pytest.param(r'{"lti_user_id": "\ud800"}', id="lone surrogate"),
        pytest.param('{"lti_user_id": "\\\\N\\t🎓"}', id="backslashes"),
        pytest.param('{"lti_user_id": "' + "x" * 1_000_000 + '"}', id="a megabyte"),
        pytest.param("%s %(name)s", id="placeholders"),
    ],
)
def test_r3_any_record_can_be_kept_as_it_came(
    inserter: DatabaseInserter, select: Execute, text: str
) -> None:
    assert insert(inserter, batch(text)).rejected == 1
    assert insert(inserter, batch(text)).rejected == 1
    assert [kept for _, kept in select(KEPT)] == [text]


def test_a_secret_in_a_bad_record_is_not_kept(build: Build, select: Execute) -> None:
    inserter = build(redact=lambda text: text.replace("s3cret", "***"))
    inserter.open(STARTED)
    insert(inserter, batch('"s3cret"'))
    inserter.quarantine(batch('["s3cret"]').batches)
    assert [kept for _, kept in select(KEPT)] == ['"***"', '["***"]']


def test_the_quarantine_names_the_run(
    inserter: DatabaseInserter, build: Build, select: Execute
) -> None:
    inserter.close(entry())
    second = build()
    second.open(STARTED)
    insert(second, batch("17"))
    assert select("SELECT run_id, resolved_at FROM rejected_attempts") == [(2, None)]
