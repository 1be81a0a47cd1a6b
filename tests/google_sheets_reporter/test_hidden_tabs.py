"""P5: a hidden tab is taken only if it has our header or is named."""

from __future__ import annotations

import pytest

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import Problem
from etl.models.notices import Publication
from tests.google_sheets_reporter.conftest import HEADER, Publish, refusal, rows


@pytest.fixture
def behind(google: GoogleServer, tab: Tab) -> Tab:
    """An empty tab behind one that is hidden."""
    tab.hidden = True
    return google.spreadsheet.add_tab("Видимый")


@pytest.mark.parametrize("content", [[], [["Ответы на форму"]]], ids=["empty", "filled"])
def test_p5_a_hidden_tab_in_front_is_passed_by(
    publish: Publish, tab: Tab, behind: Tab, content: list[list[str]]
) -> None:
    tab.put("A1", content)
    publish(7)
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert (tab.rows(), behind.rows()) == (content, [HEADER, *rows(7, 8)])


def test_p5_a_hidden_tab_with_our_header_is_ours(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7)
    tab.hidden = True
    visible = google.spreadsheet.add_tab("Сводка", 0)
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert (tab.rows(), visible.rows()) == ([HEADER, *rows(7, 8)], [])


def test_p5_of_two_tabs_with_our_header_the_visible_one_is_ours(
    publish: Publish, tab: Tab, behind: Tab
) -> None:
    for one in (tab, behind):
        one.put("A1", [HEADER, *rows(7)])
    publish(7, 8)
    assert (tab.rows(), behind.rows()) == ([HEADER, *rows(7)], [HEADER, *rows(7, 8)])


def test_p5_a_hidden_tab_that_is_named_is_begun(publish: Publish, tab: Tab, behind: Tab) -> None:
    publish(7, worksheet_title=tab.title)
    assert (tab.rows(), behind.rows()) == ([HEADER, *rows(7)], [])


@pytest.mark.parametrize("kind", ["OBJECT", "DATA_SOURCE"])
def test_p5_a_hidden_tab_is_not_begun_though_no_other_has_cells_of_people(
    publish: Publish, google: GoogleServer, behind: Tab, kind: str
) -> None:
    behind.sheet_type = kind  # type: ignore[assignment]
    before = google.spreadsheet.snapshot()
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_TAB_MISSING
    assert google.spreadsheet.snapshot() == before
