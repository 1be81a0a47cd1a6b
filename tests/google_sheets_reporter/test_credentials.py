"""G1: the service account's key, out of its setting and before Google."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode

import pytest

from etl.models.errors import Problem
from tests.google_faults import SCOPE, GoogleServer, Tab
from tests.google_sheets_reporter.conftest import HEADER, Publish, Reporter, encoded, refusal, rows


@pytest.mark.parametrize(
    "credentials",
    [
        "not base64!",
        "бейс64",
        encoded(None),
        encoded({"installed": {"client_id": "x"}}),
        "//79",
    ],
)
def test_g1_credentials_that_are_no_key_are_shown(
    publish: Publish, google: GoogleServer, credentials: str
) -> None:
    error = refusal(lambda: publish(7, credentials_base64=credentials))
    assert error.problem == Problem.SHEET_CREDENTIALS
    assert google.calls == []


@pytest.mark.parametrize("name", ["private_key", "client_email", "token_uri"])
@pytest.mark.parametrize("value", [None, 5, "x"], ids=["lacks", "a number", "a text"])
def test_g1_a_key_with_a_broken_part_never_ends_as_a_bug(
    publish: Publish, google: GoogleServer, name: str, value: object
) -> None:
    account: dict[str, object] = {**google.service_account, name: value}
    if value is None:
        del account[name]
    error = refusal(lambda: publish(7, credentials_base64=encoded(account)))
    assert error.problem in {
        Problem.SHEET_CREDENTIALS,
        Problem.SHEET_LOGIN,
        Problem.SHEET_UNREACHABLE,
    }


def test_g1_no_error_says_the_key(publish: Publish, google: GoogleServer) -> None:
    account = {**google.service_account}
    account["private_key"] = account["private_key"].replace("PRIVATE", "")
    error = refusal(lambda: publish(7, credentials_base64=encoded(account)))
    assert account["private_key"][40:80] not in f"{error} {error.facts} {error.details}"


def test_a_key_whose_base64_is_broken_into_lines_is_read(
    publish: Publish, google: GoogleServer, tab: Tab
) -> None:
    text = google.credentials_base64
    lines = [text[start : start + 76] for start in range(0, len(text), 76)]
    publish(7, credentials_base64="\n".join([*lines, ""]))
    assert tab.rows() == [HEADER, *rows(7)]


def test_only_the_right_to_spreadsheets_is_asked_for(
    publish: Publish, google: GoogleServer
) -> None:
    publish(7)
    [asked] = [call.body for call in google.calls if call.path == "/token"]
    claims = asked["assertion"].split(".")[1]
    assert json.loads(urlsafe_b64decode(claims + "=="))["scope"] == SCOPE


def test_nothing_is_read_or_asked_before_it_must(reporter: Reporter, google: GoogleServer) -> None:
    reporter(credentials_base64="not base64!", spreadsheet_id="1wrong-id")
    assert google.calls == []
