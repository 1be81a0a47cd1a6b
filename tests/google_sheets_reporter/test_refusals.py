"""G1, P2: what Google refuses, each kind by its codes and quoted, and never waited for."""

from __future__ import annotations

from typing import Any

import pytest

from etl.models.errors import ExitCode, Problem
from etl.texts import CATALOGUES
from tests.google_faults import GoogleServer, Status, Tab
from tests.google_sheets_reporter.conftest import (
    HEADER,
    US,
    Page,
    Publish,
    Reporter,
    figures,
    refusal,
    rows,
)


def denied(reason: str, code: int = 403) -> Status:
    """A refusal as Google gives it when the account may not use the API, whatever the sheet."""
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}
    return Status(code, "PERMISSION_DENIED", "Nein", ({**info, "domain": "googleapis.com"},))


@pytest.fixture(autouse=True)
def _never_waits(waits: list[float]) -> Any:
    yield
    assert waits == []


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (Status(401, "UNAUTHENTICATED", "Nein"), Problem.SHEET_LOGIN),
        (denied("ACCESS_TOKEN_EXPIRED", 401), Problem.SHEET_LOGIN),
        (Status(403, "PERMISSION_DENIED", "Nein"), Problem.SHEET_NOT_SHARED),
        (denied("SERVICE_DISABLED"), Problem.SHEET_API_OFF),
        (denied("CONSUMER_SUSPENDED"), Problem.SHEET_DENIED),
        (Status(451, "UNKNOWN", "Nein"), Problem.SHEET_DENIED),
        (Status(404, "NOT_FOUND", "Nein"), Problem.SHEET_NOT_FOUND),
        (Status(400, "INVALID_ARGUMENT", "Nein"), Problem.SHEET_NOT_FOUND),
        (Status(400, "FAILED_PRECONDITION", "Nein"), Problem.SHEET_OFFICE_FILE),
    ],
    ids=lambda one: str(getattr(one, "code", one)),
)
def test_g1_p2_xw1_a_refusal_is_known_by_its_codes_and_quoted(
    publish: Publish, reporter: Reporter, google: GoogleServer, status: Status, problem: Problem
) -> None:
    google.always(status)
    for ask in (lambda: publish(7), reporter().check):
        error = refusal(ask)
        assert (error.problem, error.exit_code) == (problem, ExitCode.REPORT)
        for catalogue in CATALOGUES:
            said = catalogue.what_happened(error.problem, error.facts)
            reason = "".join(f" ({info['reason']})" for info in status.details)
            assert said.endswith(f"HTTP {status.code}: Nein{reason}.")


@pytest.mark.parametrize("share", [None, "viewer"])
def test_g1_a_sheet_that_may_not_be_edited_is_shown_with_whom_to_share_it(
    publish: Publish, google: GoogleServer, share: Any
) -> None:
    google.share = share
    error = refusal(lambda: publish(7))
    assert error.problem == Problem.SHEET_NOT_SHARED
    for catalogue in CATALOGUES:
        assert US in catalogue.what_to_do(error.problem, error.facts)
    assert google.writes == 0


@pytest.mark.parametrize("words", ["Invalid JWT Signature.", "Check your iat and exp values."])
def test_g1_xw1_a_refused_login_is_shown_in_google_s_words_with_all_that_they_may_mean(
    publish: Publish, google: GoogleServer, words: str
) -> None:
    google.revoke_key(words)
    error = refusal(lambda: publish(7))
    facts = {"client_email": US, "said": f"invalid_grant: {words}"}
    assert (error.problem, error.facts) == (Problem.SHEET_LOGIN, facts)
    for catalogue in CATALOGUES:
        advice = catalogue.what_to_do(error.problem, facts)
        assert "Service Accounts" in advice
        assert advice.index("timedatectl") < advice.index("GOOGLE_SHEETS_CREDENTIALS_BASE64")


def test_g1_a_refusal_without_a_word_is_shown_too(publish: Publish) -> None:
    with Page(403, '{"error": {"code": 403}}') as page:
        error = refusal(lambda: publish(7, api_url=page.url))
    assert (error.problem, error.facts["said"]) == (Problem.SHEET_NOT_SHARED, "HTTP 403")


NOPE = Status(400, "INVALID_ARGUMENT", "Una hoja con ese nombre ya existe.")


@pytest.mark.parametrize(("refusals", "frozen", "charts"), [(1, 1, 1), (2, 0, 0)])
def test_p7_a_refused_batch_is_planned_anew_and_then_done_without_look_and_chart(
    publish: Publish, google: GoogleServer, tab: Tab, refusals: int, frozen: int, charts: int
) -> None:
    google.then(*[NOPE] * refusals, writes_only=True)
    publish(7, 8)
    assert tab.rows() == [HEADER, *rows(7, 8)]
    assert (tab.frozen_row_count, len(tab.charts)) == (frozen, charts)
    methods = [call.method for call in google.calls if call.path != "/token"]
    read = ["GET", "GET"]
    assert methods == [*read, "POST", *read, *["POST"] * refusals, *read]
    publish(7, 8, 9)
    assert tab.rows() == [HEADER, *rows(7, 8, 9)]
    assert len(tab.charts) == 1


def test_p6_merged_cells_that_reach_over_the_header_cost_the_look_alone(
    publish: Publish, tab: Tab
) -> None:
    tab.merges.append(tab.select("J1:L2"))
    publish(7, 8)
    assert (tab.rows(), tab.frozen_row_count) == ([HEADER, *rows(7, 8)], 0)
    publish(7, 8, 9)
    assert (tab.rows(), len(tab.charts)) == ([HEADER, *rows(7, 8, 9)], 1)


@pytest.mark.parametrize("code", ["INVALID_ARGUMENT", "FAILED_PRECONDITION", "ABORTED"])
def test_p6_a_batch_that_stays_refused_is_quoted_with_the_usual_causes(
    publish: Publish, google: GoogleServer, tab: Tab, code: str
) -> None:
    google.then(*[Status(400, code, "Нет")] * 3, writes_only=True)
    error = refusal(lambda: publish(7))
    facts = {"title": "Отчёт", "client_email": US, "said": "HTTP 400: Нет"}
    assert (error.problem, error.facts) == (Problem.SHEET_REFUSED, facts)
    for catalogue in CATALOGUES:
        assert "Отчёт" in catalogue.what_happened(error.problem, facts)
        assert US in catalogue.what_to_do(error.problem, facts)
    assert tab.rows() == []


def test_p7_a_refused_chart_alone_keeps_no_run_from_being_good(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    tab.put("A1", [HEADER, *rows(7)])
    google.then(NOPE, NOPE, writes_only=True)
    assert publish(7).unchanged == 1
    assert (google.writes, tab.charts) == (0, {})


def test_p7_one_wrong_request_of_a_batch_changes_nothing(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7, 9)
    before = google.spreadsheet.snapshot()
    # A truth value is no number for Google.
    error = refusal(lambda: publish(6, figures(7, attempts=1), figures(8, users=True), 10))
    assert error.problem == Problem.SHEET_REFUSED
    assert google.spreadsheet.snapshot() == before
