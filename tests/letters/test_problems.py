"""What the sentences on a failure name: its settings, its cause, the README's sections."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from etl.models.errors import Problem
from etl.texts import EN, RU, Catalogue, catalogues
from tests.test_house_rules import PROJECT, README

SETTINGS_OF = {
    Problem.API_UNREACHABLE: ["API_URL"],
    Problem.API_CREDENTIALS: ["API_CLIENT", "API_CLIENT_KEY"],
    Problem.API_REDIRECT: ["API_URL"],
    Problem.TOO_MANY_REJECTED: ["MAX_REJECTED_SHARE"],
    Problem.DATABASE_UNREACHABLE: [
        "DB_HOST",
        "DB_PORT",
        "DB_NAME",
        "DB_USER",
        "DB_PASSWORD",
        "DB_SSLMODE",
    ],
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


def causes_of_the_embedded_server() -> set[str]:
    """Each sentence in its source, with `x` for what differs."""
    sentences = set()
    for file in (PROJECT / "etl" / "postgres" / "embedded").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name("EmbeddedError"), args=[ast.Constant(str(sentence))]):
                    sentences.add(sentence)
                case ast.Call(func=ast.Name("EmbeddedError"), args=[ast.JoinedStr(parts)]):
                    texts = (one.value if isinstance(one, ast.Constant) else "x" for one in parts)
                    sentences.add("".join(map(str, texts)))
    return sentences - {"x: x"}  # what a program of PostgreSQL wrote


@pytest.mark.parametrize("cause", sorted(causes_of_the_embedded_server()))
def test_what_keeps_the_embedded_server_is_written_in_the_letters_language(cause: str) -> None:
    facts = {"cause": cause, "directory": "/srv"}
    assert cause not in RU.what_happened(Problem.DATABASE_EMBEDDED, facts)


IMPERATIVE = {"en": r"(?!This |The |If )[A-Z][a-z]+ ", "ru": r"[А-Я][а-я]+(те|тесь)\b"}
NOTHING = ("Nothing needs to be done", "Ничего не нужно")


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda one: one.language)
@pytest.mark.parametrize("problem", Problem)
def test_what_to_do_begins_with_what_to_do(problem: Problem, catalogue: Catalogue) -> None:
    advice = catalogue.problems[problem].what_to_do
    assert advice.startswith(NOTHING) or re.match(IMPERATIVE[catalogue.language], advice)


def test_an_unknown_cause_stays_as_it_came() -> None:
    facts = {"host": "smtp", "port": "465", "cause": "Level 2 halted"}
    sentence = RU.what_happened(Problem.MAIL_UNREACHABLE, facts)
    assert sentence.endswith(": Level 2 halted.")


@pytest.mark.parametrize(
    ("readme", "catalogue", "quoted"),
    [
        (README, EN, r"README(?:,|'s) “([^”]+)”"),
        (PROJECT / "docs" / "README.ru.md", RU, r"README\.ru, «([^»]+)»|«([^»]+)» в README\.ru"),
    ],
    ids=["en", "ru"],
)
def test_a_section_is_cited_by_its_title(readme: Path, catalogue: Catalogue, quoted: str) -> None:
    advice = "\n".join(sentences.what_to_do for sentences in catalogue.problems.values())
    cited = {name for match in re.finditer(quoted, advice) for name in match.groups() if name}
    titles = set(re.findall(r"^#+ (.+)$", readme.read_text("utf-8"), re.MULTILINE))
    assert len(cited) == 4
    assert cited <= titles
    assert advice.count("README") == len(re.findall(quoted, advice))
