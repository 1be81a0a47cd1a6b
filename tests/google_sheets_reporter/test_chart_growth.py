"""P3: the chart has all days, however the grid grows, and people's changes of it stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.figures import DailyFigures
from etl.sheets.grid import CHART_ID
from tests.google_sheets_reporter.conftest import HEADER, Publish, insert_row, march, rearrange
from tests.google_sheets_reporter.test_chart import sources


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


@pytest.mark.parametrize("rows_at_the_start", [1, 2, 30, 300])
@pytest.mark.parametrize("at_once", [1, 3, 31])
def test_p3_days_behind_the_grid_s_end_are_in_it(
    publish: Publish, tab: Tab, rows_at_the_start: int, at_once: int
) -> None:
    tab.row_count = rows_at_the_start
    first = rows_at_the_start - 5 if rows_at_the_start > 100 else 0
    publish(*days(*range(first)))
    for start in range(first, first + 45, at_once):
        publish(*days(*range(start, start + at_once)))
        assert all_days_are_shown(tab)


def test_p3_days_that_come_late_are_in_it(publish: Publish, tab: Tab) -> None:
    tab.row_count = 6
    publish(*days(2, 3, 8, 9, 12))
    publish(*days(0, 1, 5, 6, 13, 14))
    assert all_days_are_shown(tab)
    assert last_row(tab) == 12


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


def test_p3_once_deleted_it_stays_deleted(publish: Publish, tab: Tab) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    tab.charts.clear()
    publish(*days(2, 3))
    assert tab.charts == {}


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


def test_p3_in_a_second_tab_it_grows_too(publish: Publish, google: GoogleServer) -> None:
    other = google.spreadsheet.add_tab("Другой")
    other.row_count = 3
    for first in (0, 2, 4):
        publish(*days(first, first + 1), worksheet_title="Другой")
    assert all_days_are_shown(other)


def test_p3_growth_and_chart_are_one_write(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.row_count = 3
    publish(*days(0, 1))
    writes = google.writes
    publish(*days(2, 3))
    publish(*days(2, 3))
    assert google.writes == writes + 1


def test_p3_rows_of_people_above_and_inside_do_no_harm(publish: Publish, tab: Tab) -> None:
    tab.row_count = 4
    publish(*days(0, 1, 2))
    insert_row(tab, 2)
    publish(*days(3, 4, 5))
    assert all_days_are_shown(tab)
    assert [tab.cell(0, 0).value, march(1).year] == [HEADER[0], 2026]


@pytest.mark.parametrize("odd", [{"sources": 5}, {"x": [{"sources": [{"sheetId": 0}]}]}, {"y": []}])
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
