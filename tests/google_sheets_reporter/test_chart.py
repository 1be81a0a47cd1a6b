"""The chart of the days: made once, of the right columns, and people's from then on."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.google.behaviours import AnswerLost
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.notices import Publication
from etl.sheets.grid import Grid
from etl.sheets.look import add_chart
from etl.sheets.workbook import CHART_ID
from etl.texts import EN, RU, Catalogue
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    Reporter,
    earlier_version,
    insert_column,
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


def test_p9_a_title_that_google_drops_is_not_sent() -> None:
    request = add_chart(Grid("Tab", 0, 100, 7, [[]]), range(7), EN)
    axes = request["addChart"]["chart"]["spec"]["basicChart"]["axis"]
    assert [axis for axis in axes if axis["position"] == "RIGHT_AXIS"] == [
        {"position": "RIGHT_AXIS"}
    ]


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


def test_it_is_not_doubled_when_people_gave_it_a_tab_of_its_own(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    earlier_version(tab, 7)
    own = google.spreadsheet.add_tab("Диаграмма")
    own.sheet_type, own.charts = "OBJECT", {CHART_ID: {"chartId": CHART_ID}}
    publish(7, 8)
    assert len(charts(google)) == 1


def test_once_deleted_it_stays_deleted(publish: Publish, google: GoogleServer, tab: Tab) -> None:
    publish(7)
    tab.charts.clear()
    tab.title = "Весна"
    publish(7, 8)
    assert charts(google) == []


def test_a_chart_of_people_is_none_of_our_business(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.charts[5] = {"chartId": 5, "spec": {"title": "Их"}}
    publish(7)
    assert {*tab.charts} == {5, CHART_ID}
    assert tab.charts[5]["spec"] == {"title": "Их"}


@pytest.mark.parametrize("before", range(8))
def test_columns_of_people_do_not_lead_it_astray(publish: Publish, tab: Tab, before: int) -> None:
    earlier_version(tab, 7)
    insert_column(tab, before)
    publish(7)
    assert shown(tab) == [HEADER[0], HEADER[1], HEADER[2], HEADER[4]]


@pytest.mark.parametrize("before", range(8))
def test_it_goes_with_its_columns(publish: Publish, tab: Tab, before: int) -> None:
    publish(7)
    insert_column(tab, before)
    publish(8)
    assert shown(tab) == [HEADER[0], HEADER[1], HEADER[2], HEADER[4]]


def test_columns_in_another_order_do_not_lead_it_astray(publish: Publish, tab: Tab) -> None:
    tab.put("A1", [[*reversed(HEADER)]])
    publish(7)
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


def test_g2_a_lost_answer_does_not_double_it(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    earlier_version(tab, 7)
    google.then(AnswerLost())
    assert publish(7) == Publication(unchanged=1)
    assert (len(charts(google)), google.writes) == (1, 1)


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
        assert [len(one.charts) for one in google.spreadsheet.tabs] == [1, 0]
        assert tab.rows() == [HEADER, *rows()]
    assert waits == []
