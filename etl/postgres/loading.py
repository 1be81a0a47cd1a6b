"""Loads a slice: stages its records, inserts the new ones, compares all with `attempts`.

The outcome of a record is what `attempts` holds under its key (student, type, moment) before and
after, whatever constraints, triggers and partitions did meanwhile. The first record of a key that
is missing before and stored after is inserted. Other records are duplicates if they are stored with
their content, conflicting if their key is stored with other content, and refused if it is not
stored.

If the table has no triggers, rules or row security, and no attempts in the window, each row that
is later than all before it, and so has a new key, is copied straight into it. There it is stored,
or COPY fails. That makes a whole first run a quarter faster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem, RecordRefusedError
from etl.models.records import (
    ATTEMPT_COLUMNS,
    Answer,
    Batch,
    Counts,
    Loaded,
    Reason,
    Rejected,
    raw_text,
)
from etl.models.window import Window, midnight
from etl.postgres.copying import copy_rows, numbers, texts, tuples, verdicts
from etl.postgres.counting import ATTEMPTS_AT_ONCE, Attempts
from etl.postgres.journal import owe_reports
from etl.postgres.layouts import NO_PARTITION, require_partitions_of_incoming
from etl.postgres.session import one_row, translated
from etl.postgres.statements import statement
from etl.postgres.summaries import DAY, count_days

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ", ".join(ATTEMPT_COLUMNS)
COPY_STRAIGHT = f"COPY attempts ({COLUMNS})"
COPY_STAGED = f"COPY pg_temp.incoming (position, {COLUMNS})"
WAITING_AT_MOST = 4 * 1024 * 1024
# One refused record rolls back all rows that were inserted with it.
ROWS_AT_ONCE = 1024
# Checks deferred constraints now, whose triggers may delete, then defers them for the next rows.
CHECK_DEFERRED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
# The rule given for a record that is not stored although no error came: SQLSTATE "no data".
SWALLOWED = "02000"

Keep = Callable[[Sequence[Rejected]], None]
# Yields the same items in their order, each made while the one before is in use.
Prefetch = Callable[[Iterable[Any]], Iterator[Any]]
# A batch: rows for the COPY that is under way, rows to stage after it, and rejected records.
Encoded = tuple[bytes, bytes, Sequence[Rejected]]


def load_slice(
    at: cursor,
    answer: Answer,
    batches: Iterable[Batch],
    keep: Keep,
    prefetch: Prefetch,
    max_refused_share: float | None,
) -> Loaded:
    """Loads `answer` into `attempts`, and counts anew the summaries of days that got attempts.

    `batches` are its validated pieces; `prefetch` makes one while the one before is stored. `keep`
    stores all rejected records in the quarantine. Raises `LoadError` if the database refuses more
    than `max_refused_share` (0 to 1) of the answer. If that is None, which is faster, the first
    refused record raises `RecordRefusedError`.
    """
    window = answer.window
    tally = _Tally(window.days(), window.zone)
    at.execute(statement("loading.stage"))
    if max_refused_share is None:
        if one_row(at, statement("loading.may_copy_straight"), window.columns()) == (True,):
            tally.copied = Attempts()
        _copy_batches(at, prefetch(_encoded(batches, tally)), tally, keep)
        outcome = _settle(at, window, tally)
    else:
        outcome = _Halves(at, answer, max_refused_share).load(batches, tally, keep)
    _quarantine_left(answer, outcome.left, keep)
    loaded = tally.loaded(outcome)
    if outcome.inserted:
        count_days(at, loaded.days, window.zone, stored=tally.copied)
    return loaded


def replay(
    at: cursor,
    answer: Answer,
    ids: Sequence[int],
    batches: Iterable[Batch],
    keep: Keep,
    zone: ZoneInfo,
) -> Loaded:
    """Loads those records of the quarantine into `attempts` that are valid by today's rules.

    `answer` has all records that wait there, `ids` their `rejected_attempts.id`; `batches` yields
    one batch. Records that are now stored are marked as resolved, their days in `zone` as due for
    the Google Sheet; the others stay. `keep` is as in `load_slice`.
    """
    (batch,) = batches
    moments = batch.rows.created_at
    local = moments.dt.tz_localize("UTC").dt.tz_convert(zone)
    tally = _Tally(sorted({*local.dt.date}), zone)
    at.execute(statement("loading.stage"))
    outcome = _Halves(at, answer, max_share=1).load([batch], tally, keep)
    accepted = [ids[n] for n in batch.rows.index if n not in outcome.left]
    at.execute(statement("loading.resolve_rejected"), {"ids": accepted})
    owe_reports(at, moments)
    count_days(at, tally.places, zone)
    return replace(tally.loaded(outcome), distinct={})  # else compared with the grader's


@dataclass(frozen=True)
class _Outcome:
    """The outcome of a slice's valid records; those neither inserted nor `left` are duplicates.

    `left` maps a record's position in the answer to the database's rule that refused it, or to None
    if other content is stored under its key. `distinct` counts by day the keys stored now.
    """

    inserted: int
    left: Mapping[int, str | None]
    distinct: Mapping[date, int]


class _Tally:
    """The totals of a slice while its batches are loaded.

    `places` are `days` and the day after the last: SQL returns a day as an index in it. `starts`
    has their beginnings (naive UTC). `later` counts records later than all before them. `copied`
    has the records copied straight into `attempts`; None: all go to a temporary table.
    """

    def __init__(self, days: Sequence[date], zone: ZoneInfo) -> None:
        self.days = days
        # A table that keeps moments less exactly keeps the last ones on the day after.
        self.places = [*days, *(day + DAY for day in days[-1:])]
        self.starts = [midnight(day, zone).replace(tzinfo=None) for day in self.places]
        self.later = 0
        self.copied: Attempts | None = None
        self._received = self._valid = self._out_of_window = self._forgotten_count = 0
        self._reasons: Counter[Reason] = Counter()
        self._latest = np.datetime64("0001-01-01", "us")

    def add(self, batch: Batch) -> npt.NDArray[np.bool_]:
        """Adds a batch; returns by row whether its moment is later than that of all rows before."""
        self._received += batch.received
        self._valid += len(batch.rows)
        self._out_of_window += batch.out_of_window
        self._forgotten_count += batch.forgotten_count
        self._reasons.update(one.reason for one in batch.rejected)
        moments = batch.rows.created_at.to_numpy("datetime64[us]")
        latest = np.maximum.accumulate(np.append(self._latest, moments))
        self._latest = latest[-1]
        is_later: npt.NDArray[np.bool_] = moments > latest[:-1]
        self.later += int(np.count_nonzero(is_later))
        return is_later

    def loaded(self, outcome: _Outcome) -> Loaded:
        rules = Counter(rule for rule in outcome.left.values() if rule)
        reasons = self._reasons + Counter({Reason.REFUSED_BY_DATABASE: rules.total()})
        counts = Counts(
            received=self._received,
            inserted=outcome.inserted,
            duplicates=self._valid - outcome.inserted - len(outcome.left),
            conflicting=len(outcome.left) - rules.total(),
            rejected=reasons.total(),
            out_of_window=self._out_of_window,
        )
        return Loaded(counts, reasons, outcome.distinct, rules, self._forgotten_count)


def _encoded(batches: Iterable[Batch], tally: _Tally) -> Iterator[Encoded]:
    for batch in batches:
        is_later, rows = tally.add(batch), batch.rows
        if tally.copied is None:
            yield _tuples(rows, is_staged=True), b"", batch.rejected
            continue
        straight, staged = rows, b""
        if not is_later.all():
            straight, staged = rows[is_later], _tuples(rows[~is_later], is_staged=True)
        if len(tally.copied) < ATTEMPTS_AT_ONCE:
            tally.copied.add(
                straight.user_id.tolist(),
                straight.lis_result_sourcedid.tolist(),
                straight.is_correct.tolist(),
                straight.attempt_type.tolist(),
                straight.created_at.to_numpy(),
            )
        yield _tuples(straight, is_staged=False), staged, batch.rejected


def _tuples(rows: pd.DataFrame, *, is_staged: bool) -> bytes:
    columns = [texts(rows[name].tolist()) for name in ATTEMPT_COLUMNS[:4]]
    columns += [verdicts(rows.is_correct.tolist()), texts(rows.attempt_type.tolist())]
    columns += [numbers(rows.created_at.to_numpy("datetime64[us]"))]
    return tuples([numbers(rows.index.to_numpy()), *columns] if is_staged else columns)


def _copy_batches(at: cursor, encoded: Iterator[Encoded], tally: _Tally, keep: Keep) -> None:
    """Copies each batch while the next is made and encoded; `keep` stores rejected records.

    One COPY takes as many batches as possible: between two the server would be idle.
    """
    for first in encoded:
        staged: list[bytes] = []
        rejected: list[Rejected] = []
        rows = _until_much_waits(chain([first], encoded), staged, rejected)
        copy_rows(at, COPY_STAGED if tally.copied is None else COPY_STRAIGHT, rows)
        copy_rows(at, COPY_STAGED, staged)
        keep(rejected)


def _until_much_waits(
    encoded: Iterable[Encoded], staged: list[bytes], rejected: list[Rejected]
) -> Iterator[bytes]:
    """Yields rows until `WAITING_AT_MOST` bytes of `staged` and `rejected` wait for COPY's end."""
    waiting = 0
    for rows, besides, records in encoded:
        yield rows
        staged.append(besides)
        rejected.extend(records)
        waiting += len(besides) + sum(len(one.record) for one in records)
        if waiting > WAITING_AT_MOST:
            return


