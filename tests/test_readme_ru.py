"""The Russian pages have the English ones' commands, settings, tables and links."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from etl.models.records import Reason
from etl.texts import EN, RU, Catalogue
from tests.test_house_rules import PROJECT, README, SETTINGS, setting_names

DOCS = PROJECT / "docs"
RUSSIAN = {README: DOCS / "README.ru.md", SETTINGS: DOCS / "settings.ru.md"}
PAGES = [*RUSSIAN, *RUSSIAN.values()]
ALL_PAGES = [README, *sorted(DOCS.glob("*.md"))]

FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)|<img src=\"([^\"]+)\"")
DEFAULTS_IN_RUSSIAN = {
    "**required**": "**обязательна**",
    "embedded": "встроенный",
    "with `DB_HOST`": "вместе с `DB_HOST`",
    "off": "выкл.",
    "by port": "по порту",
    "the system's": "системные",
    "for ever": "бессрочно",
}

each_pair = pytest.mark.parametrize("page", RUSSIAN, ids=lambda one: one.name)


def text(page: Path) -> str:
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    return FENCED.sub("", text(page))


def blocks(page: Path) -> list[str]:
    """What stands in fences, without SQL's comments; diagrams are words."""
    found = [code for kind, code in FENCED.findall(text(page)) if kind != "mermaid"]
    return [re.sub(r" *--(?= ).*", "", code) for code in found]


def inline_code(page: Path) -> Counter[str]:
    """How often each `span` of a line is told."""
    return Counter(re.findall(r"`([^`\n]+)`", prose(page)))


def rows(page: Path, first_cell: str) -> list[list[str]]:
    """The cells of the tables' rows whose first cell is such."""
    lines = re.findall(rf"^\| (?:{first_cell}) \|.*$", text(page), re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def links(page: Path) -> list[str]:
    return [link or image for link, image in LINK.findall(prose(page))]


def headings(page: Path, level: str = "#+") -> list[str]:
    return re.findall(rf"^{level} (.+)$", prose(page), re.MULTILINE)


def anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def leads_to(page: Path, link: str) -> str:
    """An address, or a file; a Russian page that has an English twin counts as that."""
    if "://" in link:
        return link
    target = (page.parent / link.partition("#")[0]).resolve()
    english = {russian: english for english, russian in RUSSIAN.items()}
    return str(english.get(target, target))


@each_pair
def test_both_name_the_same_commands_statements_settings_tables_and_files(page: Path) -> None:
    assert blocks(RUSSIAN[page]) == blocks(page) != []
    assert inline_code(RUSSIAN[page]).keys() == inline_code(page).keys()


@each_pair
def test_both_tables_of_settings_have_the_same_defaults_in_the_same_order(page: Path) -> None:
    english, russian = (
        [cells[:2] for cells in rows(one, "`[A-Z][A-Z0-9_]+`")] for one in (page, RUSSIAN[page])
    )
    assert russian == [
        [name, DEFAULTS_IN_RUSSIAN.get(default, default)] for name, default in english
    ]
    assert len(english) == (len(setting_names()) if page == SETTINGS else 0)


@each_pair
def test_both_say_the_same_story(page: Path) -> None:
    """The same codes, commands and reasons, as many headings of each level, and rows of tables."""
    for first_cell in (r"\d+", "`[a-z_]+`", "`(?:python|…) ?[^`]+`"):
        english, russian = (
            [cells[0] for cells in rows(one, first_cell)] for one in (page, RUSSIAN[page])
        )
        assert russian == english
    for level in ("##", "###"):
        assert len(headings(RUSSIAN[page], level)) == len(headings(page, level))
    assert len(rows(RUSSIAN[page], "[^|]*")) == len(rows(page, "[^|]*"))


@each_pair
def test_both_lead_to_the_same_pages_and_to_each_other(page: Path) -> None:
    english, russian = (
        {leads_to(one, link) for link in links(one) if "pictures/" not in link and link[0] != "#"}
        for one in (page, RUSSIAN[page])
    )
    assert russian == english
    assert {str(README), str(SETTINGS)} & english


@pytest.mark.parametrize(
    ("page", "catalogue"), [(SETTINGS, EN), (RUSSIAN[SETTINGS], RU)], ids=["en", "ru"]
)
def test_reasons_are_called_what_the_letter_calls_them(page: Path, catalogue: Catalogue) -> None:
    shown = {code.strip("`"): name for code, name in rows(page, "`[a-z_]+`")}
    assert shown == {str(reason): catalogue.reasons[reason] for reason in Reason}


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda one: one.name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if "://" in link:
            continue
        name, _, section = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not section or section in map(anchor, headings(target)), link


def test_every_picture_is_shown() -> None:
    shown = {Path(link).name for page in PAGES for link in links(page) if "pictures/" in link}
    assert shown == {picture.name for picture in (DOCS / "pictures").iterdir()}
