"""Plans the requests that write daily figures into a sheet that people also edit.

No I/O: cells come in, and requests for one atomic `spreadsheets.batchUpdate` go out. Rows are
found by their date and columns by their header, so inserted columns, sorted rows and a renamed tab
do no harm; only cells of our own columns are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from etl.models.errors import Problem, ReportError
from etl.models.figures import DailyFigures
from etl.models.notices import Publication
from etl.sheets.cells import EPOCH, PERCENT_FORMAT, Cell, Request, day_of, may_be_day, write
from etl.sheets.grid import HEADER_ROW, Grid, Workbook, extend, find_columns, insert_rows, widen
from etl.sheets.look import lengthen_chart, number_formats, set_up
from etl.texts import CATALOGUES, Catalogue

# The tab's header may be in any of our languages.
DAILY_HEADERS = [language.sheet_header for language in CATALOGUES]
Format = dict[str, str] | None  # None: the default format


@dataclass(frozen=True)
class Plan:
    """The requests for the daily tab, what they change, and the days it now lacks or has wrong."""

    requests: list[Request]
    publication: Publication
    days: tuple[date, ...]


def _day_formats(date_pattern: str) -> list[Format]:
    date_format = {"type": "DATE", "pattern": date_pattern}
    return [date_format, None, None, None, PERCENT_FORMAT, None, None]


def _day_cells(day: DailyFigures, formats: Sequence[Format]) -> list[Cell]:
    counts = (day.attempts, day.users, day.correct, day.success_percent, day.runs, day.submits)
    values = ((day.day - EPOCH).days, *counts)
    return [Cell(*pair) for pair in zip(values, formats, strict=True)]


def plan_days(workbook: Workbook, figures: Sequence[DailyFigures], catalogue: Catalogue) -> Plan:
    """Returns the plan that makes the daily tab show `figures`: no requests if it already does.

    An empty tab gets our header, a tab that was never set up gets formats and a chart. Raises
    `ReportError` if a tab that is not empty lacks our header.
    """
    grid = workbook.daily
    formats = _day_formats(catalogue.sheet_date_pattern)
    before: list[Request] = []
    after: list[Request] = []
    columns = find_columns(grid, DAILY_HEADERS)
    is_begun = columns is None
    if columns is None:
        if not grid.is_empty:
            expected = ", ".join(catalogue.sheet_header)
            raise ReportError(Problem.SHEET_FOREIGN_HEADER, title=grid.title, expected=expected)
        columns = list(range(len(catalogue.sheet_header)))
        before += widen(grid, len(columns) - grid.column_count)
        header = [Cell(name) for name in catalogue.sheet_header]
        before += write(grid.sheet_id, HEADER_ROW, columns, [header])
        grid = replace(grid, column_count=max(grid.column_count, len(columns)))
    chart = workbook.chart
    if not workbook.is_set_up:
        top = grid.first_free_row(columns)
        if top < grid.row_count:
            before += number_formats(grid.sheet_id, top, columns, formats)
        after += set_up(grid, columns, catalogue, is_begun=is_begun, has_chart=chart is not None)
    rows_of_day = _rows_of_day(grid, columns[0])
    # Without a day in the tab its formats are unknown: people may have changed them.
    has_formats = workbook.is_set_up and bool(rows_of_day)
    plan = _plan_rows(grid, columns, rows_of_day, figures, formats, has_formats=has_formats)
    if chart:
        rows = [row for rows in rows_of_day.values() for row in rows]
        # New days follow the last one or push it down.
        rows_needed = max(rows, default=HEADER_ROW) + 1 + plan.publication.added
        after += lengthen_chart(chart, grid, len(rows), rows_needed)
    publication = replace(plan.publication, unreadable=_unreadable(grid, columns))
    return replace(plan, requests=[*before, *plan.requests, *after], publication=publication)


def _plan_rows(
    grid: Grid,
    columns: Sequence[int],
    rows_of_day: Mapping[date, Sequence[int]],
    figures: Sequence[DailyFigures],
    formats: Sequence[Format],
    *,
    has_formats: bool,
) -> Plan:
    """Returns the plan for the rows of days; `has_formats`: empty rows are formatted already."""
    known = [day for day in figures if day.day in rows_of_day]
    new = sorted((day for day in figures if day.day not in rows_of_day), key=lambda f: f.day)
    no_formats: list[Format] = [None] * len(formats)
    requests: list[Request] = []
    wrong = []
    for day in known:
        # A date that people typed as text may have no format, and gets one.
        cells = _day_cells(day, [formats[0], *no_formats[1:]])
        if changed := _update(grid, rows_of_day[day.day][0], columns, cells):
            wrong.append(day)
            requests += changed
    lines = {day.day: _day_cells(day, no_formats if has_formats else formats) for day in new}
    requests += _insert(grid, columns, rows_of_day, lines)
    repeated = tuple(day.day for day in known if len(rows_of_day[day.day]) > 1)
    publication = Publication(len(new), len(wrong), len(known) - len(wrong), repeated)
    return Plan(requests, publication, tuple(day.day for day in [*new, *wrong]))


def _rows_of_day(grid: Grid, date_column: int) -> dict[date, list[int]]:
    rows: dict[date, list[int]] = {}
    for row in range(HEADER_ROW + 1, len(grid.values)):
        if day := day_of(grid.value(row, date_column)):
            rows.setdefault(day, []).append(row)
    return rows


def _unreadable(grid: Grid, columns: Sequence[int]) -> tuple[int, ...]:
    """Returns the numbers of rows with figures and a text that may be their day."""
    return tuple(
        row + 1
        for row in range(HEADER_ROW + 1, len(grid.values))
        if may_be_day(grid.value(row, columns[0]))
        and any(grid.value(row, column) for column in columns[1:])
    )


def _update(grid: Grid, row: int, columns: Sequence[int], cells: Sequence[Cell]) -> list[Request]:
    requests: list[Request] = []
    for column, cell in zip(columns, cells, strict=True):
        if not cell.shows(grid.value(row, column)):
            requests += write(grid.sheet_id, row, [column], [[cell]])
    return requests


def _insert(
    grid: Grid,
    columns: Sequence[int],
    rows_of_day: Mapping[date, Sequence[int]],
    lines: Mapping[date, Sequence[Cell]],
) -> list[Request]:
    """Returns requests for new days' rows, lowest first, so that no insertion moves the next."""
    placed = sorted((row, day) for day, rows in rows_of_day.items() for row in rows)
    groups: dict[int, list[date]] = {}
    for day in lines:
        groups.setdefault(_row_for(day, placed), []).append(day)
    first_free_row = grid.first_free_row(columns)
    requests: list[Request] = []
    for top in sorted(groups, reverse=True):
        days = groups[top]
        if top >= first_free_row:
            requests += extend(grid, top + len(days) - grid.row_count)
        else:
            # Takes the format of the row before only if that is a day's, not a bold header or sum.
            follows_day = any(row == top - 1 for row, _ in placed)
            requests.append(insert_rows(grid, top, len(days), look_like_before=follows_day))
        requests += write(grid.sheet_id, top, columns, [lines[day] for day in days])
    return requests


def _row_for(day: date, placed: Sequence[tuple[int, date]]) -> int:
    """Returns the row for a new day: below the last earlier day, else above the first later one.

    The first day need not be the first row. In a sheet that people sorted otherwise, a new day
    goes below the last of all days.
    """
    days = [known for _, known in placed]
    is_ascending = days == sorted(days)
    before = [row for row, known in placed if known < day or not is_ascending]
    if before:
        return before[-1] + 1
    return placed[0][0] if placed else HEADER_ROW + 1
