"""Records that travel between stages: a data dictionary, no I/O."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from etl.models.window import Window

if TYPE_CHECKING:
    import msgspec
    import pandas as pd


# The columns of `attempts` that a record fills.
ATTEMPT_COLUMNS = (
    "user_id",
    "oauth_consumer_key",
    "lis_result_sourcedid",
    "lis_outcome_service_url",
    "is_correct",
    "attempt_type",
    "created_at",
)


class Reason(StrEnum):
    """The reason why a record is in the quarantine, as a code in `rejected_attempts.reason`."""

    NOT_AN_OBJECT = "not_an_object"
    USER_ID_MISSING = "user_id_missing"
    USER_ID_INVALID = "user_id_invalid"
    ATTEMPT_TYPE_UNKNOWN = "attempt_type_unknown"
    CREATED_AT_INVALID = "created_at_invalid"
    VERDICT_INVALID = "verdict_invalid"
    VERDICT_ON_RUN = "verdict_on_run"
    VERDICT_MISSING = "verdict_missing"
    PASSBACK_INVALID = "passback_invalid"
    CONFLICTING = "conflicting"
    REFUSED_BY_DATABASE = "refused_by_database"


@dataclass(frozen=True)
class Answer:
    """The grader's answer for one slice: the part of a run's window that one request asks for.

    `pieces` has the JSON texts of the records in their order, some thousands at a time, and can be
    iterated again. `count` is the number of all records, `tries` that of the requests.
    """

    window: Window
    pieces: Iterable[Sequence[msgspec.Raw]]
    count: int
    tries: int = 0
    waited_seconds: float = 0


@dataclass(frozen=True)
class Rejected:
    """A record for the quarantine, `rejected_attempts`: `record` is the JSON text as received.

    `detail` is the database rule that refused the record, else None.
    """

    reason: Reason
    record: str
    detail: str | None = None


@dataclass(frozen=True)
class Batch:
    """One validated piece of an answer: each received record is valid, rejected or out of window.

    `rows` are the valid records with the columns `ATTEMPT_COLUMNS` (`created_at` naive UTC,
    microseconds, `is_correct` True, False or None), indexed by position in the answer. Records of
    forgotten students, `forgotten_count`, count as not received.
    """

    received: int
    rows: pd.DataFrame
    rejected: Sequence[Rejected]
    out_of_window: int
    forgotten_count: int = 0


@dataclass(frozen=True)
class Counts:
    """Counts of records by what became of them; `received` is always the sum of the others."""

    received: int = 0
    inserted: int = 0
    duplicates: int = 0
    conflicting: int = 0
    rejected: int = 0
    out_of_window: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    def __str__(self) -> str:
        parts = ", ".join(f"{getattr(self, f.name)} {f.name}" for f in fields(Counts)[1:])
        return f"{self.received} received = {parts}".replace("_", " ")


@dataclass(frozen=True)
class Loaded:
    """Counts of one loaded slice; `distinct` has the number of different stored attempts by day.

    `rules` counts refused records by name of the database rule, `forgotten_count` the records of
    forgotten students.
    """

    counts: Counts
    reasons: Mapping[Reason, int]
    distinct: Mapping[date, int]
    rules: Mapping[str, int] = field(default_factory=dict)
    forgotten_count: int = 0

    @property
    def days(self) -> list[date]:
        """The days on which the slice has valid attempts, ascending."""
        return sorted(day for day, attempts in self.distinct.items() if attempts)


@dataclass(frozen=True)
class Progress:
    """How far runs have loaded: all until `watermark` (UTC), which is None before the first slice.

    `first_run_at` is when the first of all runs began, whatever became of that run; `last_due_at`
    is when the last run without --from began, the current run not counted.
    """

    watermark: datetime | None
    first_run_at: datetime | None
    last_due_at: datetime | None = None


@dataclass(frozen=True)
class Forgotten:
    """Forgotten students as HMAC-SHA256 digests (RFC 2104) under a key of the database.

    Returning ids are recognised; none can be read out. An object without digests is false.
    """

    key: bytes = field(default=b"", repr=False)
    digests: frozenset[bytes] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.digests)

    def digest(self, student: str) -> bytes:
        return hmac.digest(self.key, student.encode("utf-8", "surrogatepass"), "sha256")

    def among(self, students: Iterable[str]) -> set[str]:
        return {one for one in set(students) if self.digest(one) in self.digests}


NOBODY = Forgotten()


def raw_text(raw: msgspec.Raw) -> str:
    r"""Returns JSON that fits into a `text` column: bytes of `raw` outside UTF-8 become `\\xff`."""
    return bytes(raw).decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
