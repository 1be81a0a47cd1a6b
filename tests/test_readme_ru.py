"""The Russian README has the English one's commands, settings, exit codes, tables and links."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.test_house_rules import PROJECT, README, setting_names

RUSSIAN = PROJECT / "docs" / "README.ru.md"
READMES = (README, RUSSIAN)

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)|<img src=\"([^\"]+)\"")
DEFAULTS_IN_RUSSIAN = {
    "**required**": "**обязательна**",
    "embedded": "встроенная",
    "with `DB_HOST`": "вместе с `DB_HOST`",
    "off": "выкл.",
    "by port": "по порту",
    "the system's": "системные",
    "for ever": "бессрочно",
}


def text(readme: Path) -> str:
    return readme.read_text("utf-8")


def blocks(readme: Path) -> list[str]:
    """What stands in fences, without SQL's comments; diagrams are words."""
    found = [code for kind, code in FENCED.findall(text(readme)) if kind != "mermaid"]
    return [re.sub(r" *--(?= ).*", "", code) for code in found]


def inline_code(readme: Path) -> Counter[str]:
    """How often each `span` of a line is told."""
    return Counter(re.findall(r"`([^`\n]+)`", FENCED.sub("", text(readme))))


def rows(readme: Path, first_cell: str) -> list[list[str]]:
    """The cells of the tables' rows whose first cell is such."""
    lines = re.findall(rf"^\| (?:{first_cell}) \|.*$", text(readme), re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def links(readme: Path) -> list[str]:
    return [link or image for link, image in LINK.findall(text(readme))]


def headings(readme: Path, level: str = "#+") -> list[str]:
    return re.findall(rf"^{level} (.+)$", FENCED.sub("", text(readme)), re.MULTILINE)


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return "#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_commands_statements_and_units_are_the_same() -> None:
    assert blocks(RUSSIAN) == blocks(README)
    assert any("30 4 */3 * *" in block for block in blocks(README))


def test_both_name_the_same_commands_settings_tables_and_files() -> None:
    english, russian = inline_code(README), inline_code(RUSSIAN)
    assert russian.keys() == english.keys()
    assert {"python etl/main.py --check", "attempts", "etl_slices"} <= english.keys()
    assert sum("-m pytest" in span for span in english) == 2


def test_both_tables_of_settings_have_the_same_defaults_in_the_same_order() -> None:
    english, russian = ([cells[:2] for cells in rows(one, "`[A-Z][A-Z0-9_]+`")] for one in READMES)
    assert {name.strip("`") for name, _ in russian} == setting_names()
    in_russian = [[name, DEFAULTS_IN_RUSSIAN.get(default, default)] for name, default in english]
    assert russian == in_russian


def test_both_explain_the_same_exit_codes_and_tables() -> None:
    for first_cell in (r"\d+", "`[a-z_]+`", "`(?:python|…) ?[^`]+`"):
        english, russian = ([cells[0] for cells in rows(one, first_cell)] for one in READMES)
        assert russian == english != []


def test_both_say_the_same_story() -> None:
    """As many headings of each level, and as many rows in every table."""
    for level in ("##", "###"):
        assert len(headings(RUSSIAN, level)) == len(headings(README, level))
    assert len(rows(RUSSIAN, "[^|]+")) == len(rows(README, "[^|]+"))


def test_both_lead_to_the_same_pages_and_to_each_other() -> None:
    english, russian = (
        {
            link if "://" in link else str((one.parent / link).resolve())
            for link in links(one)
            if not link.startswith("#") and "pictures/" not in link
        }
        for one in READMES
    )
    assert russian - {str(README)} == english - {str(RUSSIAN)}
    assert str(README) in russian
    assert str(RUSSIAN) in english


@pytest.mark.parametrize("readme", READMES, ids=lambda one: one.name)
def test_every_link_within_the_project_leads_somewhere(readme: Path) -> None:
    anchors = {anchor(heading) for heading in headings(readme)}
    for link in links(readme):
        if link.startswith("#"):
            assert link in anchors
        elif "://" not in link:
            assert (readme.parent / link).exists(), link


def test_every_picture_is_shown() -> None:
    shown = {Path(link).name for one in READMES for link in links(one) if "pictures/" in link}
    assert shown == {picture.name for picture in (PROJECT / "docs" / "pictures").iterdir()}
