"""The page in a real Chromium: what it shows, in every period, and what it must not do."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from tests.dashboard import campus
from tests.dashboard.browser import Reader, number
from tests.dashboard.conftest import Loaded, Open

LAST = campus.LAST
PERIODS = {
    "7": LAST - timedelta(days=6),
    "28": LAST - timedelta(days=27),
    "90": LAST - timedelta(days=89),
    "all": campus.FIRST,
}
CUSTOM = [
    (date(2025, 12, 31), date(2026, 1, 20)),
    (date(2026, 1, 17), date(2026, 1, 17)),
    (date(2025, 11, 20), date(2026, 2, 27)),
    (date(2026, 2, 3), date(2026, 2, 9)),
]


def shows(reader: Reader, loaded: Loaded, first: date, last: date) -> list[campus.Attempt]:
    """Compares the figures at the top; returns the attempts of the period."""
    chosen = campus.within(loaded.attempts, first, last)
    assert reader.card("attempts") == len(chosen)
    assert reader.card("students") == len(campus.students_of(chosen))
    success = campus.success_of(chosen)
    told = reader.text("#card-success .figure")
    assert told == "—" if success is None else number(told) == pytest.approx(success, abs=0.051)
    return chosen


@pytest.mark.parametrize("period", PERIODS)
def test_figures_follow_the_button(open_page: Open, loaded: Loaded, period: str) -> None:
    reader = open_page()
    reader.press(period)
    shows(reader, loaded, PERIODS[period], LAST)
    assert reader.page.input_value("[name=first]") == PERIODS[period].isoformat()


@pytest.mark.parametrize(("first", "last"), CUSTOM, ids=str)
def test_figures_follow_any_days(open_page: Open, loaded: Loaded, first: date, last: date) -> None:
    reader = open_page()
    reader.choose(first, last)
    shows(reader, loaded, first, last)
    assert reader.page.locator(".period :checked").count() == 0
    assert str((last - first).days + 1) in reader.text("#shown")


def test_the_last_28_days_are_what_it_opens_with(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    chosen = shows(reader, loaded, PERIODS["28"], LAST)
    before = campus.within(
        loaded.attempts, PERIODS["28"] - timedelta(days=28), PERIODS["28"] - timedelta(days=1)
    )
    assert len(before) > 0
    assert reader.page.locator("#changes-note").is_hidden()  # of those days some are not loaded
    reader.press("7")
    earlier = campus.within(
        loaded.attempts, PERIODS["7"] - timedelta(days=7), PERIODS["7"] - timedelta(days=1)
    )
    week = campus.within(chosen, PERIODS["7"], LAST)
    change = 100 * (len(week) - len(earlier)) / len(earlier)
    assert number(reader.text("#card-attempts .change")) == pytest.approx(change, abs=0.051)


def test_a_day_has_its_row_below_each_chart(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    rows = reader.rows("#attempts")
    students = reader.rows("#students")
    assert len(rows) == len(students) == 28
    for n, (told, (_, different)) in enumerate(zip(rows, students, strict=True)):
        day = PERIODS["28"] + timedelta(days=n)
        chosen = campus.within(loaded.attempts, day, day)
        kinds = Counter(one.kind for one in chosen)
        figures = [number(text) for text in told[1:]]
        assert f"{day.day} {day:%b} {day:%Y}" in told[0]
        assert figures == [len(chosen), kinds["run"], kinds["submit"]]
        assert number(different) == len(campus.students_of(chosen))


def test_a_long_period_is_shown_by_weeks_that_count_a_student_once(
    open_page: Open, loaded: Loaded
) -> None:
    reader = open_page()
    reader.press("all")
    weeks: dict[date, set[str]] = {}
    for one in loaded.attempts:
        weeks.setdefault(campus.monday_of(one.day), set()).add(one.student)
    told = [number(students) for _, students in reader.rows("#students")]
    assert told == [len(students) for _, students in sorted(weeks.items())]
    assert reader.page.locator("#attempts .hatched").is_visible()


def test_a_day_that_was_never_loaded_is_no_zero(open_page: Open) -> None:
    reader = open_page()
    reader.choose(date(2026, 1, 16), date(2026, 1, 18))
    _, missing, _ = reader.rows("#attempts")
    assert missing == ["Sat, 17 Jan 2026 (not loaded: 1)", "—", "—", "—"]


@pytest.mark.parametrize("days", [("all", campus.FIRST), ("28", PERIODS["28"])], ids=str)
def test_the_heat_map_counts_by_hour_and_weekday(
    open_page: Open, loaded: Loaded, days: tuple[str, date]
) -> None:
    reader = open_page()
    reader.press(days[0])
    chosen = campus.within(loaded.attempts, days[1], LAST)
    expected = Counter((one.local.hour, one.local.weekday()) for one in chosen)
    rows = reader.rows("#hours")
    assert len(rows) == 24
    for hour, (name, *cells) in enumerate(rows):
        assert name == f"{hour:02}:00"
        assert [number(cell) for cell in cells] == [expected[hour, n] for n in range(7)]


def test_the_hardest_tasks_come_first(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    chosen = campus.within(loaded.attempts, PERIODS["28"], LAST)
    rows = reader.rows("#tasks")
    assert {row[0].removesuffix("course-v1:Uni+X") for row in rows} == {o.task for o in chosen}
    for name, success, first_try, median, students, attempts, submits in rows:
        theirs = [one for one in chosen if one.task == name.removesuffix("course-v1:Uni+X")]
        assert number(success) == pytest.approx(campus.success_of(theirs), abs=0.0551)
        assert number(first_try) == pytest.approx(campus.first_try_of(theirs), abs=0.0551)
        assert number(median) == campus.median_of(theirs)
        assert number(students) == len(campus.students_of(theirs))
        assert number(attempts) == len(theirs)
        assert number(submits) == sum(one.kind == "submit" for one in theirs)
    judged = [number(row[1]) for row in rows if number(row[6]) >= 10]
    assert judged == sorted(judged)


def test_what_days_cannot_be_added_up_to_is_not_guessed(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    assert reader.page.locator("#tasks-span").is_hidden()
    first, last = CUSTOM[0]
    reader.choose(first, last)
    chosen = campus.within(loaded.attempts, first, last)
    for name, success, first_try, median, students, attempts, _ in reader.rows("#tasks"):
        theirs = [one for one in chosen if one.task == name.removesuffix("course-v1:Uni+X")]
        assert [first_try, median, students] == ["—"] * 3
        assert number(attempts) == len(theirs)
        told = campus.success_of(theirs)
        assert success == "—" if told is None else number(success) == pytest.approx(told, abs=0.06)
    assert reader.page.locator("#tasks-span").is_visible()


def test_retention_is_of_the_weeks_in_which_students_began(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    reader.press("all")
    counts = campus.cohorts_of(loaded.attempts)
    cohorts = sorted({cohort for cohort, _ in counts})
    rows = reader.rows("#retention")
    assert len(rows) == len(cohorts) > 5
    for cohort, (name, students, *later) in zip(cohorts, rows, strict=True):
        size = counts[cohort, cohort]
        assert name == f"{cohort.day} {cohort:%b} {cohort:%Y}"
        assert number(students) == size
        for weeks, share in enumerate(filter(None, later), 1):
            active = counts.get((cohort, cohort + timedelta(weeks=weeks)), 0)
            assert number(share) == pytest.approx(100 * active / size, abs=0.51)


def test_names_of_tasks_are_texts_whatever_they_hold(open_page: Open) -> None:
    reader = open_page()
    assert any(campus.HOSTILE in row[0] for row in reader.rows("#all-tasks"))
    assert reader.page.title() == "LMS analytics"


def test_days_that_make_no_sense_are_refused_with_a_sentence(open_page: Open) -> None:
    reader = open_page()
    attempts = reader.card("attempts")
    reader.page.fill("[name=last]", "2025-12-01")
    assert "the first one not after the last" in reader.text("#shown")
    assert reader.page.get_attribute("[name=last]", "aria-invalid") == "true"
    assert reader.card("attempts") == attempts
    reader.press("7")
    assert reader.page.get_attribute("[name=last]", "aria-invalid") == "false"
