"""Transform: the rules of the fields, and where each record goes by them.

`docs/grader-api.md` tells what has been seen of every field and what follows from it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from etl.errors import Problem, TransformError
from etl.models import Answer, Batch, Reason, Rejected
from etl.records.decoding import RawAttempt, decode_records, raw_text
from etl.records.passback import NOTHING, Passback, parse_passbacks
from etl.windows import Window

USER_ID = r"[!-~]{1,32}"  # printable ASCII without blanks; `user_id` is VARCHAR(32)
CREATED_AT = re.compile(
    r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?", re.ASCII
)
ATTEMPT_TYPES = ("run", "submit")
VERDICTS = (0, 1)  # JSON's true, false, 1.0 and 0.0 are equal to them and count as they do

Rule = Callable[[pd.DataFrame], "pd.Series[bool]"]

# The first rule that a record breaks is its reason.
RULES: dict[Reason, Rule] = {
    Reason.NOT_AN_OBJECT: lambda r: ~r.is_object,
    Reason.USER_ID_MISSING: lambda r: r.user_id.isna() | (r.user_id.str.strip() == ""),
    Reason.USER_ID_INVALID: lambda r: ~r.user_id.str.fullmatch(USER_ID, na=False),
    Reason.ATTEMPT_TYPE_UNKNOWN: lambda r: ~r.attempt_type.isin(ATTEMPT_TYPES),
    Reason.CREATED_AT_INVALID: lambda r: r.created_at.isna(),
    Reason.VERDICT_INVALID: lambda r: r.is_correct.notna() & ~r.is_correct.isin(VERDICTS),
    Reason.VERDICT_ON_RUN: lambda r: (r.attempt_type == "run") & r.is_correct.notna(),
    Reason.VERDICT_MISSING: lambda r: (r.attempt_type == "submit") & r.is_correct.isna(),
    Reason.PASSBACK_INVALID: lambda r: ~r.is_passback,
}

COLUMNS = [
    "user_id",
    "oauth_consumer_key",
    "lis_result_sourcedid",
    "lis_outcome_service_url",
    "is_correct",
    "attempt_type",
    "created_at",
]


class DataProcessor:
    """Turns the grader's records into rows of `attempts`. Pure: no I/O, no clock."""

    def __init__(self, *, max_rejected_share: float = 0.2) -> None:
        self._max_rejected_share = max_rejected_share

    def process(self, answer: Answer) -> Iterator[Batch]:
        """Piece by piece; every record ends as a row, as rejected, or as out of window."""
        first = 0
        for texts in answer.pieces:
            yield _batch(texts, first, answer.window)
            first += len(texts)

    def refusal(self, answer: Answer, reasons: Counter[Reason]) -> TransformError | None:
        """What to say when so many records are bad that the grader itself must be; else None."""
        rejected = reasons.total()
        # A quotient is rounded as the setting itself was: 29 of 100 are not more than 0.29.
        if not rejected or rejected / answer.count <= self._max_rejected_share:
            return None
        return TransformError(
            Problem.TOO_MANY_REJECTED,
            rejected=rejected,
            received=answer.count,
            percent=f"{100 * rejected / answer.count:.3g}",
            limit_percent=f"{100 * self._max_rejected_share:g}",
            window=answer.window,
            reasons=", ".join(f"{reason}: {count}" for reason, count in reasons.most_common()),
        )


def _batch(texts: Sequence[msgspec.Raw], first: int, window: Window) -> Batch:
    records = _frame(decode_records(texts))
    broken = pd.DataFrame({reason: rule(records) for reason, rule in RULES.items()})
    is_rejected = broken.any(axis="columns")
    is_outside = ~is_rejected & ~_inside(records.created_at, window)
    reasons = broken[is_rejected].idxmax(axis="columns")
    positions: list[int] = np.flatnonzero(is_rejected).tolist()
    rows = _rows(records[~is_rejected & ~is_outside])
    return Batch(
        received=len(texts),
        rows=rows.set_axis(rows.index + first),
        rejected=[
            Rejected(Reason(str(reason)), raw_text(texts[position]))
            for position, reason in zip(positions, reasons, strict=True)
        ],
        out_of_window=int(is_outside.sum()),
    )


def _frame(decoded: Sequence[RawAttempt | None]) -> pd.DataFrame:
    """The fields as columns, a row a record; what cannot be read as its type is missing."""
    attempts = [attempt or RawAttempt() for attempt in decoded]
    passbacks = parse_passbacks([attempt.passback_params for attempt in attempts])
    return pd.DataFrame(
        {
            "is_object": np.array([attempt is not None for attempt in decoded], bool),
            "user_id": _few_different([a.lti_user_id for a in attempts]),
            "attempt_type": _few_different([a.attempt_type for a in attempts]),
            "created_at": _moments([a.created_at for a in attempts]),
            "is_correct": pd.Series([a.is_correct for a in attempts], dtype="object"),
            "is_passback": np.array([passback is not None for passback in passbacks], bool),
            **_passback_columns([passback or NOTHING for passback in passbacks]),
        }
    )


def _few_different(texts: list[str | None]) -> pd.Series[Any]:
    """As categories: a rule looks at each different text once."""
    return pd.Series(texts, dtype="str").astype("category")


def _passback_columns(passbacks: list[Passback]) -> dict[str, pd.Series[str]]:
    return {
        name: pd.Series([getattr(passback, name) for passback in passbacks], dtype="object")
        for name in Passback.__struct_fields__
    }


def _moments(texts: Sequence[str | None]) -> pd.Series[pd.Timestamp]:
    """Naive UTC with microseconds, which is what PostgreSQL keeps; NaT for anything else.

    The API's form is `str(datetime)`, whose fraction is absent when it is zero; the rest of the
    ISO 8601 family is converted, and digits beyond the sixth are cut.
    """
    iso = [text if text and CREATED_AT.fullmatch(text) else None for text in texts]
    column = pd.Series(iso, dtype="object")
    moments = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
    return moments.dt.tz_localize(None).dt.floor("us").dt.as_unit("us")


def _inside(moments: pd.Series[pd.Timestamp], window: Window) -> pd.Series[bool]:
    start = pd.Timestamp(window.start).tz_localize(None)
    end = pd.Timestamp(window.end).tz_localize(None)
    return (moments >= start) & (moments < end)


def _rows(good: pd.DataFrame) -> pd.DataFrame:
    # Not `map`: its look-up goes by type, and a column of nothing but `true` finds no 1 in it.
    verdicts = [None if verdict is None else bool(verdict) for verdict in good.is_correct]
    return good.assign(is_correct=pd.Series(verdicts, good.index, dtype="object"))[COLUMNS]
