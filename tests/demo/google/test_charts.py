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


def chart(chart_id: int = 77, **overrides: Any) -> dict[str, Any]:
    basic = {
        "chartType": "COMBO",
        "axis": [{"position": "LEFT_AXIS", "title": "n"}, {"position": "RIGHT_AXIS"}],
        "domains": [{"domain": column(0)}],
        "series": [{"series": column(1), "type": "LINE", "targetAxis": "RIGHT_AXIS"}],
        "headerCount": 1,
    }
    spec = {"title": "a", "basicChart": {**basic, **overrides}}
    return {
        "chartId": chart_id,
        "spec": spec,
        "position": {"overlayPosition": {"anchorCell": {"sheetId": 0}}},
    }


def pinned(number: int, end: int) -> dict[str, Any]:
    """The column as it is answered: Google leaves the id of sheet 0 out."""
    source = column(number, endRowIndex=end)["sourceRange"]["sources"][0]
    return {"sourceRange": {"sources": [{k: v for k, v in source.items() if k != "sheetId"}]}}


def the_chart(sheet: gspread.Spreadsheet) -> Any:
    [found] = sheet.fetch_sheet_metadata()["sheets"][0]["charts"]
    return found


def test_a_chart_is_added_once(sheet: gspread.Spreadsheet) -> None:
    [reply] = batch(sheet, {"addChart": {"chart": chart()}})
    assert reply["addChart"]["chart"] == the_chart(sheet)
    assert reply["addChart"]["chart"]["chartId"] == 77
    with pytest.raises(APIError, match="77 already exists"):
        batch(sheet, {"addChart": {"chart": chart()}})


def test_its_open_ranges_end_where_the_grid_ended(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, {"addChart": {"chart": chart()}})
    batch(sheet, {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 5}})
    basic = the_chart(sheet)["spec"]["basicChart"]
    assert basic["domains"] == [{"domain": pinned(0, 1000)}]
    assert basic["series"][0]["series"] == pinned(1, 1000)


def test_what_google_adds_and_drops(sheet: gspread.Spreadsheet) -> None:
    axis = [{"position": place, "title": "n"} for place in ("LEFT_AXIS", "RIGHT_AXIS")]
    [reply] = batch(sheet, {"addChart": {"chart": chart(axis=axis)}})
    kept = reply["addChart"]["chart"]
    assert kept["spec"]["basicChart"]["axis"] == [axis[0], {"position": "RIGHT_AXIS"}]
    assert kept["spec"]["fontName"] == "Roboto"
    size = {"widthPixels": 600, "heightPixels": 371}
    assert kept["position"]["overlayPosition"] == {"anchorCell": {}, **size}


def test_another_spec_takes_the_place_of_the_whole_one(sheet: gspread.Spreadsheet) -> None:
    [reply] = batch(sheet, {"addChart": {"chart": chart()}})
    spec = chart(headerCount=0)["spec"] | {"title": "b", "fontName": "Lora"}
    batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": spec}})
    changed = the_chart(sheet)
    assert changed["position"] == reply["addChart"]["chart"]["position"]
    assert (changed["spec"]["title"], changed["spec"]["fontName"]) == ("b", "Lora")
    assert changed["spec"]["basicChart"]["domains"] == [{"domain": pinned(0, 1000)}]
    with pytest.raises(APIError, match="No chart with id: 78"):
        batch(sheet, {"updateChartSpec": {"chartId": 78, "spec": spec}})


def test_what_is_answered_can_be_sent_back(sheet: gspread.Spreadsheet) -> None:
    batch(sheet, {"addChart": {"chart": chart()}})
    before = the_chart(sheet)
    batch(sheet, {"updateChartSpec": {"chartId": 77, "spec": before["spec"]}})
    assert the_chart(sheet) == before


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
        ({"series": [{"series": column(1, endRowIndex=1001)}]}, "is not emulated"),
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
        (
            {"overlayPosition": {"anchorCell": {"sheetId": 0, "columnIndex": 26}}},
            "after last column",
        ),
        ({"overlayPosition": {"anchorCell": {}, "widthPixels": 0}}, "Invalid size"),
        ({"newSheet": True, "sheetId": 3}, "Unknown name"),
    ],
)
def test_a_place_that_is_none_is_refused(
    sheet: gspread.Spreadsheet, position: Any, message: str
) -> None:
    with pytest.raises(APIError, match=message):
        batch(sheet, {"addChart": {"chart": chart() | {"position": position}}})


@pytest.mark.parametrize(("start", "end"), [(0, 1001), (1, 1001), (999, 1001), (1000, 1000)])
def test_it_grows_by_rows_inside_of_its_ranges(
    sheet: gspread.Spreadsheet, start: int, end: int
) -> None:
    batch(sheet, {"addChart": {"chart": chart() | {"position": {"newSheet": True}}}})
    span = {"sheetId": 0, "dimension": "ROWS", "startIndex": start, "endIndex": start + 1}
    batch(sheet, {"insertDimension": {"range": span, "inheritFromBefore": start > 0}})
    [shown] = sheet.fetch_sheet_metadata()["sheets"][-1]["charts"]
    [domain] = shown["spec"]["basicChart"]["domains"]
    assert domain["domain"]["sourceRange"]["sources"][0]["endRowIndex"] == end


def test_it_moves_with_the_columns_that_it_shows(sheet: gspread.Spreadsheet) -> None:
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": 0, "columnIndex": 8}}}
    batch(sheet, {"addChart": {"chart": chart() | {"position": anchor}}})
    span = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    batch(sheet, {"insertDimension": {"range": span}})
    basic = the_chart(sheet)["spec"]["basicChart"]
    assert basic["domains"] == [{"domain": pinned(0, 1000)}]
    assert basic["series"][0]["series"] == pinned(2, 1000)
    assert the_chart(sheet)["position"]["overlayPosition"]["anchorCell"] == {"columnIndex": 9}
