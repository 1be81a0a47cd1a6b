"""The table of contents: options, settings, log, the five stages in order, letter, exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

PROJECT = Path(__file__).resolve().parents[1]
if __package__ in {None, ""}:  # `python etl/main.py` puts this folder first, where `etl` is not
    sys.path[0] = str(PROJECT)

from etl.settings.options import Mode, Options, parse_options

if TYPE_CHECKING:
    from etl.pipeline.diary import Run
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
    from etl.pipeline.diary import Run
    from etl.pipeline.failures import terminable
    from etl.pipeline.wiring import Parts, notices_of
    from etl.settings.reading import read_settings
    from etl.settings.redaction import Redactor

    settings = read_settings(root / ".env", environ)
    redact = Redactor(settings.secrets)
    logs, keep_days = root / settings.run.log_directory, settings.run.log_keep_days
    clock = settings.run.local(now)
    with logging_to(logs, now=clock(), keep_days=keep_days, redact=redact) as log_lines:
        with console.progress() as tell:
            run = Run(clock, redact=redact, tell=tell, log_lines=log_lines)
            for notice, facts in notices_of(settings).items():
                run.notice(notice, **facts)
            parts = Parts(
                settings,
                var=root / "var",
                now=clock,
                redactor=redact,
                dashboard_file=options.dashboard or settings.run.dashboard_in(root),
            )
            with terminable():
                perform(options, settings, parts, run)
        console.show(run.report())
    return run.exit_code


def perform(options: Options, settings: Settings, parts: Parts, run: Run) -> None:
    """What was asked for, and a letter about it unless it was a trial."""
    from etl.pipeline import stages
    from etl.pipeline.trials import run_checks, run_dry

    with run.recording():
        settings.require(api=options.mode.asks_grader)
        run.window = options.window(run.started_at, settings.run.zone)
        run.is_by_hand = run.window is not None
        match options.mode:
            case Mode.CHECK:
                run_checks(parts, run)
            case Mode.DRY_RUN:
                run_dry(settings, parts, run)
            case Mode.DASHBOARD:
                stages.write_dashboard(parts, run)
            case Mode.REPLAY_REJECTED:
                stages.open_database(parts, run)
                stages.replay(parts, run)
                stages.report(settings, parts, run)
            case Mode.REPORT_ONLY:
                stages.open_database(parts, run)
                stages.choose_loaded_window(settings, parts, run)
                stages.report(settings, parts, run)
            case _:
                stages.open_database(parts, run)
                window = stages.choose_window(settings, parts, run)
                stages.extract_transform_load(window, parts, run)
                stages.report(settings, parts, run)
    if options.mode.sends_letter and not run.is_nobodys_business:
        with run.recording():
            stages.notify(settings, parts, run)
        with run.recording():
            parts.database.close(run.journal_entry())
        with run.recording():
            parts.healthcheck.finished(run.failure)


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
