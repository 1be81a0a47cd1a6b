"""One slice inside its transaction: rows, quarantine, and what became of its records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from psycopg2.extensions import cursor

from etl.models.records import Answer, Batch, Loaded, Reason, Rejected, raw_text
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
    """`keep` stores records in the quarantine; the share is that of `whole_or_in_parts`.

    The summaries of the days that got attempts are counted too.
    """
    window, copied = answer.window, Attempts()
    is_whole = max_refused_share is None
    directly = copied if is_whole and may_copy_directly(at, window) else None
    loaded, left = load_records(
        at, answer, batches, keep, max_refused_share, directly=directly, prefetch=prefetch
    )
    _keep(answer, left, keep)
    if not is_whole:
        loaded = replace(loaded, distinct=_distinct(at, window))
    if loaded.counts.inserted:
        count_days(at, loaded.days, window.zone, stored=copied)
    return loaded


def load_records(
    at: cursor,
    answer: Answer,
    batches: Iterable[Batch],
    keep: Keep,
    max_refused_share: float | None,
    *,
    directly: Attempts | None = None,
    prefetch: Prefetch = iter,
) -> tuple[Loaded, dict[int, str | None]]:
    """`distinct` has the refused ones too. Returns besides, by position, which records are not
    stored: the rule that refused each; None: another one with the same key.
    """
    tally = Tally(answer.window)
    rules: dict[int, str] = {}
    if max_refused_share is None:
        copy_rows(at, batches, tally, keep, directly=directly, prefetch=prefetch)
        inserted, conflicting = settle_staged(at)
        inserted += 0 if directly is None else tally.distinct.total()
    else:
        halving = Halving(at, answer, max_refused_share)
        stage_parts(at, batches, tally, keep, halving)
        inserted, conflicting = settle_parts(at, halving)
        if rules := halving.rules:
            tally.leave_out(len(rules))
    counts = tally.counts(inserted=inserted, conflicting=len(conflicting))
    refused = Counter(rules.values())
    loaded = Loaded(counts, tally.reasons, tally.distinct, refused, tally.of_forgotten)
    return loaded, {**dict.fromkeys(conflicting), **rules}


def _distinct(at: cursor, window: Window) -> dict[date, int]:
    """How many different attempts are staged for each day."""
    days = window.days()
    starts = [midnight(day, window.zone).replace(tzinfo=None) for day in days]
    at.execute(statement("distinct_incoming"), {"days": days, "starts": starts})
    return {**dict.fromkeys(days, 0), **dict(at.fetchall())}


def _keep(answer: Answer, rules: Mapping[int, str | None], keep: Keep) -> None:
    """`rules` as `load_records` has them."""
    first = 0
    for piece in answer.pieces:
        here = sorted(rules.keys() & range(first, first + len(piece)))
        if here:
            keep([_rejected(raw_text(piece[n - first]), rules[n]) for n in here])
        first += len(piece)


def _rejected(record: str, rule: str | None) -> Rejected:
    reason = Reason.REFUSED_BY_DATABASE if rule else Reason.CONFLICTING
    return Rejected(reason, record, rule)
