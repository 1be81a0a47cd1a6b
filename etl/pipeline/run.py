"""A run of any command: its settings and components, and what has happened so far."""

from __future__ import annotations

import logging
import platform
import signal
import socket
import sys
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from functools import partial
from threading import Timer, current_thread, main_thread
from typing import Any

from etl import __version__
from etl.models.background import start
from etl.models.errors import ExitCode, Problem, Stage, Terminated
from etl.models.figures import JournalRow
from etl.models.notices import Notice, RunResult
from etl.models.window import Window
from etl.pipeline.components import Components
from etl.pipeline.failures import failure_of, failure_text, for_programs, redacted
from etl.pipeline.terminal import at_terminal
from etl.settings.command_line import Options
from etl.texts import EN

log = logging.getLogger(__name__)
# Takes a stage's result, and its seconds if they are not those since the stage began.
End = Callable[..., None]
HEARING_SECONDS = 1


class Run:
    """The state of one run of a command: its options, components, clock and result.

    The command fills `result`; a command that counts no records describes its work in `did`.
    `log_lines` always has the last lines of the log, for a letter about a failure.
    """

    def __init__(self, options: Options, components: Components, log_lines: Sequence[str]) -> None:
        self.options = options
        self.components = components
        self.settings = components.settings
        self.now = components.now
        self.redact = components.redact
        self.show = components.show
        self.result = RunResult(
            started_at=self.now(),
            dashboard_url=self.settings.run.dashboard_url,
            window_days=self.settings.run.window_days,
            log_lines=log_lines,
        )
        self.did = ""
        self.failure_is_shown = False
        self._begun = time.monotonic()
        self._stage = Stage.CONFIGURATION

    @contextmanager
    def logged(self) -> Iterator[None]:
        """Logs version and command on entry, exit code and duration when the context ends."""
        log.info("lms-etl %s: %s, Python %s", __version__, self.options, platform.python_version())
        for one in self.settings.warnings:
            log.warning("%s: %s", self._stage, EN.setting(one))
        code: object = ExitCode.BUG.value
        try:
            yield
            code = self.result.exit_code
        except SystemExit as error:  # ends with the exit code of another program, psql
            code = error.code
            raise
        finally:
            took = self.seconds
            log.info("lms-etl: %s ended with exit code %s after %.1f s", self.options, code, took)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Catches and logs exceptions of the context; the first becomes the run's failure."""
        try:
            yield
        # A bug must reach the letter, not only cron.
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001
            failure = redacted(failure_of(error, self._stage), self.redact)
            log.error("%s: failed: %s", failure.stage, failure_text(failure))
            self.result.failure = self.result.failure or failure

    def require_settings(self, *, grader: bool = False) -> None:
        """Checks the settings, and sets the window to the days of --from and --to, if given.

        Raises `ConfigurationError` for missing or wrong settings, and for days in the future. If
        `grader` is true, the grader's settings must be set.
        """
        self.settings.require(api=grader)
        window = self.options.window(self.result.started_at, self.settings.run.zone)
        self.result.window, self.result.is_by_hand = window, window is not None

    def covers(self, window: Window) -> None:
        """Makes `window` the days of this run, and logs them."""
        self.result.window = window
        log.info("the days: %s", window)

    def stage(self, stage: Stage, about: object = "") -> AbstractContextManager[End]:
        """Returns `step`'s context for a stage; until the next begins, errors are this stage's."""
        self._stage = stage
        return self.step(stage, about)

    @contextmanager
    def step(self, name: str, about: object = "") -> Iterator[End]:
        """Shows and logs a step, on `about` if given; yields a function that logs its result."""
        end = self.begin(name, about)
        said: list[object] = []
        yield said.append
        end(*said[-1:])

    def begin(self, name: str, about: object = "") -> End:
        """Shows and logs the start of a step on `about`; returns a function that logs its end."""
        words = f"{EN.stages[name]} {about}" if isinstance(name, Stage) else name
        self.show(about if isinstance(about, str) and about else words)
        log.info("%s: started%s", name, f", {about}" if about else "")
        begun = time.monotonic()

        def end(result: object = "", seconds: float | None = None) -> None:
            took = time.monotonic() - begun if seconds is None else seconds
            log.info("%s: done in %.1f s%s", name, took, f": {result}" if result else "")

        return end

    def notice(self, notice: Notice, **facts: Any) -> None:
        """Adds a notice to the result and logs it; `facts` fill the blanks of its sentence."""
        self.result.notices[notice] = facts
        level = logging.WARNING if notice.wants_attention else logging.INFO
        log.log(level, "%s: %s", self._stage, EN.notice(notice, facts))

    def notice_all(self, notices: Mapping[Notice, Mapping[str, Any]]) -> None:
        for notice, facts in notices.items():
            self.notice(notice, **facts)

    @property
    def is_news(self) -> bool:
        """Whether people should hear of this run, by letter, page and ping.

        Not if another run has the lock, unless for so long that runs are missing. Not if the user
        knows: of wrong options, of Ctrl-C, or of settings that a terminal shows to be wrong.
        """
        failure = self.result.failure
        if failure is None:
            return True
        is_seen = at_terminal() and failure.exit_code == ExitCode.CONFIGURATION
        known = {Problem.USAGE, Problem.DATABASE_LOCKED, Problem.INTERRUPTED}
        is_new = failure.problem not in known or Notice.LOCKED_FOR_LONG in self.result.notices
        return not is_seen and is_new

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._begun

    def journal_row(self) -> dict[str, Any]:
        """Returns the columns that the run's end fills in its row of the journal, `etl_runs`."""
        window, failure, counts = self.result.window, self.result.failure, self.result.counts
        kept = "partial" if counts.received else "failed"
        return {
            "finished_at": self.now(),
            "status": kept if failure else "succeeded",
            "failed_stage": failure and str(failure.stage),
            **(window.columns() if window else {"window_start": None, "window_end": None}),
            **asdict(counts),
            "error": failure and failure_text(failure),
            "failure": failure and for_programs(failure),
        }

    def current_row(self, row: JournalRow) -> JournalRow:
        """Returns the journal's `row` of this run, which has not ended, with the outcome so far."""
        known = self.journal_row()
        return replace(
            row,
            status=known["status"] if self.result.failure else "own",
            days=self.result.window.outer_days if self.result.window else None,
            counts=self.result.counts,
            **{name: known[name] for name in ("finished_at", "failed_stage", "error", "failure")},
        )


