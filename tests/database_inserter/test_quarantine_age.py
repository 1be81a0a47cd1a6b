"""What the quarantine has kept for REJECTED_KEEP_DAYS goes, and no younger record."""

from __future__ import annotations

import pytest
from psycopg2.extensions import connection

from tests.database_inserter.batches import STARTED, batch, insert
from tests.database_inserter.conftest import Build, Execute

KEPT = "SELECT record FROM rejected_attempts ORDER BY id"
AGES = """
UPDATE rejected_attempts SET rejected_at = now() - age, resolved_at = resolved
FROM (VALUES ('"old"', interval '31 days', NULL),
             ('"old, accepted"', interval '400 days', now()),
             ('"young"', interval '29 days', NULL),
             ('"young, accepted"', interval '29 days', now())) AS given (text, age, resolved)
WHERE record = text
"""


def fill(build: Build, execute: Execute, days: int | None) -> object:
    inserter = build(rejected_keep_days=days)
    inserter.open(STARTED)
    insert(inserter, batch('"old"', '"old, accepted"', '"young"', '"young, accepted"'))
    execute(f"{AGES} RETURNING 1")
    return inserter.delete_old_rejected()


def test_q1_old_records_go_accepted_or_not_and_those_that_never_were_are_counted(
    build: Build, execute: Execute, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    assert fill(build, execute, 30) == 1
    assert execute(KEPT) == [('"young"',), ('"young, accepted"',)]
    assert "deleted from the quarantine after 30 days: 2 records" in caplog.text


def test_by_default_records_are_kept_for_ever(build: Build, execute: Execute) -> None:
    assert fill(build, execute, None) == 0
    assert len(execute(KEPT)) == 4


def test_q1_a_record_in_somebody_s_hands_waits_for_the_next_run(
    build: Build, execute: Execute, colleague: connection
) -> None:
    inserter = build(rejected_keep_days=30)
    inserter.open(STARTED)
    insert(inserter, batch("17", "18"))
    execute("UPDATE rejected_attempts SET rejected_at = '2001-01-01' RETURNING 1")
    with colleague.cursor() as at:
        at.execute("UPDATE rejected_attempts SET resolved_at = now() WHERE record = '18'")
        assert inserter.delete_old_rejected() == 1
        assert execute(KEPT) == [("18",)]
        colleague.rollback()
    assert inserter.delete_old_rejected() == 1
