"""People rename, move, format and tear up the tab of the tasks."""

from __future__ import annotations

from dataclasses import replace

from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Cell, NumberFormat, Tab
from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.sheets.workbook import TASKS_SHEET_ID
from etl.texts import EN
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    insert_column,
    refusal,
    rows,
    task,
    task_row,
)
from tests.google_sheets_reporter.test_tasks import TASKS_HEADER, tasks_tab

THEIRS = [["Задача", "Кто проверяет"], ["1", "Иванов"]]


def test_renamed_and_moved_in_front_it_is_not_doubled(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7, tasks=[task(1)])
    own = tasks_tab(google)
    own.title = "Сложные задачи"
    google.spreadsheet.tabs.reverse()
    assert publish(7, 8, tasks=[task(2)]) == Publication(added=1, unchanged=1)
    assert google.spreadsheet.tabs == [own, tab]
    assert own.rows() == [TASKS_HEADER, task_row(task(2))]
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_a_tab_of_theirs_with_our_title_is_not_touched(
    publish: Publish, google: GoogleServer
) -> None:
    theirs = google.spreadsheet.add_tab("задачи за 28 ДНЕЙ")
    theirs.put("A1", THEIRS)
    google.spreadsheet.add_tab("Задачи за 28 дней (2)")
    for number in (1, 2):
        publish(7, tasks=[task(number)])
    assert theirs.rows() == THEIRS
    assert tasks_tab(google).title == "Задачи за 28 дней (3)"
    assert len(google.spreadsheet.tabs) == 4


def test_once_deleted_it_is_made_again(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1)])
    google.spreadsheet.tabs.pop()
    publish(7, tasks=[task(1)])
    assert tasks_tab(google).rows() == [TASKS_HEADER, task_row(task(1))]


def test_formats_of_theirs_stay(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1)])
    own, theirs = tasks_tab(google), NumberFormat("NUMBER", "0")
    own.write(1, 4, replace(own.cell(1, 4), number_format=theirs, style={"wrapStrategy": "CLIP"}))
    own.write(0, 0, Cell(TASKS_HEADER[0]))
    own.pixel_sizes["COLUMNS", 0], own.frozen_row_count = 60, 0
    publish(7, tasks=[task(2)])
    assert own.cell(1, 4).number_format == theirs
    assert own.cell(1, 4).style == {"wrapStrategy": "CLIP"}
    assert own.cell(0, 0).style == {}
    assert (own.pixel_sizes["COLUMNS", 0], own.frozen_row_count) == (60, 0)


def test_columns_of_theirs_stay(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1), task(2)])
    own = tasks_tab(google)
    insert_column(own, 2)
    own.put("C1", [["Автор"], ["Иванов"], ["Петров"]])
    own.put("J1", [["Заметки"], ["о первой"]])
    publish(7, tasks=[task(3)])
    shown = own.rows()
    assert [line[9] for line in shown] == ["Заметки", "о первой", None]
    assert [line.pop(2) for line in shown] == ["Автор", "Иванов", "Петров"]
    assert [line[:7] for line in shown] == [TASKS_HEADER, task_row(task(3)), [None] * 7]


def test_what_was_torn_up_is_written_anew(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1), task(2)])
    own = tasks_tab(google)
    for row in range(3):
        own.write(row, 1, Cell())
    own.column_count = 6
    publish(7, tasks=[task(1)])
    assert own.rows() == [TASKS_HEADER, task_row(task(1))]


def test_the_other_language_changes_the_header_and_leaves_the_title(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7, tasks=[task(1)])
    publish(7, tasks=[task(1)], catalogue=EN)
    assert tasks_tab(google).rows() == [[*EN.tasks_header], task_row(task(1))]
    assert tasks_tab(google).title == "Задачи за 28 дней"


def test_g3_it_is_no_tab_for_the_days(publish: Publish, google: GoogleServer) -> None:
    publish(7, tasks=[task(1)])
    before = tasks_tab(google).snapshot()
    error = refusal(lambda: publish(8, worksheet_title="Задачи за 28 дней"))
    assert error.problem == Problem.SHEET_TAB_MISSING
    google.spreadsheet.tabs = [tab for tab in google.spreadsheet.tabs if tab.sheet_id]
    assert google.spreadsheet.tabs[0].sheet_id == TASKS_SHEET_ID
    assert refusal(lambda: publish(8)).problem == Problem.SHEET_TAB_MISSING
    assert tasks_tab(google).snapshot() == before
