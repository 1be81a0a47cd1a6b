"""A log that cannot be written goes to stderr, and the run goes on."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from tests.logger_configs.conftest import SECRET, Logging

log = logging.getLogger("etl.somewhere")


def test_h3_a_missing_folder_is_made(logging_here: Logging, tmp_path: Path) -> None:
    with logging_here(tmp_path / "deep" / "logs"):
        log.info("x")
    assert (tmp_path / "deep" / "logs" / "2026-03-10.log").stat().st_size


def occupied(path: Path) -> Path:
    path.write_text("foreign")
    return path


OBSTACLES = [
    pytest.param(lambda at: occupied(at / "logs"), id="a file in its place"),
    pytest.param(lambda at: occupied(at / "above") / "logs", id="a file above it"),
    pytest.param(lambda _: Path("/proc/self"), id="nothing can be created in it"),
    pytest.param(lambda _: Path("/proc/no/logs"), id="it cannot be made"),
    pytest.param(lambda at: at / ("x" * 300), id="a name that is too long"),
]


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_h3_a_folder_that_cannot_be_used_makes_the_log_go_to_stderr(
    logging_here: Logging, tmp_path: Path, capsys: pytest.CaptureFixture[str], obstacle: object
) -> None:
    assert callable(obstacle)
    with logging_here(obstacle(tmp_path)):
        log.info("still told, without %s", SECRET)
    told = capsys.readouterr().err
    assert "cannot write the log" in told
    assert "INFO    still told, without ***" in told
    assert SECRET not in told


def test_h3_a_log_file_that_is_a_folder_makes_the_log_go_to_stderr(
    logging_here: Logging, logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (logs / "2026-03-10.log").mkdir(parents=True)
    with logging_here():
        log.info("still told")
    assert "still told" in capsys.readouterr().err


@pytest.fixture
def full_disk(logs: Path) -> None:
    logs.mkdir()
    (logs / "2026-03-10.log").symlink_to("/dev/full")


@pytest.mark.usefixtures("full_disk")
def test_h3_a_disk_that_fills_up_makes_the_lines_go_to_stderr(
    logging_here: Logging, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_here():
        for number in range(3):
            log.info("line %d, without %s", number, SECRET)
    told = capsys.readouterr().err
    assert [f"line {number}, without ***" in told for number in range(3)] == [True] * 3
    assert SECRET not in told
    assert "Traceback" not in told


@pytest.mark.usefixtures("full_disk")
def test_h3_stderr_on_the_same_full_disk_ends_no_run(
    logging_here: Logging, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Path("/dev/full").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below
    monkeypatch.setattr(sys, "stderr", full)
    with logging_here():
        log.info("nobody hears this")
    with pytest.raises(OSError, match="No space"):
        full.close()


@pytest.mark.usefixtures("full_disk")
def test_h3_a_full_disk_leaves_no_handler_behind(logging_here: Logging) -> None:
    before = (list(logging.getLogger().handlers), logging.getLogger("etl").level)
    with logging_here():
        log.info("x")
    assert (list(logging.getLogger().handlers), logging.getLogger("etl").level) == before
