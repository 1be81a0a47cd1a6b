"""How large the page becomes, and that its packed counts are read as they were written."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.dashboard.data import packed
from etl.dashboard.page import compose_page
from etl.models.figures import (
    COURSES,
    EXACT_COURSE_DAYS,
    EXACT_DAYS,
    LATER_WEEKS,
    SPANS,
    Cohort,
    CourseFigures,
    DailyFigures,
    PageFigures,
    Returning,
    Students,
    TaskFigures,
)
from etl.postgres.page import room_for
from etl.texts import EN
from tests.dashboard.conftest import MADE_AT, Open
from tests.dashboard.page_data import unpacked

FIRST = date(2016, 3, 7)  # a Monday


@given(st.lists(st.integers(0, 2**31)))
def test_counts_are_read_as_they_were_written(counts: list[int]) -> None:
    assert unpacked(packed(counts)) == counts


def test_the_script_reads_what_was_written(open_page: Open) -> None:
    counts = [0, 1, 31, 32, 33, 1023, 1024, 2**31 - 1]
    assert open_page().page.evaluate("text => unpacked(text)", packed(counts)) == counts


@pytest.mark.parametrize(("years", "most"), [(3, 1_200_000), (10, 2_000_000)])
def test_a_large_university_has_a_page_that_can_be_sent(years: int, most: int) -> None:
    """1,000 tasks and all the courses that there is room for, each with 9,500 attempts a day."""
    page = compose_page(university(365 * years), EN, made_at=MADE_AT)
    assert len(page.encode()) < most


def university(number_of_days: int) -> PageFigures:
    days = [FIRST + timedelta(days=n) for n in range(number_of_days)]
    dice = Random(1)
    figures = [DailyFigures(9_500, 5_000, 2_500, 5_500, 4_000, day) for day in days]
    courses = [f"course-v1:University+Course{n:02}+2026_FALL" for n in range(COURSES)]
    of_course = students(days, EXACT_COURSE_DAYS, months=False)
    whole = [task(n, courses, dice) for n in range(1_000)]
    return PageFigures(
        days=figures,
        students=students(days, EXACT_DAYS, months=True),
        courses=room_for([CourseFigures(course, figures, of_course) for course in courses]),
        hours={(day, hour): dice.randint(0, 900) for day in days for hour in range(24)},
        tasks=dict.fromkeys((*SPANS, number_of_days), whole),
        quarantine=(),
        unloaded=(),
        runs=(),
    )


def students(days: list[date], exact: int, *, months: bool) -> Students:
    daily = [Returning(day, since or None, 60) for day in days for since in range(exact)]
    first_days = [day for day in days if day.day == 1]
    return Students(
        days=daily,
        last_seen=dict.fromkeys(days, 40),
        before=dict.fromkeys(SPANS, 20_000),
        months=[
            Returning(day, since or None, 400)
            for n, day in enumerate(first_days if months else ())
            for since in range(n + 1)
        ],
        cohorts=[Cohort(day, [150] * (LATER_WEEKS + 1)) for day in days[::7]],
    )


def task(number: int, courses: list[str], dice: Random) -> TaskFigures:
    shares = [round(dice.uniform(5, 95), 2) for _ in range(2)]
    name = f"{dice.getrandbits(128):032x}"
    return TaskFigures(courses[number % COURSES], name, 25_368, 5_054, *shares, 3.0, submits=12_339)
