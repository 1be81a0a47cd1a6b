"""Every sentence of every language, with every form that a number asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.mail.letter import compose_letter
from etl.models.errors import Failure, Stage
from etl.models.figures import Figures
from etl.models.notices import Notice, Outcome
from etl.models.records import Counts, Reason
from etl.models.window import Window
from etl.pipeline.notices import Difference, UnusualDay
from etl.texts import EN, RU, Catalogue, catalogues
from etl.texts.words import Words
from tests.letters.results import GOOD, GRADER_FAILED, NOTICES

NUMBERS = (0, 1, 2, 5, 11, 21, 22, 25, 1_001)
every_language = pytest.mark.parametrize("t", catalogues(), ids=lambda one: one.language)


def sentences(t: Catalogue) -> Iterator[tuple[str, str]]:
    """Every sentence with its name; blanks are to be filled by `fill`."""
    yield from ((field.name, getattr(t.words, field.name)) for field in fields(Words))
    yield from ((notice, sentence) for notice, sentence in t.notices.items())
    yield from ((f"{notice} of a day", told) for notice, told in t.days_of_notices.items())


def blanks(sentence: str) -> dict[str, str]:
    """Each blank's name with the forms of the noun that follows it."""
    return {name: spec or "" for _, name, spec, _ in Formatter().parse(sentence) if name}


@every_language
def test_a_noun_has_as_many_forms_as_its_language(t: Catalogue) -> None:
    count = {"ru": 3, "en": 2}[t.language]
    for name, sentence in sentences(t):
        for forms in filter(None, blanks(sentence).values()):
            assert len(forms.split("|")) == count, name


def test_both_languages_fill_the_same_blanks() -> None:
    english = {name: set(blanks(sentence)) for name, sentence in sentences(EN)}
    assert {name: set(blanks(sentence)) for name, sentence in sentences(RU)} == english


@every_language
@pytest.mark.parametrize("number", NUMBERS)
def test_every_sentence_agrees_with_every_number(t: Catalogue, number: int) -> None:
    for name, sentence in sentences(t):
        told = t.fill(sentence, dict.fromkeys(blanks(sentence), number))
        for forms in filter(None, blanks(sentence).values()):
            assert f"{t.number(number)}{t.gap}{forms.split('|')[t.form_after(number)]}" in told, (
                name
            )
        assert not set("{}|") & set(told), name


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 запросов"), (1, "1 запрос"), (2, "2 запроса"), (4, "4 запроса"), (5, "5 запросов"),
     (11, "11 запросов"), (14, "14 запросов"), (21, "21 запрос"), (22, "22 запроса"),
     (100, "100 запросов"), (101, "101 запрос"), (111, "111 запросов"), (112, "112 запросов"),
     (1_234, "1 234 запроса"), (2.5, "2,5 запроса"), (3.0, "3 запроса")],
)  # fmt: skip
def test_a_russian_noun_follows_its_number(number: float, told: str) -> None:
    sentence = RU.fill("{count:запрос|запроса|запросов}", {"count": number})
    assert sentence == told.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 requests"), (1, "1 request"), (1.5, "1.5 requests"), (2, "2 requests"),
     (21, "21 requests"), (1_234, "1,234 requests")],
)  # fmt: skip
def test_an_english_noun_follows_its_number(number: float, told: str) -> None:
    assert EN.fill("{count:request|requests}", {"count": number}) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(100 * 0.07, "7"), (20.01, "20"), (999.96, "1,000"), (16.666, "16.7"), (0.004, "0.004")],
)
def test_a_number_is_shown_with_three_digits_and_without_zeros_at_its_end(
    number: float, told: str
) -> None:
    assert EN.text(number) == told


