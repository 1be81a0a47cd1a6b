"""Moments that are read together are what each is alone, whatever stands beside them."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl.grader.moments import parse_moments

PLAIN = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(str)
# Of the plain form or nearly so, and no moments at all.
ODD = [
    "2026-02-30 09:16:11",
    "2026-13-01 09:16:11.313646",
    "2026-03-07 24:00:00",
    "2026-03-07 09:16:60.313646",
    "2026-03-07 09:16:11\n2026-03-07 09:16:11",
    "2026-03-07 09:16:11\n",
    "1999-12-31 23:59:59.999999",
    "2026-03-07",
    "NaT",
    "now",
    "",
]
OTHER_FORMS = ["2026-03-07T09:16:11Z", "2026-03-07 09:16:11.5", "2026-03-07 12:16:11.5+03:00"]
TEXTS = st.lists(PLAIN | st.none() | st.sampled_from(ODD + OTHER_FORMS), max_size=5)


@example(["2026-03-07 09:16:11", "2026-02-30 09:16:11"])
@example(["2026-03-07 09:16:11", None])
@given(TEXTS)
@settings(deadline=None, max_examples=300)
def test_r6_together_they_are_what_each_is_alone(texts: list[str | None]) -> None:
    alone = [parse_moments([text])[0] for text in texts]
    assert np.array_equal(parse_moments(texts), np.array(alone, "datetime64[us]"), equal_nan=True)
    assert [np.isnat(at) for at in alone] == [text is None or text in ODD for text in texts]


@given(st.lists(PLAIN, max_size=5))
@settings(deadline=None)
def test_r6_plain_moments_are_those_that_python_wrote(texts: list[str]) -> None:
    told = parse_moments(texts).astype("datetime64[us]").tolist()
    assert told == [datetime.fromisoformat(text) for text in texts]
