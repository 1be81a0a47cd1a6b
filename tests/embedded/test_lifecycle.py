"""Killed runs, stale files, several users: the next run works, and no server stays."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl.main import main
from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from tests.conftest import NOW, World
from tests.embedded.conftest import started, user_of

Query = Callable[[Path, str], object]

SOCKET_LOCK = ".s.PGSQL.5432.lock"


def servers_of(data: Path) -> list[psutil.Process]:
    """Without their children, which have the same command line for a moment."""
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        with suppress(psutil.Error):
            if process.name() == "postgres" and str(data) in process.cmdline():
                parent = process.parent()
                if parent is None or parent.name() != "postgres":
                    found.append(process)
    return found


def wait_until(holds: Callable[[], bool], seconds_at_most: float = 30) -> None:
    until = time.monotonic() + seconds_at_most
    while not holds():
        assert time.monotonic() < until
        os.sched_yield()


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGHUP], ids=["SIGKILL", "SIGHUP"])
def test_e9_a_killed_run_leaves_no_server(
    kill: signal.Signals, tmp_path: Path, query: Query
) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as process:
        started(process)
        assert servers_of(data)
        process.send_signal(kill)
    wait_until(lambda: not servers_of(data))
    assert query(data, "SELECT 1") == 1


def test_two_runs_share_a_server_and_the_last_one_stops_it(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as first, user_of(data) as second:
        started(first)
        started(second)
        (server,) = servers_of(data)
        first.communicate()
        assert first.returncode == 0
        assert server.is_running()
        second.communicate()
        assert second.returncode == 0
    wait_until(lambda: not servers_of(data))


def test_a_server_whose_supervisor_was_killed_is_taken_over(tmp_path: Path, query: Query) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as process:
        started(process)
        (server,) = servers_of(data)
        supervisor = server.parent()
        assert supervisor
        supervisor.kill()
        wait_until(lambda: supervisor.status() == psutil.STATUS_ZOMBIE)
        start_embedded_server(data)
        assert servers_of(data) == [server]
        process.communicate()
        assert process.returncode == 0
    leave_embedded_server(data)
    assert servers_of(data) == []


def test_e6_a_stale_pid_file_stops_nothing(tmp_path: Path, query: Query) -> None:
    data = tmp_path / "postgres"
    query(data, "CREATE TABLE kept ()")
    for text in ("", f"{os.getpid()}\n/elsewhere\n", "999999999\n", "nonsense"):
        for stale in (data / "postmaster.pid", data.with_name("postgres-run") / SOCKET_LOCK):
            stale.write_text(text, "utf-8")
        assert query(data, "SELECT to_regclass('kept')::text") == "kept"


def kill_with_children(process: subprocess.Popen[bytes]) -> None:
    """As a power cut does: supervisor, initdb and server too."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children)


def test_e7_a_killed_initdb_leaves_nothing_that_is_taken_for_whole(
    tmp_path: Path, query: Query
) -> None:
    data = tmp_path / "postgres"
    with user_of(data) as process:
        wait_until(lambda: any(tmp_path.glob("*/PG_VERSION")))
        kill_with_children(process)
    assert query(data, "SELECT 1") == 1
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["postgres", "postgres-run"]


def test_e7_a_run_that_was_killed_at_any_moment_leaves_what_the_next_one_uses(
    tmp_path: Path, query: Query
) -> None:
    data = tmp_path / "postgres"
    for moment in range(12):
        with user_of(data) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.12 * moment)
            if moment % 2:
                kill_with_children(process)
            process.kill()
    assert query(data, "SELECT 1") == 1
    wait_until(lambda: not servers_of(data))
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["postgres", "postgres-run"]


def test_e12_a_load_is_analysed_and_check_counts_exactly(
    world: World, tmp_path: Path, query: Query, capsys: Any
) -> None:
    assert main([], environ=world.environ, now=lambda: NOW, root=tmp_path) == 0
    data = tmp_path / "var" / "postgres"
    count = query(data, "SELECT count(*) FROM attempts")
    estimate = "SELECT reltuples::bigint FROM pg_class WHERE relname = 'attempts'"
    assert query(data, estimate) == count
    capsys.readouterr()
    assert main(["--check"], environ=world.environ, now=lambda: NOW, root=tmp_path) == 0
    assert f", {count} attempts" in " ".join(capsys.readouterr().out.split())
