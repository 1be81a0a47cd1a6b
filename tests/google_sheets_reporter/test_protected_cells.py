"""P4: cells that people protect against us are found by `--check`, and named when a run fails."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.google import people
from etl.demo.google.limits import PROTECTED
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.sheets.answers import Editors, GridRange, ProtectedRange
from etl.sheets.blocks import Block, Lock
from etl.texts import EN, RU, catalogues
from tests.google_sheets_reporter.conftest import HEADER, Publish, Reporter, refusal, rows, task
from tests.google_sheets_reporter.test_tasks import tasks_tab

US = "reporter@demo-project.iam.gserviceaccount.com"
HARMLESS: list[dict[str, Any]] = [
    {"block": "H1:Z1000"},
    {"block": "A1:G1"},
    {"block": "A1:G1000", "editors": [US]},
    {"block": None, "editors": ["rector@uni.example", US]},
    {"block": "A1:G1000", "warning_only": True},
    {"block": None, "warning_only": True},
    {"block": None, "except_for": ["A2:G1000"]},
]
IN_THE_WAY: list[dict[str, Any]] = [
    {"block": None},
    {"block": "A1:G1000"},
    {"block": "A:A"},
    {"block": "G2:G2"},
    {"block": "C900:D1000"},
    {"block": None, "editors": ["rector@uni.example"]},
    {"block": None, "except_for": ["A1:F1000"]},
    {"block": None, "except_for": ["A1:G500", "A502:G1000"]},
]


@pytest.mark.parametrize("protection", HARMLESS, ids=str)
@pytest.mark.parametrize("which", [0, 1], ids=["days", "tasks"])
def test_p4_what_is_not_in_the_way_is_no_finding(
    publish: Publish, reporter: Reporter, google: GoogleServer, protection: Any, which: int
) -> None:
    publish(7, tasks=[task(1)])
    people.protect(google.spreadsheet.tabs[which], **protection)
    assert "can be edited" in reporter().check()
    written = publish(7, 8, tasks=[task(2)])
    assert written == Publication(added=1, unchanged=1)


@pytest.mark.parametrize("protection", IN_THE_WAY, ids=str)
@pytest.mark.parametrize("which", [0, 1], ids=["days", "tasks"])
def test_p4_a_check_finds_protected_cells_of_either_tab(
    publish: Publish, reporter: Reporter, google: GoogleServer, protection: Any, which: int
) -> None:
    publish(7, tasks=[task(1)])
    people.protect(google.spreadsheet.tabs[which], **protection)
    before = google.spreadsheet.snapshot()
    error = refusal(reporter().check)
    title = ("Отчёт", RU.tasks_title)[which]
    assert (error.problem, error.facts) == (
        Problem.SHEET_PROTECTED,
        {"title": title, "client_email": US},
    )
    for catalogue in catalogues():
        assert title in catalogue.what_happened(error.problem, error.facts)
        assert US in catalogue.what_to_do(error.problem, error.facts)
    assert google.spreadsheet.snapshot() == before


@pytest.mark.parametrize("protection", [{"block": "A1:G1"}, {"block": "A1"}, {"block": None}])
def test_p4_a_tab_that_is_yet_to_be_begun_needs_its_header(
    publish: Publish, reporter: Reporter, tab: Tab, protection: Any
) -> None:
    people.protect(tab, **protection)
    for ask in (reporter().check, lambda: publish(7)):
        assert refusal(ask).problem == Problem.SHEET_PROTECTED
    assert tab.rows() == []


@pytest.mark.parametrize("block", [None, "A1:G1000", "A:A", "A2:G2"])
def test_p4_a_run_says_what_is_protected(publish: Publish, tab: Tab, block: str | None) -> None:
    publish(7)
    people.protect(tab, block)
    tab.put("B2", [[1]])
    tab.put("A2", [["2026-03-07"]])
    error = refusal(lambda: publish(7, 8))
    assert (error.problem, error.facts["title"]) == (Problem.SHEET_PROTECTED, "Отчёт")
    assert PROTECTED in error.details


def test_p4_a_protected_header_is_in_the_way_of_another_language(
    publish: Publish, reporter: Reporter, google: GoogleServer
) -> None:
    publish(7, tasks=[task(1)])
    people.protect(tasks_tab(google), "A1:G1")
    for ask in (reporter(catalogue=EN).check, lambda: publish(7, tasks=[task(1)], catalogue=EN)):
        error = refusal(ask)
        assert (error.problem, error.facts["title"]) == (Problem.SHEET_PROTECTED, RU.tasks_title)


def test_p4_protected_tasks_keep_no_day_out(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7, tasks=[task(1)])
    people.protect(tasks_tab(google))
    error = refusal(lambda: publish(8, tasks=[task(2)]))
    assert (error.problem, error.facts["title"]) == (Problem.SHEET_PROTECTED, RU.tasks_title)
    assert tab.rows() == [HEADER, *rows(7, 8)]


def test_p4_a_protected_tab_that_would_have_to_grow_is_shown(publish: Publish, tab: Tab) -> None:
    tab.row_count = 3
    publish(7, 8)
    people.protect(tab, except_for=["A1:G3"])
    assert refusal(lambda: publish(9)).problem == Problem.SHEET_PROTECTED


@pytest.mark.parametrize(
    ("opened", "holds"),
    [
        ([range(9)], False),
        ([range(4, 9), range(5)], False),
        ([range(4), range(5, 9)], True),
        ([range(8)], True),
        ([], True),
    ],
)
def test_p4_what_is_left_open_may_come_in_parts(opened: list[range], holds: bool) -> None:
    lock = Lock(Block(range(9), range(3)), [Block(rows, range(1, 2)) for rows in opened])
    assert lock.holds(range(1, 20), 1) is holds
    assert not lock.holds(range(9, 20), 1)
    assert lock.holds(range(1, 20), 2)
    assert not lock.holds(range(20), 3)


@pytest.mark.parametrize(
    ("protected", "keeps_out"),
    [
        (ProtectedRange(requesting_user_can_edit=True), False),
        (ProtectedRange(requesting_user_can_edit=False, editors=Editors(users=[US])), True),
        (ProtectedRange(requesting_user_can_edit=False, warning_only=True), False),
        (ProtectedRange(warning_only=True), False),
        (ProtectedRange(editors=Editors(users=[US.upper()])), False),
        (ProtectedRange(editors=Editors(users=["x@uni.example"])), True),
        (ProtectedRange(editors=Editors(groups=["staff@uni.example"])), False),
        (ProtectedRange(), True),
    ],
)
def test_p4_google_s_word_counts_before_the_list_of_editors(
    protected: ProtectedRange, keeps_out: bool
) -> None:
    assert protected.keeps_out(US) is keeps_out


def test_p4_a_sheet_as_a_whole_may_come_without_a_range() -> None:
    assert ProtectedRange().place == GridRange()
    assert ProtectedRange(named_range_id="x").place is None
