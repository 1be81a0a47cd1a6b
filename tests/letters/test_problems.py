"""What to do about a failure names the settings that it is about."""

from __future__ import annotations

import pytest

from etl.models.errors import Problem
from etl.texts import Catalogue, catalogues

SETTINGS_OF = {
    Problem.API_UNREACHABLE: ["API_URL"],
    Problem.API_CREDENTIALS: ["API_CLIENT", "API_CLIENT_KEY"],
    Problem.API_REDIRECT: ["API_URL"],
    Problem.TOO_MANY_REJECTED: ["MAX_REJECTED_SHARE"],
    Problem.DATABASE_UNREACHABLE: ["DB_HOST", "DB_PORT"],
    Problem.DATABASE_LOGIN: ["DB_USER", "DB_PASSWORD"],
    Problem.DATABASE_MISSING: ["DB_NAME"],
    Problem.SHEET_NOT_FOUND: ["SPREADSHEET_ID"],
    Problem.SHEET_CREDENTIALS: ["GOOGLE_SHEETS_CREDENTIALS_BASE64"],
    Problem.SHEET_TAB_MISSING: ["WORKSHEET_TITLE"],
    Problem.MAIL_LOGIN: ["SENDER_PASSWORD"],
    Problem.MAIL_SENDER: ["SENDER_EMAIL"],
    Problem.MAIL_RECIPIENTS: ["RECIPIENTS_EMAILS"],
    Problem.MAIL_UNREACHABLE: ["SMTP_SERVER", "SMTP_PORT"],
}


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda one: one.language)
@pytest.mark.parametrize(("problem", "variables"), SETTINGS_OF.items(), ids=SETTINGS_OF)
def test_d1_the_settings_are_named(
    problem: Problem, variables: list[str], catalogue: Catalogue
) -> None:
    sentences = catalogue.problems[problem]
    assert all(variable in sentences.what_happened + sentences.what_to_do for variable in variables)
