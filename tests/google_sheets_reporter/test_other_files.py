"""P2: SPREADSHEET_ID names something in Drive that is no spreadsheet of Google's."""

from __future__ import annotations

import pytest

from etl.demo.google.behaviours import Status
from etl.demo.google.server import GoogleServer
from etl.models.errors import Problem
from etl.texts import catalogues
from tests.google_sheets_reporter.conftest import Publish, Reporter, refusal

OFFICE = (
    "This operation is not supported for this document. The document must not be an Office file."
)
OFFICE_RU = "Эта операция не поддерживается для этого документа."


@pytest.mark.parametrize("message", [OFFICE, OFFICE_RU, ""])
def test_p2_an_excel_file_is_shown_with_the_way_out(
    publish: Publish, reporter: Reporter, google: GoogleServer, waits: list[float], message: str
) -> None:
    google.always(Status(400, "FAILED_PRECONDITION", message))
    for error in (refusal(lambda: publish(7)), refusal(reporter().check)):
        assert error.problem == Problem.SHEET_OFFICE_FILE
        for catalogue in catalogues():
            mend = catalogue.what_to_do(error.problem, error.facts)
            assert "SPREADSHEET_ID" in mend
            assert "Google" in mend
    assert waits == []


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Status(400, "INVALID_ARGUMENT", "Bad argument."), Problem.SHEET_OTHER_FILE),
        (Status(404, "NOT_FOUND", "Not found."), Problem.SHEET_NOT_FOUND),
    ],
    ids=["a folder or a picture", "a document or a form"],
)
def test_p2_any_other_file_is_no_spreadsheet(
    publish: Publish, google: GoogleServer, answer: Status, problem: Problem
) -> None:
    google.always(answer)
    assert refusal(lambda: publish(7)).problem == problem


def test_p2_a_batch_that_is_refused_so_makes_no_excel_file_of_a_sheet(
    publish: Publish, google: GoogleServer
) -> None:
    google.then(*[Status(400, "FAILED_PRECONDITION", "Busy.")] * 9, writes_only=True)
    assert refusal(lambda: publish(7)).problem == Problem.SHEET_ERROR
