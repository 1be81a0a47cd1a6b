"""The history out of SQL, against the same figures counted attempt by attempt.

Hours, tasks and cohorts are compared where they are shown: `test_in_a_browser.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from etl.components.database_inserter import DatabaseInserter
from etl.models.figures import (
    COURSE_DAYS,
    COURSES,
    CourseFigures,
    DailyFigures,
    Students,
    TaskFigures,
)
from etl.models.window import Window, day_ranges
from etl.postgres.journal import covers, days_between
from etl.postgres.page import busiest_courses, room_for
from tests.dashboard import campus
from tests.dashboard.conftest import Loaded
from tests.database_inserter.batches import batch, insert

UTC_ZONE = ZoneInfo("UTC")


def has_the_figures_of(days: Sequence[DailyFigures], attempts: list[campus.Attempt]) -> None:
    for one in days:
        chosen = campus.within(attempts, one.day, one.day)
        kinds = Counter(attempt.kind for attempt in chosen)
        assert (one.attempts, one.users) == (len(chosen), len(campus.students_of(chosen)))
        assert (one.runs, one.submits) == (kinds["run"], kinds["submit"])
        assert one.correct == sum(attempt.verdict == 1 for attempt in chosen)


def test_every_day_is_there_with_the_figures_that_the_sheet_has(loaded: Loaded) -> None:
    assert [one.day for one in loaded.history.days] == campus.days()
    has_the_figures_of(loaded.history.days, loaded.attempts)
    assert loaded.history.unloaded == campus.NEVER_LOADED


def test_a_course_has_its_days_with_attempts(loaded: Loaded) -> None:
    assert [one.course for one in loaded.history.courses] == campus.COURSES
    for of_course in loaded.history.courses:
        theirs = campus.of_course(loaded.attempts, of_course.course)
        assert [one.day for one in of_course.days] == sorted({one.day for one in theirs})
        has_the_figures_of(of_course.days, theirs)


def test_the_busiest_courses_of_the_last_year_are_offered() -> None:
    def task(course: str, attempts: int) -> TaskFigures:
        return TaskFigures(course, "sum", attempts, 1, None, None, None)

    few = [task(f"c{n:02}", 1) for n in range(COURSES)]
    ended, begun = task("ended", 900), task("begun", 2)
    assert busiest_courses({}) == []
    assert busiest_courses({9: [ended]}) == []
    assert busiest_courses({9: [ended, begun]}) == ["ended", "begun"]
    offered = busiest_courses({365: [*few, begun], 400: [*few, begun, ended]})
    assert offered == ["begun", *(one.course for one in few[:-1])]


def test_courses_are_offered_as_long_as_their_days_have_room() -> None:
    def course(name: str, length: int) -> CourseFigures:
        ends = (date(2016, 1, 1), date(2016, 1, 1) + timedelta(days=length - 1))
        days = [DailyFigures(1, 1, 0, 1, 0, day) for day in ends]
        return CourseFigures(name, days, Students((), {}, {}, (), ()))

    busy, long, short = course("b", 2), course("c", COURSE_DAYS - 2), course("a", 2)
    assert room_for([busy, long, short]) == [busy, long]
    assert room_for([busy, short, long]) == [busy, short]


def test_a_day_that_is_loaded_in_part_is_not_loaded() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    windows = [
        Window(day, day + timedelta(hours=30), UTC_ZONE),
        Window(day + timedelta(hours=2), day + timedelta(hours=3), UTC_ZONE),
        Window(day + timedelta(hours=80), day + timedelta(hours=90), UTC_ZONE),
    ]
    assert days_between(windows) == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    assert days_between(windows[:2]) == []
    first, last = (Window.of_days(one, one, UTC_ZONE) for one in (day.date(), date(2026, 3, 2)))
    assert [covers(windows, one) for one in (first, last)] == [True, False]
    assert not covers(windows[1:], first)


def test_rows_of_days_are_shown_by_their_ends() -> None:
    one, two, four = (date(2026, 3, n) for n in (1, 2, 4))
    assert day_ranges([one, two, four]) == [(one, two), (four, four)]
    assert day_ranges([]) == []


def test_the_quarantine_and_the_runs_are_shown(loaded: Loaded) -> None:
    (quarantine,) = loaded.history.quarantine
    assert (quarantine.reason, quarantine.records) == ("attempt_type_unknown", 3)
    (run,) = loaded.history.runs
    counts = run.counts
    assert (run.status, counts.received, counts.inserted, counts.rejected) == ("succeeded", 7, 5, 2)


def test_an_empty_database_has_an_empty_history(inserter: DatabaseInserter) -> None:
    history = inserter.page_figures()
    assert (history.days, history.courses, history.tasks, history.unloaded) == ([], [], {}, [])


def test_a_student_who_stands_where_a_task_should_is_none(inserter: DatabaseInserter) -> None:
    student = "b" * 32
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    attempts = [
        campus.Attempt(student, campus.SQL, task, "run", None, moment + timedelta(seconds=n))
        for n, task in enumerate([student, f"of-{student}", "sum"])
    ]
    day = Window.of_days(date(2026, 3, 1), date(2026, 3, 1), campus.ZONE)
    insert(inserter, batch(*(one.record() for one in attempts), window=day))
    history = inserter.page_figures()
    assert [one.task for one in history.tasks[1]] == ["sum"]
    assert student not in repr(history)


def test_a_run_that_has_not_ended_has_the_counts_of_its_slices(inserter: DatabaseInserter) -> None:
    day = Window.of_days(date(2026, 3, 1), date(2026, 3, 1), campus.ZONE)
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)
    attempt = campus.Attempt("a" * 32, campus.SQL, "sum", "submit", 1, moment)
    insert(inserter, batch(attempt.record(), window=day))
    (run,) = inserter.page_figures().runs
    assert (run.status, run.counts.received, run.counts.inserted) == ("running", 1, 1)
    assert run.days == (date(2026, 3, 1), date(2026, 3, 1))
