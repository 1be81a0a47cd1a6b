"""The history as the page's script reads it: JSON, days as their numbers from the first one on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from etl.models.figures import FEW_SUBMITS, CohortWeek, History, TaskDay
from etl.texts import Catalogue

HOURS = 24


def page_data(history: History, catalogue: Catalogue) -> dict[str, Any]:
    """`days` must not be empty; `figures.js` reads this."""
    days = [figures.day for figures in history.days]
    tasks = sorted({(one.course, one.task) for one in history.task_days})
    number_of = {task: number for number, task in enumerate(tasks)}
    return {
        "words": asdict(catalogue.dashboard),
        "first": days[0].isoformat(),
        "runs": [figures.runs for figures in history.days],
        "submits": [figures.submits for figures in history.days],
        "correct": [figures.correct for figures in history.days],
        "returning": _returning(history, days),
        "hours": [[history.hours.get((day, hour), 0) for hour in range(HOURS)] for day in days],
        "unloaded": [(day - days[0]).days for day in history.unloaded],
        "tasks": tasks,
        "taskDays": _task_days(history.task_days, number_of, days),
        "taskSpans": _task_spans(history, number_of),
        "fewSubmits": FEW_SUBMITS,
        "cohorts": _cohorts(history.cohorts),
    }


def _returning(history: History, days: list[date]) -> list[list[int]]:
    """Day by day: days since these students' last day (0: their first), how many they are, ..."""
    by_day: list[list[int]] = [[] for _ in days]
    for one in history.returning:
        since = (one.day - one.previous).days if one.previous else 0
        by_day[(one.day - days[0]).days] += [since, one.students]
    return by_day


def _task_days(
    task_days: Iterable[TaskDay], number_of: Mapping[tuple[str, str], int], days: list[date]
) -> list[list[int]]:
    """Day by day: the task's number, its attempts, submits and correct ones, ..."""
    by_day: list[list[int]] = [[] for _ in days]
    for one in task_days:
        task = number_of[one.course, one.task]
        by_day[(one.day - days[0]).days] += [task, one.attempts, one.submits, one.correct]
    return by_day


def _task_spans(
    history: History, number_of: Mapping[tuple[str, str], int]
) -> dict[int, list[list[float | None]]]:
    """What days cannot be added up to, by length of the span: its tasks, hardest first."""
    return {
        span: [
            [
                number_of[one.course, one.task],
                one.students,
                one.first_try_percent,
                one.median_attempts,
            ]
            for one in tasks
        ]
        for span, tasks in history.tasks.items()
    }


def _cohorts(cohort_weeks: Iterable[CohortWeek]) -> list[list[Any]]:
    """Cohort by cohort: its Monday, then weeks since and students active in that week, ..."""
    by_cohort: dict[date, list[Any]] = {}
    for one in cohort_weeks:
        row = by_cohort.setdefault(one.cohort, [one.cohort.isoformat()])
        row += [(one.week - one.cohort).days // 7, one.students]
    return list(by_cohort.values())
