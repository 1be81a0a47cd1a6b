"""What the dashboard has to say: one record, so that no language can lack a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DashboardWords:
    """`{blanks}` are filled by the page or by its script. A comment in the page is no word."""

    title: str
    locale: str
    skip: str
    as_of: str
    empty: str
    no_script: str

    period: str
    last_days: str
    whole: str
    first_day: str
    last_day: str
    shown: str
    wrong_dates: str

    figures: str
    attempts: str
    students: str
    students_note: str
    success: str
    success_note: str
    runs_per_submit: str
    runs_per_submit_note: str
    students_a_day: str
    students_a_day_note: str
    changes_note: str
    points: str

    activity: str
    attempts_by: str
    students_by: str
    success_by: str
    by_day: str
    by_week: str
    runs: str
    submits: str
    correct: str
    date: str
    week: str
    not_loaded: str
    hatched: str
    summary: str
    keys: str
    table: str

    hours: str
    hours_note: str
    hour: str
    weekdays: tuple[str, ...]

    tasks: str
    tasks_note: str
    tasks_own_span: str
    task: str
    first_try: str
    median: str
    all_tasks: str
    no_tasks: str

    retention: str
    retention_note: str
    cohort: str
    cohort_size: str
    later_week: str
    no_cohorts: str

    health: str
    health_note: str
    rejects: str
    reason: str
    records: str
    waiting: str
    no_rejects: str
    gaps: str
    gaps_note: str
    no_gaps: str
    runs_title: str
    started: str
    days: str
    status: str
    received: str
    inserted: str
    rejected: str
    no_runs: str
    statuses: Mapping[str, str]
    chart_library: str
