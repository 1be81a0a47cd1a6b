"""The steps of a run, in order. The log has a line at the beginning and at the end of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial

from etl.models.errors import ExitCode, PipelineError, Stage, TransformError
from etl.models.figures import History
from etl.models.notices import Notice
from etl.models.records import Answer, Batch, Progress, Reason
from etl.models.window import Window
from etl.pipeline import findings
from etl.pipeline.diary import Diary, End
from etl.pipeline.entry import so_far
from etl.pipeline.fetching import fetch_in_order
from etl.pipeline.prefetch import in_background
from etl.pipeline.wiring import Parts
from etl.settings.reading import Settings
from etl.settings.sections import RunSettings

# As the titles of letter and sheet say.
TASK_DAYS = 28


def open_database(parts: Parts, diary: Diary) -> None:
    """First of all: a database that is down is found before the grader is asked."""
    with diary.preparing("opening the database") as end:
        end(parts.database.open(diary.started_at, diary.command))
    parts.healthcheck.started()


def choose_window(settings: RunSettings, progress: Progress, now: datetime) -> Window:
    """The last full days before `now`, stretched back to what is not loaded yet.

    While nothing is loaded, that is what the first of all runs should have loaded.
    """
    days, zone = settings.window_days, settings.zone
    loaded_until = progress.watermark
    if loaded_until is None and progress.first_run_at:
        loaded_until = Window.due(progress.first_run_at, days, None, zone).start
    return Window.due(now, days, loaded_until, zone)


def choose_window_to_load(settings: Settings, parts: Parts, diary: Diary) -> Window:
    """The days asked for, else those that are due."""
    window = diary.window
    if window is None:
        progress, now = parts.database.progress(), diary.started_at
        window = choose_window(settings.run, progress, now)
        days = settings.run.window_days
        diary.notice_all(findings.missed_runs(window, progress.last_due_at, now, days))
    diary.covers(window)
    return window


def choose_window_to_report(settings: Settings, parts: Parts, diary: Diary) -> None:
    """The days asked for, else the last ones that have been loaded."""
    progress = parts.database.progress()
    window = diary.window
    if window is None and (loaded_until := progress.watermark):
        window = choose_window(settings.run, progress, loaded_until)
    if window:
        diary.covers(window)
    else:
        diary.did = "nothing is loaded yet, so the sheet got no day"


def extract_transform_load(window: Window, parts: Parts, diary: Diary) -> None:
    """Slice by slice, oldest first: while one is stored, the next are asked for."""
    rest: Window | None = window
    with (
        closing(fetch_in_order(window, parts.api)) as answers,
        diary.show.loading(window) as loading,
    ):
        in_background(parts.preload)
        while rest:
            with diary.stage(Stage.EXTRACT, parts.api.first_slice(rest)) as end:
                begun = time.monotonic()
                answer = next(answers)
                diary.answered(answer.tries, time.monotonic() - begun)
                end(f"{answer.count} records of {answer.window}")
            transform_and_load(answer, parts, diary)
            rest = rest.after(answer.window)
            loading.add(answer, rest)
    if waiting := parts.database.delete_old_rejected():
        diary.notice(Notice.QUARANTINE_EXPIRED, records=waiting)
    parts.database.tidy()
    if not diary.counts.received and Notice.OF_FORGOTTEN not in diary.notices:
        diary.notice(Notice.EMPTY_WINDOW)


def transform_and_load(answer: Answer, parts: Parts, diary: Diary) -> None:
    """Piece by piece: while PostgreSQL stores one, the next is validated."""
    end_transform = diary.begin(Stage.TRANSFORM, answer.window)
    with diary.stage(Stage.LOAD, answer.window) as end:
        try:
            loaded = parts.database.insert(answer, lambda: _validated(answer, parts, end_transform))
        except TransformError:
            parts.database.quarantine(lambda: _processed(answer, parts))
            raise
        diary.loaded(loaded)
        end(loaded.counts)


def _validated(answer: Answer, parts: Parts, end: End) -> Iterator[Batch]:
    """The answer's batches. Raises `TransformError` after the last when too many are bad.

    Its time is that of the rules alone: the batches wait for PostgreSQL in between.
    """
    valid, seconds = 0, 0.0
    reasons: Counter[Reason] = Counter()
    begun = time.monotonic()
    for batch in _processed(answer, parts):
        valid += len(batch.rows)
        reasons.update(one.reason for one in batch.rejected)
        seconds += time.monotonic() - begun
        yield batch
        begun = time.monotonic()
    end(f"{valid} valid, {reasons.total()} rejected", seconds)
    if refusal := parts.processor.refusal(answer, reasons):
        raise refusal


def _processed(answer: Answer, parts: Parts) -> Iterator[Batch]:
    return parts.processor.process(answer, parts.database.forgotten)


def replay(parts: Parts, diary: Diary) -> None:
    """Validates the quarantine by today's rules and loads what passes now."""
    with diary.stage(Stage.LOAD, "what is valid now of the quarantine") as end:
        kept = parts.database.quarantined()
        loaded = parts.database.load_replayed(kept, lambda: _processed(kept.answer, parts))
        diary.loaded(loaded)
        end(loaded.counts)
    counts = loaded.counts
    diary.did = f"the quarantine: {counts}" if counts.received else "the quarantine is empty"
    accepted = counts.inserted + counts.duplicates
    diary.notice(Notice.REPLAYED, accepted=accepted, received=counts.received)