def _stage(at: cursor, rows: pd.DataFrame, positions: Sequence[int]) -> None:
    copy_rows(at, COPY_STAGED, [_tuples(rows.loc[list(positions)], is_staged=True)])


def _settle(at: cursor, window: Window, tally: _Tally, halves: _Halves | None = None) -> _Outcome:
    """Inserts staged records whose key is not stored yet; returns the outcome of all."""
    bounds = _bounds(at)
    new, differing = _compare(at, bounds)
    absent = new
    if new:
        _insert(at, bounds, halves)
        absent, differing = _compare(at, bounds)
    at.execute(statement("loading.first_of_each_key"), {"starts": tally.starts})
    firsts = {tally.places[place]: {*positions} for place, positions in at.fetchall()}
    inserted = (set().union(*firsts.values()) & new) - absent
    days = {*tally.days, *firsts}
    distinct = {day: len(firsts.get(day, set()) - absent) for day in days}
    left: dict[int, str | None] = dict.fromkeys(differing - inserted)
    for position in absent:
        if halves is None:
            raise RecordRefusedError(SWALLOWED)
        halves.leave_out(position, SWALLOWED)
    left |= halves.rules if halves else {}
    if tally.copied is None:
        return _Outcome(len(inserted), left, distinct)
    # The window was empty before, so all attempts in it now must be ours.
    at.execute(statement("loading.count_by_day"), {"starts": tally.starts, **window.columns()})
    stored = dict.fromkeys(tally.days, 0)
    stored.update((tally.days[place], count) for place, count in at.fetchall())
    if sum(stored.values()) != tally.later + len(inserted):
        raise RecordRefusedError(SWALLOWED)
    return _Outcome(sum(stored.values()), left, stored)


