"""Stand-ins for parts that none of the settings switches on: they do nothing, and say so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from etl.models.attempts import Answer
from etl.models.errors import ConfigurationError, Failure, SettingProblem
from etl.models.figures import DailyFigures, History, TaskFigures
from etl.models.window import Window
from etl.settings.sections import ApiSettings, MailSettings, SheetSettings

if TYPE_CHECKING:
    from etl.mail.letter import Letter

log = logging.getLogger(__name__)


class GraderOff:
    """Stands for the grader in runs that ask none; every other run is refused before it starts."""

    parallel_requests = 1

    def head(self, window: Window) -> Window:
        return window

    def stop(self) -> None:
        """Nothing is asked."""

    def fetch(self, window: Window) -> Answer:
        raise ConfigurationError([SettingProblem(name, "missing") for name in ApiSettings.required])

    def check(self) -> str:
        return _off(ApiSettings.required)


class SheetOff:
    url = None

    def publish(
        self, figures: Sequence[DailyFigures], tasks: Sequence[TaskFigures] | None = None
    ) -> None:
        log.info("report: the sheet is %s", self.check())

    def check(self) -> str:
        return _off(SheetSettings.required)


class DashboardOff:
    def check(self) -> str:
        return "off (DASHBOARD_FILE is not set)"

    def write(self, read: Callable[[], History], made_at: datetime) -> str:
        return self.check()


class EmailOff:
    def send(self, letter: Letter, moment: datetime) -> str:
        log.info("notify: mail is %s; no letter was sent: %s", self.check(), letter.subject)
        return "no letter sent"

    def check(self) -> str:
        return _off(MailSettings.required)


class NoHealthcheck:
    def check(self) -> str:
        return "off (HEALTHCHECK_URL is not set)"

    def started(self) -> None:
        """Nobody asked."""

    def finished(self, failure: Failure | None) -> None:
        """Nobody asked."""


def _off(variables: Sequence[str]) -> str:
    return f"off ({', '.join(variables)} are not set)"
