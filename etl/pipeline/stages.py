"""The stages of a run, in order. Each logs a line at its beginning and at its end."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from etl.models.background import in_background, result_of
from etl.models.errors import ExitCode, LockedError, PipelineError, Stage, TransformError
from etl.models.figures import PageFigures
from etl.models.notices import Notice
from etl.models.records import Answer, Batch, Loaded, Progress, Reason
from etl.models.window import Window
from etl.pipeline import notices
from etl.pipeline.components import off
from etl.pipeline.fetching import fetch_in_order
from etl.pipeline.run import Run
from etl.postgres import figures, journal
from etl.settings.sections import MailSettings, RunSettings, SheetSettings

if TYPE_CHECKING:
    from etl.components.api_client import APIClient
    from etl.components.data_processor import DataProcessor
    from etl.components.database_inserter import Batches, DatabaseInserter
    from etl.components.email_notifier import EmailNotifier
    from etl.components.google_sheets_reporter import GoogleSheetsReporter
    from etl.mail.letter import Letter

log = logging.getLogger(__name__)

# Days of the tasks' figures; the titles of letter and sheet say so, too.
TASK_DAYS = 28


def open_database(database_inserter: DatabaseInserter, run: Run) -> None:
    """Opens the run's database session, then pings the watchdog.

    Raises `LoadError` if the database is unusable, `LockedError` if another run has the lock. If
    that run has kept it for so long that scheduled runs are missing, a notice says since when.
    """
    now, window_days = run.result.started_at, run.settings.run.window_days
    with run.step("opening the database") as end:
        try:
            end(database_inserter.open(now, str(run.options)))
        except LockedError:
            with suppress(PipelineError):  # of a second connection, which changes nothing here
                last = database_inserter.peek_progress().last_due_at
                if last and notices.missing_runs(last, now, window_days):
                    run.notice(Notice.LOCKED_FOR_LONG, since=last.astimezone(now.tzinfo))
            raise
    if watchdog := run.components.watchdog:
        watchdog.started()


def due_window(settings: RunSettings, progress: Progress, now: datetime) -> Window:
    """Returns the window that is due, up to the last midnight before `now`.

    It has at least `window_days` days, and all since `progress.watermark`; while nothing is loaded,
    it begins where the window of the first run began.
    """
    days, zone = settings.window_days, settings.zone
    loaded_until = progress.watermark
    if loaded_until is None and progress.first_run_at:
        loaded_until = Window.due(progress.first_run_at, days, None, zone).start
    return Window.due(now, days, loaded_until, zone)


def choose_window(read_progress: Callable[[], Progress], run: Run) -> Window:
    """Sets and returns the run's window: the days in the options, else the due days."""
    window, now, settings = run.result.window, run.result.started_at, run.settings.run
    if window is None:
        progress = read_progress()
        window = due_window(settings, progress, now)
        run.notice_all(notices.missed_runs(window, progress.last_due_at, now, settings.window_days))
    run.covers(window)
    return window


def extract(api_client: APIClient | None, window: Window, run: Run) -> Iterator[Answer]:
    """Yields the grader's answers for `window`, oldest first; later ones are fetched meanwhile.

    Raises `ExtractError` if the grader fails. `api_client` must not be None.
    """
    assert api_client, "settings without a grader are refused before"
    result = run.result
    rest: Window | None = window
    with (
        closing(fetch_in_order(window, api_client)) as answers,
        run.show.loading(window) as loading,
    ):
        in_background(run.components.preload)
        while rest:
            with run.stage(Stage.EXTRACT, api_client.first_slice(rest)) as end:
                begun = time.monotonic()
                answer = next(answers)
                result.waited_seconds += time.monotonic() - begun
                result.requests += answer.tries
                if answer.tries > 1 or Notice.SEVERAL_TRIES in result.notices:
                    run.notice(Notice.SEVERAL_TRIES, requests=result.requests)
                end(f"{answer.count} records of {answer.window}")
            yield answer
            rest = rest.after(answer.window)
            loading.add(answer)


