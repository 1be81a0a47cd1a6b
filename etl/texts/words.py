"""Labels and short sentences of the letter. Blanks are those of `Conventions.fill`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    title: str
    # A verdict and what is seen at a glance are the letter's first sentence.
    verdict_done: str
    verdict_attention: str
    verdict_failed: str
    glance: str
    glance_without_submits: str
    glance_nobody: str
    glance_never_loaded: str
    glance_stored: str
    failed: str
    # About a failure.
    what_happened: str
    what_to_do: str
    what_is_safe: str
    safe_stored: str
    safe_nothing: str
    safe_loaded: str
    rest_next_run: str
    rest_by_hand: str
    safe_untouched: str
    details: str
    last_lines: str
    # Figures.
    to_look_at: str
    good_to_know: str
    compared_title: str
    figures_title: str
    change: str
    students: str
    attempts: str
    runs: str
    submits: str
    correct: str
    success: str
    percent_points: str
    new: str
    days_title: str
    days_not_in_sheet: str
    day: str
    day_line: str
    more_days: str
    tasks_title: str
    task: str
    task_details: str
    task_first_try: str
    task_median: str
    task_unsolved: str
    # What became of the records.
    counts_title: str
    received: str
    inserted: str
    duplicates: str
    conflicting: str
    rejected: str
    out_of_window: str
    reasons_title: str
    reasons_kept: str
    reasons_share: str
    # The foot.
    sheet: str
    dashboard: str
    reconciled: str
    sheet_changes: str
    started: str
    duration: str
    waited: str
    next_run: str


@dataclass(frozen=True)
class DashboardWords:
    """`{blanks}` are filled by the page or by its script. A comment in the page is no word."""

    title: str
    locale: str
    # As spreadsheets of this language read a CSV.
    csv_separator: str
    decimal_mark: str
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
    course: str
    all_courses: str
    few_courses: str

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
    students_unknown: str
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
    days_not_loaded: str
    hatched: str
    summary: str
    keys: str
    table: str

    hours: str
    hours_note: str
    hours_course: str
    hour: str
    weekdays: tuple[str, ...]

    tasks: str
    tasks_note: str
    tasks_span: str
    task: str
    first_try: str
    median: str
    all_tasks: str
    no_tasks: str

    retention: str
    retention_note: str
    retention_course: str
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
    what_happened: str
    killed: str
    statuses: Mapping[str, str]
    chart_library: str
