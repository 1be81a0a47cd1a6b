"""A run's row in the journal: how it ends, and how the page shows it before that."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from etl.models.figures import JournalRow
from etl.pipeline.diary import Diary
from etl.pipeline.failures import failure_text, for_programs


def journal_entry(diary: Diary) -> dict[str, Any]:
    """What `etl_runs` gets to know in the end."""
    window, failure = diary.window, diary.failure
    kept = "partial" if diary.counts.received else "failed"
    return {
        "finished_at": diary.now(),
        "status": kept if failure else "succeeded",
        "failed_stage": failure and str(failure.stage),
        **(window.columns() if window else {"window_start": None, "window_end": None}),
        **asdict(diary.counts),
        "error": failure and failure_text(failure),
        "failure": failure and for_programs(failure),
    }


def so_far(diary: Diary, row: JournalRow) -> JournalRow:
    """The run's own row, with what is known before its letter."""
    entry = journal_entry(diary)
    return replace(
        row,
        status=entry["status"] if diary.failure else "own",
        days=diary.window.outer_days if diary.window else None,
        counts=diary.counts,
        **{name: entry[name] for name in ("finished_at", "failed_stage", "error", "failure")},
    )
