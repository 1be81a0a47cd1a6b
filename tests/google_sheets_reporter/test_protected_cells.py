"""P4: cells that people protect against us are found by `--check`, and a run quotes Google."""

from __future__ import annotations

from typing import Any

import pytest

from etl.demo.google.requests import PROTECTED
from etl.demo.google.server import GoogleServer
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import Problem
from etl.models.result import Publication
from etl.texts import RU, catalogues
from tests.google_sheets_reporter.conftest import HEADER, Publish, Reporter, refusal, rows, task
from tests.google_sheets_reporter.test_tasks import tasks_tab

US = "reporter@demo-project.iam.gserviceaccount.com"
HARMLESS: list[dict[str, Any]] = [
    {"block": "H1:Z1000"},
    {"block": "A1:G1"},
    {"block": "A1:G1000", "editors": [US]},
    {"block": None, "warning_only": True},
    {"block": None, "except_for": ["A2:G1000"]},
]


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
    for catalogue in catalogues():
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
