"""What the reporter makes of a tab that nobody else touches."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from etl.demo.google import EPOCH, Cell, NumberFormat
from etl.models.notices import Publication
from etl.texts import EN, RU
from tests.google_faults import GoogleServer, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    Reporter,
    figures,
    march,
    row,
    rows,
)


def test_an_empty_tab_gets_the_header_and_the_days_ascending(publish: Publish, tab: Tab) -> None:
    assert publish(9, 7, 8) == Publication(added=3)
    assert tab.rows() == [HEADER, *rows(7, 8, 9)]


def test_a_day_without_attempts_has_its_row_of_zeros(publish: Publish, tab: Tab) -> None:
    publish(figures(7, attempts=0, users=0, correct=0, runs=0, submits=0))
    assert tab.rows() == [HEADER, [march(7), 0, 0, 0, 0, 0, 0]]


def test_a_repeated_run_writes_nothing(publish: Publish, google: GoogleServer) -> None:
    publish(7, 8, 9)
    before, calls = google.spreadsheet.snapshot(), len(google.calls)
    assert publish(7, 8, 9) == Publication(unchanged=3)
    assert google.spreadsheet.snapshot() == before
    assert {call.path for call in google.calls[calls:] if call.method != "GET"} == {"/token"}


def test_a_correction_writes_only_the_cells_that_differ(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7)
    publish(figures(7, attempts=71))
    *_, write = (call for call in google.calls if call.path.endswith(":batchUpdate"))
    [request] = write.body["requests"]
    line = {"startRowIndex": 1, "endRowIndex": 2}
    place = {"sheetId": 0, **line, "startColumnIndex": 1, "endColumnIndex": 2}
    assert request["updateCells"]["range"] == place
    assert request["updateCells"]["rows"] == [
        {"values": [{"userEnteredValue": {"numberValue": 71}}]}
    ]


@pytest.mark.parametrize("text", ["1", "семьдесят", True, None])
def test_a_number_that_became_something_else_is_a_number_again(
    publish: Publish, tab: Tab, text: str | bool | None
) -> None:
    publish(figures(7, attempts=1))
    tab.put("B2", [[text]])
    assert publish(figures(7, attempts=1)) == Publication(updated=1)
    assert [type(value) for value in tab.rows()[1][1:]] == [int, int, int, float, int, int]


def test_g8_days_that_were_missed_land_in_ascending_place(publish: Publish, tab: Tab) -> None:
    publish(3, 4, 9, 10)
    assert publish(1, 2, 6, 7, 8, 11, 12) == Publication(added=7)
    assert tab.rows() == [HEADER, *rows(1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12)]


@pytest.mark.parametrize("catalogue", [RU, EN], ids=["ru", "en"])
def test_g4_numbers_and_dates_are_typed_so_that_no_locale_reads_them(
    publish: Publish, tab: Tab, catalogue: object
) -> None:
    third = figures(7, correct=1, submits=3)
    publish(third, 8, catalogue=catalogue)
    assert publish(third, 8, catalogue=catalogue) == Publication(unchanged=2)
    assert tab.rows()[1][4] == 33.33
    assert tab.rows()[1:] == [row(third), *rows(8)]


def test_dates_and_percents_are_formatted_and_plain_numbers_are_left_to_people(
    publish: Publish, tab: Tab
) -> None:
    tab.write(1, 1, Cell(None, NumberFormat("NUMBER", "#,##0")))
    publish(7)
    serial = (march(7) - EPOCH).days
    assert tab.cell(1, 0) == Cell(serial, NumberFormat("DATE", "dd.mm.yyyy"))
    assert tab.cell(1, 1) == Cell(70, NumberFormat("NUMBER", "#,##0"))
    assert tab.cell(1, 4) == Cell(12.5, NumberFormat("NUMBER", "0.00"))
    assert tab.cell(1, 5) == Cell(14)


def test_a_header_in_the_other_language_is_used_as_it_is(publish: Publish, tab: Tab) -> None:
    publish(7)
    assert publish(7, 8, catalogue=EN) == Publication(added=1, unchanged=1)
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_a_year_is_published_in_one_write(publish: Publish, google: GoogleServer, tab: Tab) -> None:
    days = [figures(1, day=date(2025, 1, 1) + timedelta(days=n)) for n in range(365)]
    assert publish(*days) == Publication(added=365)
    assert tab.rows()[1:] == [row(day) for day in days]
    assert google.writes == 1


def test_the_address_is_where_people_open_the_sheet(reporter: Reporter) -> None:
    url = reporter(spreadsheet_id="1AbC").url
    assert url == "https://docs.google.com/spreadsheets/d/1AbC/edit"
