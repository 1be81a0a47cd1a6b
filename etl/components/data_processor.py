"""Transform: the rules of the fields, and where each record goes by them.

`docs/grader-api.md` tells what has been seen of every field and what follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from etl.errors import Problem, TransformError
from etl.models import Answer, Batch, Reason, Rejected
from etl.records.decoding import RawAttempt, decode_record, raw_text
from etl.records.passback import NOTHING, Passback, parse_passback

USER_ID = r"[!-~]{1,32}"  # printable ASCII without blanks; `user_id` is VARCHAR(32)
CREATED_AT = r"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d(:?\d\d)?)?"
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

    def process(self, answer: Answer) -> Batch:
        """Every record of the answer ends as a row, as rejected, or as out of window."""
        records = _frame([decode_record(raw) for raw in answer.records])
        broken = pd.DataFrame({reason: rule(records) for reason, rule in RULES.items()})
        is_rejected = broken.any(axis="columns")
        is_outside = ~is_rejected & ~_inside(records.created_at, answer)
        reasons = broken[is_rejected].idxmax(axis="columns")
        positions: list[int] = np.flatnonzero(is_rejected).tolist()
        return Batch(
            window=answer.window,
            records=answer.records,
            rows=_rows(records[~is_rejected & ~is_outside]),
            rejected=[
                Rejected(Reason(str(reason)), raw_text(answer.records[position]))
                for position, reason in zip(positions, reasons, strict=True)
            ],
            out_of_window=int(is_outside.sum()),
        )

    def refusal(self, batch: Batch) -> TransformError | None:
        """What to say when so many records are bad that the grader itself must be; else None."""
        received, rejected = len(batch.records), len(batch.rejected)
        # A quotient is rounded as the setting itself was: 29 of 100 are not more than 0.29.
        if not received or rejected / received <= self._max_rejected_share:
            return None
        return TransformError(
            Problem.TOO_MANY_REJECTED,
            rejected=rejected,
            received=received,
            percent=f"{100 * rejected / received:.3g}",
            limit_percent=f"{100 * self._max_rejected_share:g}",
            window=batch.window,
        )


def _frame(decoded: list[RawAttempt | None]) -> pd.DataFrame:
    """The fields as columns, a row a record; what cannot be read as its type is missing."""
    attempts = [attempt or RawAttempt() for attempt in decoded]
    passbacks = [parse_passback(attempt.passback_params) for attempt in attempts]
    return pd.DataFrame(
        {
            "is_object": np.array([attempt is not None for attempt in decoded], bool),
            "user_id": pd.Series([a.lti_user_id for a in attempts], dtype="str"),
            "attempt_type": pd.Series([a.attempt_type for a in attempts], dtype="str"),
            "created_at": _moments(pd.Series([a.created_at for a in attempts], dtype="str")),
            "is_correct": pd.Series([a.is_correct for a in attempts], dtype="object"),
            "is_passback": np.array([passback is not None for passback in passbacks], bool),
            **_passback_columns([passback or NOTHING for passback in passbacks]),
        }
    )


def _passback_columns(passbacks: list[Passback]) -> dict[str, pd.Series[str]]:
    return {
        name: pd.Series([getattr(p, name) for p in passbacks], dtype="object")
        for name in Passback.__struct_fields__
    }


def _moments(texts: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    """Naive UTC with microseconds, which is what PostgreSQL keeps; NaT for anything else.

    The API's form is `str(datetime)`, whose fraction is absent when it is zero; the rest of the
    ISO 8601 family is converted, and digits beyond the sixth are cut.
    """
    is_iso = texts.str.fullmatch(CREATED_AT, flags=re.ASCII, na=False)
    moments = pd.to_datetime(texts.where(is_iso), format="ISO8601", utc=True, errors="coerce")
    return moments.dt.tz_localize(None).dt.floor("us").dt.as_unit("us")


def _inside(moments: pd.Series[pd.Timestamp], answer: Answer) -> pd.Series[bool]:
    start = pd.Timestamp(answer.window.start).tz_localize(None)
    end = pd.Timestamp(answer.window.end).tz_localize(None)
    return (moments >= start) & (moments < end)


def _rows(good: pd.DataFrame) -> pd.DataFrame:
    # Not `map`: its look-up goes by type, and a column of nothing but `true` finds no 1 in it.
    verdicts = [None if verdict is None else bool(verdict) for verdict in good.is_correct]
    return good.assign(is_correct=pd.Series(verdicts, good.index, dtype="object"))[COLUMNS]