def transform(data_processor: DataProcessor, answer: Answer, run: Run) -> Batches:
    """Returns a function for `load` that validates `answer` and yields it in batches.

    It raises `TransformError` after the last batch if too many records are rejected.
    """
    end = run.begin(Stage.TRANSFORM, answer.window)

    def batches() -> Iterator[Batch]:
        valid, seconds = 0, 0.0  # validation alone, without PostgreSQL's time in between
        reasons: Counter[Reason] = Counter()
        begun = time.monotonic()
        for batch in data_processor.process(answer, run.components.database_inserter.forgotten):
            valid += len(batch.rows)
            reasons.update(one.reason for one in batch.rejected)
            seconds += time.monotonic() - begun
            yield batch
            begun = time.monotonic()
        end(f"{valid} valid, {reasons.total()} rejected", seconds)
        if refusal := data_processor.refusal(answer, reasons):
            raise refusal

    return batches


def _processed(run: Run, answer: Answer) -> Iterator[Batch]:
    use = run.components
    return use.data_processor.process(answer, use.database_inserter.forgotten)


def load(database_inserter: DatabaseInserter, answer: Answer, batches: Batches, run: Run) -> None:
    """Stores one answer; while PostgreSQL stores one batch, the next is validated.

    Raises `TransformError` if too many records are rejected; then only the quarantine is written.
    """
    with run.stage(Stage.LOAD, answer.window) as end:
        try:
            loaded = database_inserter.insert(answer, batches)
        except TransformError:
            database_inserter.quarantine(partial(_processed, run, answer))
            raise
        finally:
            if records := database_inserter.not_quarantined:
                run.notice(Notice.NOT_QUARANTINED, records=records)
        _add(loaded, run)
        end(loaded.counts)


def _add(loaded: Loaded, run: Run) -> None:
    result = run.result
    result.counts += loaded.counts
    result.rejected.update(loaded.reasons)
    result.received_by_day.update(loaded.distinct)
    result.forgotten_count += loaded.forgotten_count
    if loaded.forgotten_count:
        run.notice(Notice.OF_FORGOTTEN, records=result.forgotten_count)
    result.refusing_rules.update(loaded.rules)
    if loaded.rules:
        refused = result.rejected[Reason.REFUSED_BY_DATABASE]
        rules = dict(result.refusing_rules)
        run.notice(Notice.REFUSED_BY_DATABASE, refused=refused, rules=rules)


def tidy(database_inserter: DatabaseInserter, run: Run) -> None:
    """Deletes expired records of the quarantine; adds notices of them, and of an empty window."""
    if waiting := database_inserter.tidy():
        run.notice(Notice.QUARANTINE_EXPIRED, records=waiting)
    if not run.result.counts.received and Notice.OF_FORGOTTEN not in run.result.notices:
        run.notice(Notice.EMPTY_WINDOW)


def replay(database_inserter: DatabaseInserter, run: Run) -> None:
    """Loads the quarantined records that are valid by now; adds their counts to the result."""
    with run.stage(Stage.LOAD, "what is valid now of the quarantine") as end:
        loaded = database_inserter.replay(partial(_processed, run))
        _add(loaded, run)
        end(loaded.counts)
    counts = loaded.counts
    run.did = f"the quarantine: {counts}" if counts.received else "the quarantine is empty"
    accepted = counts.inserted + counts.duplicates
    run.notice(Notice.REPLAYED, accepted=accepted, received=counts.received)


