"""Records, and counts of them, that travel between the stages of a run; no I/O."""

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
    iterated again. `count` is the number of all records; `tries` requests took `waited_seconds`.
    """

    window: Window
    pieces: Iterable[Sequence[msgspec.Raw]]
    count: int
    tries: int = 0
    waited_seconds: float = 0


@dataclass(frozen=True)
class Rejected:
    """A record for the quarantine (table `rejected_attempts`); `record` is its JSON as received.

    `detail` is the database rule (SQLSTATE and name) that refused the record, else None.
    """

    reason: Reason
    record: str
    detail: str | None = None


@dataclass(frozen=True)
class Batch:
    """One validated piece of an answer: each received record is valid, rejected or out of window.

    `rows` are the valid records with the columns `ATTEMPT_COLUMNS` (`created_at` naive UTC,
    microseconds, `is_correct` True, False or None), indexed by position in the answer. Records of
    forgotten students are dropped and not counted in `received`, but in `forgotten_count`.
    """

    received: int
    rows: pd.DataFrame
    rejected: Sequence[Rejected]
    out_of_window: int
    forgotten_count: int = 0


@dataclass(frozen=True)
class Counts:
    """Counts of records by what became of them; `received` is always the sum of the others.

    A conflicting record differs from a stored attempt of the same student, type and moment.
    """

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
    """Counts of one loaded slice; `distinct`: by day, its different attempts that are stored now.

    `reasons` counts rejected records by reason, `rules` those among them that a database rule
    refused, by its name, and `forgotten_count` the dropped records of forgotten students.
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

    `first_run_at` is when the very first run began, even if it failed; `last_due_at` is when the
    last run without --from began, not counting the current one.
    """

    watermark: datetime | None
    first_run_at: datetime | None
    last_due_at: datetime | None = None


@dataclass(frozen=True)
class Forgotten:
    """Forgotten students: HMAC-SHA256 digests (RFC 2104) of their ids under the database's key.

    Ids that come again are recognised; none can be read out. An object without digests is false.
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
    r"""Returns the JSON as a `text` column holds it: NUL and bytes outside UTF-8 become `\x..`."""
    return bytes(raw).decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
