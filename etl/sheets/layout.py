"""Where the figures of a day belong in a sheet that people also edit, and what to change there.

Pure: a grid of values in, requests for one atomic `spreadsheets.batchUpdate` out. Rows are found by
their date and columns by their header, so inserted columns, sorted rows and a renamed tab do no
harm; only cells of our own columns are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from etl.errors import Problem, ReportError
from etl.models import DailyFigures, Publication
from etl.sheets.cells import Cell, Request, day_of, is_blank, row_cells, write

HEADER_ROW = 0


@dataclass(frozen=True)
class Grid:
    """A tab: values unformatted, dates as serial numbers; rows and columns count from 0."""

    title: str
    sheet_id: int
    row_count: int
    column_count: int
    values: Sequence[Sequence[object]]

    @property
    def is_empty(self) -> bool:
        return all(is_blank(value) for row in self.values for value in row)

    def value(self, row: int, column: int) -> object:
        cells = self.values[row] if row < len(self.values) else ()
        return cells[column] if column < len(cells) else None


@dataclass(frozen=True)
class Plan:
    """The requests, what they will have done, and the days that the tab shows otherwise now."""

    requests: list[Request]
    publication: Publication
    days: tuple[date, ...]


def find_columns(grid: Grid, headers: Sequence[Sequence[str]]) -> list[int] | None:
    """The columns of the header in the order of its names, in whichever language it is."""
    present = [_normal(value) for value in (grid.values[HEADER_ROW] if grid.values else ())]
    for header in headers:
        if all(_normal(name) in present for name in header):
            return [present.index(_normal(name)) for name in header]
    return None


def plan_update(
    grid: Grid, figures: Sequence[DailyFigures], headers: Sequence[Sequence[str]], date_pattern: str
) -> Plan:
    """What makes the sheet show these figures; nothing when it already does.

    `headers[0]` is written into an empty tab. Raises `ReportError` for a header that is not ours.
    """
    requests: list[Request] = []
    columns = find_columns(grid, headers)
    if columns is None:
        if not grid.is_empty:
            raise ReportError(
                Problem.SHEET_FOREIGN_HEADER, title=grid.title, expected=", ".join(headers[0])
            )
        columns = list(range(len(headers[0])))
        requests += _grow(grid, "COLUMNS", len(columns) - grid.column_count)
        requests += write(grid.sheet_id, HEADER_ROW, columns, [[Cell(name) for name in headers[0]]])
    rows_of_day = _rows_of_day(grid, columns[0])
    known = [day for day in figures if day.day in rows_of_day]
    new = sorted((day for day in figures if day.day not in rows_of_day), key=lambda f: f.day)
    wrong = []
    for day in known:
        if changed := _update(grid, rows_of_day[day.day][0], columns, row_cells(day, date_pattern)):
            wrong.append(day)
            requests += changed
    requests += _insert(grid, columns, rows_of_day, new, date_pattern)
    repeated = tuple(day.day for day in known if len(rows_of_day[day.day]) > 1)
    publication = Publication(len(new), len(wrong), len(known) - len(wrong), repeated)
    return Plan(requests, publication, tuple(day.day for day in [*new, *wrong]))


def _rows_of_day(grid: Grid, date_column: int) -> dict[date, list[int]]:
    rows: dict[date, list[int]] = {}
    for row in range(HEADER_ROW + 1, len(grid.values)):
        if day := day_of(grid.value(row, date_column)):
            rows.setdefault(day, []).append(row)
    return rows


def _update(grid: Grid, row: int, columns: Sequence[int], cells: Sequence[Cell]) -> list[Request]:
    differing = [
        (column, cell)
        for column, cell in zip(columns, cells, strict=True)
        if not cell.shows(grid.value(row, column))
    ]
    requests: list[Request] = []
    for column, cell in differing:
        requests += write(grid.sheet_id, row, [column], [[cell]])
    return requests


def _insert(
    grid: Grid,
    columns: Sequence[int],
    rows_of_day: Mapping[date, Sequence[int]],
    new: Sequence[DailyFigures],
    date_pattern: str,
) -> list[Request]:
    """Rows for new days, the lowest first, so that no insertion moves the place of the next."""
    placed = sorted((row, day) for day, rows in rows_of_day.items() for row in rows)
    groups: dict[int, list[DailyFigures]] = {}
    for day in new:
        groups.setdefault(_row_for(day.day, placed), []).append(day)
    requests: list[Request] = []
    for top in sorted(groups, reverse=True):
        days = groups[top]
        if _is_free_below(grid, columns, top):
            requests += _grow(grid, "ROWS", top + len(days) - grid.row_count)
        else:
            # Looks like the row before only if that is a day's, not a bold header or sum.
            follows_day = any(row == top - 1 for row, _ in placed)
            requests.append(_insert_rows(grid.sheet_id, top, len(days), follows_day))
        requests += write(
            grid.sheet_id, top, columns, [row_cells(day, date_pattern) for day in days]
        )
    return requests


def _row_for(day: date, placed: Sequence[tuple[int, date]]) -> int:
    """Below the last earlier day, else above the first later one, which may not be on top.

    In a sheet that people sorted otherwise, below the last of all days.
    """
    days = [known for _, known in placed]
    is_ascending = days == sorted(days)
    before = [row for row, known in placed if known < day or not is_ascending]
    if before:
        return before[-1] + 1
    return placed[0][0] if placed else HEADER_ROW + 1


def _is_free_below(grid: Grid, columns: Sequence[int], top: int) -> bool:
    return all(
        is_blank(grid.value(row, column))
        for row in range(top, len(grid.values))
        for column in columns
    )


def _insert_rows(sheet_id: int, top: int, count: int, inherit_from_before: bool) -> Request:
    span = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": top, "endIndex": top + count}
    return {"insertDimension": {"range": span, "inheritFromBefore": inherit_from_before}}


def _grow(grid: Grid, dimension: str, missing: int) -> list[Request]:
    if missing <= 0:
        return []
    growth = {"sheetId": grid.sheet_id, "dimension": dimension, "length": missing}
    return [{"appendDimension": growth}]


def _normal(value: object) -> str:
    return " ".join(str(value).split()).casefold()
