"""Labels and short sentences of the letter. Blanks are those of `Conventions.fill`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    title: str
    # One of these begins the letter, and one of the next group ends that sentence.
    verdict_done: str
    verdict_attention: str
    verdict_failed: str
    glance: str
    glance_without_submits: str
    glance_nobody: str
    glance_stored: str
    failed: str
    # Of a failure.
    what_happened: str
    what_to_do: str
    what_is_safe: str
    safe_stored: str
    safe_nothing: str
    safe_loaded: str
    safe_by_hand: str
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
    day_told: str
    more_days: str
    tasks_title: str
    task: str
    task_told: str
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
    reasons_told: str
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