@contextmanager
def terminable(*remedies: Callable[[], None]) -> Iterator[None]:
    """Makes SIGTERM raise `Terminated`, and Ctrl-C `KeyboardInterrupt`, while the context lasts.

    Python handles no signal while libpq waits for a statement's end. A thread therefore calls the
    `remedies`, which should end that wait, one a second, until the signal is handled.
    """
    if current_thread() is not main_thread():  # only the main thread may set a signal's handler
        yield
        return
    heard: list[int] = []  # no Event: a second signal would wait for the lock that the first holds

    def stop(number: int, _: object) -> None:
        heard.append(number)
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    def listen() -> None:
        with arrived:
            while arrived.recv(1):
                for remedy in remedies:
                    time.sleep(HEARING_SECONDS)
                    if not heard:
                        remedy()

    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # of what a shell starts in the background, SIGINT is
            signal.signal(number, stop)
    arrived, arriving = socket.socketpair()
    arriving.setblocking(False)
    signal.set_wakeup_fd(arriving.fileno(), warn_on_full_buffer=False)
    start(listen)
    report, sys.unraisablehook = sys.unraisablehook, partial(_repeat, heard, sys.unraisablehook)
    try:
        yield
    finally:
        sys.unraisablehook = report
        signal.set_wakeup_fd(-1)
        arriving.close()  # ends the thread
        for number, handler in before.items():
            signal.signal(number, handler)


def _repeat(heard: list[int], report: Callable[[Any], None], lost: sys.UnraisableHookArgs) -> None:
    """Repeats a signal if its exception is lost, as in finalizers; reports any other exception."""
    if heard and isinstance(lost.exc_value, Terminated | KeyboardInterrupt):
        Timer(0.1, interrupt_main, [heard.pop()]).start()  # the finalizer has ended by then
    else:
        report(lost)
