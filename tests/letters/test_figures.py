"""Figures compared, drawn and shortened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from etl.mail.letter import by_day, change, compared, compose_letter, short_name
from etl.models.figures import DailyFigures, Figures
from etl.models.notices import RunResult
from etl.models.records import Counts
from etl.models.window import Window
from etl.texts import EN, RU
from tests.letters.results import GOOD, GRADER_FAILED, SHEET_FAILED

NOTHING, HALF = Figures(0, 0, 0, 0, 0), Figures(10, 1, 5, 0, 10)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (12_000, 100, "▲ 11,900 %"),
        (88, 100, "▼ 12 %"),
        (0, 0, "="),
        (1, 0, "none before"),
        (1_001, 1_000, "▲ < 1 %"),
    ],
)
def test_a_change_is_shown_in_percent_of_what_was(now: int, before: int, told: str) -> None:
    assert plain(change(now, before, EN)) == told


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (HALF, Figures(10, 1, 4, 0, 10), "50,00 % 40,00 % ▲ 10,00 п. п."),
        (Figures(10, 1, 4, 0, 10), HALF, "40,00 % 50,00 % ▼ 10,00 п. п."),
        (HALF, HALF, "50,00 % 50,00 % ="),
        (HALF, NOTHING, "50,00 % – раньше не было"),
        (NOTHING, HALF, "– 50,00 % –"),
        (HALF, None, "50,00 %"),
    ],
)
def test_success_changes_by_percentage_points(
    now: Figures, before: Figures | None, told: str
) -> None:
    _, *row = compared(now, before, RU)[-1]
    assert plain(" ".join(row)).strip() == told


def day(attempts: int, submits: int = 0) -> DailyFigures:
    return DailyFigures(attempts, 1, 0, attempts - submits, submits, date(2026, 3, 7))


def test_a_bar_is_as_long_as_its_days_attempts_and_no_submit_has_no_success() -> None:
    days = by_day([day(1_000), day(500), day(1), day(0)], EN)
    assert [one["share"] for one in days] == [100, 50, 1, 0]
    assert [one["share"] for one in by_day([day(0), day(0)], EN)] == [0, 0]
    successes = [plain(one["success"]) for one in by_day([day(3), day(3, submits=1)], EN)]
    assert successes == ["–", "0.00 %"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("course-v1:Uni+DST-3.0+28FEB2021", "Uni DST-3.0 28FEB2021"),
        ("lms.uni.example-ca3ecf8e5f284c329eb7bd529e1a9f7e", "ca3ecf8e…"),
        ("ca3ecf8e-5f28-4c32-9eb7-bd529e1a9f7e", "ca3ecf8e…"),
        ("deadbeef", "deadbeef"),
        ("two\nlines", "two lines"),
        ("x" * 20 + "-" + "y" * 30, "x" * 20 + "-" + "y" * 6 + "…" + "y" * 12),
    ],
)
def test_a_name_is_shortened_for_people(name: str, told: str) -> None:
    assert short_name(name) == told


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)], ids=str)
def test_the_days_before_are_as_many_whole_days_when_the_clock_is_changed_too(day: date) -> None:
    zone = ZoneInfo("Europe/Berlin")
    window = Window.of_days(day, day + timedelta(days=2), zone)
    assert window.before() == Window.of_days(day - timedelta(days=3), day - timedelta(days=1), zone)


def first_line(result: RunResult) -> str:
    return plain(compose_letter(result, EN).text.splitlines()[0])


def test_the_first_sentence_answers_at_a_glance() -> None:
    told = "✅ All went well: 602 students, 12,321 attempts, 47.8 % of submissions correct."
    assert first_line(GOOD) == told
    nobody = replace(GOOD, totals=NOTHING)
    assert first_line(nobody) == "✅ All went well: nobody made an attempt."
    runs_only = replace(GOOD, totals=Figures(3, 1, 0, 3, 0))
    assert first_line(runs_only) == "✅ All went well: 1 student, 3 attempts, nothing submitted."
    never_loaded = replace(GOOD, totals=None, before=None, tasks=(), counts=Counts(1, 1))
    assert first_line(never_loaded) == "✅ All went well: these days were never loaded."
    replay = replace(never_loaded, window=None)
    assert first_line(replay) == "✅ All went well: 1 new attempt."


def test_a_letter_needs_none_of_the_figures() -> None:
    bare = replace(
        GOOD, window=None, figures=(), totals=None, before=None, tasks=(), window_days=None
    )
    letter = compose_letter(bare, EN)
    for title in ("Compared", "Hardest", "Day by day", "next run is expected"):
        assert title not in letter.text + letter.html
    text = compose_letter(replace(GOOD, before=None), EN).text
    assert "AT A GLANCE\n- Students: 602\n" in text
    assert "days before" not in text.lower()


def test_a_failure_shows_nothing_that_looks_like_success() -> None:
    after_the_sheet = replace(SHEET_FAILED, publication=GOOD.publication, reconciled=True)
    for result in (GRADER_FAILED, SHEET_FAILED, after_the_sheet):
        letter = compose_letter(result, EN)
        for praise in ("✅", "▲", "well", "Hardest", "Reconciled", "Rows in the sheet"):
            assert praise not in letter.subject + letter.text + letter.html
    assert "Sat 7 Mar" in compose_letter(SHEET_FAILED, EN).text
    assert "Sat 7 Mar" not in compose_letter(after_the_sheet, EN).text


def test_the_log_of_a_failure_is_shown_escaped_and_in_lines_of_bearable_length() -> None:
    lines = ["<i>first</i>", "x" * 1_000_000]
    letter = compose_letter(replace(GRADER_FAILED, log_lines=lines), EN)
    assert "LAST LINES OF THE LOG\n<i>first</i>\nxxx" in letter.text
    assert "&lt;i&gt;first&lt;/i&gt;" in letter.html
    assert len(letter.text) < 5_000
    assert "log" not in compose_letter(replace(GOOD, log_lines=lines), EN).text
