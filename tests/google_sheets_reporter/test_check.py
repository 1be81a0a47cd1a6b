"""`--check` finds what would stop a report, protected cells (P4) too, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from etl.models.errors import Problem
from etl.models.notices import Publication
from etl.texts import CATALOGUES, RU
from tests.google_faults import PROTECTED, GoogleServer, Status, Tab
from tests.google_sheets_reporter.conftest import HEADER, US, Publish, Reporter, refusal, rows, task
from tests.google_sheets_reporter.test_tasks import tasks_tab

HARMLESS: list[dict[str, Any]] = [
    {"block": "H1:Z1000"},
    {"block": "A1:G1"},
    {"block": "A1:G1000", "editors": [US]},
    {"block": None, "warningOnly": True},
    {"block": None, "unprotectedRanges": [{}]},
]


@pytest.mark.parametrize(
    "content",
    [[], [HEADER, ["2026-03-07", "12"]], [[*HEADER, "Заметки"], ["=текст"], [" "]]],
    ids=["empty", "with a day", "with texts of people"],
)
def test_a_check_says_what_would_be_written_and_changes_nothing(
    reporter: Reporter, google: GoogleServer, tab: Tab, content: Sequence[Sequence[str]]
) -> None:
    tab.put("A1", content)
    google.spreadsheet.title = "Попытки"
    before = google.spreadsheet.snapshot()
    assert reporter().check() == "tab 'Отчёт' of 'Попытки' can be edited"
    assert google.spreadsheet.snapshot() == before


def test_g1_a_check_says_a_viewer_from_an_editor(
    reporter: Reporter, google: GoogleServer, publish: Publish
) -> None:
    publish(7)
    google.share = "viewer"
    # Nothing is to be written, so that only the check can notice.
    publish(7)
    assert refusal(reporter().check).problem == Problem.SHEET_NOT_SHARED


def test_g7_a_check_finds_a_foreign_header(
    reporter: Reporter, google: GoogleServer, tab: Tab
) -> None:
    tab.put("A1", [["Группа"]])
    assert refusal(reporter().check).problem == Problem.SHEET_FOREIGN_HEADER
    assert {call.method for call in google.calls if call.path != "/token"} == {"GET"}


def test_g2_a_check_waits_for_what_passes(
    reporter: Reporter, google: GoogleServer, waits: list[float]
) -> None:
    google.then(Status(503), Status(429))
    assert "can be edited" in reporter().check()
    assert len(waits) == 2


@pytest.mark.parametrize("protection", HARMLESS, ids=str)
@pytest.mark.parametrize("which", [0, 1], ids=["days", "tasks"])
def test_p4_what_is_not_in_the_way_is_no_finding(
    publish: Publish, reporter: Reporter, google: GoogleServer, protection: Any, which: int
) -> None:
    publish(7, tasks=[task(1)])
    google.spreadsheet.tabs[which].protect(**protection)
    assert "can be edited" in reporter().check()
    assert publish(7, 8, tasks=[task(2)]) == Publication(added=1, unchanged=1)


@pytest.mark.parametrize("block", [None, "A1:G1000", "G2:G2", "C900:D1000"])
@pytest.mark.parametrize("which", [0, 1], ids=["days", "tasks"])
def test_p4_a_check_finds_protected_cells_of_either_tab(
    publish: Publish, reporter: Reporter, google: GoogleServer, block: str | None, which: int
) -> None:
    publish(7, tasks=[task(1)])
    google.spreadsheet.tabs[which].protect(block, editors=["rector@uni.example"])
    before = google.spreadsheet.snapshot()
    error = refusal(reporter().check)
    facts = {"title": ("Отчёт", RU.tasks_title)[which], "client_email": US}
    assert (error.problem, error.facts) == (Problem.SHEET_PROTECTED, facts)
    for catalogue in CATALOGUES:
        assert facts["title"] in catalogue.what_happened(error.problem, facts)
        assert US in catalogue.what_to_do(error.problem, facts)
    assert google.spreadsheet.snapshot() == before


def test_p4_a_tab_that_is_yet_to_be_begun_needs_its_header(
    publish: Publish, reporter: Reporter, tab: Tab
) -> None:
    tab.protect("A1")
    assert refusal(reporter().check).problem == Problem.SHEET_PROTECTED
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_REFUSED
    assert tab.rows() == []


def test_p4_a_run_quotes_google_and_names_the_tab(publish: Publish, tab: Tab) -> None:
    publish(7)
    tab.protect()
    error = refusal(lambda: publish(7, 8))
    assert (error.problem, error.facts["title"]) == (Problem.SHEET_REFUSED, "Отчёт")
    assert PROTECTED in str(error.facts["said"])


def test_p4_protected_tasks_keep_no_day_out(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    publish(7, tasks=[task(1)])
    tasks_tab(google).protect()
    error = refusal(lambda: publish(8, tasks=[task(2)]))
    assert (error.problem, error.facts["title"]) == (Problem.SHEET_REFUSED, RU.tasks_title)
    assert tab.rows() == [HEADER, *rows(7, 8)]
