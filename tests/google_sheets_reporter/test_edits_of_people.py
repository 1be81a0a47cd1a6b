"""G3: people sort, insert and write beside our cells, and find everything as they left it."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.google import Cell, NumberFormat
from etl.models.notices import Publication
from tests.google_faults import Formula, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    figures,
    insert_column,
    insert_row,
    march,
    rearrange,
    row,
    rows,
)


@pytest.fixture
def filled(publish: Publish, tab: Tab) -> Tab:
    """7, 9 and 11 March, in rows 2 to 4."""
    publish(7, 9, 11)
    return tab


@pytest.mark.parametrize("before", [0, 3, 7])
def test_g3_an_inserted_column_stays_theirs(publish: Publish, filled: Tab, before: int) -> None:
    insert_column(filled, before)
    theirs: list[Any] = ["Погода", "дождь", "снег", Formula("=B2"), None]
    for index, value in enumerate(theirs):
        filled.write(index, before, Cell(value))
    changed = figures(9, attempts=1, submits=1, runs=0)
    assert publish(7, changed, 12) == Publication(added=1, updated=1, unchanged=1)
    shown = filled.rows()
    assert [line.pop(before) for line in shown] == theirs
    assert shown == [HEADER, *rows(7), row(changed), *rows(11, 12)]


def test_g3_columns_in_another_order_are_found_by_their_names(publish: Publish, tab: Tab) -> None:
    tab.put("A1", [[*reversed(HEADER)]])
    publish(7, 8)
    assert [line[::-1] for line in tab.rows()] == [HEADER, *rows(7, 8)]


@pytest.mark.parametrize("label", ["Итого", "07.03.2026 – 11.03.2026", None])
def test_g3_a_row_of_totals_stays_below_the_days(
    publish: Publish, filled: Tab, label: str | int | None
) -> None:
    totals: list[Any] = [label, Formula("=SUM(B2:B4)"), 3, None, None, None, None]
    filled.put("A5", [totals])
    filled.write(4, 1, Cell(totals[1], NumberFormat("CURRENCY")))
    publish(10, 12, 13)
    assert filled.rows() == [HEADER, *rows(7, 9, 10, 11, 12, 13), totals]
    assert {filled.cell(line, 1).number_format for line in range(1, 7)} == {None}


def test_g3_a_row_of_totals_on_top_stays_there(publish: Publish, filled: Tab) -> None:
    totals: list[Any] = ["Итого", 270, None, None, None, None, None]
    insert_row(filled, 1)
    filled.put("A2", [totals])
    filled.write(1, 1, Cell(270, NumberFormat("CURRENCY")))
    publish(5, 6)
    assert filled.rows() == [HEADER, totals, *rows(5, 6, 7, 9, 11)]
    assert [filled.cell(line, 1).number_format for line in (2, 3)] == [None, None]


def test_g3_an_inserted_row_looks_like_the_days_and_not_like_the_header(
    publish: Publish, filled: Tab
) -> None:
    filled.write(0, 1, Cell("Всего попыток", NumberFormat("TEXT")))
    publish(6, 8)
    assert filled.rows() == [HEADER, *rows(6, 7, 8, 9, 11)]
    assert {filled.cell(line, 1).number_format for line in range(1, 6)} == {None}


def test_g3_blank_rows_stay_where_they_are(publish: Publish, filled: Tab) -> None:
    for before in (1, 3):
        insert_row(filled, before)
    blank = [None] * 7
    publish(6, 8, 12)
    assert filled.rows() == [HEADER, blank, *rows(6, 7, 8), blank, *rows(9, 11, 12)]


@pytest.mark.parametrize(
    "order", [[3, 2, 1], [2, 3, 1], [1, 3, 2]], ids=["descending", "by another column", "swapped"]
)
def test_g3_an_order_of_theirs_survives_and_new_days_follow(
    publish: Publish, filled: Tab, order: list[int]
) -> None:
    filled.put("H2", [["о седьмом"], ["о девятом"], ["об одиннадцатом"]])
    rearrange(filled, [0, *order])
    before = filled.rows()
    changed = figures(9, attempts=1, submits=1, runs=0)
    assert publish(changed, 8, 12) == Publication(added=2, updated=1)
    before[order.index(2) + 1][:7] = row(changed)
    assert filled.rows() == [*before, *([*line, None] for line in rows(8, 12))]


@pytest.mark.parametrize(
    "label",
    [
        "07.03.2026 – 13.03.2026",
        "2026-03-07..2026-03-13",
        "07.03.20261",
        "30.02.2026",
        5,
    ],
)
def test_g3_a_row_that_only_mentions_a_date_is_not_that_day_s(
    publish: Publish, tab: Tab, label: str | int
) -> None:
    publish(9)
    week: list[Any] = [label, 1000, 10, 50, 5, 6, 7]
    insert_row(tab, 1)
    tab.put("A2", [week])
    publish(7)
    assert week in tab.rows()
    assert sorted(line for line in tab.rows() if line[0] == march(7)) == rows(7)


def test_g3_a_row_whose_date_was_deleted_is_written_again_and_their_rest_is_kept(
    publish: Publish, filled: Tab
) -> None:
    filled.write(2, 0, Cell())
    assert publish(9) == Publication(added=1)
    assert filled.rows() == [HEADER, *rows(7, 9), [None, *rows(9)[0][1:]], *rows(11)]
