"""Who comes when, in counts that name nobody: `Students` of all courses and of single ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg2.extensions import cursor

from etl.models.figures import (
    EXACT_COURSE_DAYS,
    EXACT_DAYS,
    LATER_WEEKS,
    SPANS,
    Cohort,
    Returning,
    Students,
)
from etl.postgres.statements import statement

# A row of `dashboard_students.sql`: the day, week or month; days, weeks or months since; students.
Count = tuple[date, int, int]


def read_students(at: cursor, courses: Sequence[str], days: Sequence[date]) -> list[Students]:
    """Those of all courses, then those of each of `courses`; `days` are all that are known."""
    facts = {
        "courses": list(courses),
        "exact": EXACT_DAYS,
        "exact_course": EXACT_COURSE_DAYS,
        "later_weeks": LATER_WEEKS,
        "spans": list(SPANS),
        "last": days[-1] if days else None,
    }
    at.execute(statement("dashboard_students"), facts)
    found: list[dict[str, list[Count]]] = [defaultdict(list) for _ in (None, *courses)]
    for kind, course, *count in at.fetchall():
        found[course][kind].append(tuple(count))
    return [_students(counts) for counts in found]


def students_of_days(students: Students) -> Counter[date]:
    of_days: Counter[date] = Counter()
    for one in students.days:
        of_days[one.start] += one.students
    return of_days


def _students(counts: dict[str, list[Any]]) -> Students:
    return Students(
        days=[Returning(*count) for count in counts["day"]],
        last_seen={day: students for day, _, students in counts["last_seen"]},
        before={span: students for _, span, students in counts["before"]},
        months=[Returning(*count) for count in counts["month"]],
        cohorts=_cohorts(counts["week"]),
    )


def _cohorts(counts: Iterable[Count]) -> list[Cohort]:
    active: dict[date, list[int]] = {}
    for monday, week, students in counts:
        active.setdefault(monday, [0] * (LATER_WEEKS + 1))[week] = students
    return [Cohort(monday, weeks) for monday, weeks in active.items()]
