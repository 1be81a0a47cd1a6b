"""`--check` finds what would stop a report, and leaves the sheet as it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from etl.demo.google.server import GoogleServer, Status
from etl.demo.google.spreadsheet import Tab
from etl.models.errors import Problem
from tests.google_sheets_reporter.conftest import HEADER, Publish, Reporter, refusal


@pytest.mark.parametrize(
    "content",
    [[], [HEADER], [HEADER, ["2026-03-07", "12"]]],
    ids=["empty", "header only", "with a day"],
)
def test_a_check_changes_nothing(
    reporter: Reporter, google: GoogleServer, tab: Tab, content: Sequence[Sequence[str]]
) -> None:
    tab.put("A1", content)
    before = google.spreadsheet.snapshot()
    reporter().check()
    assert google.spreadsheet.snapshot() == before


def test_a_check_says_which_tab_of_which_spreadsheet_would_be_written(
    reporter: Reporter, google: GoogleServer
) -> None:
    google.spreadsheet.title = "Попытки"
    told = reporter().check()
    assert "'Отчёт'" in told
    assert "'Попытки'" in told


def test_g1_a_check_says_a_viewer_from_an_editor(
    reporter: Reporter, google: GoogleServer, publish: Publish
) -> None:
    publish(7)
    google.share = "viewer"
    # Nothing is to be written, so that only the check can notice.
    publish(7)
    error = refusal(reporter().check)
    assert error.problem == Problem.SHEET_NOT_SHARED
    assert error.facts["client_email"] == google.service_account["client_email"]


def test_g1_a_check_finds_a_sheet_that_is_not_shared(
    reporter: Reporter, google: GoogleServer
) -> None:
    google.share = None
    assert refusal(reporter().check).problem == Problem.SHEET_NOT_SHARED


def test_g1_a_check_finds_credentials_that_are_no_key(reporter: Reporter) -> None:
    checked = reporter(credentials_base64="not base64!")
    assert refusal(checked.check).problem == Problem.SHEET_CREDENTIALS


def test_g7_a_check_finds_a_foreign_header(
    reporter: Reporter, google: GoogleServer, tab: Tab
) -> None:
    tab.put("A1", [["Группа"]])
    assert refusal(reporter().check).problem == Problem.SHEET_FOREIGN_HEADER
    assert {call.method for call in google.calls if call.path != "/token"} == {"GET"}


def test_g3_a_check_finds_a_worksheet_title_that_nothing_has(reporter: Reporter) -> None:
    checked = reporter(worksheet_title="Нет такого")
    assert refusal(checked.check).problem == Problem.SHEET_TAB_MISSING


def test_g2_a_check_waits_for_what_passes(
    reporter: Reporter, google: GoogleServer, waits: list[float]
) -> None:
    google.then(Status(503), Status(429))
    assert "can be edited" in reporter().check()
    assert len(waits) == 2


def test_a_check_harms_no_text_of_people(
    reporter: Reporter, google: GoogleServer, tab: Tab, publish: Publish
) -> None:
    publish(7)
    tab.put("H1", [["Заметки"], ["=текст"], [""], [" "]])
    before = google.spreadsheet.snapshot()
    reporter().check()
    assert google.spreadsheet.snapshot() == before
