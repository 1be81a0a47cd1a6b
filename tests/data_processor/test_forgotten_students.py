"""Records of forgotten students are left out wherever they name them, and nobody else's are."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.components.data_processor import DataProcessor
from etl.demo.campus import MISSING, record
from etl.grader.answer import split_array
from etl.grader.record import named_students
from etl.models.records import Answer, Batch, Forgotten, Reason
from etl.models.window import Window

GONE = "3583bf109f8b458e13ae1ac9d85c396a"
OTHER = "d0" * 16
KEY = bytes(range(32))


def forgotten(*students: str) -> Forgotten:
    return Forgotten(KEY, frozenset(map(Forgotten(KEY).digest, students)))


def process(*records: Any, whom: str = GONE) -> Batch:
    piece = split_array(json.dumps(records).encode())
    window = Window.of_days(date(2023, 5, 31), date(2023, 5, 31), ZoneInfo("UTC"))
    answer = Answer(window, [piece], len(piece))
    (batch,) = DataProcessor().process(answer, forgotten(whom))
    return batch


def test_f1_their_attempts_count_as_never_received() -> None:
    late = record(created_at="2023-06-30 09:16:11")
    batch = process(record(lti_user_id=OTHER), record(), late)
    assert list(batch.rows.user_id) == [OTHER]
    assert list(batch.rows.index) == [0]
    assert (batch.received, batch.out_of_window, batch.forgotten_count) == (1, 0, 2)


BAD = {
    "no student, but one in the passback": record(lti_user_id=MISSING),
    "a blank too many": record(lti_user_id=f" {GONE}"),
    "in a URL": record(lti_user_id=MISSING, passback_params=f"user%3A{GONE}"),
    "in a longer word": record(lti_user_id=f"user-{GONE}", attempt_type="ran", passback_params=""),
    "a text": f"the student {GONE}",
    "a list": [GONE],
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_f1_a_bad_record_is_not_quarantined_wherever_it_names_them(bad: Any) -> None:
    batch = process(bad, 17)
    assert [one.reason for one in batch.rejected] == [Reason.NOT_AN_OBJECT]
    assert (batch.received, batch.forgotten_count) == (1, 1)


def test_f1_an_id_that_no_rule_accepts_can_be_forgotten_too() -> None:
    address = "an.address.with.more.characters.than@uni.example"
    batch = process(record(lti_user_id=address), ["from", f"<{address}>"], whom=address)
    assert (batch.rejected, batch.forgotten_count) == ([], 2)


@pytest.mark.parametrize("user", ["7", 7, "\\u0037", "ann:7"])
def test_a_short_id_is_found_where_the_grader_writes_one(user: Any) -> None:
    text = json.dumps({"lti_user_id": user, "attempt_type": "7"}).replace("\\\\u", "\\u")
    assert ("7" in set(named_students(text))) is (user != "ann:7")
    passback = json.dumps({"passback_params": "{'lis_result_sourcedid': 'a:b.example-c:7'}"})
    assert "7" in set(named_students(passback))


def test_nobody_is_found_by_chance() -> None:
    other = record(lti_user_id="8", created_at="2023-05-31 07:07:07", attempt_type="ran")
    batch = process(other, record(lti_user_id="77", passback_params="7"), whom="7")
    assert (len(batch.rejected), batch.forgotten_count) == (2, 0)
    assert process(record(lti_user_id=GONE.upper())).forgotten_count == 0


def test_the_ids_cannot_be_read_out() -> None:
    assert GONE not in repr(forgotten(GONE))
    assert KEY.hex() not in repr(forgotten(GONE))
    assert Forgotten(b"another key").digest(GONE) not in forgotten(GONE).digests
