"""What of a batch can be done without, where Google refuses the whole for a part of it.

A batch is applied as a whole or not at all, and a refusal names no part in words that stay the
same, so lesser batches are tried instead: the figures stand, their look and the chart may wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl.sheets.cells import Request

LOOKS = {"repeatCell", "updateSheetProperties", "updateDimensionProperties"}
# With the mark, which says that the chart was given.
CHARTS = {"addChart", "updateChartSpec", "createDeveloperMetadata"}


def lesser_batches(batch: Sequence[Request]) -> Iterator[list[Request]]:
    """Without look, without chart, without both, without number formats too; none of them twice."""
    plain = [one for one in batch if not (LOOKS | CHARTS) & {*one}]
    tried = [[], list(batch)]
    for lesser in (
        [one for one in batch if not LOOKS & {*one} or _is_number_format(one)],
        [one for one in batch if not CHARTS & {*one}],
        plain,
        without_formats(plain),
    ):
        if lesser not in tried:
            tried.append(lesser)
            yield lesser


def without_formats(batch: Sequence[Request]) -> list[Request]:
    """Without the number formats: a table's typed columns have their own, and refuse others."""
    return [_bare(one) for one in batch if not _is_number_format(one)]


def _is_number_format(request: Request) -> bool:
    fields: str = request.get("repeatCell", {}).get("fields", "")
    return fields == "userEnteredFormat.numberFormat"


def _bare(request: Request) -> Request:
    if "updateCells" not in request:
        return request
    rows = [
        {"values": [_value_alone(cell) for cell in row["values"]]}
        for row in request["updateCells"]["rows"]
    ]
    return {"updateCells": {**request["updateCells"], "rows": rows, "fields": "userEnteredValue"}}


def _value_alone(cell: Request) -> Request:
    return {name: part for name, part in cell.items() if name == "userEnteredValue"}
