"""What the sentences on a failure name: its settings, its facts, the README's sections."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from etl.mail.letter import compose_letter
from etl.models.errors import Failure, Problem, Stage
from etl.texts import CATALOGUES, EN, RU, Catalogue
from tests.letters.results import GRADER_FAILED
from tests.sentences import blanks
from tests.test_house_rules import MODULES, PROJECT, README, setting_names

every_language = pytest.mark.parametrize("t", CATALOGUES, ids=lambda one: one.language)
SETTINGS_OF = {
    Problem.API_UNREACHABLE: ["API_URL"],
    Problem.API_CREDENTIALS: ["API_CLIENT", "API_CLIENT_KEY"],
    Problem.API_REDIRECT: ["API_URL"],
    Problem.TOO_MANY_REJECTED: ["MAX_REJECTED_SHARE"],
    Problem.DATABASE_UNREACHABLE: ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD"],
    Problem.SHEET_NOT_FOUND: ["SPREADSHEET_ID"],
    Problem.SHEET_CREDENTIALS: ["GOOGLE_SHEETS_CREDENTIALS_BASE64"],
    Problem.SHEET_TAB_MISSING: ["WORKSHEET_TITLE"],
    Problem.MAIL_LOGIN: ["SENDER_EMAIL", "SENDER_PASSWORD"],
    Problem.MAIL_REFUSED: ["SENDER_EMAIL", "RECIPIENTS_EMAILS"],
    Problem.MAIL_UNREACHABLE: ["SMTP_SERVER", "SMTP_PORT"],
}
OTHER_VARIABLES = {"TMPDIR", "SSL_CERT_FILE", "HTTPS_PROXY"}


@every_language
def test_d1_the_settings_are_named(t: Catalogue) -> None:
    for problem, variables in SETTINGS_OF.items():
        told = " ".join(t.problems[problem].values())
        assert all(variable in told for variable in variables), problem


@every_language
def test_every_variable_that_is_named_exists(t: Catalogue) -> None:
    told = " ".join(" ".join(one.values()) for one in t.problems.values())
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b|\bTMPDIR\b", told))
    assert len(named) > 20
    assert named <= setting_names() | OTHER_VARIABLES


def raised() -> Iterator[tuple[str, set[str]]]:
    """Every `SomeError(Problem.X, a=..., b=...)` of the program: the problem and its facts."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            problem = node.args[0]
            if isinstance(problem, ast.Attribute) and ast.unparse(problem).startswith("Problem."):
                yield problem.attr, {str(keyword.arg) for keyword in node.keywords} - {"details"}


def test_every_raised_problem_says_the_facts_that_its_sentence_asks_for() -> None:
    for name, facts in raised():
        missing = blanks(*EN.problems[Problem[name]].values()).keys() - facts
        assert not missing, f"{name} is raised without {missing}"


@every_language
def test_every_problem_makes_a_letter(t: Catalogue) -> None:
    for problem in Problem:
        named = blanks(*t.problems[problem].values())
        facts = {name: 777 if counted else f"[{name}]" for name, counted in named.items()}
        failure = Failure(Stage.LOAD, problem, facts, 5)
        letter = compose_letter(replace(GRADER_FAILED, failure=failure), t)
        for fact in facts.values():
            assert str(fact) in letter.text
            assert str(fact) in letter.html


def test_what_a_server_said_is_one_line_with_an_end_and_one_full_stop() -> None:
    said = EN.what_happened(Problem.BUG, {"kind": "Access\n  denied."})
    assert said == "Unexpected error: Access denied."
    assert len(EN.what_happened(Problem.BUG, {"kind": "x" * 1_000})) < 330


@pytest.mark.parametrize(
    ("readme", "t", "quoted"),
    [
        (README, EN, r"README(?:,|'s) “([^”]+)”"),
        (PROJECT / "docs" / "README.ru.md", RU, r"README\.ru, «([^»]+)»|«([^»]+)» в README\.ru"),
    ],
    ids=["en", "ru"],
)
def test_a_section_is_cited_by_its_title(readme: Path, t: Catalogue, quoted: str) -> None:
    advice = "\n".join(one["what_to_do"] for one in t.problems.values())
    cited = {name for match in re.finditer(quoted, advice) for name in match.groups() if name}
    titles = set(re.findall(r"^#+ (.+)$", readme.read_text("utf-8"), re.MULTILINE))
    assert cited
    assert cited <= titles
    assert advice.count("README") == len(re.findall(quoted, advice))