def facts_with(number: int, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts with that number in the place of each one."""
    day = date(2026, 3, 7)
    changed: dict[type, Any] = {Difference: Difference(day, number, number)}
    changed[UnusualDay] = UnusualDay(day, number, number)
    return {
        name: [changed.get(type(one), one) for one in fact]
        if isinstance(fact, list)
        else number
        if isinstance(fact, int)
        else fact
        for name, fact in facts.items()
    }


@every_language
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("notice", Notice)
def test_every_notice_is_shown_whole_in_letter_and_text(
    notice: Notice, number: int, t: Catalogue
) -> None:
    facts = facts_with(number, NOTICES[notice])
    letter = compose_letter(replace(GOOD, notices={notice: facts}), t)
    told = t.notice(notice, facts)
    assert told in letter.text
    assert told in unescape(letter.html)
    assert t.number(number) in told or not any(isinstance(fact, int) for fact in facts.values())


def test_notices_are_known_to_this_test() -> None:
    assert set(NOTICES) == set(Notice)


@every_language
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("number", NUMBERS)
def test_the_verdict_agrees_with_its_figures(outcome: Outcome, number: int, t: Catalogue) -> None:
    totals = Figures(number, number, 0, number, 0)
    notices = NOTICES if outcome is Outcome.ATTENTION else {}
    failure = GRADER_FAILED.failure if outcome is Outcome.FAILED else None
    result = replace(GOOD, totals=totals, failure=failure, notices=notices)
    letter = compose_letter(result, t)
    sentence = letter.text.splitlines()[0]
    assert letter.subject.startswith(outcome)
    assert sentence.startswith(outcome)
    assert sentence.endswith(".")
    if failure is None and number:
        words = {1: ("1 student,", "1 студент,"), 2: ("2 students,", "2 студента,")}
        expected = words.get(number, ("students,", "студент"))[t.language == "ru"]
        assert expected in sentence.replace("\N{NO-BREAK SPACE}", " ")


@every_language
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("is_by_hand", [False, True])
@pytest.mark.parametrize("count", NUMBERS)
def test_a_failure_at_every_stage_says_what_is_safe(
    stage: Stage, is_by_hand: bool, count: int, t: Catalogue
) -> None:
    failure = Failure(stage, "terminated", {}, 143)
    result = replace(
        GRADER_FAILED, failure=failure, is_by_hand=is_by_hand, counts=Counts(count, count)
    )
    letter = compose_letter(result, t)
    assert t.stages[stage] in letter.subject
    safe = letter.text.partition(f"{t.words.what_is_safe}: ")[2].splitlines()[0]
    is_told = t.number(count) in safe
    assert is_told == (stage is not Stage.CONFIGURATION and count > 0)


@every_language
def test_every_reason_is_shown(t: Catalogue) -> None:
    rejected = {reason: number + 1 for number, reason in enumerate(Reason)}
    letter = compose_letter(replace(GOOD, rejected=rejected), t)
    for reason, count in rejected.items():
        assert f"- {t.reasons[reason]}: {count}\n" in letter.text
        assert f">{t.reasons[reason]}</th>" in letter.html


@pytest.mark.parametrize(
    ("first", "last", "russian", "english"),
    [
        ((2026, 3, 9), (2026, 3, 9), "9 марта 2026", "9 March 2026"),
        ((2026, 3, 7), (2026, 3, 9), "7–9 марта 2026", "7–9 March 2026"),
        ((2026, 2, 28), (2026, 3, 2), "28 февраля – 2 марта 2026", "28 February – 2 March 2026"),
        ((2025, 3, 7), (2026, 3, 9), "7 марта 2025 – 9 марта 2026", "7 March 2025 – 9 March 2026"),
    ],
)
def test_days_are_shown_as_people_do(
    first: tuple[int, int, int], last: tuple[int, int, int], russian: str, english: str
) -> None:
    window = Window.of_days(date(*first), date(*last), ZoneInfo("Europe/Moscow"))
    assert (RU.days(window), EN.days(window)) == (russian, english)


@every_language
def test_every_month_and_weekday_has_its_name(t: Catalogue) -> None:
    days = [date(2026, month, 1) for month in range(1, 13)]
    assert len({t.days(Window.of_days(day, day, ZoneInfo("UTC"))) for day in days}) == 12
    week = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
    names = [t.day_with_weekday(day).split()[0] for day in week]
    assert names == list(t.weekdays)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (3_725, "1 h 2 min"),
    ],
)
def test_a_span_of_time_is_shown_in_its_two_largest_units(seconds: float, told: str) -> None:
    assert EN.seconds(seconds).replace("\N{NO-BREAK SPACE}", " ") == told


def test_a_moment_is_shown_in_its_own_time_zone() -> None:
    moment = datetime(2026, 3, 10, 6, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/Moscow"))
    assert RU.text(moment) == "10 марта 2026, 09:00"
