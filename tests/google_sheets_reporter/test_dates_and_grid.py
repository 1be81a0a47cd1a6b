"""G4, G5 and G6: a day's row by whatever shape its date has, and room for new ones."""

from __future__ import annotations

import pytest

from etl.demo.google import EPOCH, Cell, NumberFormat
from etl.models.notices import Notice, Publication
from etl.pipeline.notices import inspect_sheet
from tests.google_faults import GoogleServer, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    figures,
    insert_row,
    march,
    row,
    rows,
)

SEVENTH = (march(7) - EPOCH).days


@pytest.mark.parametrize(
    "date_cell",
    [
        Cell("2026-3-7"),
        Cell(" 07.03.2026 "),
        Cell("2026-03-07T12:30:00.5Z"),
        Cell("07.03.2026 9:00"),
        Cell(SEVENTH, NumberFormat("DATE", "m/d/yyyy")),
        Cell(SEVENTH + 0.75, NumberFormat("DATE_TIME")),
        Cell(SEVENTH, NumberFormat("TEXT")),
        Cell(f"{SEVENTH}"),
    ],
    ids=lambda cell: f"{cell.value}{'' if cell.number_format is None else cell.number_format.type}",
)
def test_g4_a_date_is_recognised_however_it_is_written(
    publish: Publish, tab: Tab, date_cell: Cell
) -> None:
    publish(6, 7)
    tab.write(2, 0, date_cell)
    publication = publish(6, figures(7, runs=1), 8)
    assert publication == Publication(added=1, updated=1, unchanged=1)
    # A text becomes a real date, once.
    days = [tab.cell(line, 0).value for line in range(1, 4)]
    assert days == [SEVENTH - 1, SEVENTH, SEVENTH + 1]
    if isinstance(date_cell.value, str):
        assert tab.cell(2, 0).number_format == NumberFormat("DATE", "dd.mm.yyyy")
    assert [line[1:] for line in tab.rows()[1:]] == [
        line[1:] for line in (*rows(6), row(figures(7, runs=1)), *rows(8))
    ]
    assert publish(figures(7, runs=1)) == Publication(unchanged=1)


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        *[(text, True) for text in ("07/03/2026", "3/7/26", "7 марта", "Mar 7, 2026", "20260307")],
        *[(text, True) for text in ("Сб 07.03", "2026/03/07 09:30:00", "30.02.2026")],
        *[(number, True) for number in (20_260_307, 7.03)],
        *[(text, False) for text in ("Итого", "март 2026", "07.03.2026 – 08.03.2026", 5, None)],
    ],
)
def test_xt6_rows_whose_day_cannot_be_read_are_named_and_kept(
    publish: Publish, tab: Tab, text: str | float | None, is_day: bool
) -> None:
    publish(6, 7)
    tab.write(2, 0, Cell(text))
    tab.put("A6", [["Обновлено 7 марта"]])
    publication = publish(7)
    assert (publication.added, publication.unreadable) == (1, (4,) * is_day)
    assert tab.rows()[3][:2] == [text, 70]
    assert (Notice.UNREADABLE_DAYS in inspect_sheet(publication)) is is_day


def test_g5_of_two_rows_of_a_day_the_first_is_corrected_and_the_second_shown(
    publish: Publish, tab: Tab
) -> None:
    publish(7, 8)
    copy = row(figures(7, attempts=3, users=1))
    insert_row(tab, 2)
    tab.put("A3", [copy])
    changed = figures(7, attempts=71)
    assert publish(changed, 8, 9) == Publication(
        added=1, updated=1, unchanged=1, repeated=(march(7),)
    )
    assert tab.rows() == [HEADER, row(changed), copy, *rows(8, 9)]


def test_g5_a_repeated_day_is_shown_as_long_as_it_is_repeated(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7, 8)
    tab.put("A4", [["07.03.2026"], ["2026-03-08"], ["2026-03-08"]])
    told = Publication(unchanged=2, repeated=(march(7), march(8)))
    assert [publish(7, 8), publish(7, 8)] == [told, told]
    assert publish(8) == Publication(unchanged=1, repeated=(march(8),))
    assert google.writes == 1
    assert tab.rows()[3:] == [[text, *[None] * 6] for text in ("07.03.2026", *["2026-03-08"] * 2)]


@pytest.mark.parametrize(("row_count", "column_count"), [(1, 1), (3, 6), (1000, 6)])
def test_g6_a_grid_too_small_for_an_empty_tab_s_table_grows(
    publish: Publish, tab: Tab, row_count: int, column_count: int
) -> None:
    tab.row_count, tab.column_count = row_count, column_count
    publish(7, 8, 9)
    assert tab.rows() == [HEADER, *rows(7, 8, 9)]
    assert (tab.row_count, tab.column_count) == (max(row_count, 4), max(column_count, 7))


def test_g6_a_full_grid_grows_below_and_takes_days_in_between(publish: Publish, tab: Tab) -> None:
    publish(7, 9, 11)
    tab.row_count = 4
    publish(6, 8, 10, 12, 13)
    assert tab.rows() == [HEADER, *rows(6, 7, 8, 9, 10, 11, 12, 13)]


def test_g6_free_rows_are_used_before_the_grid_grows(publish: Publish, tab: Tab) -> None:
    tab.row_count = 5
    publish(7, 8)
    publish(9, 10)
    assert tab.row_count == 5
