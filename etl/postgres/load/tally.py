"""What becomes of a slice's records, added up while they come in."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import numpy.typing as npt

from etl.models.records import Batch, Counts, Reason
from etl.models.window import Window, midnight


class Tally:
    """`distinct` has the different valid attempts, by their key, of each day of the window."""

    def __init__(self, window: Window) -> None:
        self.reasons: Counter[Reason] = Counter()
        self.of_forgotten = 0
        self._received = self._valid = self._out_of_window = 0
        self._days = window.days()
        midnights = [midnight(day, window.zone).replace(tzinfo=None) for day in self._days]
        self._midnights = np.array(midnights, "datetime64[us]")
        self._by_day = np.zeros(len(self._days), np.int64)

    def add(self, batch: Batch, is_repeated: npt.NDArray[np.bool_]) -> None:
        """`is_repeated`: which of the batch's rows, in their order, have a key that came before."""
        self._received += batch.received
        self.of_forgotten += batch.of_forgotten
        self._valid += len(batch.rows)
        self._out_of_window += batch.out_of_window
        self.reasons.update(one.reason for one in batch.rejected)
        moments = batch.rows.created_at.to_numpy()[~is_repeated]
        days = np.searchsorted(self._midnights, moments, side="right") - 1
        self._by_day += np.bincount(days, minlength=len(self._days))

    def leave_out(self, refused: int) -> None:
        """So many of the valid records, which the database has refused."""
        self._valid -= refused
        self.reasons[Reason.REFUSED_BY_DATABASE] += refused

    @property
    def distinct(self) -> Counter[date]:
        return Counter(dict(zip(self._days, self._by_day.tolist(), strict=True)))

    def counts(self, *, inserted: int, conflicting: int) -> Counts:
        return Counts(
            received=self._received,
            inserted=inserted,
            duplicates=self._valid - inserted - conflicting,
            conflicting=conflicting,
            rejected=self.reasons.total(),
            out_of_window=self._out_of_window,
        )