def report(settings: Settings, parts: Parts, diary: Diary) -> None:
    """The window's days and those that no earlier run could report, out of the database."""
    debt = parts.database.report_debt()
    owed = debt.days if parts.reporter.url else ()
    days = sorted({*owed, *(diary.window.days() if diary.window else ())})
    last_days = Window.due(diary.started_at, TASK_DAYS, None, settings.run.zone)
    before = diary.window.before().days() if diary.window else []
    if repaired := parts.database.repair([*days, *last_days.days(), *before]):
        diary.notice(Notice.SUMMARIES_REPAIRED, days=repaired)
    parts.database.name_tasks(settings.names_file.names)
    with diary.stage(Stage.REPORT) as end:
        diary.figures = parts.database.daily_figures(days, even_unloaded=False)
        if diary.window:
            diary.notice_all(findings.never_loaded(diary.window, diary.figures))
        usual = parts.database.usual(days)
        received, today = diary.received_by_day, diary.started_at.date()
        diary.notice_all(
            findings.compare(received, diary.counts, diary.figures, usual, today=today)
        )
        diary.tasks = parts.database.task_figures(last_days)
        publication = parts.reporter.publish(diary.figures, diary.tasks)
        if publication:
            end(publication)
        if publication and not publication.differing:
            parts.database.mark_reported(debt, diary.now())
        diary.published(publication)
        if received and not diary.is_by_hand:
            diary.notice_all(findings.recovery(usual, diary.started_at.tzinfo))
        if diary.window:
            diary.totals, diary.before = parts.database.totals(diary.window)


def refresh_dashboard(parts: Parts, diary: Diary) -> None:
    """Whatever failed: the page says so. An old page stops no run: the next one writes it anew.

    Whoever ends a run waits for no page, but the letter must get out.
    """
    if not parts.database.run_id or diary.exit_code == ExitCode.TERMINATED:
        return
    try:
        write_dashboard(parts, diary)
    except PipelineError as error:
        cause = [diary.redact(str(fact)) for fact in error.facts.values()]
        diary.notice(Notice.DASHBOARD_NOT_WRITTEN, cause=cause)


def write_dashboard(parts: Parts, diary: Diary) -> str:
    """Says what was written."""
    with diary.stage(Stage.REPORT, "the dashboard") as end:
        written = parts.dashboard.write(partial(_history, parts, diary), diary.now())
        end(written)
    return written


def _history(parts: Parts, diary: Diary) -> History:
    """The journal does not know yet how this run ends."""
    history, own = parts.database.history(), parts.database.run_id
    runs = [so_far(diary, run) if run.id == own else run for run in history.runs]
    return replace(history, runs=runs)


def notify(settings: Settings, parts: Parts, diary: Diary) -> None:
    """A letter to everybody, whatever has happened."""
    with diary.stage(Stage.NOTIFY) as end:
        result = diary.result(
            sheet_url=parts.reporter.url,
            dashboard_url=settings.run.dashboard_url,
            window_days=settings.run.window_days,
        )
        end(parts.notifier.send(parts.compose(result), diary.now()))
