"""Reads the figures of the dashboard's page. PostgreSQL counts them: no student's id leaves it."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import connection, cursor

from etl.models.errors import LoadError, Problem
from etl.models.figures import (
    COURSE_DAYS,
    COURSES,
    EXACT_COURSE_DAYS,
    EXACT_DAYS,
    LATER_WEEKS,
    SPANS,
    Cohort,
    CourseFigures,
    DailyFigures,
    PageFigures,
    Quarantine,
    Returning,
    Students,
    TaskFigures,
)
from etl.models.window import Window
from etl.postgres import summaries
from etl.postgres.figures import task_figures_query
from etl.postgres.journal import days_between, last_runs, loaded_spans
from etl.postgres.layouts import wait_for_commits
from etl.postgres.schema import NUMBERED, SUMMARIES, missing_tables, take_over_type_of_user_id
from etl.postgres.session import one_row, reading, transaction
from etl.postgres.statements import statement

log = logging.getLogger(__name__)

# The number of last runs that the page shows.
RUNS = 10
YEAR = 365
JOURNAL = NUMBERED[1:]


def read_page(session: connection, zone: ZoneInfo, show: Callable[[str], None]) -> PageFigures:
    """Returns all figures of the dashboard's page, in days of `zone`; closes the session.

    If the database has no summaries yet, counts them for this page alone; `show` gets texts of
    progress. Raises `LoadError` if they are incomplete, of another zone or definition.
    """
    with closing(session):
        with transaction(session) as at:
            wait_for_commits(at)
            missing = {*missing_tables(at)}
        if "etl_summaries" in missing and "attempts" not in missing:
            log.info("report: nothing is counted here yet; it is counted for this page alone")
            journal = JOURNAL if {*JOURNAL} & missing else ()
            _create_temporary(session, [*journal, *SUMMARIES])
            summaries.rebuild(session, zone, show)
        with reading(session) as at:
            return _read(at, zone)


def _read(at: cursor, zone: ZoneInfo) -> PageFigures:
    summaries.require_whole(at, zone)
    days = _known_days(at, zone)
    tasks = _tasks(at, days)
    courses = busiest_courses(tasks)
    everybody, *students = _read_students(at, courses, days)
    at.execute(statement("page.quarantine"))
    quarantine = [Quarantine(*row) for row in at.fetchall()]
    at.execute("SELECT day, hour, runs + submits FROM etl_hours")
    hours = {(day, hour): attempts for day, hour, attempts in at.fetchall()}
    return PageFigures(
        days=_days(at, days, everybody),
        students=everybody,
        courses=_read_courses(at, courses, students),
        hours=hours,
        tasks=tasks,
        quarantine=quarantine,
        unloaded=days_between(loaded_spans(at, zone)),
        runs=last_runs(at, zone, RUNS),
    )


def _days(at: cursor, days: Iterable[date], everybody: Students) -> list[DailyFigures]:
    at.execute(
        "SELECT day, sum(correct), sum(runs), sum(submits) FROM etl_student_task_days GROUP BY day"
    )
    counts = {of_day[0]: of_day for of_day in at.fetchall()}
    return _figures((counts.get(day, (day, 0, 0, 0)) for day in days), everybody)


def _figures(
    counts: Iterable[tuple[date, int, int, int]], students: Students
) -> list[DailyFigures]:
    users: Counter[date] = Counter()
    for one in students.days:
        users[one.start] += one.students
    return [
        DailyFigures(runs + submits, users[day], correct, runs, submits, day)
        for day, correct, runs, submits in counts
    ]


def _known_days(at: cursor, zone: ZoneInfo) -> list[date]:
    """Returns all days from the first to the last of which anything is known."""
    known = [day for day in one_row(at, "SELECT min(day), max(day) FROM etl_hours") if day]
    start, end = one_row(at, "SELECT min(window_start), max(window_end) FROM etl_slices")
    if start:
        known += Window.of_columns(start, end, zone).outer_days
    return Window.of_days(min(known), max(known), zone).days() if known else []


def _tasks(at: cursor, days: Sequence[date]) -> dict[int, list[TaskFigures]]:
    """Returns tasks by number of last days: each of `SPANS` that is shorter, and all days."""
    spans = [*(span for span in SPANS if span < len(days)), len(days)] if days else []
    tasks = {}
    for span in spans:
        at.execute(task_figures_query(), {"first_day": days[-span], "last_day": days[-1]})
        tasks[span] = [TaskFigures(*row) for row in at.fetchall()]
    return tasks


def _read_students(at: cursor, courses: Sequence[str], days: Sequence[date]) -> list[Students]:
    """Returns student counts for all courses, then for each of `courses`; `days` are all known."""
    facts = {
        "courses": list(courses),
        "exact": EXACT_DAYS,
        "exact_course": EXACT_COURSE_DAYS,
        "later_weeks": LATER_WEEKS,
        "spans": list(SPANS),
        "last": days[-1] if days else None,
    }
    at.execute(statement("page.students"), facts)
    found: list[dict[str, list[Any]]] = [defaultdict(list) for _ in (None, *courses)]
    for kind, course, *count in at.fetchall():
        found[course][kind].append(tuple(count))
    return [_of_counts(counts) for counts in found]


def _of_counts(counts: dict[str, list[Any]]) -> Students:
    weeks: dict[date, list[int]] = defaultdict(lambda: [0] * (LATER_WEEKS + 1))
    for monday, week, students in counts["week"]:
        weeks[monday][week] = students
    return Students(
        days=[Returning(*count) for count in counts["day"]],
        last_seen={day: students for day, _, students in counts["last_seen"]},
        before={span: students for _, span, students in counts["before"]},
        months=[Returning(*count) for count in counts["month"]],
        cohorts=[Cohort(*of_monday) for of_monday in weeks.items()],
    )


def busiest_courses(tasks: Mapping[int, Sequence[TaskFigures]]) -> list[str]:
    """Returns up to `COURSES` courses, most attempts in the last year first, then most of all days.

    None are returned if there is only one. `tasks` has by number n the tasks of the last n days.
    """
    ever = _attempts(tasks[max(tasks)] if tasks else ())
    lately = _attempts(tasks.get(YEAR, ()))
    busiest = sorted(ever, key=lambda one: (-lately[one], -ever[one], one))[:COURSES]
    return busiest if len(busiest) > 1 else []


def _read_courses(
    at: cursor, courses: Sequence[str], students: Iterable[Students]
) -> list[CourseFigures]:
    """Returns the figures of those `courses` that fit on the page, by name, with `students`."""
    at.execute(statement("page.course_days"), {"courses": list(courses)})
    counts: dict[int, list[Any]] = defaultdict(list)
    for course, *of_day in at.fetchall():
        counts[course].append(of_day)
    read = [
        CourseFigures(course, _figures(counts[number], of_course), of_course)
        for number, (course, of_course) in enumerate(zip(courses, students, strict=True), 1)
    ]
    return sorted(room_for(read), key=lambda one: one.course)


def room_for(courses: Iterable[CourseFigures]) -> list[CourseFigures]:
    """Returns as many of the first courses as have at most `COURSE_DAYS` days of history in sum."""
    room = COURSE_DAYS
    fitting = []
    for one in courses:
        room -= (one.days[-1].day - one.days[0].day).days + 1
        if room < 0:
            break
        fitting.append(one)
    return fitting


def _attempts(tasks: Iterable[TaskFigures]) -> Counter[str]:
    attempts: Counter[str] = Counter()
    for one in tasks:
        attempts[one.course] += one.attempts
    return attempts


def _create_temporary(session: connection, tables: list[str]) -> None:
    """Creates temporary tables; these hide existing ones, which stay (PostgreSQL 20.11.1)."""
    with transaction(session) as at:
        at.execute(statement("schema.missing_rights"), {"tables": [], "with_sequence": []})
        for right, grant in at.fetchall():
            raise LoadError(Problem.DATABASE_RIGHT, said=right, details=grant)
        for table in tables:
            at.execute(statement(f"tables.{table}").replace("CREATE TABLE", "CREATE TEMP TABLE"))
        take_over_type_of_user_id(at)
