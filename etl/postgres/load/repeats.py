"""Which attempts of a slice have come before in the same slice, in little memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd


class SeenHashes:
    """64-bit hashes, 8 bytes each, in sorted arrays that are merged as they grow."""

    def __init__(self) -> None:
        self._sorted: list[npt.NDArray[np.int64]] = []

    def is_repeated(self, hashes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which came before, in this call or another."""
        is_repeated = np.ones(len(hashes), np.bool_)
        is_repeated[np.unique(hashes, return_index=True)[1]] = False
        for known in self._sorted:
            places = np.searchsorted(known, hashes).clip(max=len(known) - 1)
            is_repeated |= known[places] == hashes
        self._add(np.sort(hashes[~is_repeated]))
        return is_repeated

    def _add(self, hashes: npt.NDArray[np.int64]) -> None:
        """Merges arrays of like length, so that there are never more than a few to search."""
        while self._sorted and len(self._sorted[-1]) <= len(hashes):
            hashes = np.sort(np.concatenate([self._sorted.pop(), hashes]))
        if len(hashes):
            self._sorted.append(hashes)


class SeenKeys:
    """Keys of attempts by their hashes.

    Two keys with one hash (one chance in ten million for a million keys) are taken for a
    repetition. So a repetition is a suspicion, and the database has the last word on the row; only
    the letter would say that its day is not reconciled.
    """

    def __init__(self) -> None:
        self._seen = SeenHashes()

    def is_repeated(self, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows have the key of an earlier row, of this call or another."""
        return self._seen.is_repeated(_hashes(rows))


def _hashes(rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Hashes of the columns of `unique_attempt`; two moments of one student never share one."""
    students = map(hash, zip(rows.user_id.tolist(), rows.attempt_type.tolist(), strict=True))
    moments = rows.created_at.to_numpy("datetime64[us]").view(np.int64)
    hashes: npt.NDArray[np.int64] = np.fromiter(students, np.int64, len(rows)) ^ moments
    return hashes
