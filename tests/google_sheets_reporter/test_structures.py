"""P6: merged cells, tables, and limits: figures are written where that can be, else it is said."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.google import people
from etl.demo.google.behaviours import Status
from etl.demo.google.limits import MAX_CELLS, MAX_COLUMNS
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.sheets.workbook import CHART_ID
from etl.texts import RU, catalogues
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    figures,
    refusal,
    row,
    rows,
    task,
    task_row,
)
from tests.google_sheets_reporter.test_tasks import TASKS_HEADER, tasks_tab

TYPES = {"A": "DATE", "B": "DOUBLE", "C": "DOUBLE", "D": "DOUBLE", "E": "PERCENT"}


@pytest.mark.parametrize("block", ["H1:H2", "J1:L5", "Z1:Z1000"])
def test_p6_a_merge_of_people_that_reaches_over_the_header_costs_only_the_freezing(
    publish: Publish, tab: Tab, block: str
) -> None:
    people.merge(tab, block)
    assert publish(7, 8) == Publication(added=2)
    assert tab.rows() == [HEADER, *rows(7, 8)]
    assert (tab.frozen_row_count, {*tab.charts}) == (0, {CHART_ID})
    assert tab.cell(0, 0).style["textFormat.bold"]
    assert publish(7, 8, 9) == Publication(added=1, unchanged=2)


@pytest.mark.parametrize(("block", "hidden_until"), [("A1:A3", 3), ("C2:D4", 1), ("B1:B2", 2)])
def test_p6_no_figure_is_hidden_by_merged_cells(
    publish: Publish, tab: Tab, block: str, hidden_until: int
) -> None:
    people.merge(tab, block)
    publish(7, 8)
    publish(7, 8, 9)
    assert tab.rows()[hidden_until:] == rows(7, 8, 9)
    assert publish(7, 8, 9) == Publication(unchanged=3)


def test_p6_days_reach_merged_cells_below_and_stay_above_them(publish: Publish, tab: Tab) -> None:
    publish(7)
    people.merge(tab, "A4:C6")
    publish(8, 9, 10)
    assert tab.rows()[1:5] == rows(7, 8, 9, 10)


@pytest.mark.parametrize("block", ["A1:B1", "A1:G1", "C1:D2"])
def test_p6_a_header_that_would_be_hidden_is_refused(
    publish: Publish, google: GoogleServer, tab: Tab, block: str
) -> None:
    people.merge(tab, block)
    error = refusal(lambda: publish(7))
    assert (error.problem, error.facts) == (Problem.SHEET_MERGED, {"title": "Отчёт"})
    assert google.writes == 0


@pytest.mark.parametrize("given_before", [(), (7,)], ids=["header", "a day"])
def test_p6_a_table_with_typed_columns_gets_figures_and_keeps_its_formats(
    publish: Publish, tab: Tab, given_before: tuple[int, ...]
) -> None:
    tab.put("A1", [HEADER, *rows(*given_before)])
    people.make_table(tab, f"A1:G{len(given_before) + 5}", TYPES)
    publish(*given_before, 8, 9)
    shown = tab.rows()
    assert [line[1:] for line in shown[1:]] == [line[1:] for line in rows(*given_before, 8, 9)]
    assert {*tab.charts} == {CHART_ID}
    assert publish(*given_before, 8, 9) == Publication(unchanged=len(given_before) + 2)


def test_p6_a_table_of_people_s_own_columns_changes_nothing(publish: Publish, tab: Tab) -> None:
    tab.put("J1", [["Группа"], ["ИВТ-1"]])
    people.make_table(tab, "J1:J5", {"J": "DROPDOWN"})
    tab.put("A1", [HEADER])
    publish(7)
    assert [line[:7] for line in tab.rows()[:2]] == [HEADER, row(figures(7))]


def test_p6_a_table_around_the_tasks_is_filled(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1)])
    people.make_table(tasks_tab(google), "A1:G5", {"C": "DOUBLE", "E": "PERCENT"})
    publish(7, tasks=[task(2)])
    assert tasks_tab(google).rows() == [TASKS_HEADER, task_row(task(2))]


def fill(google: GoogleServer, but: int) -> None:
    """Leaves room for no more cells than these."""
    used = sum(tab.row_count * tab.column_count for tab in google.spreadsheet.tabs)
    big = google.spreadsheet.add_tab("Архив")
    big.row_count, big.column_count = MAX_CELLS - used - but, 1


def test_p6_a_full_spreadsheet_takes_what_fits_into_blank_rows(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    fill(google, but=0)
    publish(7)
    publish(8)
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_p6_a_spreadsheet_that_is_too_full_to_grow_is_shown(
    publish: Publish, google: GoogleServer, tab: Tab, waits: list[float]
) -> None:
    tab.row_count = 3
    publish(7, 8)
    fill(google, but=25)
    error = refusal(lambda: publish(9))
    assert (error.problem, waits) == (Problem.SHEET_FULL, [])
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_p6_a_spreadsheet_without_room_for_the_tasks_gets_its_days(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    fill(google, but=20)
    error = refusal(lambda: publish(7, tasks=[task(1)]))
    assert error.problem == Problem.SHEET_FULL
    assert tab.rows() == [HEADER, *rows(7)]


def test_p6_a_tab_with_all_columns_that_there_may_be_is_filled(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.row_count, tab.column_count = 5, MAX_COLUMNS
    tab.write(0, MAX_COLUMNS - 1, tab.cell(0, 0))
    tab.put("ZZZ1", [["Конец"]])
    tab.put("A1", [HEADER])
    publish(7)
    assert tab.rows()[1][:7] == row(figures(7))
    assert [len(one.charts) for one in google.spreadsheet.tabs] == [0, 1]


def test_p6_a_title_of_100_characters_is_found(publish: Publish, tab: Tab) -> None:
    tab.title = "'" * 50 + "Ж" * 50
    publish(7)
    assert publish(7, 8, worksheet_title=tab.title) == Publication(added=1, unchanged=1)


def test_p6_a_cell_of_50_000_characters_is_no_hindrance(publish: Publish, tab: Tab) -> None:
    tab.put("J3", [["x" * 50_000]])
    tab.put("A1", [HEADER])
    publish(7, tasks=[task(1, task="x" * 60_000)])
    assert tab.rows()[1][:7] == row(figures(7))


@pytest.mark.parametrize("message", ["Nope.", "Una hoja con ese nombre ya existe.", ""])
@pytest.mark.parametrize(
    ("refusals", "frozen", "charts", "formats"),
    [(1, 0, 1, True), (2, 1, 0, True), (3, 0, 0, True), (4, 0, 0, False)],
)
def test_p7_a_refused_batch_is_planned_anew_and_then_done_without_look_or_chart(
    publish: Publish,
    google: GoogleServer,
    tab: Tab,
    message: str,
    refusals: int,
    frozen: int,
    charts: int,
    formats: bool,
) -> None:
    answers = [Status(400, "INVALID_ARGUMENT", message)] * refusals
    google.then(*answers, writes_only=True)
    assert publish(7, 8) == Publication(added=2)
    assert (tab.frozen_row_count, len(tab.charts)) == (frozen, charts)
    assert (tab.rows()[1:] == rows(7, 8)) is formats
    methods = [call.method for call in google.calls if call.path != "/token"]
    read = ["GET", "GET"]
    assert methods == [*read, "POST", *read, *["POST"] * refusals, *read]
    google.then(*[None] * 2)
    publish(7, 8, 9)
    assert tab.rows()[3] == row(figures(9))


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("Une feuille nommée « Задачи за 28 дней » existe déjà.", "INVALID_ARGUMENT"),
        ("Лист с таким названием уже существует.", "FAILED_PRECONDITION"),
    ],
)
def test_p7_a_tab_that_somebody_made_meanwhile_is_used(
    publish: Publish, google: GoogleServer, message: str, status: str
) -> None:
    publish(7)

    def somebody_makes_it() -> None:
        made = google.spreadsheet.add_tab(RU.tasks_title)
        made.sheet_id = 1_280_028_001

    class Meanwhile(Status):
        def error(self) -> Any:
            somebody_makes_it()
            return super().error()

    google.then(Meanwhile(400, status, message), writes_only=True)
    assert publish(7, tasks=[task(1)]) == Publication(unchanged=1)
    assert tasks_tab(google).rows() == [TASKS_HEADER, task_row(task(1))]


def test_p6_each_refusal_has_a_sentence_of_its_own_in_both_languages() -> None:
    facts = {"title": "T", "client_email": "e@uni.example", "status": 400, "message": "m"}
    problems = [
        Problem.SHEET_PROTECTED,
        Problem.SHEET_MERGED,
        Problem.SHEET_TABLE,
        Problem.SHEET_FULL,
        Problem.SHEET_OFFICE_FILE,
        Problem.SHEET_ERROR,
    ]
    for catalogue in catalogues():
        assert len({catalogue.what_happened(problem, facts) for problem in problems}) == 6
        assert len({catalogue.what_to_do(problem, facts) for problem in problems}) == 6


def test_p6_filters_and_named_ranges_of_people_are_no_hindrance(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.row_count = 3
    publish(7)
    people.filter_rows(tab, "A1:G3")
    people.name_range(google.spreadsheet, "Попытки", tab, "B2:B3")
    publish(6, 7, 8, 9)
    assert tab.rows() == [HEADER, *rows(6, 7, 8, 9)]
