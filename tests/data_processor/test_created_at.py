"""`created_at`: the ISO 8601 family with whole seconds, stored as naive UTC with microseconds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.demo.campus import MISSING, record
from etl.models.records import Reason
from tests.data_processor.answers import process, reason, row

FIRST = datetime.fromisoformat("2000-01-01")
LAST = datetime.fromisoformat("2099-12-31 23:59:59.999999")

ACCEPTED = {
    "2026-03-07 10:00:00.313646": "2026-03-07 10:00:00.313646",
    "2026-03-07 10:00:00": "2026-03-07 10:00:00",
    "2026-03-07T10:00:00": "2026-03-07 10:00:00",
    "2026-03-07 10:00:00.5": "2026-03-07 10:00:00.5",
    "2026-03-07 10:00:00.1234567": "2026-03-07 10:00:00.123456",
    "2026-03-07 10:00:00.999999999": "2026-03-07 10:00:00.999999",
    "2026-03-07T10:00:00Z": "2026-03-07 10:00:00",
    "2026-03-07T10:00:00.313646Z": "2026-03-07 10:00:00.313646",
    "2026-03-07T10:00:00+03:00": "2026-03-07 07:00:00",
    "2026-03-07 10:00:00+0300": "2026-03-07 07:00:00",
    "2026-03-07 10:00:00+03": "2026-03-07 07:00:00",
    "2026-03-07 10:00:00.1234567-05:30": "2026-03-07 15:30:00.123456",
    "2026-03-07 10:00:00-00:00": "2026-03-07 10:00:00",
    "2026-03-07 01:00:00+03:00": "2026-03-06 22:00:00",
    "2024-02-29 23:59:59-01:00": "2024-03-01 00:59:59",
    "2000-01-01 00:00:00+03:00": "1999-12-31 21:00:00",
    "2099-12-31 23:59:59-03:00": "2100-01-01 02:59:59",
}

REJECTED = {
    "a point without digits": "2026-03-07 10:00:00.",
    "ten digits": "2026-03-07 10:00:00.1234567890",
    "a comma": "2026-03-07 10:00:00,5",
    "blank in front": " 2026-03-07 10:00:00",
    "blank behind": "2026-03-07 10:00:00 ",
    "a line break behind": "2026-03-07 10:00:00\n",
    "two blanks inside": "2026-03-07  10:00:00",
    "small t": "2026-03-07t10:00:00",
    "small z": "2026-03-07T10:00:00z",
    "blank before the offset": "2026-03-07 10:00:00 +03:00",
    "name of a zone": "2026-03-07 10:00:00 UTC",
    "offset of one digit": "2026-03-07 10:00:00+3",
    "offset of 24 hours": "2026-03-07 10:00:00+24:00",
    "offset of 60 minutes": "2026-03-07 10:00:00+03:60",
    "no seconds": "2026-03-07 10:00",
    "no time": "2026-03-07",
    "no separators": "20260307T100000",
    "a week date": "2026-W10-6 10:00:00",
    "day first": "07.03.2026 10:00:00",
    "digits of another script": "٢٠٢٦-٠٣-٠٧ ١٠:٠٠:٠٠",
    "30 February": "2024-02-30 10:00:00",
    "29 February of a common year": "2023-02-29 10:00:00",
    "month 13": "2026-13-07 10:00:00",
    "day 0": "2026-03-00 10:00:00",
    "24 o'clock": "2026-03-07 24:00:00",
    "a leap second": "2016-12-31 23:59:60",
    "year 1": "0001-01-01 00:00:00",
    "year 1999": "1999-12-31 23:59:59",
    "year 2100": "2100-01-01 00:00:00",
    "year 9999": "9999-12-31 23:59:59",
    "now": "now",
    "NaT": "NaT",
    "empty": "",
    "seconds since 1970": 1772877600,
    "the same as a fraction": 1772877600.5,
    "null": None,
    "a list": ["2026-03-07 10:00:00"],
    "key is missing": MISSING,
}


@pytest.mark.parametrize(("text", "stored"), ACCEPTED.items(), ids=ACCEPTED)
def test_r6_the_iso_family_is_converted_to_naive_utc(text: str, stored: str) -> None:
    assert row(created_at=text)["created_at"] == pd.Timestamp(stored)


@pytest.mark.parametrize("value", REJECTED.values(), ids=REJECTED)
def test_r6_any_other_moment_is_rejected(value: Any) -> None:
    assert reason(created_at=value) == Reason.CREATED_AT_INVALID


@settings(deadline=None, max_examples=30)
@given(st.permutations([*ACCEPTED, "2024-02-30 10:00:00", "now"]))
def test_r6_forms_may_be_mixed_in_one_answer(texts: list[str]) -> None:
    rows = process(*(record(created_at=text) for text in texts)).rows
    expected = {n: pd.Timestamp(ACCEPTED[t]) for n, t in enumerate(texts) if t in ACCEPTED}
    assert rows.created_at.to_dict() == expected
    assert rows.created_at.dtype == "datetime64[us]"


@settings(deadline=None, max_examples=30)
@given(st.lists(st.datetimes(FIRST, LAST), min_size=1))
def test_r6_moments_as_python_writes_them_are_stored_to_the_microsecond(
    moments: list[datetime],
) -> None:
    rows = process(*(record(created_at=str(moment)) for moment in moments)).rows
    assert list(rows.created_at.dt.to_pydatetime()) == moments
