"""Letters against golden files; `python -m tests.letters.test_letters` writes those anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from etl.mail.letter import DAYS_AT_MOST, compose_letter
from etl.texts import EN, Catalogue
from tests.letters.results import BUG, GOOD, GRADER_FAILED, LETTERS, RESULTS

GOLDEN = Path(__file__).parent / "golden"
# Between them these have every part of the HTML; test_html compares all others with their text.
WITH_HTML = {"attention.en", "bug.en"}


def golden_texts(name: str, catalogue: Catalogue) -> dict[Path, str]:
    letter = compose_letter(RESULTS[name], catalogue)
    stem = f"{name}.{catalogue.language}"
    texts = {GOLDEN / f"{stem}.txt": f"{letter.subject}\n\n{letter.text}"}
    return {**texts, GOLDEN / f"{stem}.html": letter.html} if stem in WITH_HTML else texts


@pytest.mark.parametrize(
    ("name", "t"), LETTERS, ids=[f"{name}-{t.language}" for name, t in LETTERS]
)
def test_a_letter_is_as_it_was_when_it_was_last_read(name: str, t: Catalogue) -> None:
    for path, text in golden_texts(name, t).items():
        assert text == path.read_text("utf-8")


def test_m6_an_error_text_does_not_break_the_letter() -> None:
    letter = compose_letter(GRADER_FAILED, EN)
    assert "\n" not in letter.subject
    assert len(letter.text) + len(letter.html) < 20_000
    assert "<h1>Bad" not in letter.html
    assert "&lt;h1&gt;Bad Gateway&lt;/h1&gt; &amp; more" in letter.html


def test_m6_long_details_are_cut() -> None:
    assert BUG.failure
    failure = replace(BUG.failure, details="line\n" * 1_000_000)
    assert len(compose_letter(replace(BUG, failure=failure), EN).text) < 20_000


def test_of_many_days_the_latest_are_shown_and_the_others_counted() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(DAYS_AT_MOST + 5)]
    figures = tuple(replace(GOOD.figures[0], day=day) for day in days)
    text = compose_letter(replace(GOOD, figures=figures), EN).text
    assert "Earlier days, not shown here: 5." in text
    assert "Mon 5 Jan" not in text
    assert "Tue 6 Jan" in text


if __name__ == "__main__":
    for name, catalogue in LETTERS:
        for path, text in golden_texts(name, catalogue).items():
            path.write_text(text, encoding="utf-8", newline="\n")
