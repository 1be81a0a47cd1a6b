"""What a batch looks like: the rows' columns, types and positions, and the first broken rule."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.data_processor.answers import process, process_body, reason, row

TYPES = {
    "user_id": "object",
    "oauth_consumer_key": "object",
    "lis_result_sourcedid": "object",
    "lis_outcome_service_url": "object",
    "is_correct": "object",
    "attempt_type": "object",
    "created_at": "datetime64[us]",
}

RUN = record(attempt_type="run", is_correct=None)
BAD = record(lti_user_id=MISSING)

# Each breaks its rule and all rules further down, as far as they can be broken together.
BROKEN_FROM_HERE_ON = {
    Reason.NOT_AN_OBJECT: "nonsense",
    Reason.USER_ID_MISSING: {},
    Reason.USER_ID_INVALID: {"lti_user_id": 7, "is_correct": 2, "passback_params": "["},
    Reason.ATTEMPT_TYPE_UNKNOWN: {"lti_user_id": "7", "is_correct": 2, "passback_params": "["},
    Reason.CREATED_AT_INVALID: record(created_at="now", is_correct=2, passback_params="["),
    Reason.VERDICT_INVALID: record(attempt_type="run", is_correct=2, passback_params="["),
    Reason.VERDICT_ON_RUN: record(attempt_type="run", is_correct=1, passback_params="["),
    Reason.VERDICT_MISSING: record(is_correct=None, passback_params="["),
    Reason.PASSBACK_INVALID: record(passback_params="["),
}


@pytest.mark.parametrize(
    "records",
    [[], [BAD], [RUN], [record(is_correct=True)], [record(is_correct=1.0), RUN, BAD]],
    ids=["no record", "none good", "no verdicts", "one verdict", "all kinds"],
)
def test_rows_always_have_the_same_columns_and_types(records: list[object]) -> None:
    assert {name: str(dtype) for name, dtype in process(*records).rows.dtypes.items()} == TYPES


def test_a_good_record_is_stored_field_by_field() -> None:
    assert row(passback_params="{'oauth_consumer_key': '', 'lis_result_sourcedid': 'a:b'}") == {
        "user_id": "3583bf109f8b458e13ae1ac9d85c396a",
        "oauth_consumer_key": "",
        "lis_result_sourcedid": "a:b",
        "lis_outcome_service_url": None,
        "is_correct": True,
        "attempt_type": "submit",
        "created_at": pd.Timestamp("2023-05-31 09:16:11.313646"),
    }


@pytest.mark.parametrize("verdicts", [[True], [True, False], [1, True], [1.0], [False, 0, 0.0]])
def test_r4_verdicts_are_pythons_own_in_whatever_company(verdicts: list[object]) -> None:
    rows = process(*(record(is_correct=verdict) for verdict in verdicts), RUN).rows
    assert [repr(v) for v in rows.is_correct] == [*(repr(bool(v)) for v in verdicts), "None"]


def test_rows_are_indexed_by_the_position_of_their_record() -> None:
    assert list(process(BAD, RUN, "nonsense", record(), BAD).rows.index) == [1, 3]


def test_rejected_records_come_in_the_graders_order_each_with_its_reason() -> None:
    batch = process(RUN, "b", BAD, record(), "a")
    nonsense, missing = Reason.NOT_AN_OBJECT, Reason.USER_ID_MISSING
    assert [(r.reason, r.record) for r in batch.rejected] == [
        (nonsense, '"b"'),
        (missing, json.dumps(BAD)),
        (nonsense, '"a"'),
    ]
    assert all(isinstance(r.reason, Reason) for r in batch.rejected)


@pytest.mark.parametrize(("first", "broken"), BROKEN_FROM_HERE_ON.items(), ids=BROKEN_FROM_HERE_ON)
def test_the_first_rule_that_a_record_breaks_is_its_reason(first: Reason, broken: object) -> None:
    assert [r.reason for r in process(broken).rejected] == [first]


def test_every_reason_but_the_databases_own_is_given() -> None:
    own = {Reason.CONFLICTING, Reason.REFUSED_BY_DATABASE}
    assert {*BROKEN_FROM_HERE_ON} | own == set(Reason)


def test_an_empty_answer_is_an_empty_batch() -> None:
    batch = process_body(b" [ ] ")
    assert (batch.received, list(batch.rows.index), batch.rejected) == (0, [], [])
    assert batch.out_of_window == 0


def test_other_keys_are_ignored() -> None:
    assert row(id=7, score={"points": [1]}) == row()


def test_repeated_records_stay_for_the_database_to_count() -> None:
    assert len(process(record(), record()).rows) == 2


def test_a_record_of_blanks_and_nulls_has_a_reason_and_no_crash() -> None:
    blanks = dict.fromkeys(("lti_user_id", "passback_params", "attempt_type", "created_at"), " ")
    assert reason(**blanks, is_correct=None) == Reason.USER_ID_MISSING
