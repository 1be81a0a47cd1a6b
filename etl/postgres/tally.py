"""What becomes of a slice's records, added up while they come in."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import numpy.typing as npt

from etl.models import Batch, Counts, Reason
from etl.windows import Window


class Tally:
    """`distinct` has the different valid attempts, by their key, of each day of the window."""

    def __init__(self, window: Window) -> None:
        self.distinct: Counter[date] = Counter(dict.fromkeys(window.days(), 0))
        self.reasons: Counter[Reason] = Counter()
        self._zone = window.zone
        self._received = self._valid = self._out_of_window = 0

    def add(self, batch: Batch, is_repeated: npt.NDArray[np.bool_]) -> None:
        """`is_repeated` tells of the batch's rows, in their order, which keys came before."""
        self._received += batch.received
        self._valid += len(batch.rows)
        self._out_of_window += batch.out_of_window
        self.reasons.update(one.reason for one in batch.rejected)
        moments = batch.rows.created_at[~is_repeated].dt.tz_localize("UTC")
        # Cut to the day on the clock's face: some midnights are skipped, others come twice.
        clock = moments.dt.tz_convert(self._zone).dt.tz_localize(None)
        days = clock.dt.floor("D").value_counts()
        self.distinct.update({day.date(): int(count) for day, count in days.items()})

    def counts(self, *, inserted: int, conflicting: int) -> Counts:
        return Counts(
            received=self._received,
            inserted=inserted,
            duplicates=self._valid - inserted - conflicting,
            conflicting=conflicting,
            rejected=self.reasons.total(),
            out_of_window=self._out_of_window,
        )
