"""One slice inside its transaction: rows, quarantine, and what became of its records."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg2.extensions import cursor

from etl.models.attempts import Answer, Batch, Loaded, Reason, Rejected
from etl.models.pieces import raw_text
from etl.models.window import Window
from etl.postgres.load.rows import Keep, Prefetch, copy_rows, may_copy_directly, settle_staged
from etl.postgres.load.tally import Tally


def load_slice(
    at: cursor, answer: Answer, batches: Iterable[Batch], keep: Keep, prefetch: Prefetch
) -> Loaded:
    """`keep` stores records in the quarantine."""
    window = answer.window
    directly = may_copy_directly(at, window)
    tally = Tally(window)
    copy_rows(at, batches, tally, keep, directly=directly, prefetch=prefetch)
    copied = tally.distinct.total() if directly else 0
    inserted, conflicting = settle_staged(at, window)
    if conflicting:
        _keep_conflicting(answer, set(conflicting), keep)
    counts = tally.counts(inserted=copied + inserted, conflicting=len(conflicting))
    return Loaded(counts, tally.reasons, tally.distinct)


def load_staged(
    at: cursor, window: Window, batches: Iterable[Batch], keep: Keep
) -> tuple[Loaded, set[int]]:
    """The same for records of any days; returns the positions of the conflicting ones as well."""
    tally = Tally(window)
    copy_rows(at, batches, tally, keep, directly=False)
    inserted, conflicting = settle_staged(at, window)
    counts = tally.counts(inserted=inserted, conflicting=len(conflicting))
    return Loaded(counts, tally.reasons, {}), set(conflicting)


def _keep_conflicting(answer: Answer, positions: set[int], keep: Keep) -> None:
    first = 0
    for piece in answer.pieces:
        here = positions.intersection(range(first, first + len(piece)))
        if here:
            records = piece.records
            texts = [raw_text(records[position - first]) for position in sorted(here)]
            keep([Rejected(Reason.CONFLICTING, text) for text in texts])
        first += len(piece)
