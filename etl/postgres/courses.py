"""Single courses of the history: which of them, and their days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from psycopg2.extensions import cursor

from etl.models.figures import COURSE_DAYS, COURSES, CourseHistory, DailyFigures, PageTask, Students
from etl.postgres.statements import statement
from etl.postgres.students import students_of_days

YEAR = 365


def busiest_courses(tasks: Mapping[int, Sequence[PageTask]]) -> list[str]:
    """Those with most attempts in the last year, or ever, first. None where there is only one."""
    ever = _attempts(tasks[max(tasks)] if tasks else ())
    lately = _attempts(tasks.get(YEAR, ()))
    busiest = sorted(ever, key=lambda one: (-lately[one], -ever[one], one))[:COURSES]
    return busiest if len(busiest) > 1 else []


def read_courses(
    at: cursor, courses: Sequence[str], students: Iterable[Students]
) -> list[CourseHistory]:
    """By name, those of `courses`, busiest first, for which there is room."""
    if not courses:
        return []
    at.execute(statement("dashboard_course_days"), {"courses": list(courses)})
    counts: dict[int, list[Any]] = defaultdict(list)
    for course, *of_day in at.fetchall():
        counts[course].append(of_day)
    read = [
        CourseHistory(course, _days(counts[number], of_course), of_course)
        for number, (course, of_course) in enumerate(zip(courses, students, strict=True), 1)
    ]
    return sorted(room_for(read), key=lambda one: one.course)


def room_for(courses: Iterable[CourseHistory]) -> list[CourseHistory]:
    """The first of them, as long as all their days from the first to the last can be shown."""
    room = COURSE_DAYS
    fitting = []
    for one in courses:
        room -= (one.days[-1].day - one.days[0].day).days + 1
        if room < 0:
            break
        fitting.append(one)
    return fitting


def _days(counts: Iterable[tuple[date, int, int, int]], students: Students) -> list[DailyFigures]:
    users = students_of_days(students)
    return [
        DailyFigures(runs + submits, users[day], correct, runs, submits, day)
        for day, correct, runs, submits in counts
    ]


def _attempts(tasks: Iterable[PageTask]) -> Counter[str]:
    attempts: Counter[str] = Counter()
    for one in tasks:
        attempts[one.course] += one.attempts
    return attempts
