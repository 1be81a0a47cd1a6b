"""A batch: its rows and reasons, what is outside of the window, and how much may be bad."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from etl.components.data_processor import DataProcessor
from etl.demo.campus import MISSING, record
from etl.models.errors import ExitCode, Problem, Stage, TransformError
from etl.models.records import Answer, Reason
from etl.models.window import Window
from tests.data_processor.answers import process, row

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


def test_rows_have_the_position_of_their_record_and_rejected_ones_their_reason_in_order() -> None:
    batch = process(RUN, "b", BAD, record(), "a")
    assert list(batch.rows.index) == [0, 3]
    nonsense, missing = Reason.NOT_AN_OBJECT, Reason.USER_ID_MISSING
    assert [(r.reason, r.record) for r in batch.rejected] == [
        (nonsense, '"b"'),
        (missing, json.dumps(BAD)),
        (nonsense, '"a"'),
    ]
    assert all(isinstance(r.reason, Reason) for r in batch.rejected)


def test_the_first_rule_that_a_record_breaks_is_its_reason() -> None:
    rejected = process(*BROKEN_FROM_HERE_ON.values()).rejected
    assert [one.reason for one in rejected] == [*BROKEN_FROM_HERE_ON]
    of_the_database = {Reason.CONFLICTING, Reason.REFUSED_BY_DATABASE}
    assert {*BROKEN_FROM_HERE_ON} | of_the_database == set(Reason)


DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("UTC"))
MOSCOW_DAY = Window.of_days(date(2026, 3, 7), date(2026, 3, 7), ZoneInfo("Europe/Moscow"))
BOUNDS = {
    "last microsecond before": (DAY, "2026-03-06 23:59:59.999999", False),
    "nanoseconds before the end": (DAY, "2026-03-07 23:59:59.999999999", True),
    "end": (DAY, "2026-03-08 00:00:00", False),
    "start, by its offset": (DAY, "2026-03-07 03:00:00+03:00", True),
    "a day of Moscow: start": (MOSCOW_DAY, "2026-03-06 21:00:00", True),
    "a day of Moscow: end": (MOSCOW_DAY, "2026-03-07 21:00:00", False),
}


@pytest.mark.parametrize(("window", "created_at", "inside"), BOUNDS.values(), ids=BOUNDS)
def test_a13_the_window_is_half_open_to_the_microsecond(
    window: Window, created_at: str, inside: bool
) -> None:
    batch = process(record(created_at=created_at), window=window)
    assert (len(batch.rows), batch.out_of_window) == (int(inside), int(not inside))
    assert batch.rejected == []


def test_a13_records_outside_are_counted_among_others() -> None:
    days = ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-07", "2025-03-07"]
    bad = record(created_at="2025-03-07 12:00:00", attempt_type="debug")  # not counted twice
    batch = process(*(record(created_at=f"{day} 12:00:00") for day in days), bad, window=DAY)
    assert (list(batch.rows.index), batch.out_of_window) == ([1, 3], 3)
    assert [r.reason for r in batch.rejected] == [Reason.ATTEMPT_TYPE_UNKNOWN]


def refusal_of(*, bad: int, good: int, **options: float) -> TransformError | None:
    answer = Answer(DAY, [], bad + good)
    return DataProcessor(**options).refusal(answer, Counter({Reason.NOT_AN_OBJECT: bad}))


@pytest.mark.parametrize(
    ("share", "bad", "good", "refused"),
    [
        (0.2, 0, 0, False),
        (0.2, 2, 8, False),
        (0.29, 29, 71, False),
        (0.29, 30, 70, True),
        (0.0, 1, 999, True),
        (1.0, 1, 0, False),
    ],
)
def test_r9_a_slice_is_refused_when_more_than_the_share_is_bad(
    share: float, bad: int, good: int, refused: bool
) -> None:
    refusal = refusal_of(bad=bad, good=good, max_rejected_share=share)
    assert (refusal is not None) == refused


def test_r9_the_refusal_says_the_numbers_and_ends_with_the_code_of_transform() -> None:
    refusal = refusal_of(bad=2, good=1)
    assert isinstance(refusal, TransformError)
    assert (refusal.exit_code, refusal.stage) == (ExitCode.TRANSFORM, Stage.TRANSFORM)
    assert refusal.problem == Problem.TOO_MANY_REJECTED
    assert refusal.facts == {
        "rejected": 2,
        "received": 3,
        "percent": 200 / 3,
        "limit_percent": 20,
        "window": DAY,
        "reasons": {Reason.NOT_AN_OBJECT: 2},
    }
