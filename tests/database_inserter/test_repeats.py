"""Keys that came before in a slice are known, in whichever batch, and no others."""

from __future__ import annotations

from itertools import chain

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.postgres.load.repeats import SeenKeys

MOMENTS = pd.date_range("2026-03-01", periods=3, freq="us")
KEYS = st.tuples(st.sampled_from("abcde"), st.sampled_from(["run", "submit"]), st.integers(0, 2))


Key = tuple[str, str, int]


def rows(keys: list[Key]) -> pd.DataFrame:
    frame = pd.DataFrame(keys, columns=["user_id", "attempt_type", "created_at"])
    frame["user_id"] = frame.user_id.astype("str").astype("category")
    frame["attempt_type"] = frame.attempt_type.astype("str").astype("category")
    frame["created_at"] = MOMENTS[frame.created_at.astype(int)]
    return frame


@given(st.lists(st.lists(KEYS, max_size=6), max_size=8))
@settings(deadline=None)
def test_a11_a_key_is_repeated_when_it_came_before(
    batches: list[list[Key]],
) -> None:
    seen = SeenKeys()
    told = list(chain.from_iterable(seen.is_repeated(rows(keys)) for keys in batches))
    in_order = list(chain.from_iterable(batches))
    assert told == [key in in_order[:place] for place, key in enumerate(in_order)]
