"""Transform: turns valid records into rows, and sets aside bad ones and those outside the window.

The rules that a valid record keeps are in `etl.grader.record`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
import pandas as pd

from etl.grader.record import (
    NOTHING,
    RULES,
    VERDICTS,
    Fields,
    RawAttempt,
    decode_records,
    named_students,
    parse_moments,
    parse_passback,
)
from etl.models.errors import Problem, TransformError
from etl.models.records import (
    ATTEMPT_COLUMNS,
    NOBODY,
    Answer,
    Batch,
    Forgotten,
    Reason,
    Rejected,
    raw_text,
)
from etl.models.window import Window


class DataProcessor:
    """A converter of the grader's records into rows of the table `attempts`; no I/O, no clock."""

    def __init__(self, *, max_rejected_share: float = 0.2) -> None:
        self._max_rejected_share = max_rejected_share

    def process(self, answer: Answer, forgotten: Forgotten = NOBODY) -> Iterator[Batch]:
        """Yields a batch for each piece of `answer`: valid rows, rejected records, and counts.

        Records that name a `forgotten` student, whose data was deleted on request, are left out.
        """
        first = 0
        for piece in answer.pieces:
            yield _batch(piece, first, answer.window, forgotten)
            first += len(piece)

    def refusal(self, answer: Answer, reasons: Counter[Reason]) -> TransformError | None:
        """Returns an error if `reasons` sum up to more than the allowed share of `answer`."""
        rejected = reasons.total()
        # The quotient is rounded like the setting itself: 29 of 100 are not more than 0.29.
        if not rejected or rejected / answer.count <= self._max_rejected_share:
            return None
        return TransformError(
            Problem.TOO_MANY_REJECTED,
            rejected=rejected,
            received=answer.count,
            percent=100 * rejected / answer.count,
            limit_percent=100 * self._max_rejected_share,
            window=answer.window,
            reasons=dict(reasons.most_common()),
        )


def _batch(piece: Sequence[msgspec.Raw], first: int, window: Window, forgotten: Forgotten) -> Batch:
    fields = _fields(decode_records(piece))
    reasons = _reasons(fields)
    left_out = _left_out(piece, fields, reasons, forgotten) if forgotten else set()
    is_good = np.ones(len(piece), bool)
    is_good[[*reasons, *left_out]] = False
    start, end = (np.datetime64(at.replace(tzinfo=None)) for at in (window.start, window.end))
    is_inside = (fields["created_at"] >= start) & (fields["created_at"] < end)
    rows = _rows(fields, range(first, first + len(piece)))
    rejected = sorted(reasons.keys() - left_out)
    return Batch(
        received=len(piece) - len(left_out),
        rows=rows[is_good & is_inside],
        rejected=[Rejected(reasons[n], raw_text(piece[n])) for n in rejected],
        out_of_window=int(np.count_nonzero(is_good & ~is_inside)),
        forgotten_count=len(left_out),
    )


def _left_out(
    piece: Sequence[msgspec.Raw], fields: Fields, reasons: Iterable[int], forgotten: Forgotten
) -> set[int]:
    """Returns positions of records that name a forgotten student: good by id, bad anywhere."""
    students = fields["user_id"]
    named = forgotten.among(student for student in set(students) if student)
    positions = {n for n, student in enumerate(students) if student in named} if named else set()
    broken = set(reasons) - positions
    return positions | {n for n in broken if forgotten.among(named_students(raw_text(piece[n])))}


def _fields(decoded: Sequence[RawAttempt | None]) -> Fields:
    """Returns the values of each field, by its name; values that cannot be read are missing."""
    attempts = [attempt or RawAttempt() for attempt in decoded]
    texts = [attempt.passback_params for attempt in attempts]
    # Each different one once: students who try a task again send the same passback.
    parsed = {text: parse_passback(text) for text in set(texts)}
    passbacks = [parsed[text] for text in texts]
    known = [passback or NOTHING for passback in passbacks]
    moments = parse_moments([attempt.created_at for attempt in attempts])
    types = [attempt.attempt_type for attempt in attempts]
    verdicts = [attempt.is_correct for attempt in attempts]
    return {
        "is_object": [attempt is not None for attempt in decoded],
        "user_id": [attempt.lti_user_id for attempt in attempts],
        "attempt_type": types,
        "is_correct": verdicts,
        "judged": list(zip(types, verdicts, strict=True)),
        "created_at": moments,
        "is_moment": (~np.isnat(moments)).tolist(),
        "is_passback": [passback is not None for passback in passbacks],
        "oauth_consumer_key": [passback.oauth_consumer_key for passback in known],
        "lis_result_sourcedid": [passback.lis_result_sourcedid for passback in known],
        "lis_outcome_service_url": [passback.lis_outcome_service_url for passback in known],
    }


def _reasons(fields: Fields) -> dict[int, Reason]:
    """Returns the reason for each rejected record, by position; equal values are tested once."""
    reasons: dict[int, Reason] = {}
    different = {name: set(fields[name]) for name in {name for name, _ in RULES.values()}}
    for reason, (name, holds) in RULES.items():
        if broken := {value for value in different[name] if not holds(value)}:
            for position, value in enumerate(fields[name]):
                if value in broken:
                    reasons.setdefault(position, reason)
    return reasons


def _rows(fields: Fields, positions: range) -> pd.DataFrame:
    """Returns all records as rows of `attempts`; rows of bad records mean nothing."""
    texts = {name: fields[name] for name in ATTEMPT_COLUMNS if name != "created_at"}
    verdicts = [VERDICTS.get(verdict) for verdict in fields["is_correct"]]
    rows = pd.DataFrame({**texts, "is_correct": verdicts}, positions, dtype="object")
    rows["created_at"] = fields["created_at"]
    return rows
