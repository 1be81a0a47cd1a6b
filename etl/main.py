"""The table of contents: options, settings, log, the five stages in order, letter, exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parents[1]
if __package__ in {None, ""}:  # `python etl/main.py` puts this folder first, where `etl` is not
    sys.path[0] = str(PROJECT)

from etl.cli import Mode, Options, parse_options
from etl.models import Notice, Stage

if TYPE_CHECKING:
    from etl.run import Run
    from etl.settings import Settings
    from etl.wiring import Parts


def utc_now() -> datetime:
    return datetime.now(UTC)


def main(
    arguments: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    now: Callable[[], datetime] = utc_now,
    root: Path = PROJECT,
) -> int:
    """Runs the program; returns its exit code. `root` holds `.env`, `var` and the logs."""
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    if options.mode is Mode.DEMO:
        from etl.demo.tour import show_demo

        return show_demo(main, directory=root / "var" / "demo", environ=environ, now=now)

    # Imported only now: `--help` needs none of it.
    from etl import console
    from etl.components.logger_configs import logging_to
    from etl.redaction import Redactor
    from etl.run import Run, terminable
    from etl.settings import read_settings
    from etl.wiring import build_parts, notices_of

    settings = read_settings(root / ".env", environ)
    redact = Redactor(settings.secrets)
    logs, keep_days = root / settings.run.log_directory, settings.run.log_keep_days
    clock = settings.run.local(now)
    with logging_to(logs, now=clock(), keep_days=keep_days, redact=redact), terminable():
        with console.progress() as tell:
            run = Run(clock, redact=redact, tell=tell)
            for notice, told in notices_of(settings).items():
                run.notice(notice, told)
            parts = build_parts(settings, var=root / "var", now=clock, redact=redact)
            perform(options, settings, parts, run)
        console.show(run.report())
    return run.exit_code


def perform(options: Options, settings: Settings, parts: Parts, run: Run) -> None:
    """What was asked for, and a letter about it unless it was a trial."""
    from etl.trial import run_checks, run_dry

    with run.recording():
        settings.require(api=options.mode is not Mode.REPORT_ONLY)
        run.window = options.window(run.started_at, settings.run.zone)
        match options.mode:
            case Mode.CHECK:
                run_checks(parts, run)
            case Mode.DRY_RUN:
                run_dry(settings, parts, run)
            case Mode.REPORT_ONLY:
                open_database(settings, parts, run)
                report(parts, run)
            case _:
                open_database(settings, parts, run)
                extract_transform_load(parts, run)
                report(parts, run)
    if options.mode.sends_letter and not run.is_locked_out:
        with run.recording():
            notify(settings, parts, run)
    with run.recording():
        parts.database.close(run.journal_entry())


def open_database(settings: Settings, parts: Parts, run: Run) -> None:
    """First of all: a database that is down is found before the grader is troubled."""
    with run.stage(Stage.LOAD, "opening the database") as told:
        parts.database.open(run.started_at)
        run.window = run.window or settings.run.due_window(
            run.started_at, parts.database.watermark()
        )
        told(f"the window is {run.window}")


def extract_transform_load(parts: Parts, run: Run) -> None:
    """Slice by slice, oldest first; each is stored for good before the next is asked for."""
    rest = run.window
    while rest:
        with run.stage(Stage.EXTRACT, rest) as told:
            answer = parts.api.fetch(rest)
            run.answered(answer)
            told(f"{len(answer.records)} records of {answer.window}")
        with run.stage(Stage.TRANSFORM, answer.window) as told:
            batch = parts.processor.process(answer)
            run.validated(batch)
            told(f"{len(batch.rows)} valid, {len(batch.rejected)} rejected")
            if refusal := parts.processor.refusal(batch):
                parts.database.quarantine(batch.rejected)
                raise refusal
        with run.stage(Stage.LOAD, answer.window) as told:
            counts = parts.database.insert(batch)
            run.loaded(counts)
            told(counts)
        rest = rest.after(answer.window)
    if not run.counts.received:
        run.notice(Notice.EMPTY_WINDOW)


def report(parts: Parts, run: Run) -> None:
    """The window's days and those that no earlier run could report, out of the database."""
    with run.stage(Stage.REPORT) as told:
        debt = parts.database.report_debt()
        days = sorted({*debt.days, *(run.window.days() if run.window else ())})
        run.figures = parts.database.daily_figures(days)
        publication = parts.reporter.publish(run.figures)
        if publication:
            parts.database.mark_reported(debt, run.now())
            run.published(publication)
            told(publication)


def notify(settings: Settings, parts: Parts, run: Run) -> None:
    from etl.texts import catalogue_of
    from etl.texts.letter import compose_letter

    with run.stage(Stage.NOTIFY) as told:
        report = run.report(sheet_url=parts.reporter.url, dashboard_url=settings.run.dashboard_url)
        letter = compose_letter(report, catalogue_of(settings.run.language))
        told(parts.notifier.send(letter, run.now()))


if __name__ == "__main__":
    sys.exit(main())
