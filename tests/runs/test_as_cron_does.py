"""The program as a process of its own: settings in `.env`, another folder, a bare environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.demo.grader.behaviours import Exchange, hang
from etl.demo.world import World

Select = Callable[[str], list[tuple[Any, ...]]]

PROJECT = Path(__file__).resolve().parents[2]
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}
COUNT = "SELECT status, inserted > 0 FROM etl_runs"


@pytest.fixture
def project(world: World, database_settings: dict[str, str], tmp_path: Path) -> Path:
    """A copy of the program with its own `.env`, as somebody has installed it."""
    root = tmp_path / "a folder of its own"
    shutil.copytree(PROJECT / "etl", root / "etl", ignore=shutil.ignore_patterns("__pycache__"))
    settings = {**world.environ, **database_settings}
    lines = [f"{name}={value}\r\n" for name, value in settings.items()]
    (root / ".env").write_text("\ufeff" + "".join(lines), encoding="utf-8", newline="")
    return root


def start(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=BARE,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_h1_cron_runs_it_from_anywhere_with_nothing_in_its_environment(
    project: Path, world: World, select: Select, tmp_path: Path
) -> None:
    done = start(str(project / "etl" / "main.py"), cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert select(COUNT) == [("succeeded", True)]
    assert len(world.mail.letters) == 1
    assert len(list((project / "logs").glob("*.log"))) == 1


def test_h1_it_runs_as_a_module_too(project: Path, select: Select) -> None:
    done = start("-m", "etl.main", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert select(COUNT) == [("succeeded", True)]


def test_h1_a_failure_is_shown_on_stderr_in_the_c_locale(project: Path, world: World) -> None:
    world.google.spreadsheet.tabs[0].put("A1", [["Бюджет"]])
    done = start("etl/main.py", cwd=project)
    assert done.returncode == 6
    assert done.stdout == ""
    assert done.stderr.startswith("report: The first row of the tab “Sheet1” is not ours")


def test_d8_sigterm_rolls_the_slice_back_and_is_shown(
    project: Path, world: World, select: Select
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "etl/main.py"],
        cwd=project,
        env=BARE,
        stderr=subprocess.PIPE,
    )

    def stop_it(exchange: Exchange) -> None:
        process.terminate()
        hang(exchange)

    world.grader.then(stop_it)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 143
    assert b"was stopped (SIGTERM)" in stderr
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "extract")]
    assert world.mail.letters[0].message["Subject"].startswith("❌")
