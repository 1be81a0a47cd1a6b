"""Which files a log has: today's, not the old ones, never another's, and stderr without any."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from etl.pipeline.terminal import accept_any_character
from tests.logger_configs.conftest import SECRET, Logging

TODAY = "2026-03-10.log"
log = logging.getLogger("etl.somewhere")


def names(logs: Path) -> set[str]:
    return {path.name for path in logs.iterdir()}


def run(logging_here: Logging, logs: Path, *old_files: str, keep_days: int = 9) -> set[str]:
    """A run beside these files; gives the names of those that it leaves."""
    logs.mkdir(parents=True, exist_ok=True)
    for name in old_files:
        (logs / name).write_text("old")
    with logging_here(keep_days=keep_days):
        pass
    return names(logs) - {TODAY}


@pytest.mark.parametrize(
    ("zone", "name", "offset"),
    [("UTC", "2026-03-09.log", "+00:00"), ("Europe/Moscow", TODAY, "+03:00")],
)
def test_h3_the_file_is_that_of_the_day_in_the_time_zone_and_its_folder_is_made(
    logging_here: Logging, logs: Path, zone: str, name: str, offset: str
) -> None:
    now = datetime(2026, 3, 9, 22, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    for word in ("first", "second"):  # runs of one day share it
        with logging_here(now=now):
            log.info(word)
    assert names(logs) == {name}
    lines = (logs / name).read_text("utf-8").splitlines()
    assert [line.split(offset)[1] for line in lines] == [" INFO    first", " INFO    second"]


def test_h4_files_of_as_many_days_as_are_kept_and_of_more_are_deleted_and_no_foreign_ones(
    logging_here: Logging, logs: Path
) -> None:
    foreign = {"nginx.log", "2020-01-01.log.gz", "2020-02-30.log", "2020-W01-1.log"}
    kept = {"2026-03-09.log", "2026-03-02.log", "2026-03-11.log"}  # the clock was set back
    gone = {"2026-03-01.log", "1999-12-31.log"}  # nine days, and more
    assert run(logging_here, logs, *foreign, *kept, *gone) == foreign | kept
    assert run(logging_here, logs, keep_days=2) == foreign | (kept - {"2026-03-02.log"})


def test_h4_neither_a_folder_nor_what_a_link_leads_to_is_deleted(
    logging_here: Logging, logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    below = logs / "2020-01-01.log" / "2020-01-01.log"
    below.parent.mkdir(parents=True)
    below.touch()
    precious = tmp_path / "precious"
    precious.touch()
    (logs / "2020-01-02.log").symlink_to(precious)
    assert run(logging_here, logs, "2020-01-03.log") == {"2020-01-01.log"}
    assert below.exists()
    assert precious.exists()
    assert "2020-01-01.log" in capsys.readouterr().err


UNUSABLE = {"a file": Path(__file__), "it cannot be made": Path(__file__, "logs")}
if sys.platform != "win32":
    UNUSABLE["nothing can be created in it"] = Path("/proc/self")


@pytest.mark.parametrize("logs", UNUSABLE.values(), ids=UNUSABLE)
def test_h3_a_folder_that_cannot_be_used_makes_the_log_go_to_stderr(
    logging_here: Logging, logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_here(logs):
        log.info("still told, without %s", SECRET)
    told = capsys.readouterr().err
    assert "cannot write the log" in told
    assert "INFO    still told, without ***" in told


def test_h3_a_disk_that_fills_up_makes_the_lines_go_to_stderr(
    logging_here: Logging, logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_here(), full_disk():
        log.info("first, without %s", SECRET)
        log.info("second")
    told = capsys.readouterr().err
    assert "first, without ***" in told
    assert "second" in told
    assert "Traceback" not in told


def test_h3_stderr_on_the_same_full_disk_ends_no_run(
    logging_here: Logging, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("resource", reason="POSIX alone")
    full = Path("/dev/full").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - closed below
    monkeypatch.setattr(sys, "stderr", full)
    accept_any_character("C.UTF-8")
    with logging_here(), full_disk():
        log.info("nobody hears this")
    with pytest.raises(OSError, match="No space"):
        full.close()


@contextmanager
def full_disk() -> Iterator[None]:
    pytest.importorskip("resource", reason="POSIX alone")
    from resource import RLIMIT_FSIZE, getrlimit, setrlimit

    limits = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        setrlimit(RLIMIT_FSIZE, limits)