def _compare(at: cursor, bounds: Mapping[str, Any]) -> tuple[set[int], set[int]]:
    """Returns positions of staged records: key not stored; key stored with other content."""
    at.execute(statement("loading.compare"), bounds)
    found = dict(at.fetchall())
    return {*found.get(False, [])}, {*found.get(True, [])}


def _bounds(at: cursor, first: int = 0, last: int = 2**31 - 1) -> dict[str, Any]:
    """Returns limits of the stored attempts among which staged records may be."""
    positions = {"first": first, "last": last}
    start, end, students = one_row(at, statement("loading.bounds"), positions)
    return {**positions, "window_start": start, "window_end": end, "students": students}


def _insert(at: cursor, bounds: Mapping[str, Any], halves: _Halves | None) -> None:
    if halves is None:
        at.execute(statement("loading.insert"), bounds)
        at.execute(CHECK_DEFERRED)
        return
    at.execute("CREATE INDEX ON pg_temp.incoming (position); ANALYZE pg_temp.incoming")
    at.execute("SELECT position FROM pg_temp.incoming ORDER BY position")
    positions = [position for (position,) in at.fetchall()]

    def insert(some: Sequence[int]) -> None:
        at.execute(statement("loading.insert"), _bounds(at, some[0], some[-1]))

    for first in range(0, len(positions), ROWS_AT_ONCE):
        halves.put(positions[first : first + ROWS_AT_ONCE], insert)
    at.execute("DELETE FROM pg_temp.incoming WHERE position = ANY(%s)", [[*halves.rules]])


