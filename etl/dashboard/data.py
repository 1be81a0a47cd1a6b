"""The dashboard's data: figures as JSON for `figures.js`; days are numbered from the first, 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Any

from etl.models.figures import (
    EXACT_COURSE_DAYS,
    EXACT_DAYS,
    LATER_WEEKS,
    Cohort,
    DailyFigures,
    PageFigures,
    Returning,
    Students,
    TaskFigures,
)
from etl.texts import Catalogue

HOURS = 24
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
MORE = 32  # five bits to a digit, and this one marks that more follow


def page_data(figures: PageFigures, catalogue: Catalogue) -> dict[str, Any]:
    """Returns the dashboard's data as a dict for JSON; lists of counts are packed into texts.

    The page's words are in the language of `catalogue`. `figures.days` must not be empty.
    """
    first, last = figures.days[0].day, figures.days[-1].day
    called = course_names(figures)
    numbers = {course: number for number, course in enumerate(sorted(called))}
    task_names = {(one.course, one.task): one.task_name or one.task for one in _tasks_of(figures)}
    tasks = {task: number for number, task in enumerate(sorted(task_names))}
    return {
        "words": catalogue.dashboard,
        "decimal": catalogue.decimal,
        "first": first.isoformat(),
        "days": len(figures.days),
        "hours": packed(
            figures.hours.get((one.day, hour), 0) for one in figures.days for hour in range(HOURS)
        ),
        "unloaded": [(day - first).days for day in figures.unloaded],
        "everything": {
            **_scope(figures.days, figures.students, first, EXACT_DAYS),
            "before": figures.students.before,
            "months": _students(figures.students.months, _months(first, last)),
        },
        "cohortWeeks": LATER_WEEKS + 1,
        **_cohorts(figures.students.cohorts, first),
        "courses": [
            {
                "course": numbers[one.course],
                **_scope(_every_day(one.days), one.students, first, EXACT_COURSE_DAYS),
            }
            for one in figures.courses
        ],
        "courseNames": [called[course] for course in numbers],
        "tasks": [[numbers[task[0]], task_names[task]] for task in tasks],
        "taskSpans": {
            span: packed(
                chain.from_iterable(_task(tasks[one.course, one.task], one) for one in of_span)
            )
            for span, of_span in figures.tasks.items()
        },
    }


def course_names(figures: PageFigures) -> dict[str, str]:
    """Returns each course's name by its id; without a name in TASK_NAMES_FILE it is the id."""
    return {one.course: one.course_name or one.course for one in _tasks_of(figures)}


def _tasks_of(figures: PageFigures) -> Iterable[TaskFigures]:
    return chain.from_iterable(figures.tasks.values())


def _task(number: int, one: TaskFigures) -> tuple[int, ...]:
    """Returns a task's figures as whole numbers.

    Shares are in hundredths of a percent, medians in halves, both plus 1: 0 stands for unknown.
    """
    parts = ((one.first_try_percent, 100), (one.success_percent, 100), (one.median_attempts, 2))
    known = (0 if value is None else 1 + round(value * of_one) for value, of_one in parts)
    return number, one.students, *known, one.attempts, one.submits


def _scope(
    days: Sequence[DailyFigures], students: Students, first: date, exact: int
) -> dict[str, Any]:
    """Returns the counts of all courses or of one. `days` has no gaps, may begin after `first`."""
    dates = [one.day for one in days]
    return {
        "firstDay": (dates[0] - first).days,
        "exactDays": exact,
        "runs": packed(one.runs for one in days),
        "submits": packed(one.submits for one in days),
        "correct": packed(one.correct for one in days),
        "daily": _students(students.days, dates, exact - 1),
        "lastSeen": packed(students.last_seen.get(day, 0) for day in dates),
    }


def _every_day(days: Sequence[DailyFigures]) -> list[DailyFigures]:
    """Returns the days without gaps: days without attempts between them are zeros."""
    known = {one.day: one for one in days}
    dates = [days[0].day + timedelta(days=n) for n in range((days[-1].day - days[0].day).days + 1)]
    return [known.get(day, DailyFigures(0, 0, 0, 0, 0, day)) for day in dates]


def _students(
    counts: Iterable[Returning], starts: Sequence[date], width: int | None = None
) -> dict[str, Any]:
    """Returns packed counts of the students active on each day (or in each month).

    `returning` has those who were last active one day (or month) before, two before, ... up to
    `width` (None: as many as there can be).
    """
    width = len(starts) - 1 if width is None else width
    numbers = {start: number for number, start in enumerate(starts)}
    everyone = [0] * len(starts)
    returning = [0] * (len(starts) * width)
    for one in counts:
        number = numbers[one.start]
        everyone[number] += one.students
        if one.since:
            returning[number * width + one.since - 1] += one.students
    return {"width": width, "students": packed(everyone), "returning": packed(returning)}


def _months(first: date, last: date) -> list[date]:
    """Returns the first day of every month from that of `first` to that of `last`."""
    numbers = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _cohorts(cohorts: Sequence[Cohort], first: date) -> dict[str, Any]:
    """Returns a row for each week from the first cohort on: its students by week since."""
    if not cohorts:
        return {"firstMonday": 0, "cohorts": ""}
    active = {one.start: one.active for one in cohorts}
    start, nobody = cohorts[0].start, [0] * (LATER_WEEKS + 1)
    weeks = range((cohorts[-1].start - start).days // 7 + 1)
    rows = [active.get(start + timedelta(weeks=week), nobody) for week in weeks]
    return {"firstMonday": (start - first).days, "cohorts": packed(chain.from_iterable(rows))}


def packed(counts: Iterable[int]) -> str:
    """Returns counts as base64 VLQ of source maps (ECMA-426), but unsigned: half as long as JSON.

    A character holds five bits of a count, the lowest first, and one that says if more follow.
    """
    return "".join(map(_digits, counts))


@cache  # the same small counts come again and again
def _digits(count: int) -> str:
    text = ""
    while count >= MORE:
        text += DIGITS[count % MORE + MORE]
        count //= MORE
    return text + DIGITS[count]
