"""The diary of one run: times the stages, keeps their results, turns a failure into a record."""

from __future__ import annotations

import logging
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import Any

from etl import __version__
from etl.models.errors import ExitCode, Failure, SettingProblem, Stage, Terminated
from etl.models.figures import DailyFigures, Figures, TaskFigures
from etl.models.notices import Notice, Outcome, Publication, RunResult
from etl.models.records import Counts, Loaded, Reason
from etl.models.window import Window
from etl.pipeline.failures import failure_of, failure_text, redacted
from etl.pipeline.findings import Notices, inspect_sheet
from etl.pipeline.progress import Display
from etl.texts import EN

log = logging.getLogger(__name__)
# Takes a stage's result, and its seconds unless they are those since its beginning.
End = Callable[..., None]


class Diary:
    """What happened so far. `show` shows progress on a terminal; `log_lines` are the log's last."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        redact: Callable[[str], str],
        show: Display | None = None,
        log_lines: Sequence[str] = (),
    ) -> None:
        self.now = now
        self.started_at = now()
        self.command = ""
        self.did = ""  # in words, where counts of records do not say it
        self.window: Window | None = None
        self.is_by_hand = False
        self.counts = Counts()
        self.rejected: Counter[Reason] = Counter()
        self.figures: Sequence[DailyFigures] = ()
        self.received_by_day: Counter[date] = Counter()
        self.totals: Figures | None = None
        self.before: Figures | None = None
        self.tasks: Sequence[TaskFigures] = ()
        self.publication: Publication | None = None
        self.reconciled = self.failure_is_shown = False  # shown: among the results of --check
        self.notices: dict[Notice, dict[str, Any]] = {}
        self.failure: Failure | None = None
        self.waited_seconds = 0.0
        self.redact = redact
        self.show = show or Display()
        self.log_lines = log_lines
        self._begun = time.monotonic()
        self._stage = Stage.CONFIGURATION
        self._requests = self._of_forgotten = 0
        self._rules: Counter[str] = Counter()
        self._several_tries = False

    @contextmanager
    def opened(self, command: object, warnings: Sequence[SettingProblem] = ()) -> Iterator[None]:
        """The log's first line and its last."""
        self.command = str(command)
        log.info("lms-etl %s: %s, Python %s", __version__, command, platform.python_version())
        for one in warnings:
            log.warning("%s: %s", self._stage, EN.setting(one.variable, one.code, one.facts))
        code: object = None
        try:
            yield
        except BaseException as error:
            code = error.code if isinstance(error, SystemExit) else ExitCode.BUG.value
            raise
        finally:
            code = self.exit_code if code is None else code
            took = time.monotonic() - self._begun
            log.info("lms-etl: %s ended with exit code %s after %.1f s", command, code, took)

    def covers(self, window: Window) -> None:
        """The days that this run is about."""
        self.window = window
        log.info("the days: %s", window)

    def preparing(self, what: str) -> AbstractContextManager[End]:
        """Before the first stage."""
        return self._spanning(what, what)

    def stage(self, stage: Stage, about: object = "") -> AbstractContextManager[End]:
        """Where the run is now. Logs a line at the start, and one at the end with the result."""
        self._stage = stage
        shown = about if isinstance(about, str) and about else f"{EN.stages[stage]} {about}"
        return self._spanning(stage, shown, about)

    def begin(self, stage: Stage, about: object = "") -> End:
        """Begins what ends in the middle of the next stage: the caller ends it."""
        self.show(f"{EN.stages[stage]} {about}")
        return _begin(stage, about)

    @contextmanager
    def _spanning(self, name: str, shown: str, about: object = "") -> Iterator[End]:
        self.show(shown)
        end = _begin(name, about)
        said: list[object] = []
        yield said.append
        end(*said[-1:])

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Lets no failure out: it becomes the run's. The one catch-all of the program."""
        try:
            yield
        # A bug must reach the letter, not only cron.
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001
            self._record(failure_of(error, self._stage))

    def answered(self, tries: int, waited_seconds: float) -> None:
        self.waited_seconds += waited_seconds
        self._requests += tries
        self._several_tries |= tries > 1
        if self._several_tries:
            self.notice(Notice.SEVERAL_TRIES, requests=self._requests)

    def loaded(self, loaded: Loaded) -> None:
        self.counts += loaded.counts
        self.rejected.update(loaded.reasons)
        self.received_by_day.update(loaded.distinct)
        self._of_forgotten += loaded.of_forgotten
        if loaded.of_forgotten:
            self.notice(Notice.OF_FORGOTTEN, records=self._of_forgotten)
        self._rules.update(loaded.rules)
        if loaded.rules:
            refused = self.rejected[Reason.REFUSED_BY_DATABASE]
            self.notice(Notice.REFUSED_BY_DATABASE, refused=refused, rules=dict(self._rules))

    def published(self, publication: Publication | None) -> None:
        """None: the sheet is off."""
        self.publication = publication
        if publication:
            self.notice_all(inspect_sheet(publication))
            self.reconciled = (
                bool(self.received_by_day)
                and all(day.day in self.received_by_day for day in self.figures)
                and not {Notice.NOT_RECONCILED, Notice.SHEET_DIFFERS} & set(self.notices)
            )

    def notice_all(self, notices: Notices) -> None:
        for notice, facts in notices.items():
            self.notice(notice, **facts)

    def notice(self, notice: Notice, **facts: Any) -> None:
        """`facts` fill the blanks of the notice's sentence."""
        self.notices[notice] = facts
        level = logging.WARNING if notice.wants_attention else logging.INFO
        log.log(level, "%s: %s", self._stage, EN.notice(notice, facts))

    @property
    def exit_code(self) -> int:
        return self.failure.exit_code if self.failure else ExitCode.DONE

    @property
    def outcome(self) -> Outcome:
        if self.failure:
            return Outcome.FAILED
        attention = any(notice.wants_attention for notice in self.notices)
        return Outcome.ATTENTION if attention else Outcome.DONE

    def result(
        self,
        *,
        sheet_url: str | None = None,
        dashboard_url: str | None = None,
        window_days: int | None = None,
    ) -> RunResult:
        return RunResult(
            outcome=self.outcome,
            started_at=self.started_at,
            duration_seconds=time.monotonic() - self._begun,
            waited_seconds=self.waited_seconds,
            window=self.window,
            is_by_hand=self.is_by_hand,
            counts=self.counts,
            rejected=dict(self.rejected),
            figures=self.figures,
            publication=self.publication,
            reconciled=self.reconciled,
            notices=dict(self.notices),
            failure=self.failure,
            sheet_url=sheet_url,
            dashboard_url=dashboard_url,
            totals=self.totals,
            before=self.before,
            tasks=self.tasks,
            window_days=window_days,
            log_lines=tuple(self.log_lines),
        )

    def _record(self, failure: Failure) -> None:
        failure = redacted(failure, self.redact)
        log.error("%s: failed: %s", failure.stage, failure_text(failure))
        if self.failure is None:
            self.failure = failure


def _begin(name: str, about: object) -> End:
    log.info("%s: started%s", name, f", {about}" if about else "")
    begun = time.monotonic()

    def end(result: object = "", seconds: float | None = None) -> None:
        took = time.monotonic() - begun if seconds is None else seconds
        log.info("%s: done in %.1f s%s", name, took, f": {result}" if result else "")

    return end
