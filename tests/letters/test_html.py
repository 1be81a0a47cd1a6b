"""HTML as Gmail, mail.ru and Outlook keep it, by day and by night, on any width."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from etl.mail.letter import compose_letter
from etl.models.notices import RunResult
from etl.texts import Catalogue
from tests.letters.results import LETTERS, RESULTS

Attributes = dict[str, str | None]
every_letter = pytest.mark.parametrize(
    ("result", "t"),
    [(RESULTS[name], t) for name, t in LETTERS],
    ids=[f"{name}-{t.language}" for name, t in LETTERS],
)
VOID = {"meta", "br"}
KEPT_BY_ALL = {
    "html", "head", "meta", "title", "body", "table", "tr", "th", "td", "div", "h1", "h2", "p",
    "ul", "li", "b", "a", "br", "pre",
}  # fmt: skip


class Page(HTMLParser):
    """A page's tags with their attributes, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open_tags: list[str] = []
        self.tags: list[tuple[str, Attributes]] = []
        self.pieces: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        if "head" not in self.open_tags:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.pieces)

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.tags if name == tag]


@every_letter
def test_every_mail_program_keeps_all_of_it_nothing_is_fetched_and_ears_know_what_is_what(
    result: RunResult, t: Catalogue
) -> None:
    letter = compose_letter(result, t)
    page = Page(letter.html)
    assert page.open_tags == []
    assert {tag for tag, _ in page.tags} <= KEPT_BY_ALL
    for tag, attributes in page.tags:
        assert not {"src", "srcset", "background"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert "url(" not in (attributes.get("style") or "")
        if address := attributes.get("href"):
            assert tag == "a"
            assert address.startswith("https://")

    assert page.all("html") == [{"lang": t.language}]
    assert f"<title>{letter.subject}</title>" in letter.html
    assert len(page.all("h1")) == 1
    inner = re.findall(r"<table([^>]*)>((?:(?!<table).)*?)</table>", letter.html, re.DOTALL)
    for attributes, content in inner:
        assert ('role="presentation"' in attributes) == ("<th" not in content)
    assert {heading["scope"] for heading in page.all("th")} <= {"row", "col"}


@every_letter
def test_it_fits_a_phone_the_night_and_what_gmail_does_not_cut_off(
    result: RunResult, t: Catalogue
) -> None:
    """What a dark theme turns white must not stand on white, nor the other way round."""
    html = compose_letter(result, t).html
    page = Page(html)
    meta = {one["name"]: one["content"] for one in page.all("meta") if "name" in one}
    assert meta["color-scheme"] == "light dark"
    assert "width=device-width" in str(meta["viewport"])
    widths = [str(width) for _, attributes in page.tags if (width := attributes.get("width"))]
    assert all(width.endswith("%") for width in widths)
    assert "max-width:640px" in html
    assert "overflow-wrap:anywhere" in html
    for style in re.findall(r'style="([^"]*)"', html):
        if re.search(r"(^|;)color:(?!inherit)", style):
            assert style.startswith("display:inline-block"), style  # a button, on its blue
        if ground := re.search(r"background:([^;]*)", style):
            assert ground[1].startswith("rgba("), style
    assert len(html.encode()) < 102_000


NUMBER = re.compile(r"\d[\d\N{NO-BREAK SPACE},.:]*\d|\d")


@every_letter
def test_the_text_stands_alone_and_has_the_same_facts(result: RunResult, t: Catalogue) -> None:
    letter = compose_letter(result, t)
    text = letter.text
    for url in filter(None, (result.sheet_url, result.dashboard_url)):
        assert url in text
        text = text.replace(url, "")
    assert set(NUMBER.findall(text)) == set(NUMBER.findall(Page(letter.html).text))
    for heading in re.findall(r"<h2[^>]*>\s*(.*?)\s*</h2>", letter.html):
        # What happened is the text's first paragraph and needs no heading there.
        assert heading.lower() in text.lower() or heading == t.letter["what_happened"]
