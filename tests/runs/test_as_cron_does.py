"""The program as a process of its own: settings in `.env`, another folder, a bare environment."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from tests.conftest import Select, World, log_text
from tests.grader_faults import Exchange, hang
from tests.test_progress import pseudo_terminal

PROJECT = Path(__file__).resolve().parents[2]
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}
if sys.platform == "win32":
    BARE = {"SYSTEMROOT": os.environ["SYSTEMROOT"]}  # without it no program starts
with_signals = pytest.mark.skipif(os.name != "posix", reason="Windows has no signals")
COUNT = "SELECT status, inserted > 0 FROM etl_runs"


@pytest.fixture
def project(world: World, database_settings: dict[str, str], tmp_path: Path) -> Path:
    """A copy of the program with its own `.env`, as somebody has installed it."""
    root = tmp_path / "a folder of its own"
    shutil.copytree(PROJECT / "etl", root / "etl", ignore=shutil.ignore_patterns("__pycache__"))
    settings = {**world.environ, **database_settings}
    # Relative to `.env`, wherever cron starts (XV2).
    settings["SSL_CERT_FILE"] = os.path.relpath(settings["SSL_CERT_FILE"], root)
    lines = [f"{name}={value}\r\n" for name, value in settings.items()]
    (root / ".env").write_text("\ufeff" + "".join(lines), encoding="utf-8", newline="")
    return root


def set_in(project: Path, *lines: str) -> None:
    with (project / ".env").open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def start(
    *arguments: str, cwd: Path, stdin: int = subprocess.DEVNULL
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=BARE,
        stdin=stdin,
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


@pytest.mark.parametrize("first", [PROJECT / "etl", "/python313.zip"])
def test_w6_only_the_program_s_own_folder_leaves_the_path(
    first: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With -I, -P and in an embeddable Python the first one is the standard library's."""
    monkeypatch.setattr(sys, "path", [str(first), *sys.path])
    runpy.run_path(str(PROJECT / "etl" / "main.py"))
    assert sys.path[0] == str(PROJECT)
    assert (str(first) in sys.path) == (first == "/python313.zip")


def test_h1_it_runs_as_a_module_too(project: Path, select: Select) -> None:
    done = start("-m", "etl.main", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert select(COUNT) == [("succeeded", True)]


@pytest.mark.skipif(os.name != "posix", reason="Windows has code pages in place of locales")
def test_xv9_stderr_has_ascii_punctuation_in_the_c_locale(project: Path, world: World) -> None:
    world.google.spreadsheet.tabs[0].put("A1", [["Бюджет"]])
    done = start("etl/main.py", cwd=project)
    assert done.returncode == 6
    assert done.stdout == ""
    assert done.stderr.startswith('report: The first row of the tab "Sheet1" is not ours')


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Ctrl-C works, also where these tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def stopped_by(
    sent: signal.Signals, project: Path, world: World, *, requests: int = 1
) -> tuple[int, str]:
    """Exit code and stderr of a run that gets the signal while the grader owes so many answers."""
    temporary = project / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "etl/main.py"],
        cwd=project,
        env={**BARE, "TMPDIR": str(temporary)},
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    last_of_all = Barrier(requests, partial(process.send_signal, sent))

    def stop_it(exchange: Exchange) -> None:
        exchange.begin(200, {"Content-Type": "application/json"})
        exchange.write(b"[" + b" " * (1 << 20))
        last_of_all.wait(30)
        hang(exchange)

    world.grader.always(stop_it)
    try:
        _, stderr = process.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"it goes on after the signal: {process.communicate()}\n{log_text(project)}")
    temporary.rmdir()  # empty
    return process.returncode, stderr


@with_signals
def test_d8_sigterm_rolls_the_slice_back_and_is_shown(
    project: Path, world: World, select: Select
) -> None:
    code, stderr = stopped_by(signal.SIGTERM, project, world)
    assert code == 143
    assert "was stopped (SIGTERM)" in stderr
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "extract")]
    assert world.mail.letters[0].message["Subject"].startswith("❌")


@with_signals
@pytest.mark.usefixtures("keyboard")
def test_d8_ctrl_c_rolls_the_slice_back_and_is_no_news(
    project: Path, world: World, select: Select
) -> None:
    code, stderr = stopped_by(signal.SIGINT, project, world)
    assert code == 130
    assert "stopped with Ctrl-C" in stderr
    assert "Traceback" not in stderr
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "extract")]
    assert world.mail.letters == []
    assert not (project / "var" / "outbox").exists()


@with_signals
@pytest.mark.usefixtures("keyboard")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a15_a_signal_ends_all_requests_at_once_and_leaves_no_file(
    sent: signal.Signals, project: Path, world: World, select: Select
) -> None:
    set_in(project, "API_PARALLEL_REQUESTS=4", "WINDOW_DAYS=28")
    code, _ = stopped_by(sent, project, world, requests=4)
    assert code == 128 + sent
    assert len(world.grader.requests) == 4
    assert select("SELECT status, failed_stage FROM etl_runs") == [("failed", "extract")]


@pytest.mark.parametrize("at_terminal", [True, False])
def test_h2_wrong_settings_that_a_person_sees_are_mailed_to_nobody(
    at_terminal: bool, project: Path, world: World
) -> None:
    set_in(project, "WINDOW_DAYS=soon")
    ends = pseudo_terminal() if at_terminal else ()
    try:
        done = start("etl/main.py", cwd=project, stdin=ends[1] if ends else subprocess.DEVNULL)
    finally:
        for end in ends:
            os.close(end)
    assert done.returncode == 2
    assert "WINDOW_DAYS: must be a whole number" in done.stderr
    assert len(world.mail.letters) == (0 if at_terminal else 1)