class _Halves:
    """A search for the records that the database refuses: a set that has one is cut in halves.

    `rules` has, by position in `answer`, the rule that refused a record. Raises `LoadError` if the
    refused share (0 to 1) is larger than `max_share`: then the table is at fault, not the records.
    """

    def __init__(self, at: cursor, answer: Answer, max_share: float) -> None:
        self.rules: dict[int, str] = {}
        self._at = at
        self._answer = answer
        self._max_share = max_share

    def load(self, batches: Iterable[Batch], tally: _Tally, keep: Keep) -> _Outcome:
        """Loads `batches` but for records in `rules`; `keep` stores each `batch.rejected`."""
        for batch in batches:
            tally.add(batch)
            self.put(batch.rows.index.tolist(), partial(_stage, self._at, batch.rows))
            keep(batch.rejected)
        return _settle(self._at, self._answer.window, tally, self)

    def put(self, positions: Sequence[int], step: Callable[[Sequence[int]], None]) -> None:
        """Stores the records at `positions` by `step`, except refused ones, which halving finds."""
        self._at.execute("SAVEPOINT half")
        try:
            with translated():
                step(positions)
                self._at.execute(CHECK_DEFERRED)
            self._at.execute("RELEASE half")
        except RecordRefusedError as error:
            self._at.execute("ROLLBACK TO half; RELEASE half")
            if error.rule == NO_PARTITION:
                require_partitions_of_incoming(self._at)
            if len(positions) == 1:
                self.leave_out(positions[0], error.rule)
                return
            middle = len(positions) // 2
            self.put(positions[:middle], step)
            self.put(positions[middle:], step)

    def leave_out(self, position: int, rule: str) -> None:
        self.rules[position] = rule
        if len(self.rules) / self._answer.count > self._max_share:
            raise LoadError(
                Problem.DATABASE_REFUSES,
                received=self._answer.count,
                limit_percent=100 * self._max_share,
                window=self._answer.window,
                rules=dict(Counter(self.rules.values()).most_common()),
            )


def _quarantine_left(answer: Answer, left: Mapping[int, str | None], keep: Keep) -> None:
    first = 0
    for piece in answer.pieces:
        rejected = []
        for n in sorted(left.keys() & range(first, first + len(piece))):
            reason = Reason.REFUSED_BY_DATABASE if left[n] else Reason.CONFLICTING
            rejected.append(Rejected(reason, raw_text(piece[n - first]), left[n]))
        keep(rejected)
        first += len(piece)
