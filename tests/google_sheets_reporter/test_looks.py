"""Formats are given once: what people make of them later holds for new rows as well."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl.demo.google import Cell, NumberFormat
from tests.google_faults import Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    earlier_version,
    figures,
    insert_column,
    rows,
)

OUR_DATE, OUR_PERCENT = NumberFormat("DATE", "dd.mm.yyyy"), NumberFormat("NUMBER", "0.00")
THEIR_DATE, THEIR_PERCENT = NumberFormat("DATE", "d mmm"), NumberFormat("NUMBER", "0.0")


def format_column(tab: Tab, column: int, number_format: NumberFormat) -> None:
    """As a person does who clicks on the column's letter."""
    for line in range(1, tab.row_count):
        tab.write(line, column, replace(tab.cell(line, column), number_format=number_format))


def formats(tab: Tab, column: int, lines: range) -> set[NumberFormat | None]:
    return {tab.cell(line, column).number_format for line in lines}


def test_a_tab_that_is_begun_gets_its_look(publish: Publish, tab: Tab) -> None:
    publish(7)
    assert tab.frozen_row_count == 1
    for column in range(7):
        style = tab.cell(0, column).style
        assert style == {
            "textFormat": {"bold": True},
            "wrapStrategy": "WRAP",
            "verticalAlignment": "MIDDLE",
        }
        assert 90 <= tab.widths_pixels[column] <= 160
    assert tab.cell(0, 7).style == tab.cell(1, 1).style == {}
    assert formats(tab, 0, range(1, 1000)) == {OUR_DATE}
    assert formats(tab, 4, range(1, 1000)) == {OUR_PERCENT}
    assert formats(tab, 1, range(1, 1000)) == {None}


def test_what_people_change_of_the_look_stays(publish: Publish, tab: Tab) -> None:
    publish(7)
    tab.frozen_row_count = 0
    tab.widths_pixels[0] = 55
    tab.write(0, 0, Cell(HEADER[0]))
    publish(7, 8)
    assert (tab.frozen_row_count, tab.widths_pixels[0]) == (0, 55)
    assert tab.cell(0, 0).style == {}


@pytest.mark.parametrize("row_count", [1000, 4])
def test_new_rows_have_the_format_that_people_gave_their_column(
    publish: Publish, tab: Tab, row_count: int
) -> None:
    publish(5, 7, 9)
    tab.row_count = row_count
    format_column(tab, 0, THEIR_DATE)
    format_column(tab, 4, THEIR_PERCENT)
    publish(figures(7, correct=2), 4, 8, 10, 11)
    assert [line[0].day for line in tab.rows()[1:]] == [4, 5, 7, 8, 9, 10, 11]  # type: ignore[attr-defined]
    assert formats(tab, 0, range(1, 8)) == {THEIR_DATE}
    assert formats(tab, 4, range(1, 8)) == {THEIR_PERCENT}


def test_rows_are_formatted_though_all_days_were_deleted(publish: Publish, tab: Tab) -> None:
    publish(7)
    tab.put("A2", [[None] * 7])
    format_column(tab, 0, NumberFormat("NUMBER", "0"))
    publish(8)
    assert tab.rows() == [HEADER, *rows(8)]


def test_a_tab_of_an_earlier_version_keeps_the_look_that_people_gave_it(
    publish: Publish, tab: Tab
) -> None:
    earlier_version(tab, 6, 7)
    format_column(tab, 4, THEIR_PERCENT)
    tab.row_count = 5
    publish(6, 7)
    assert (tab.frozen_row_count, tab.widths_pixels, tab.cell(0, 0).style) == (0, {}, {})
    assert formats(tab, 4, range(1, 3)) == {THEIR_PERCENT}
    publish(8, 9, 10)
    assert tab.rows() == [HEADER, *rows(6, 7, 8, 9, 10)]
    assert formats(tab, 4, range(3, 6)) == {OUR_PERCENT}


def test_only_our_columns_of_an_earlier_tab_are_formatted(publish: Publish, tab: Tab) -> None:
    earlier_version(tab, 7)
    insert_column(tab, 0)
    insert_column(tab, 3)
    publish(7)
    formatted = [column for column in range(26) if tab.cell(500, column).number_format]
    assert formatted == [1, 6]
