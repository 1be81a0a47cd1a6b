"""The log of a small program that has one secret."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl.components.logger_configs import logging_to
from etl.settings.redaction import Redactor

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
SECRET = "s3cr+t/k%y"

Logging = Callable[..., AbstractContextManager[Sequence[str]]]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "logs"


@pytest.fixture
def logging_here(logs: Path) -> Iterator[Logging]:
    """The log of a run, in the test's own folder unless another is given; it leaves no trace."""

    def build(
        directory: Path = logs, *, now: datetime = NOW, keep_days: int = 9
    ) -> AbstractContextManager[Sequence[str]]:
        return logging_to(directory, now=now, keep_days=keep_days, redact=Redactor([SECRET]))

    root, own = logging.getLogger(), logging.getLogger("etl")
    before = list(root.handlers), root.level, own.level
    yield build
    assert (root.handlers, root.level, own.level) == before