def report(google_sheets_reporter: GoogleSheetsReporter | None, run: Run) -> None:
    """Fills `run.result` with the window's figures, the sheet also with other days it lacks."""
    database, result = run.components.database_inserter, run.result
    window, now, zone = result.window, result.started_at, run.settings.run.zone
    with database.transaction() as at:
        owed = journal.report_debt(at, zone).days if google_sheets_reporter else ()
    asked = window.days() if window else []
    last_days = Window.due(now, TASK_DAYS, None, zone)
    before = window.before().days() if window else []
    if repaired := database.repair([*asked, *owed, *last_days.days(), *before]):
        run.notice(Notice.SUMMARIES_REPAIRED, days=repaired)
    with database.transaction() as at:
        if not run.settings.names_file.unusable:  # else the names of the last run stay
            figures.write_names(at, run.settings.names_file.names)
        debt = journal.report_debt(at, zone)  # with the days that were counted anew
    days = sorted({*asked, *(debt.days if google_sheets_reporter else ())})
    with run.stage(Stage.REPORT) as end:
        with database.transaction() as at:
            result.figures = figures.loaded_daily_figures(at, days, zone)
            usual = figures.usual(at, days, database.run_id)
            tasks = figures.task_figures(at, last_days)
        may_link = run.settings.may_link
        result.tasks = [one if may_link(one.address) else replace(one, address="") for one in tasks]
        if window:
            run.notice_all(notices.never_loaded(window, result.figures))
        run.notice_all(notices.compare(result, usual, today=now.date()))
        if google_sheets_reporter:
            # In a thread, since a signal that comes just before a read does not end the read.
            publish = partial(google_sheets_reporter.publish, result.figures, result.tasks)
            result.publication = result_of(in_background(publish))
            end(result.publication)
            if not result.publication.differing:
                with database.transaction() as at:
                    journal.mark_reported(at, debt, run.now())
            run.notice_all(notices.inspect_sheet(result.publication))
            result.reconciled = notices.is_reconciled(result)
        else:
            end(f"the sheet is {off(*SheetSettings.required)}")
        if result.received_by_day and not result.is_by_hand:
            run.notice_all(notices.recovery(usual, now.tzinfo))
        if window:
            with database.transaction() as at:
                result.totals, result.before = figures.totals_beside_earlier(at, window)


@contextmanager
def ending(run: Run) -> Iterator[None]:
    """Writes the dashboard; after the context, completes the journal and pings the watchdog.

    The letter is to be sent within the context. A failure in one step does not stop the others. If
    `run.is_news` is false, there is neither dashboard nor ping.
    """
    is_news = run.is_news
    if is_news:
        with run.recording():
            _refresh_dashboard(run)
    with run.recording():
        yield
    with run.recording():
        run.components.database_inserter.close(run.journal_row())
    if is_news and (watchdog := run.components.watchdog):
        with run.recording():
            watchdog.finished(run.result.failure)


def notify(email_notifier: EmailNotifier | None, run: Run) -> None:
    """Sends the letter about the run, unless `run.is_news` is false or `--no-letter` is set."""
    if not (run.is_news and run.options.letter):
        return
    result, reporter = run.result, run.components.google_sheets_reporter
    with run.stage(Stage.NOTIFY) as end:
        if email_notifier is None:
            end(f"mail is {off(*MailSettings.required)}; no letter was sent")
            return
        result.sheet_url = reporter.url if reporter else None
        result.duration_seconds = run.seconds
        if result.exit_code == ExitCode.TERMINATED:
            email_notifier.hurry()
        end(email_notifier.send(partial(_compose_letter, run), run.now()))


def _compose_letter(run: Run, refused: Mapping[Path, str]) -> Letter:
    """Returns the letter about the run; it names the letters of earlier runs that were refused."""
    from etl.mail.letter import compose_letter  # brings jinja2, which most commands spare

    if refused:
        files = [run.redact(f"{path} ({said})") for path, said in refused.items()]
        run.notice(Notice.LETTERS_REFUSED, files=files)
    return compose_letter(run.result, run.components.catalogue)


def _refresh_dashboard(run: Run) -> None:
    """Writes the page; if that fails, there is only a notice, since the next run writes it anew."""
    if run.components.dashboard is None:
        log.info("report: the dashboard is %s", off("DASHBOARD_FILE"))
        return
    has_run = run.components.database_inserter.run_id
    if not has_run or run.result.exit_code == ExitCode.TERMINATED:  # the letter must get out
        return
    try:
        write_dashboard(run)
    except PipelineError as error:
        cause = [run.redact(str(fact)) for fact in error.facts.values()]
        run.notice(Notice.DASHBOARD_NOT_WRITTEN, cause=cause)


def write_dashboard(run: Run) -> str:
    """Writes the dashboard's file from the database; returns a line with the file and its size."""
    dashboard = run.components.dashboard
    assert dashboard, "without a file there is no page to ask for"
    with run.stage(Stage.REPORT, "the dashboard") as end:
        written = dashboard.write(partial(_page_figures, run), run.now())
        end(written)
    return written


def _page_figures(run: Run) -> PageFigures:
    """Returns the page's figures with this run's outcome, which the journal does not have yet."""
    database = run.components.database_inserter
    found = database.page_figures()
    runs = [run.current_row(row) if row.id == database.run_id else row for row in found.runs]
    return replace(found, runs=runs)
