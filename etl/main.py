"""Start here: `run_etl` is the ordinary run; `main` turns a command line into an exit code."""

import sys

if sys.version_info < (3, 11):  # this file must stay parsable by Python 3.6
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
    if Path(sys.path[0]).resolve() == PROJECT / "etl":  # but not with -I, -P, ._pth
        del sys.path[0]
    sys.path.insert(0, str(PROJECT))

from etl.models.files import act_as_owner
from etl.settings.command_line import Command, Options, parse_options

if TYPE_CHECKING:
    from etl.pipeline.run import Run


def run_etl(run: "Run") -> None:
    """Loads attempts from the grader into PostgreSQL, updates the Google Sheet, sends a letter.

    A failure is stored in `run.result`, not raised. cron starts this run. Its five stages are
    APIClient → DataProcessor → DatabaseInserter → GoogleSheetsReporter → EmailNotifier.
    """
    from etl.pipeline import stages

    use = run.components
    with run.recording():
        run.require_settings(grader=True)
        stages.open_database(use.database_inserter, run)
        window = stages.choose_window(use.database_inserter.progress, run)
        for answer in stages.extract(use.api_client, window, run):
            batches = stages.transform(use.data_processor, answer, run)
            stages.load(use.database_inserter, answer, batches, run)
        stages.tidy(use.database_inserter, run)
        stages.report(use.google_sheets_reporter, run)
    with stages.ending(run):
        stages.notify(use.email_notifier, run)


def main(
    arguments: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    root: Path = PROJECT,
) -> int:
    """Runs a command line (None: `sys.argv`) and returns the exit code.

    `root` is the folder of `.env`, of `var` with the program's data, and of the logs. Raises
    `SystemExit` for `--help` and wrong arguments, and after `--psql` with psql's exit code.
    """
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    demo, is_demo = root / "var" / "demo", options.command is Command.DEMO
    os.umask(os.umask(0o022) | 0o022)  # nobody else may change what this program makes
    home = act_as_owner(root / "var", demo if is_demo else root / "logs")
    if home:
        os.environ["HOME"] = home  # libpq and psql look there for files, and root's is closed
    if is_demo:
        from etl.demo.tour import show_demo

        return show_demo(main, directory=demo, environ=environ, now=now)
    return perform(options, environ=environ, now=now, root=root)


def perform(
    options: Options, *, environ: Mapping[str, str], now: Callable[[], datetime], root: Path
) -> int:
    """Reads the settings, opens the log, runs the command of `options`; returns the exit code."""
    # Imported here, since `--help` needs none of these.
    from etl.components.logger_configs import logging_to
    from etl.pipeline import notices, terminal
    from etl.pipeline.components import Components
    from etl.pipeline.run import Run, terminable
    from etl.settings.reading import read_settings
    from etl.settings.redaction import Redactor

    settings = read_settings(root / ".env", environ)
    # libpq's variables (PostgreSQL 34.15) would lead beside our settings; those of TLS name files.
    for name in [name for name in os.environ if name.startswith("PG")]:
        if settings.database is None or not name.startswith("PGSSL"):
            del os.environ[name]
    redact = Redactor(settings.secrets + options.secrets)
    clock = settings.run.local(now)
    logs, keep_days = root / settings.run.log_directory, settings.run.log_keep_days
    with logging_to(logs, now=clock(), keep_days=keep_days, redact=redact) as log_lines:
        with terminal.progress(shares_terminal=options.command is Command.PSQL) as show:
            components = Components(settings, root, clock, redact, show, options.file, environ)
            run, database = Run(options, components, log_lines), components.database_inserter
            with run.logged():
                run.notice_all(notices.of_settings(settings))
                with terminable(database.cancel, database.hang_up), run.recording():
                    if options.command is Command.RUN:
                        run_etl(run)
                    else:
                        from etl.commands import COMMANDS

                        COMMANDS[options.command](run)
        terminal.show(run.result, run.did, is_shown=run.failure_is_shown)
    return run.result.exit_code


if __name__ == "__main__":
    # Imported, gspread asks for them; a user without a name and HOME has none.
    os.environ.setdefault("APPDATA", os.devnull)
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - `Path.home` raises
        os.environ["HOME"] = os.devnull
    gc.set_threshold(50_000)  # attempts come by the thousand and leave no cycles behind
    try:
        from etl.pipeline.terminal import accept_any_character

        accept_any_character(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")
        code = main()
        gc.freeze()  # spares the collection at exit, which takes 0.2 s
        sys.exit(code)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("etl") and os.access(__file__, os.R_OK):
            raise
        install = f"{sys.executable} -m pip install -r {PROJECT / 'requirements.txt'}"
        what = f"{error.name} is not installed for this Python, or closed to its user"
        print(f"{what} (as root: the owner of var): {install}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:  # Ctrl-C before the run or after it
        sys.exit(130)
