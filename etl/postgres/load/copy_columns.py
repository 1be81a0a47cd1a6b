"""Rows of numbers and short texts in the binary form of COPY, without a step for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from etl.postgres.load.copy_binary import EPOCH

Bytes = npt.NDArray[np.uint8]


def copy_columns(columns: Sequence[npt.NDArray[Any]]) -> bytes:
    """The tuples of columns of one length: texts, booleans, days, moments, 32-bit integers.

    What a column masks is NULL.
    """
    height = len(columns[0])
    parts = [np.tile(_bytes(np.array([len(columns)], ">i2")), (height, 1))]
    kept = [np.ones((height, 2), np.bool_)]
    for column in columns:
        values, sizes = _field(np.ma.getdata(column))
        sizes = np.where(np.ma.getmaskarray(column), -1, sizes)
        parts += [_bytes(sizes.astype(">i4")), values]
        kept += [np.ones((height, 4), np.bool_), np.arange(values.shape[1]) < sizes[:, np.newaxis]]
    return np.hstack(parts)[np.hstack(kept)].tobytes()


def _field(values: npt.NDArray[Any]) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """As many bytes a row as the longest value has, and how many of them are each one's."""
    if values.dtype == object:
        texts = [text.encode() for text in values.tolist()]
        return _bytes(np.array(texts)), np.fromiter(map(len, texts), np.int64, len(texts))
    if values.dtype.kind == "M":
        kind = ">i4" if values.dtype == "datetime64[D]" else ">i8"
        values = (values - EPOCH.astype(values.dtype)).astype(kind)
    elif values.dtype != np.bool_:
        values = values.astype(">i4")
    return _bytes(values), np.full(len(values), values.itemsize)


def _bytes(values: npt.NDArray[Any]) -> Bytes:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
