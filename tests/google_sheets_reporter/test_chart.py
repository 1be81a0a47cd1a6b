"""P3, P9: the chart of the days is made once, has all days, and is people's from then on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from etl.models.figures import DailyFigures
from etl.models.notices import Publication
from etl.sheets.grid import CHART_ID
from etl.texts import EN, RU, Catalogue
from tests.google_faults import GoogleServer, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    Reporter,
    earlier_version,
    insert_column,
    rearrange,
    rows,
)


def charts(google: GoogleServer) -> list[Any]:
    return [chart for tab in google.spreadsheet.tabs for chart in tab.charts.values()]


def sources(chart: Any) -> list[dict[str, int]]:
    """The domain's range and those of the series."""
    basic = chart["spec"]["basicChart"]
    data = [basic["domains"][0]["domain"], *(one["series"] for one in basic["series"])]
    return [source for one in data for source in one["sourceRange"]["sources"]]


def shown(tab: Tab) -> list[object]:
    """The headers of what the chart shows."""
    [chart] = tab.charts.values()
    return [tab.cell(0, source["startColumnIndex"]).value for source in sources(chart)]


@pytest.mark.parametrize("catalogue", [RU, EN], ids=["ru", "en"])
def test_p9_it_shows_attempts_users_and_success_on_a_second_axis_without_a_title(
    publish: Publish, tab: Tab, catalogue: Catalogue
) -> None:
    publish(7, 8, catalogue=catalogue)
    header = catalogue.sheet_header
    assert shown(tab) == [header[0], header[1], header[2], header[4]]
    spec = tab.charts[CHART_ID]["spec"]
    titles = {axis["position"]: axis.get("title") for axis in spec["basicChart"]["axis"]}
    assert spec["title"] == catalogue.chart_title
    assert titles == {
        "BOTTOM_AXIS": header[0],
        "LEFT_AXIS": catalogue.chart_counts,
        "RIGHT_AXIS": None,
    }
    axes = [series["targetAxis"] for series in spec["basicChart"]["series"]]
    assert axes == ["LEFT_AXIS", "LEFT_AXIS", "RIGHT_AXIS"]


def test_days_to_come_are_in_it(publish: Publish, tab: Tab) -> None:
    publish(7)
    for source in sources(tab.charts[CHART_ID]):
        assert (source["startRowIndex"], source["endRowIndex"]) == (0, tab.row_count)


def test_it_is_not_doubled_and_what_people_made_of_it_stays(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7)
    tab.charts[CHART_ID] |= {"spec": {"title": "Моя"}, "position": {"overlayPosition": {}}}
    theirs = dict(tab.charts[CHART_ID])
    assert [publish(7), publish(8)] == [Publication(unchanged=1), Publication(added=1)]
    assert charts(google) == [theirs]


@pytest.mark.parametrize("before", [0, 2, 7])
def test_columns_of_people_do_not_lead_it_astray(publish: Publish, tab: Tab, before: int) -> None:
    earlier_version(tab, 7)
    for day in (7, 8):
        insert_column(tab, before)
        publish(day)
        assert shown(tab) == [HEADER[0], HEADER[1], HEADER[2], HEADER[4]]


