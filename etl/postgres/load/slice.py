"""One slice inside its transaction: rows, quarantine, and what became of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from psycopg2.extensions import cursor

from etl.models.attempts import Answer, Batch, Loaded, Reason, Rejected
from etl.models.pieces import raw_text
from etl.models.window import Window, midnight
from etl.postgres.counting import Attempts
from etl.postgres.load.halving import Halving
from etl.postgres.load.rows import (
    Keep,
    Prefetch,
    copy_rows,
    may_copy_directly,
    settle_parts,
    settle_staged,
    stage_parts,
)
from etl.postgres.load.tally import Tally
from etl.postgres.statements import statement
from etl.postgres.summaries import count_days


def load_slice(
    at: cursor,
    answer: Answer,
    batches: Iterable[Batch],
    keep: Keep,
    prefetch: Prefetch,
    max_refused_share: float | None,
) -> Loaded:
    """`keep` stores records in the quarantine; so as `whole_or_in_parts` says.

    The summaries of the days that got attempts are counted too.
    """
    window = answer.window
    tally = Tally(window)
    if max_refused_share is not None:
        halving = Halving(at, answer, max_refused_share)
        loaded, conflicting = _load_in_parts(at, batches, tally, keep, halving)
        _keep(answer, {**dict.fromkeys(conflicting), **halving.rules}, keep)
        return _count(at, window, replace(loaded, distinct=_distinct(at, window)))
    copied = Attempts()
    directly = copied if may_copy_directly(at, window) else None
    copy_rows(at, batches, tally, keep, directly=directly, prefetch=prefetch)
    in_table = 0 if directly is None else tally.distinct.total()
    inserted, conflicting = settle_staged(at)
    _keep(answer, dict.fromkeys(conflicting), keep)
    counts = tally.counts(inserted=in_table + inserted, conflicting=len(conflicting))
    loaded = Loaded(counts, tally.reasons, tally.distinct, of_forgotten=tally.of_forgotten)
    return _count(at, window, loaded, copied)


def _count(at: cursor, window: Window, loaded: Loaded, copied: Attempts | None = None) -> Loaded:
    """What went in by COPY alone is in `copied` as well, up to `ATTEMPTS_AT_ONCE`."""
    if loaded.counts.inserted:
        count_days(at, loaded.days, window.zone, stored=copied)
    return loaded


def load_staged(
    at: cursor,
    answer: Answer,
    batches: Iterable[Batch],
    keep: Keep,
    max_refused_share: float | None,
) -> tuple[Loaded, set[int]]:
    """The same for records of any days, which are kept already.

    Returns the positions of those that contradict or were refused as well.
    """
    window = answer.window
    tally = Tally(window)
    if max_refused_share is not None:
        halving = Halving(at, answer, max_refused_share)
        loaded, conflicting = _load_in_parts(at, batches, tally, keep, halving)
        return loaded, {*conflicting, *halving.rules}
    copy_rows(at, batches, tally, keep, directly=None)
    inserted, conflicting = settle_staged(at)
    counts = tally.counts(inserted=inserted, conflicting=len(conflicting))
    return Loaded(counts, tally.reasons, {}, of_forgotten=tally.of_forgotten), set(conflicting)


def _load_in_parts(
    at: cursor,
    batches: Iterable[Batch],
    tally: Tally,
    keep: Keep,
    halving: Halving,
) -> tuple[Loaded, list[int]]:
    stage_parts(at, batches, tally, keep, halving)
    inserted, conflicting = settle_parts(at, halving)
    if halving.rules:
        tally.leave_out(len(halving.rules))
    counts = tally.counts(inserted=inserted, conflicting=len(conflicting))
    rules = Counter(halving.rules.values())
    return Loaded(counts, tally.reasons, {}, rules, tally.of_forgotten), conflicting


def _distinct(at: cursor, window: Window) -> dict[date, int]:
    """How many different attempts are staged for each day."""
    days = window.days()
    starts = [midnight(day, window.zone).replace(tzinfo=None) for day in days]
    at.execute(statement("distinct_incoming"), {"days": days, "starts": starts})
    return {**dict.fromkeys(days, 0), **dict(at.fetchall())}


def _keep(answer: Answer, rules: Mapping[int, str | None], keep: Keep) -> None:
    """`rules`: what refused the records at these positions; None: another one with the same key."""
    first = 0
    for piece in answer.pieces:
        here = sorted(rules.keys() & range(first, first + len(piece)))
        if here:
            records = piece.records
            keep([_rejected(raw_text(records[n - first]), rules[n]) for n in here])
        first += len(piece)


def _rejected(record: str, rule: str | None) -> Rejected:
    reason = Reason.REFUSED_BY_DATABASE if rule else Reason.CONFLICTING
    return Rejected(reason, record, rule)
