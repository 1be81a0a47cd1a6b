"""G3, G7, P5: which tab of a spreadsheet is ours, and which is none of our business."""

from __future__ import annotations

from typing import Any

import pytest

from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.texts import EN
from tests.google_faults import GoogleServer, Tab
from tests.google_sheets_reporter.conftest import HEADER, Publish, refusal, rows

FOREIGN = [["Группа", "Староста"], ["ИВТ-1", "Иванов"]]


def test_g3_a_renamed_first_tab_is_still_ours(publish: Publish, tab: Tab) -> None:
    publish(7)
    tab.title = "Попытки, весна"
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert tab.rows() == [HEADER, *rows(7, 8)]


@pytest.mark.parametrize("content", [FOREIGN, []], ids=["filled", "empty"])
def test_g3_another_tab_in_front_is_passed_by(
    publish: Publish, google: GoogleServer, tab: Tab, content: list[list[Any]]
) -> None:
    publish(7)
    front = google.spreadsheet.add_tab("Группы", 0)
    front.put("A1", content)
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert front.rows() == content
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_g3_a_chart_in_a_tab_of_its_own_is_passed_by(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    google.spreadsheet.add_tab("Диаграмма", 0).sheet_type = "OBJECT"
    publish(7)
    assert tab.rows() == [HEADER, *rows(7)]


@pytest.mark.parametrize("title", ["Q1", "It's", "A1:B2", "2026", " "])
def test_g3_any_title_will_do(publish: Publish, tab: Tab, title: str) -> None:
    tab.title = title
    publish(7)
    assert publish(7, 8) == Publication(added=1, unchanged=1)
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_g3_the_tab_of_worksheet_title_is_used_wherever_it_is(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7)
    named = google.spreadsheet.add_tab("Для ректора")
    assert publish(7, 8, worksheet_title="Для ректора") == Publication(added=2)
    assert named.rows() == [HEADER, *rows(7, 8)]
    assert tab.rows() == [HEADER, *rows(7)]


def test_g3_a_worksheet_title_that_nothing_has_is_shown_and_no_tab_is_made(
    publish: Publish, google: GoogleServer
) -> None:
    before = google.spreadsheet.snapshot()
    error = refusal(lambda: publish(7, worksheet_title="Для ректора"))
    assert (error.problem, error.facts) == (Problem.SHEET_TAB_MISSING, {"title": "Для ректора"})
    assert google.spreadsheet.snapshot() == before


@pytest.mark.parametrize(
    "content",
    [
        FOREIGN,
        [HEADER[:-1]],
        [["Отчёт"], HEADER],
        [[], HEADER],
        [[*HEADER[:3], *EN.sheet_header[3:]]],
        [[False]],
    ],
    ids=["foreign", "a column lacks", "a title above", "a blank above", "mixed", "tick box"],
)
def test_g7_a_foreign_header_is_refused_and_nothing_written(
    publish: Publish,
    google: GoogleServer,
    tab: Tab,
    content: list[list[Any]],
) -> None:
    tab.put("A1", content)
    before = google.spreadsheet.snapshot()
    error = refusal(lambda: publish(7))
    assert error.problem == Problem.SHEET_FOREIGN_HEADER
    assert error.facts == {"title": "Отчёт", "expected": ", ".join(HEADER)}
    assert google.spreadsheet.snapshot() == before
    assert google.writes == 0


def test_g7_a_foreign_header_in_the_named_tab_is_refused_though_another_tab_has_ours(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7)
    google.spreadsheet.add_tab("Для ректора").put("A1", FOREIGN)
    error = refusal(lambda: publish(8, worksheet_title="Для ректора"))
    assert error.problem == Problem.SHEET_FOREIGN_HEADER
    assert error.facts["title"] == "Для ректора"


def test_g7_blanks_and_case_do_not_make_a_header_foreign(publish: Publish, tab: Tab) -> None:
    theirs: list[Any] = [f"  {name.upper()} ".replace(" ", "\n ") for name in HEADER]
    tab.put("A1", [theirs])
    publish(7)
    assert tab.rows() == [theirs, *rows(7)]


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
