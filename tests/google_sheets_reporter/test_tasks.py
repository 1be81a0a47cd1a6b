"""The tab of the tasks shows what the database has, whatever people made of it before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from etl.demo.google import Cell, NumberFormat
from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.sheets.grid import TASKS_SHEET_ID
from etl.texts import EN, RU, Catalogue
from tests.google_faults import AnswerLost, Formula, GoogleServer, Status, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    Publish,
    Reporter,
    figures,
    insert_column,
    march,
    refusal,
    rows,
    task,
    task_row,
)

TASKS_HEADER = list(RU.tasks_header)
THEIRS = [["Задача", "Кто проверяет"], ["1", "Иванов"]]


def tasks_tab(google: GoogleServer) -> Tab:
    [tab] = [one for one in google.spreadsheet.tabs if one.sheet_id == TASKS_SHEET_ID]
    return tab


@pytest.mark.parametrize("catalogue", [RU, EN], ids=["ru", "en"])
def test_it_is_made_with_title_header_and_tasks(
    publish: Publish, google: GoogleServer, catalogue: Catalogue
) -> None:
    publish(7, tasks=[task(2), task(1)], catalogue=catalogue)
    tab = google.spreadsheet.tabs[1]
    assert tab.title == catalogue.tasks_title
    assert tab.rows() == [[*catalogue.tasks_header], task_row(task(2)), task_row(task(1))]
    assert (tab.frozen_row_count, tab.cell(0, 0).style["textFormat"]) == (1, {"bold": True})
    assert {*tab.widths_pixels} == {*range(7)}


def test_a_repeated_run_asks_for_little_and_writes_nothing(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7, tasks=[task(1)])
    before, calls = google.spreadsheet.snapshot(), len(google.calls)
    assert publish(7, tasks=[task(1)]) == Publication(unchanged=1)
    assert google.spreadsheet.snapshot() == before
    assert len(google.calls) == calls + 3  # a token, the tabs, their cells
    publish(8, tasks=[task(2)])
    assert len(google.calls) == calls + 3 + 1 + 2 + 2 + 2  # the writes, and reading back


def test_without_tasks_it_is_left_alone(publish: Publish, google: GoogleServer) -> None:
    publish(7)
    assert len(google.spreadsheet.tabs) == 1
    publish(7, tasks=[task(1)])
    before = tasks_tab(google).snapshot()
    publish(8)
    assert tasks_tab(google).snapshot() == before


@pytest.mark.parametrize("count", [0, 2, 5])
def test_it_is_rewritten_as_a_whole(publish: Publish, google: GoogleServer, count: int) -> None:
    publish(7, tasks=[task(1), task(2), task(3)])
    tasks_tab(google).row_count = 4
    later = [task(number + 2, attempts=5) for number in range(count)]
    publish(7, tasks=later)
    assert tasks_tab(google).rows() == [TASKS_HEADER, *map(task_row, later)]
    writes = google.writes
    publish(7, tasks=later)
    assert google.writes == writes


def test_more_tasks_than_a_new_tab_has_rows(publish: Publish, google: GoogleServer) -> None:
    tasks = [task(number) for number in range(1, 1201)]
    publish(7, tasks=tasks)
    assert tasks_tab(google).used_size() == (1201, 7)


def test_what_nobody_knows_is_blank(publish: Publish, google: GoogleServer) -> None:
    unknown = task(1, first_try_percent=None, success_percent=None, median_attempts=None)
    publish(7, tasks=[task(1)])
    publish(7, tasks=[unknown])
    assert tasks_tab(google).rows()[1] == task_row(unknown)
    writes = google.writes
    publish(7, tasks=[unknown])
    assert google.writes == writes


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://evil.example")',
        "'x",
        "007",
        "01.02.2026",
    ],
)
def test_r8_a_text_stays_a_text(publish: Publish, google: GoogleServer, text: str) -> None:
    publish(7, tasks=[task(1, course=text, task=text)])
    tab = tasks_tab(google)
    assert [tab.cell(1, 0), tab.cell(1, 1)] == [Cell(text), Cell(text)]
    assert publish(7, tasks=[task(1, course=text, task=text)]) == Publication(unchanged=1)
    assert google.writes == 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [(" a\r\n\tb ", "a b"), ("a\x00\x07b", "a b"), ("x" * 60_000, "x" * 500), ("", None)],
    ids=["lines", "invisible", "long", "empty"],
)
def test_an_odd_text_is_one_line_of_bearable_length(
    publish: Publish, google: GoogleServer, text: str, shown: str | None
) -> None:
    for _ in range(2):
        publish(7, tasks=[task(1, task=text)])
    assert tasks_tab(google).cell(1, 1).value == shown
    assert google.writes == 2


def test_p7_a_tab_that_somebody_made_meanwhile_is_used(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7)

    class Meanwhile(Status):
        def error(self) -> Any:
            google.spreadsheet.add_tab(RU.tasks_title).sheet_id = TASKS_SHEET_ID
            return super().error()

    refused = Meanwhile(400, "INVALID_ARGUMENT", "Une feuille de ce nom existe déjà.")
    google.then(refused, writes_only=True)
    assert publish(7, tasks=[task(1)]) == Publication(unchanged=1)
    assert tasks_tab(google).rows() == [TASKS_HEADER, task_row(task(1))]


@pytest.mark.parametrize("lost", [AnswerLost(), AnswerLost(Status(503))], ids=["dropped", "503"])
@pytest.mark.parametrize("before", [[], [task(1)]], ids=["new", "filled"])
def test_g2_a_write_of_tasks_whose_answer_is_lost_is_not_done_twice(
    publish: Publish, google: GoogleServer, lost: AnswerLost, before: list[Any]
) -> None:
    if before:
        publish(7, tasks=before)
    writes = google.writes
    google.then(None, lost, writes_only=True)
    assert publish(8, tasks=[task(2)]) == Publication(added=1)
    assert google.writes == writes + 2
    assert tasks_tab(google).rows() == [TASKS_HEADER, task_row(task(2))]


class GoogleWithAScript(GoogleServer):
    """Somebody's script spoils both tabs as soon as the tasks are written."""

    def apply(self, method: str, target: str, body: Any) -> Any:
        answer = super().apply(method, target, body)
        if method == "POST" and len(self.spreadsheet.tabs) > 1:
            self.spreadsheet.tabs[0].put("B2", [[1]])
            self.spreadsheet.tabs[1].put("B2", [[Formula("=1")]])
        return answer


def test_a_tab_that_does_not_show_what_was_written_is_shown(reporter: Reporter) -> None:
    with GoogleWithAScript() as google:
        spoilt = reporter(credentials_base64=google.credentials_base64, api_url=google.url)
        told = spoilt.publish([figures(7)], [task(1)])
        assert told == Publication(added=1, differing=(march(7),), tasks_differ=True)


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
    own.widths_pixels[0], own.frozen_row_count = 60, 0
    publish(7, tasks=[task(2)])
    assert own.cell(1, 4).number_format == theirs
    assert own.cell(1, 4).style == {"wrapStrategy": "CLIP"}
    assert own.cell(0, 0).style == {}
    assert (own.widths_pixels[0], own.frozen_row_count) == (60, 0)


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
    own.write(0, 0, Cell())  # without our header, ours are the first columns again
    publish(7, tasks=[task(3)])
    assert [line[:7] for line in own.rows()] == [TASKS_HEADER, task_row(task(3))]
    assert [line[9] for line in own.rows()] == ["Заметки", "о первой"]


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
