"""The ways in which the emulated Google misbehaves on request, call by call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etl.demo.google.api import ApiError
from etl.demo.google.ranges import Json


@dataclass(frozen=True)
class Status:
    """Answer with an error instead of doing anything."""

    code: int
    google_status: str = "UNAVAILABLE"
    message: str = "The service is currently unavailable."
    details: tuple[Json, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def error(self) -> ApiError:
        return ApiError(self.code, self.google_status, self.message, self.details)


@dataclass(frozen=True)
class Hang:
    """Say nothing until the server closes."""


@dataclass(frozen=True)
class AnswerLost:
    """Apply the next write, then drop the connection, or answer `instead`."""

    instead: Status | None = None


Answer = Status | Hang | AnswerLost | None


@dataclass(frozen=True)
class Call:
    """What was asked: `path` with its query, unescaped; a token request's body is its form."""

    method: str
    path: str
    body: Any


class Script:
    """The answers to come: first those in a queue, then the one that stays."""

    def __init__(self) -> None:
        self.always: Answer = None
        self._queue: list[tuple[Answer, bool]] = []

    def then(self, answers: tuple[Answer, ...], *, writes_only: bool) -> None:
        self._queue += [(a, writes_only or isinstance(a, AnswerLost)) for a in answers]

    def take(self, *, is_write: bool) -> Answer:
        """Take the first answer in the queue that fits this call, else the one that stays."""
        for index, (answer, writes_only) in enumerate(self._queue):
            if is_write or not writes_only:
                del self._queue[index]
                return answer
        return None if isinstance(self.always, AnswerLost) and not is_write else self.always
