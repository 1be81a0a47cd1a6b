"""The steps of a run, each with its line at the start and at the end of the log."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

from etl.models.attempts import Answer, Batch, Reason
from etl.models.errors import PipelineError, Stage, TransformError
from etl.models.report import Notice
from etl.models.window import Window
from etl.pipeline.diary import Run
from etl.pipeline.prefetch import ahead, in_background
from etl.pipeline.wiring import Parts
from etl.settings.reading import Settings

# As the titles of letter and sheet say.
TASK_DAYS = 28


def open_database(parts: Parts, run: Run) -> None:
    """First of all: a database that is down is found before the grader is troubled."""
    with run.stage(Stage.LOAD, "opening the database"):
        parts.database.open(run.started_at)
    parts.healthcheck.started()


def choose_window(settings: Settings, parts: Parts, run: Run) -> Window:
    """The days asked for; else the last full days, stretched back to what is not loaded yet."""
    if run.window is None:
        loaded_until = parts.database.watermark()
        if loaded_until is None:  # then the first of all runs has failed, and its days are missing
            loaded_until = settings.run.due_window(parts.database.first_run_at(), None).start
        run.window = settings.run.due_window(run.started_at, loaded_until)
    return run.window


def choose_loaded_window(settings: Settings, parts: Parts, run: Run) -> None:
    """For a report: the days asked for, else the last ones that have been loaded."""
    if run.window is None and (loaded_until := parts.database.watermark()):
        run.window = settings.run.due_window(loaded_until, None)


def extract_transform_load(window: Window, parts: Parts, run: Run) -> None:
    """Slice by slice, oldest first: while one is stored for good, the next is asked for."""
    rest: Window | None = window
    answers = ahead(_answers(window, parts))
    in_background(parts.get_ready)
    while rest:
        with run.stage(Stage.EXTRACT, rest) as told:
            begun = time.monotonic()
            answer = next(answers)
            run.answered(answer.tries, time.monotonic() - begun)
            told(f"{answer.count} records of {answer.window}")
        transform_and_load(answer, parts, run)
        rest = rest.after(answer.window)
    if not run.counts.received:
        run.notice(Notice.EMPTY_WINDOW)


def _answers(window: Window, parts: Parts) -> Iterator[Answer]:
    rest: Window | None = window
    while rest:
        answer = parts.api.fetch(rest)
        yield answer
        rest = rest.after(answer.window)


def transform_and_load(answer: Answer, parts: Parts, run: Run) -> None:
    """Piece by piece: while PostgreSQL stores one, the next is validated."""
    with run.stage(Stage.LOAD, answer.window) as told:
        try:
            loaded = parts.database.insert(answer, lambda: _validated(answer, parts, run))
        except TransformError:
            parts.database.quarantine(parts.processor.process(answer))
            raise
        run.loaded(loaded)
        told(loaded.counts)


def _validated(answer: Answer, parts: Parts, run: Run) -> Iterator[Batch]:
    """The answer's batches. Raises `TransformError` behind the last when too many are bad."""
    with run.timed(Stage.TRANSFORM, answer.window) as told:
        valid = 0
        reasons: Counter[Reason] = Counter()
        for batch in parts.processor.process(answer):
            valid += len(batch.rows)
            reasons.update(one.reason for one in batch.rejected)
            yield batch
        told(f"{valid} valid, {reasons.total()} rejected")
        if refusal := parts.processor.refusal(answer, reasons):
            raise refusal


def replay(parts: Parts, run: Run) -> None:
    """Validates the quarantine by today's rules and loads what passes now."""
    with run.stage(Stage.TRANSFORM, "the quarantine") as told:
        kept = parts.database.quarantined()
        (batch,) = parts.processor.process(kept.answer)
        told(f"{len(batch.rows)} of {batch.received} are valid now")
    with run.stage(Stage.LOAD, "what is valid now") as told:
        loaded = parts.database.load_replayed(kept, batch)
        run.loaded(loaded)
        told(loaded.counts)
    counts = loaded.counts
    accepted = counts.inserted + counts.duplicates
    run.notice(Notice.REPLAYED, accepted=accepted, received=counts.received)


def report(settings: Settings, parts: Parts, run: Run) -> None:
    """The window's days and those that no earlier run could report, out of the database."""
    refresh_dashboard(parts, run)
    with run.stage(Stage.REPORT) as told:
        debt = parts.database.report_debt()
        owed = debt.days if parts.reporter.url else ()
        days = sorted({*owed, *(run.window.days() if run.window else ())})
        run.figures = parts.database.daily_figures(days)
        usual = parts.database.usual(days)
        run.compare(run.figures, usual)
        last_days = Window.due(run.started_at, TASK_DAYS, None, settings.run.zone)
        run.tasks = parts.database.task_figures(last_days)
        publication = parts.reporter.publish(run.figures, run.tasks)
        if publication:
            told(publication)
        if publication and not publication.differing:
            parts.database.mark_reported(debt, run.now())
        run.reported(publication, usual)
        look_back(parts, run)


def look_back(parts: Parts, run: Run) -> None:
    """For the letter: the window and as many days before it, out of the database."""
    if run.window:
        run.totals = parts.database.totals(run.window)
        run.before = parts.database.totals(run.window.before())


def refresh_dashboard(parts: Parts, run: Run) -> None:
    """Before the sheet, which may fail. An old page stops no run: the next one writes it anew."""
    try:
        write_dashboard(parts, run)
    except PipelineError as error:
        told = ", ".join(str(fact) for fact in error.facts.values())
        run.notice(Notice.DASHBOARD_NOT_WRITTEN, cause=run.redact(told))


def write_dashboard(parts: Parts, run: Run) -> None:
    with run.stage(Stage.REPORT, "the dashboard") as told:
        told(parts.dashboard.write(parts.database.history, run.now()))


def notify(settings: Settings, parts: Parts, run: Run) -> None:
    """A letter to everybody, whatever has happened."""
    with run.stage(Stage.NOTIFY) as told:
        report = run.report(
            sheet_url=parts.reporter.url,
            dashboard_url=settings.run.dashboard_url,
            window_days=settings.run.window_days,
        )
        told(parts.notifier.send(parts.compose(report), run.now()))
