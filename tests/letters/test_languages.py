"""Every sentence of every language, with every form that a number asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import etl.mail
from etl.mail.letter import compose_letter
from etl.models.errors import Failure, Problem, Stage
from etl.models.figures import Figures
from etl.models.notices import Notice, Outcome
from etl.models.records import Counts, Reason
from etl.models.window import Window
from etl.texts import CATALOGUES, EN, RU, Catalogue
from tests.letters.results import ATTENTION, GOOD, GRADER_FAILED, NOTICES
from tests.sentences import blanks, sections, sentences

NUMBERS = (0, 1, 2, 5, 11, 21, 22, 25, 1_001)
FORMS = {"en": 2, "ru": 3}
every_language = pytest.mark.parametrize("t", CATALOGUES, ids=lambda one: one.language)


def test_both_languages_have_the_same_sentences_with_the_same_blanks() -> None:
    english, russian = sentences("en"), sentences("ru")
    assert english.keys() == russian.keys()
    for name, sentence in english.items():
        if name != "conventions.short_day":
            assert blanks(sentence).keys() == blanks(russian[name]).keys(), name


@every_language
def test_every_code_has_its_sentence(t: Catalogue) -> None:
    told = sections(t.language)
    for section, codes in (
        ("stages", Stage),
        ("reasons", Reason),
        ("notices", Notice),
        ("problems", Problem),
    ):
        assert set(told[section]) == set(codes)
    assert set(t.days_of_notices) <= set(Notice)
    assert all(set(one) == {"what_happened", "what_to_do"} for one in t.problems.values())


def test_the_letter_has_just_the_sentences_that_it_uses() -> None:
    room = Path(etl.mail.__file__).parent
    text = "".join(path.read_text("utf-8") for path in room.glob("letter*"))
    used = set(re.findall(r"\b(?:w\.|(?:words|t\.letter)\[['\"])(\w+)", text))
    by_name = {*vars(Counts()), *vars(Figures(0, 0, 0, 0, 0))} - {"users"}
    assert used | by_name == set(EN.letter)


@every_language
def test_every_sentence_agrees_with_every_number(t: Catalogue) -> None:
    names = ("letter.", "notices.", "days_of_notices.", "problems.", "settings.")
    told = {name: one for name, one in sentences(t.language).items() if name.startswith(names)}
    for name, sentence in told.items():
        counted = {blank: forms.split("|") for blank, forms in blanks(sentence).items() if forms}
        for forms in counted.values():
            assert len(list(filter(None, forms))) == FORMS[t.language], name
        for number in NUMBERS:
            filled = t.fill(sentence, dict.fromkeys(blanks(sentence), number))
            assert not set("{}|") & set(filled), name
            for forms in counted.values():
                assert f"{t.number(number)}{t.gap}{forms[t.form_after(number)]}" in filled, name


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "0 запросов"), (1, "1 запрос"), (4, "4 запроса"), (5, "5 запросов"), (11, "11 запросов"),
     (14, "14 запросов"), (21, "21 запрос"), (111, "111 запросов"), (112, "112 запросов"),
     (1_234, "1 234 запроса"), (2.5, "2,5 запроса"), (3.0, "3 запроса")],
)  # fmt: skip
def test_a_russian_noun_follows_its_number(number: float, told: str) -> None:
    sentence = RU.fill("{count:запрос|запроса|запросов}", {"count": number})
    assert sentence == told.replace(" ", "\N{NO-BREAK SPACE}")


def test_an_english_noun_follows_its_number() -> None:
    told = [EN.fill("{count:hit|hits}", {"count": number}) for number in (0, 1, 1.5, 1_234)]
    assert told == ["0 hits", "1 hit", "1.5 hits", "1,234 hits"]


@pytest.mark.parametrize(
    ("number", "told"),
    [(100 * 0.07, "7"), (20.01, "20"), (999.96, "1,000"), (16.666, "16.7"), (0.004, "0.004")],
)
def test_a_number_is_shown_with_three_digits_and_without_zeros_at_its_end(
    number: float, told: str
) -> None:
    assert EN.text(number) == told


@every_language
def test_every_notice_is_shown_whole_in_letter_and_text(t: Catalogue) -> None:
    assert set(NOTICES) == set(Notice)
    letter = compose_letter(ATTENTION, t)
    for notice, facts in NOTICES.items():
        told = t.notice(notice, facts)
        assert told in letter.text
        assert told in unescape(letter.html)
        for fact in facts.values():
            assert not isinstance(fact, int) or t.number(fact) in told


@every_language
@pytest.mark.parametrize("outcome", Outcome)
def test_the_verdict_agrees_with_its_figures(outcome: Outcome, t: Catalogue) -> None:
    notices = NOTICES if outcome is Outcome.ATTENTION else {}
    failure = GRADER_FAILED.failure if outcome is Outcome.FAILED else None
    students = {"en": "student|students", "ru": "студент|студента|студентов"}[t.language]
    for number in NUMBERS:
        totals = Figures(number, number, 0, number, 0)
        result = replace(GOOD, totals=totals, failure=failure, notices=notices)
        letter = compose_letter(result, t)
        sentence = letter.text.splitlines()[0]
        assert letter.subject.startswith(outcome)
        assert sentence.startswith(outcome)
        assert sentence.endswith(".")
        if failure is None and number:
            assert t.fill(f": {{count:{students}}}, ", {"count": number}) in sentence


@every_language
@pytest.mark.parametrize("stage", Stage)
def test_a_failure_at_every_stage_says_what_is_safe(stage: Stage, t: Catalogue) -> None:
    failure = Failure(stage, "terminated", {}, 143)
    for is_by_hand in (False, True):
        for count in (0, 21):
            counts = Counts(count, count)
            result = replace(GRADER_FAILED, failure=failure, is_by_hand=is_by_hand, counts=counts)
            letter = compose_letter(result, t)
            assert t.stages[stage] in letter.subject
            safe = letter.text.partition(f"{t.letter['what_is_safe']}: ")[2].splitlines()[0]
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
    [(0.4, "0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3_600, "1 h"), (3_725, "1 h 2 min")],
)
def test_a_span_of_time_is_shown_in_its_two_largest_units(seconds: float, told: str) -> None:
    assert EN.seconds(seconds).replace("\N{NO-BREAK SPACE}", " ") == told