def test_a_sheet_of_an_earlier_version_gets_it_once(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    earlier_version(tab, 7, 8)
    assert publish(7, 8) == Publication(unchanged=2)
    assert {*tab.charts} == {CHART_ID}
    tab.charts.clear()
    assert publish(7, 8) == Publication(unchanged=2)
    assert (tab.charts, google.writes) == ({}, 1)


def test_it_covers_no_cell_that_somebody_wrote(publish: Publish, tab: Tab) -> None:
    earlier_version(tab, 7)
    tab.put("J5", [["таблица", "рядом"]])
    publish(7)
    anchor = tab.charts[CHART_ID]["position"]["overlayPosition"]["anchorCell"]
    assert anchor["columnIndex"] > 10


def test_without_room_beside_the_days_it_gets_a_tab_of_its_own(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.column_count = 7
    publish(7)
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert [(one.sheet_type, [*one.charts]) for one in google.spreadsheet.tabs] == [
        ("GRID", []),
        ("OBJECT", [CHART_ID]),
    ]


class GoogleWithATwin(GoogleServer):
    """Just before our first write somebody else writes the very same."""

    def apply(self, method: str, target: str, body: Any) -> Any:
        if method == "POST" and not self.writes:
            super().apply(method, target, body)
        return super().apply(method, target, body)


def test_p7_two_who_begin_a_sheet_at_once_double_nothing(
    reporter: Reporter, waits: list[float]
) -> None:
    with GoogleWithATwin() as google:
        tab = google.spreadsheet.tabs[0]
        credentials = {"credentials_base64": google.credentials_base64, "api_url": google.url}
        days = reporter(**credentials).publish([], [])
        assert days == Publication()
        assert [call.method for call in google.calls].count("POST") == 1 + 2
        assert [len(one.charts) for one in google.spreadsheet.tabs] == [1, 0]
        assert tab.rows() == [HEADER, *rows()]
    assert waits == []


def days(*numbers: int) -> list[DailyFigures]:
    """By their distance from 1 January 2026."""
    first = date(2026, 1, 1)
    return [DailyFigures(5, 1, 1, 2, 3, first + timedelta(days=n)) for n in numbers]


def shown_rows(chart: Any) -> set[tuple[int, int]]:
    return {(one["startRowIndex"], one["endRowIndex"]) for one in sources(chart)}


def last_row(tab: Tab) -> int:
    """How many rows there are down to the last day."""
    return max(row for row, column in tab.cells if column == 0 and row) + 1


def all_days_are_shown(tab: Tab, chart: Any = None) -> bool:
    [(start, end)] = shown_rows(chart or tab.charts[CHART_ID])
    return start == 0 and last_row(tab) <= end <= tab.row_count


@pytest.mark.parametrize(("rows_at_the_start", "at_once"), [(1, 1), (2, 3), (300, 31)])
def test_p3_days_behind_the_grid_s_end_are_in_it(
    publish: Publish, tab: Tab, rows_at_the_start: int, at_once: int
) -> None:
    tab.row_count = rows_at_the_start
    first = rows_at_the_start - 5 if rows_at_the_start > 100 else 0
    publish(*days(*range(first)))
    for start in range(first, first + 45, at_once):
        publish(*days(*range(start, start + at_once)))
        assert all_days_are_shown(tab)


def test_p3_rows_that_people_added_at_the_end_are_reached(publish: Publish, tab: Tab) -> None:
    tab.row_count = 5
    publish(*days(0, 1))
    tab.row_count = 500
    publish(*days(*range(2, 60)))
    assert all_days_are_shown(tab)


def test_p3_a_sum_of_people_below_the_days_does_not_get_into_it(publish: Publish, tab: Tab) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    tab.put("A5", [["Итого", 100]])
    publish(*days(2, 3))
    assert shown_rows(tab.charts[CHART_ID]) == {(0, 5)}
    assert tab.cell(6, 0).value == "Итого"


def test_p3_title_kind_and_colours_of_people_stay(publish: Publish, tab: Tab) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    spec = tab.charts[CHART_ID]["spec"]
    spec |= {"title": "Наше", "subtitle": "весна"}
    spec["basicChart"] |= {"chartType": "LINE", "legendPosition": "BOTTOM_LEGEND"}
    for series in spec["basicChart"]["series"]:
        del series["type"]
    del spec["basicChart"]["series"][1]
    publish(*days(2, 3))
    assert all_days_are_shown(tab)
    kept = tab.charts[CHART_ID]["spec"]
    assert (kept["title"], kept["subtitle"]) == ("Наше", "весна")
    assert (kept["basicChart"]["chartType"], len(kept["basicChart"]["series"])) == ("LINE", 2)


@pytest.mark.parametrize(
    "range_of_theirs",
    [
        {"startRowIndex": 0, "endRowIndex": 2},
        {"startRowIndex": 2, "endRowIndex": 4},
        {"startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 8, "endColumnIndex": 9},
    ],
    ids=["the first days", "the last days", "another column"],
)
def test_p3_ranges_of_people_stay(
    publish: Publish, tab: Tab, range_of_theirs: dict[str, int]
) -> None:
    tab.row_count = 4
    publish(*days(0, 1, 2))
    for source in sources(tab.charts[CHART_ID]):
        source.update(range_of_theirs)
    publish(*days(3, 4))
    before = shown_rows(tab.charts[CHART_ID])
    assert before == {(range_of_theirs["startRowIndex"], range_of_theirs["endRowIndex"])}


def test_p3_charts_of_people_are_left_alone(publish: Publish, tab: Tab) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    theirs = {"chartId": 5, "spec": {"title": "Их", **tab.charts[CHART_ID]["spec"]}}
    tab.charts[5] = theirs
    publish(*days(2, 3))
    assert shown_rows(tab.charts[5]) == {(0, 3)}
    assert all_days_are_shown(tab)


def test_p3_in_a_tab_of_its_own_it_grows_too(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.row_count, tab.column_count = 3, 7
    publish(*days(0, 1))
    publish(*days(2, 3))
    [chart] = google.spreadsheet.tabs[1].charts.values()
    assert all_days_are_shown(tab, chart)


def test_p3_a_chart_of_another_tab_does_not_follow_this_one(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    tab.row_count = 99
    google.spreadsheet.add_tab("Другой").row_count = 3
    for first in (0, 2, 4):
        publish(*days(first, first + 1), worksheet_title="Другой")
    assert shown_rows(tab.charts[CHART_ID]) == {(0, 3)}


@pytest.mark.parametrize("odd", [{"sources": 5}, {"x": [{"sources": [{"sheetId": 0}]}]}])
def test_p3_a_chart_of_a_kind_that_is_not_known_is_left_alone(
    publish: Publish, tab: Tab, odd: dict[str, Any]
) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    tab.charts[CHART_ID]["spec"] = odd
    publish(*days(2, 3))
    assert tab.charts[CHART_ID]["spec"] == odd


def test_p3_days_that_people_sorted_behind_its_end_are_in_it_again(
    publish: Publish, tab: Tab
) -> None:
    tab.row_count = 4
    publish(*days(0, 1, 2))
    tab.put("A5", [["Итого", 15]])
    rearrange(tab, [0, 4, 1, 2, 3])
    publish(*days(0, 1, 2))
    assert shown_rows(tab.charts[CHART_ID]) == {(0, 5)}
    publish(*days(3))
    assert all_days_are_shown(tab)
