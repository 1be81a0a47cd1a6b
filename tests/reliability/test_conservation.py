"""Whatever array the grader sends, each record ends in exactly one place, and stays there."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.components.data_processor import DataProcessor
from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.grader.answer import SpooledRecords, cut
from etl.models.records import Answer, Counts
from etl.models.window import Window
from etl.postgres.loading import WAITING_AT_MOST
from tests.api_client.test_answer import blocks
from tests.conftest import NOW, Parameters, Select
from tests.data_processor.test_every_record import JSON, records

WINDOW = Window.of_days(date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("UTC"))
SENT = st.lists(records() | JSON, max_size=8)
EMPTY = "TRUNCATE attempts, rejected_attempts, etl_slices; SELECT 1"
KEYS = "SELECT user_id, attempt_type, created_at FROM attempts"
QUARANTINED = "SELECT count(*) FROM rejected_attempts"


def load(inserter: DatabaseInserter, sent: list[Any], piece_bytes: int) -> Counts:
    spooled = SpooledRecords(cut(blocks(json.dumps(sent).encode(), 100), piece_bytes))
    answer = Answer(WINDOW, spooled, spooled.count)
    return inserter.insert(answer, lambda: DataProcessor().process(answer)).counts


def test_every_record_is_in_one_place(database: Parameters, select: Select) -> None:
    inserter = DatabaseInserter(lambda: database, zone=WINDOW.zone)
    inserter.open(NOW)

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(SENT, st.integers(1, 2_000))
    def check(sent: list[Any], piece_bytes: int) -> None:
        select(EMPTY)
        fresh = load(inserter, sent, piece_bytes)
        stored, quarantined = select(KEYS), select(QUARANTINED)
        assert fresh.received == len(sent) == sum(astuple(fresh)) - fresh.received
        assert fresh.inserted == len(stored) == len(set(stored))
        assert quarantined <= [(fresh.rejected + fresh.conflicting,)]

        again = load(inserter, sent, piece_bytes)
        known = fresh.inserted + fresh.duplicates
        assert again == replace(fresh, inserted=0, duplicates=known)
        assert (select(KEYS), select(QUARANTINED)) == (stored, quarantined)

    check()


def test_p12_every_record_is_in_one_place_whatever_the_database_refuses(
    database: Parameters, select: Select
) -> None:
    inserter = DatabaseInserter(lambda: database, zone=WINDOW.zone, max_rejected_share=1)
    inserter.open(NOW)
    select("ALTER TABLE attempts ADD CHECK (is_correct), ADD EXCLUDE (user_id WITH =); SELECT 1")

    @settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(SENT, st.integers(1, 2_000))
    def check(sent: list[Any], piece_bytes: int) -> None:
        select(EMPTY)
        fresh = load(inserter, sent, piece_bytes)
        stored, quarantined = select(KEYS), select(QUARANTINED)
        assert fresh.received == len(sent) == sum(astuple(fresh)) - fresh.received
        assert fresh.inserted == len(stored) == len({user for user, *_ in stored})
        assert load(inserter, sent, piece_bytes).inserted == 0
        assert (select(KEYS), select(QUARANTINED)) == (stored, quarantined)

    check()


def test_r9_what_waits_for_a_copys_end_is_stored_before_it_is_much(
    database: Parameters, select: Select
) -> None:
    inserter = DatabaseInserter(lambda: database, zone=WINDOW.zone)
    inserter.open(NOW)
    large = "x" * (WAITING_AT_MOST // 2 - 2_000)  # a record may be no larger
    moment = "2026-03-07 10:00:00"
    a, b, c = (record(lti_user_id=user, created_at=moment) for user in "abc")
    odd = [record(**{field: large}) for field in ("lti_user_id", "attempt_type", "created_at")]
    counts = load(inserter, [a, *odd[:2], b, b, odd[2], c], piece_bytes=1)
    assert counts == Counts(received=7, inserted=3, duplicates=1, rejected=3)
    assert select(QUARANTINED) == [(3,)]
