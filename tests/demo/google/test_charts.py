"""Charts of the emulated Google: what is applied, and what is refused as Google does."""

from __future__ import annotations

from typing import Any

import gspread
import pytest
from gspread.exceptions import APIError

from etl.demo.google.server import GoogleServer
from tests.demo.google.conftest import batch


def column(number: int, **overrides: Any) -> dict[str, Any]:
    place = {"startRowIndex": 0, "startColumnIndex": number, "endColumnIndex": number + 1}
    return {"sourceRange": {"sources": [{"sheetId": 0, **place, **overrides}]}}


def chart(**overrides: Any) -> dict[str, Any]:
    basic = {
        "chartType": "COMBO",
        "axis": [{"position": "LEFT_AXIS", "title": "n"}, {"position": "RIGHT_AXIS"}],
        "domains": [{"domain": column(0)}],
        "series": [{"series": column(1), "type": "LINE", "targetAxis": "RIGHT_AXIS"}],
        "headerCount": 1,
    }
    spec = {"title": "a", "basicChart": {**basic, **overrides}}
    return {
        "chartId": 77,
        "spec": spec,
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0}}},
    }


def test_a_chart_is_added_once(sheet: gspread.Spreadsheet) -> None:
    wanted = chart()
    [reply] = batch(sheet, {"addChart": {"chart": wanted}})
    assert reply["addChart"]["chart"] == wanted
    assert sheet.fetch_sheet_metadata()["sheets"][0]["charts"] == [wanted]
    with pytest.raises(APIError, match="77 already exists"):
        batch(sheet, {"addChart": {"chart": wanted}})


def test_a_chart_may_have_a_tab_of_its_own(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    batch(sheet, {"addChart": {"chart": chart() | {"position": {"newSheet": True}}}})
    own = google.spreadsheet.tabs[-1]
    assert (own.sheet_type, [*own.charts]) == ("OBJECT", [77])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"chartType": "COMBINED"}, "COMBINED"),
        ({"chartType": "LINE"}, "only valid in a combo chart"),
        ({"axis": [{"position": "TOP_AXIS"}]}, "TOP_AXIS"),
        ({"axis": [{"position": "LEFT_AXIS"}] * 2}, "same axis"),
        ({"legend": "TOP"}, 'Unknown name "legend"'),
        ({"series": [{"series": column(0, endColumnIndex=2)}]}, "a length of 1"),
        ({"series": [{"series": column(1, endRowIndex=9)}]}, "same number of rows"),
        ({"series": [{"series": column(26)}]}, "exceeds grid limits"),
        ({"series": [{"series": column(1, sheetId=9)}]}, "No grid with id: 9"),
        ({"series": [{"series": column(1), "targetAxis": "BOTTOM_AXIS"}]}, "BOTTOM_AXIS"),
    ],
)
def test_a_chart_that_makes_no_sense_is_refused(
    google: GoogleServer, sheet: gspread.Spreadsheet, overrides: Any, message: str
) -> None:
    with pytest.raises(APIError, match=message):
        batch(sheet, {"addChart": {"chart": chart(**overrides)}})
    assert google.writes == 0


@pytest.mark.parametrize(
    ("position", "message"),
    [
        ({"overlayPosition": {"anchorCell": {"sheetId": 0, "columnIndex": 26}}}, "grid limits"),
        ({"overlayPosition": {"anchorCell": {}, "widthPixels": 0}}, "Invalid size"),
        ({"newSheet": True, "sheetId": 3}, "Unknown name"),
    ],
)
def test_a_place_that_is_none_is_refused(
    sheet: gspread.Spreadsheet, position: Any, message: str
) -> None:
    with pytest.raises(APIError, match=message):
        batch(sheet, {"addChart": {"chart": chart() | {"position": position}}})


def test_its_ranges_move_with_the_columns_that_it_shows(
    google: GoogleServer, sheet: gspread.Spreadsheet
) -> None:
    batch(sheet, {"addChart": {"chart": chart()}})
    span = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    batch(sheet, {"insertDimension": {"range": span}})
    basic = google.spreadsheet.tabs[0].charts[77]["spec"]["basicChart"]
    assert basic["domains"] == [{"domain": column(0)}]
    assert basic["series"][0]["series"] == column(2)
