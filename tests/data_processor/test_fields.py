"""What each field may hold: a student, an attempt's type, a verdict, a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.data_processor.answers import (
    only_reason,
    only_row,
    process,
    process_body,
    reason,
    row,
    with_json,
)

USER_IDS = {
    "32 hex digits": "3583bf109f8b458e13ae1ac9d85c396a",
    "punctuation": "lms:uni.example/7@~!",
    "quotes and a backslash": "o'neill\"\\",
    "what pandas takes for missing": "NaN",
    "a formula": '=IMPORTXML("//x";"//a")',
}

NO_USER_IDS: dict[str, tuple[Any, Reason]] = {
    "key is missing": (MISSING, Reason.USER_ID_MISSING),
    "null": (None, Reason.USER_ID_MISSING),
    "blank in Unicode": ("\u00a0\u3000", Reason.USER_ID_MISSING),
    "a number": (7, Reason.USER_ID_INVALID),
    "33 characters": ("f" * 33, Reason.USER_ID_INVALID),
    "a digit of another script": ("\N{ARABIC-INDIC DIGIT SEVEN}", Reason.USER_ID_INVALID),
    "a line break behind": ("7\n", Reason.USER_ID_INVALID),
    "DEL": ("7\x7f", Reason.USER_ID_INVALID),
}

NO_TYPES = {
    "key is missing": MISSING,
    "null": None,
    "a line break behind": "submit\n",
    "a Cyrillic letter": "\N{CYRILLIC SMALL LETTER DZE}ubmit",
    "a list": ["submit"],
}

# JSON's numbers are compared by value, and `true` and `false` stand for 1 and 0.
VERDICTS = {"1": True, "true": True, "10e-1": True, "0": False, "false": False, "-0.0": False}
NO_VERDICTS = ['"1"', "2", "0.5", "NaN", "1" * 5000, "[1]"]

MOMENTS = [
    "2026-03-07 10:00:00.313646",
    "2026-03-07 10:00:00",
    "2026-03-07T10:00:00.999999999Z",
    "2026-03-07 10:00:00.5-05:30",
    "2000-01-01 00:00:00+03",
    "2099-12-31 23:59:59-0300",
]

NO_MOMENTS = {
    "a point without digits": "2026-03-07 10:00:00.",
    "a line break behind": "2026-03-07 10:00:00\n",
    "blank before the offset": "2026-03-07 10:00:00 +03:00",
    "offset of 24 hours": "2026-03-07 10:00:00+24:00",
    "offset of 60 minutes": "2026-03-07 10:00:00+03:60",
    "no seconds": "2026-03-07 10:00",
    "digits of another script": "٢٠٢٦-٠٣-٠٧ ١٠:٠٠:٠٠",
    "30 February": "2024-02-30 10:00:00",
    "a leap second": "2016-12-31 23:59:60",
    "year 1999": "1999-12-31 23:59:59",
    "year 2100": "2100-01-01 00:00:00",
    "seconds since 1970": 1772877600,
    "null": None,
    "key is missing": MISSING,
}


@pytest.mark.parametrize("user_id", USER_IDS.values(), ids=USER_IDS)
def test_r8_a_printable_user_id_is_kept_as_it_is(user_id: str) -> None:
    assert row(lti_user_id=user_id)["user_id"] == user_id


@pytest.mark.parametrize(("user_id", "expected"), NO_USER_IDS.values(), ids=NO_USER_IDS)
def test_r2_r1_any_other_user_id_is_rejected(user_id: Any, expected: Reason) -> None:
    assert reason(lti_user_id=user_id) == expected


@pytest.mark.parametrize("value", [7, None, [record()], float("nan")], ids=repr)
def test_r1_what_is_no_object_is_rejected(value: Any) -> None:
    assert only_reason(process(value)) == Reason.NOT_AN_OBJECT


@pytest.mark.parametrize("attempt_type", NO_TYPES.values(), ids=NO_TYPES)
def test_r5_an_unknown_attempt_type_is_rejected(attempt_type: Any) -> None:
    assert reason(attempt_type=attempt_type) == Reason.ATTEMPT_TYPE_UNKNOWN


@pytest.mark.parametrize(("text", "stored"), VERDICTS.items(), ids=VERDICTS)
def test_r4_a_verdict_of_a_submit_is_a_boolean_and_a_run_has_none(text: str, stored: bool) -> None:
    batch = process_body(with_json("is_correct", text, attempt_type="submit"))
    assert only_row(batch)["is_correct"] is stored
    batch = process_body(with_json("is_correct", text, attempt_type="run"))
    assert only_reason(batch) == Reason.VERDICT_ON_RUN


@pytest.mark.parametrize("attempt_type", ["run", "submit"])
@pytest.mark.parametrize("text", NO_VERDICTS, ids=lambda text: text[:40])
def test_r4_any_other_verdict_is_rejected(text: str, attempt_type: str) -> None:
    batch = process_body(with_json("is_correct", text, attempt_type=attempt_type))
    assert only_reason(batch) == Reason.VERDICT_INVALID


@pytest.mark.parametrize("verdict", [None, MISSING], ids=["null", "key is missing"])
def test_r4_no_verdict_is_for_runs_alone(verdict: Any) -> None:
    assert reason(attempt_type="submit", is_correct=verdict) == Reason.VERDICT_MISSING
    stored = row(attempt_type="run", is_correct=verdict)
    assert (stored["attempt_type"], stored["is_correct"]) == ("run", None)


OFFSETS = st.sampled_from(["", "Z", "+03", "-0530", "+14:00", "-00:00"])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59)),
            st.sampled_from(" T"),
            st.text("0123456789", max_size=9),
            OFFSETS,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_r6_the_iso_family_is_converted_to_naive_utc_and_cut_to_the_microsecond(
    parts: list[tuple[datetime, str, str, str]],
) -> None:
    texts, stored = [], []
    for moment, separator, digits, offset in parts:
        texts.append(f"{moment:%Y-%m-%d{separator}%H:%M:%S}{'.' * bool(digits)}{digits}{offset}")
        exact = moment.replace(microsecond=int(digits[:6].ljust(6, "0")), tzinfo=zone(offset))
        stored.append(pd.Timestamp(exact.astimezone(UTC).replace(tzinfo=None)))
    rows = process(*(record(created_at=text) for text in texts)).rows
    assert list(rows.created_at) == stored
    assert rows.created_at.dtype == "datetime64[us]"


def zone(offset: str) -> timezone:
    """Of an offset with or without minutes and colon."""
    digits = offset.strip("Z").replace(":", "").ljust(5, "0")
    sign = -1 if digits[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5])))


@pytest.mark.parametrize("value", NO_MOMENTS.values(), ids=NO_MOMENTS)
def test_r6_any_other_moment_is_rejected_and_costs_no_other(value: Any) -> None:
    batch = process(*(record(created_at=text) for text in MOMENTS), record(created_at=value))
    assert len(batch.rows) == len(MOMENTS)
    assert [one.reason for one in batch.rejected] == [Reason.CREATED_AT_INVALID]
