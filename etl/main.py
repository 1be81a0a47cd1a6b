"""Start here: options, settings, log, the five stages in order, letter, exit code."""

import sys

if sys.version_info < (3, 11):  # so this file keeps to what Python 3.6 can parse
    version = ".".join(map(str, sys.version_info[:3]))
    sys.stderr.write(
        "lms-etl needs Python 3.11 or newer, and %s is Python %s:"
        " make .venv with a newer one, as the README says\n" % (sys.executable, version)
    )
    sys.exit(2)

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parents[1]
if __package__ in {None, ""}:  # `python etl/main.py` puts this folder first, where `etl` is not
    sys.path[0] = str(PROJECT)

from etl.settings.command_line import Options, parse_options
from etl.settings.modes import Mode

if TYPE_CHECKING:
    from etl.pipeline.diary import Diary
    from etl.pipeline.wiring import Parts
    from etl.settings.reading import Settings


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
    from etl.components.logger_configs import logging_to
    from etl.pipeline import console
    from etl.pipeline.diary import Diary
    from etl.pipeline.progress import progress
    from etl.pipeline.signals import terminable
    from etl.pipeline.wiring import Parts, notices_of
    from etl.settings.reading import read_settings
    from etl.settings.redaction import Redactor

    settings = read_settings(root / ".env", environ)
    if settings.database is None:  # libpq's variables (PostgreSQL 34.15) lead to another server
        for name in [name for name in os.environ if name.startswith("PG")]:
            del os.environ[name]
    redact = Redactor(settings.secrets + options.secrets)
    logs, keep_days = root / settings.run.log_directory, settings.run.log_keep_days
    clock = settings.run.local(now)
    with logging_to(logs, now=clock(), keep_days=keep_days, redact=redact) as log_lines:
        with progress(shares_terminal=options.mode is Mode.PSQL) as show:
            diary = Diary(clock, redact=redact, show=show, log_lines=log_lines)
            with diary.opened(options, settings.warnings):
                diary.notice_all(notices_of(settings))
                parts = Parts(
                    settings,
                    var=root / "var",
                    now=clock,
                    redactor=redact,
                    dashboard_file=options.file or settings.run.dashboard_in(root),
                    show=show,
                )
                with terminable():
                    perform(options, settings, parts, diary)
        console.show(diary.result(), diary.did, is_shown=diary.failure_is_shown)
    return diary.exit_code


def perform(options: Options, settings: "Settings", parts: "Parts", diary: "Diary") -> None:
    """What was asked for, and a letter about it unless it was a trial."""
    from etl.pipeline import stages, trials
    from etl.pipeline.maintenance import maintain

    with diary.recording():
        if options.mode is Mode.CHECK:
            trials.show_settings(settings, diary)
        settings.require(api=options.mode.asks_grader, names=options.mode.needs_names)
        diary.window = options.window(diary.started_at, settings.run.zone)
        diary.is_by_hand = diary.window is not None
        if options.mode is Mode.CHECK:
            trials.run_checks(settings, parts, diary)
        elif options.mode is Mode.DRY_RUN:
            trials.run_dry(settings, parts, diary)
        elif options.mode.is_maintenance:
            maintain(options, settings, parts, diary)
        else:
            stages.open_database(parts, diary)
            if options.mode is Mode.REPLAY_REJECTED:
                stages.replay(parts, diary)
            elif options.mode is Mode.REPORT_ONLY:
                stages.choose_window_to_report(settings, parts, diary)
            else:
                window = stages.choose_window_to_load(settings, parts, diary)
                stages.extract_transform_load(window, parts, diary)
            stages.report(settings, parts, diary)
    if options.mode.sends_letter:
        finish(options, settings, parts, diary)


def finish(options: Options, settings: "Settings", parts: "Parts", diary: "Diary") -> None:
    """Page, letter, journal and watchdog, each whatever became of the others."""
    from etl.pipeline import console, failures, stages
    from etl.pipeline.entry import journal_entry

    is_news = failures.is_news(diary.failure, at_terminal=console.at_terminal())
    if is_news:
        with diary.recording():
            stages.refresh_dashboard(parts, diary)
    if is_news and options.letter:
        with diary.recording():
            stages.notify(settings, parts, diary)
    with diary.recording():
        parts.database.close(journal_entry(diary))
    if is_news:
        with diary.recording():
            parts.healthcheck.finished(diary.failure)


if __name__ == "__main__":
    gc.set_threshold(50_000)  # attempts come by the thousand and leave no cycles behind
    try:
        code = main()
        gc.freeze()  # the last collection would look through all that goes now anyway: 0.2 s
        sys.exit(code)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("etl"):
            raise
        install = f"{sys.executable} -m pip install -r {PROJECT / 'requirements.txt'}"
        print(f"{error.name} is not installed for this Python: {install}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:  # before the run or after it
        sys.exit(130)
