"""The steps of a run, each with its line at the start and at the end of the log."""

from __future__ import annotations

from etl.errors import PipelineError
from etl.models import Answer, Stage
from etl.reports import Notice
from etl.run import Run
from etl.settings import Settings
from etl.texts import catalogue_of
from etl.texts.letter import compose_letter
from etl.windows import Window
from etl.wiring import Parts


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
    """Slice by slice, oldest first; each is stored for good before the next is asked for."""
    rest: Window | None = window
    while rest:
        with run.stage(Stage.EXTRACT, rest) as told:
            answer = parts.api.fetch(rest)
            run.answered(answer)
            told(f"{len(answer.records)} records of {answer.window}")
        transform_and_load(answer, parts, run)
        rest = rest.after(answer.window)
    if not run.counts.received:
        run.notice(Notice.EMPTY_WINDOW)


def transform_and_load(answer: Answer, parts: Parts, run: Run) -> None:
    with run.stage(Stage.TRANSFORM, answer.window) as told:
        batch = parts.processor.process(answer)
        run.validated(batch)
        told(f"{len(batch.rows)} valid, {len(batch.rejected)} rejected")
        if refusal := parts.processor.refusal(batch):
            parts.database.quarantine(batch.rejected)
            raise refusal
    with run.stage(Stage.LOAD, answer.window) as told:
        counts = parts.database.insert(batch)
        run.loaded(batch, counts)
        told(counts)


def replay(parts: Parts, run: Run) -> None:
    """Validates the quarantine by today's rules and loads what passes now."""
    with run.stage(Stage.TRANSFORM, "the quarantine") as told:
        kept = parts.database.quarantined()
        batch = parts.processor.process(kept.answer)
        run.validated(batch)
        told(f"{len(batch.rows)} of {len(batch.records)} are valid now")
    with run.stage(Stage.LOAD, "what is valid now") as told:
        counts = parts.database.load_replayed(kept, batch)
        run.counts += counts
        told(counts)
    run.notice(Notice.REPLAYED, f"{counts.inserted + counts.duplicates} / {counts.received}")


def report(parts: Parts, run: Run) -> None:
    """The window's days and those that no earlier run could report, out of the database."""
    refresh_dashboard(parts, run)
    with run.stage(Stage.REPORT) as told:
        debt = parts.database.report_debt()
        owed = debt.days if parts.reporter.url else ()
        days = sorted({*owed, *(run.window.days() if run.window else ())})
        run.figures = parts.database.daily_figures(days)
        usual = parts.database.usual(days)
        run.compare(run.figures, usual)
        publication = parts.reporter.publish(run.figures)
        if publication:
            told(publication)
        if publication and not publication.differing:
            parts.database.mark_reported(debt, run.now())
        run.reported(publication, usual)


def refresh_dashboard(parts: Parts, run: Run) -> None:
    """Before the sheet, which may fail. An old page stops no run: the next one writes it anew."""
    try:
        write_dashboard(parts, run)
    except PipelineError as error:
        told = ", ".join(str(fact) for fact in error.facts.values())
        run.notice(Notice.DASHBOARD_NOT_WRITTEN, run.redact(told))


def write_dashboard(parts: Parts, run: Run) -> None:
    with run.stage(Stage.REPORT, "the dashboard") as told:
        told(parts.dashboard.write(parts.database.history, run.now()))


def notify(settings: Settings, parts: Parts, run: Run) -> None:
    """A letter to everybody, whatever has happened."""
    with run.stage(Stage.NOTIFY) as told:
        report = run.report(sheet_url=parts.reporter.url, dashboard_url=settings.run.dashboard_url)
        letter = compose_letter(report, catalogue_of(settings.run.language))
        told(parts.notifier.send(letter, run.now()))
