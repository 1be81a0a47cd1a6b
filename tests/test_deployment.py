"""`docs/deploy`: systemd accepts the units, and they start what the README's crontab starts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path, PurePosixPath

import pytest

from tests.test_house_rules import PROJECT, README

DEPLOY = PROJECT / "docs" / "deploy"
UNITS = ("lms-etl.service", "lms-etl.timer")
# Of 100; systemd itself calls anything below 20 OK.
EXPOSURE_AT_MOST = 20

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def unit(name: str) -> RawConfigParser:
    found = RawConfigParser()
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(DEPLOY / name, encoding="utf-8")
    return found


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The same with a Python of this machine, since systemd looks whether there is one."""
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        here = re.sub("(?<=^ExecStart=)[^ ]+", f'"{sys.executable}"', text, flags=re.MULTILINE)
        (tmp_path / name).write_text(here, encoding="utf-8")
    return [tmp_path / name for name in UNITS]


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_timer_and_the_crontab_start_the_same_at_the_same_time() -> None:
    (line,) = re.findall(r"^30 4 \*/3 \* \* (.+main\.py)$", README.read_text("utf-8"), re.MULTILINE)
    service = unit("lms-etl.service")["Service"]
    assert service["ExecStart"] == line
    assert unit("lms-etl.timer")["Timer"]["OnCalendar"] == "*-*-1/3 04:30"
    program = PurePosixPath(line.split()[-1]).parents[1]
    assert service["ReadWritePaths"].split() == [str(program / "var"), str(program / "logs")]


def test_s17_the_lock_has_each_requirement_in_its_version_with_hashes() -> None:
    required = (PROJECT / "requirements.txt").read_text("utf-8").lower().replace("_", "-")
    pinned = set(re.findall(r"^[a-z0-9-]+==[^ ]+", required, re.MULTILINE))
    lock = (DEPLOY / "requirements.lock").read_text("utf-8")
    locked = re.findall(r"^([a-z0-9-]+==[^ ]+)[^\\]*\\\n +--hash=sha256:", lock, re.MULTILINE)
    assert pinned < {*locked}
    assert len(locked) == len(re.findall(r"^[^ #]", lock, re.MULTILINE))


@needs_systemd
def test_systemd_accepts_the_units(units: list[Path]) -> None:
    done = analyze("verify", *units)
    assert done.returncode == 0
    assert "lms-etl" not in done.stderr  # what it does not know is only a warning


@needs_systemd
def test_the_service_may_do_little_else(units: list[Path]) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE_AT_MOST}", units[0])
    assert done.returncode == 0, done.stdout
