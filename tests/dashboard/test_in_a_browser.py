"""The page in a real Chromium: what it shows, in every period, and what it must not do."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from etl.models.figures import FEW_SUBMITS
from etl.texts import EN
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
    (date(2025, 12, 1), date(2026, 1, 31)),
    (date(2026, 2, 3), date(2026, 2, 9)),
]
UNKNOWN = (date(2025, 11, 25), date(2026, 2, 27))
courses = pytest.mark.parametrize("course", ["", campus.SQL])


def shows(
    reader: Reader, loaded: Loaded, first: date, last: date, course: str = ""
) -> list[campus.Attempt]:
    """Compares the figures at the top; returns the attempts of the period."""
    chosen = campus.within(campus.of_course(loaded.attempts, course or None), first, last)
    assert reader.card("attempts") == len(chosen)
    assert reader.card("students") == len(campus.students_of(chosen))
    success = campus.success_of(chosen)
    told = reader.text("#card-success .figure")
    assert told == "—" if success is None else number(told) == pytest.approx(success, abs=0.051)
    return chosen


@courses
def test_figures_follow_the_button_the_days_and_the_course(
    open_page: Open, loaded: Loaded, course: str
) -> None:
    reader = open_page()
    reader.pick(course)
    for period, first in PERIODS.items():
        reader.press(period)
        shows(reader, loaded, first, LAST, course)
        assert reader.text("#shown").endswith(f" · {course or 'All courses'}")
        assert reader.page.input_value("[name=first]") == first.isoformat()
    for first, last in CUSTOM[-1:] if course else CUSTOM:  # of a course, 7 days are known
        reader.choose(first, last)
        shows(reader, loaded, first, last, course)
        assert reader.page.locator(".period input:checked").count() == 0
        assert str((last - first).days + 1) in reader.text("#shown")


def test_students_of_any_days_are_right_or_unknown(open_page: Open, loaded: Loaded) -> None:
    """All 5,253 spans, of all courses and of each."""
    counted = """chosen => {
        const scope = unpackedScope(chosen === null ? data.everything : data.courses[chosen]);
        const spans = [];
        for (let first = 0; first < dayCount; first++) {
            for (let last = first; last < dayCount; last++) {
                spans.push(studentsOf(scope, { first, last }));
            }
        }
        return spans;
    }"""
    page = open_page().page
    for number_, course in [(None, None), *enumerate(campus.COURSES)]:
        theirs = campus.of_course(loaded.attempts, course)
        by_day = [campus.students_of(campus.within(theirs, day, day)) for day in campus.days()]
        right = [
            len(set().union(*by_day[first : last + 1]))
            for first in range(len(by_day))
            for last in range(first, len(by_day))
        ]
        told = page.evaluate(counted, number_)
        assert all(one in (None, other) for one, other in zip(told, right, strict=True))
        known = [one is not None for one in told]
        assert sum(known) > (30 if course is None else 7) * (len(by_day) - 31)


@courses
def test_students_that_are_unknown_are_not_shown(open_page: Open, course: str) -> None:
    reader = open_page()
    reader.pick(course)
    assert reader.page.locator("#students-unknown").is_hidden()
    reader.choose(*UNKNOWN)
    assert reader.text("#card-students .figure") == "—"
    assert reader.page.locator("#students-unknown").is_visible()
    exact = "7 days" if course else "31 days"
    assert f"periods of up to {exact}" in reader.text("#students-unknown")


def test_it_opens_with_the_last_28_days_and_tells_changes_where_all_days_before_are_loaded(
    open_page: Open, loaded: Loaded
) -> None:
    reader = open_page()
    shows(reader, loaded, PERIODS["28"], LAST)
    assert reader.page.locator("#changes-note").is_hidden()
    reader.press("7")
    week, before = (
        len(campus.within(loaded.attempts, first, first + timedelta(days=6)))
        for first in (PERIODS["7"], PERIODS["7"] - timedelta(days=7))
    )
    change = 100 * (week - before) / before
    assert number(reader.text("#card-attempts .change")) == pytest.approx(change, abs=0.051)


def test_a_day_has_its_row_below_each_chart(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    rows = reader.rows("#attempts")
    students = reader.rows("#students")
    assert len(rows) == len(students) == 28
    for n, (told, (*_, different)) in enumerate(zip(rows, students, strict=True)):
        day = PERIODS["28"] + timedelta(days=n)
        chosen = campus.within(loaded.attempts, day, day)
        kinds = Counter(one.kind for one in chosen)
        figures = [number(text) for text in told[-3:]]
        assert f"{day.day} {day:%b} {day:%Y}" in told[0]
        assert figures == [len(chosen), kinds["run"], kinds["submit"]]
        assert number(different) == len(campus.students_of(chosen))


@courses
def test_a_long_period_is_shown_by_weeks_that_count_a_student_once(
    open_page: Open, loaded: Loaded, course: str
) -> None:
    reader = open_page()
    reader.pick(course)
    first, last = UNKNOWN
    reader.choose(first, last)
    weeks: dict[date, set[str]] = {}
    theirs = campus.of_course(loaded.attempts, course or None)
    for one in campus.within(theirs, first, last):
        weeks.setdefault(campus.monday_of(one.day), set()).add(one.student)
    told = [number(students) for *_, students in reader.rows("#students")]
    assert told == [len(students) for _, students in sorted(weeks.items())]
    assert reader.page.locator("#attempts .hatched").is_visible()


def test_the_heat_map_counts_by_hour_and_weekday(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    for period in ("28", "all"):
        reader.press(period)
        chosen = campus.within(loaded.attempts, PERIODS[period], LAST)
        expected = Counter((one.local.hour, one.local.weekday()) for one in chosen)
        rows = reader.rows("#hours")
        assert [name for name, *_ in rows] == [f"{hour:02}:00" for hour in range(24)]
        for hour, (_, *cells) in enumerate(rows):
            assert [number(cell) for cell in cells] == [expected[hour, n] for n in range(7)]


def test_what_was_never_loaded_or_is_not_in_the_period_is_no_zero(open_page: Open) -> None:
    """From Friday to Monday; that Saturday was never loaded."""
    reader = open_page()
    reader.choose(date(2026, 1, 16), date(2026, 1, 19))
    _, (name, _, _, *figures), *_ = reader.rows("#attempts")
    assert name == "Sat, 17 Jan 2026 (not loaded: 1)"
    assert figures == ["—", "—", "—"]
    for _, monday, *rest, friday, saturday, sunday in reader.rows("#hours"):
        assert {*rest, saturday} == {""}
        assert "" not in (monday, friday, sunday)


def share(text: str) -> float | None:
    return None if text == "—" else number(text)


def shows_tasks(reader: Reader, chosen: list[campus.Attempt]) -> None:
    rows = reader.rows("#all-tasks")
    assert {(row[1], row[0].removesuffix(row[1])) for row in rows} == {
        (one.course, one.task) for one in chosen
    }
    for name, course, success, first_try, median, students, attempts, submits in rows:
        of_course = campus.of_course(chosen, course)
        theirs = [one for one in of_course if one.task == name.removesuffix(course)]
        assert share(success) == pytest.approx(campus.success_of(theirs), abs=0.0551)
        assert share(first_try) == pytest.approx(campus.first_try_of(theirs), abs=0.0551)
        assert share(median) == campus.median_of(theirs)
        assert number(students) == len(campus.students_of(theirs))
        assert number(attempts) == len(theirs)
        assert number(submits) == sum(one.kind == "submit" for one in theirs)
    judged = [share(row[2]) for row in rows if number(row[7]) >= FEW_SUBMITS]
    assert judged == sorted(judged)


@courses
def test_the_hardest_tasks_come_first(open_page: Open, loaded: Loaded, course: str) -> None:
    reader = open_page()
    reader.pick(course)
    chosen = campus.of_course(loaded.attempts, course or None)
    shows_tasks(reader, campus.within(chosen, PERIODS["28"], LAST))
    assert reader.rows("#tasks") == reader.rows("#all-tasks")
    assert reader.page.title() == "LMS analytics"  # no task's name is a script
    assert reader.page.locator("#tasks-span").is_hidden()


def test_other_days_have_the_tasks_of_the_shortest_offered_period_that_holds_them(
    open_page: Open, loaded: Loaded
) -> None:
    reader = open_page()
    spans = {
        "7": (date(2026, 2, 24), LAST - timedelta(days=1)),
        "28": (date(2026, 2, 22), date(2026, 2, 22)),
        "all": UNKNOWN,
    }
    for known, days in spans.items():
        reader.choose(*days)
        start = PERIODS[known]
        shows_tasks(reader, campus.within(loaded.attempts, start, LAST))
        told = f"These are the tasks of {start.day} {start:%b} {start.year} – 1 Mar 2026"
        assert reader.page.locator("#tasks-span").is_visible()
        assert told in reader.text("#tasks-span")


def test_what_is_not_of_the_course_alone_says_so(open_page: Open) -> None:
    reader = open_page()
    parts = "hours", "retention"
    of_all = {part: reader.rows(f"#{part}") for part in parts}
    for part in parts:
        assert reader.page.locator(f"#{part}-course").is_hidden()
    reader.pick(campus.SQL)
    for part in parts:
        assert reader.page.locator(f"#{part}-course").is_visible()
        assert reader.text(f"#{part}-course") == EN.dashboard["of_all_courses"]
        assert reader.rows(f"#{part}") == of_all[part]


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


def test_days_that_make_no_sense_are_refused_with_a_sentence(open_page: Open) -> None:
    reader = open_page()
    attempts = reader.card("attempts")
    for day in ("2025-12-01", "2026-03-02"):  # before the first one, and never loaded
        reader.page.fill("[name=last]", day)
        assert "the first one not after the last" in reader.text("#shown")
        assert reader.page.get_attribute("[name=last]", "aria-invalid") == "true"
        assert reader.card("attempts") == attempts
    reader.press("7")
    assert reader.page.get_attribute("[name=last]", "aria-invalid") == "false"
