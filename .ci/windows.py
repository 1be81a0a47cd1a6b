"""Tries the program on Windows, where this runs: `python .ci/windows.py PROJECT`.

The peers are the tests', the database is the embedded one. PROJECT is a copy of this project.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(sys.argv[1])
sys.path.insert(0, str(PROJECT))
sys.path.append(str(Path(__file__).parents[1]))

from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from tests.conftest import World

BEGUN = time.monotonic()
DATA = PROJECT / "var" / "postgres"
MONTH = ("--from", "2026-02-01", "--to", "2026-02-28")


def start(*arguments: str, **changes: str) -> subprocess.Popen[str]:
    print(f"{time.monotonic() - BEGUN:5.0f} s: main.py", *arguments, flush=True)
    return subprocess.Popen(
        [sys.executable, str(PROJECT / "etl" / "main.py"), *arguments],
        env={**os.environ, "PYTHONUTF8": "1", "REPORT_LANGUAGE": "en", **changes},
        cwd=PROJECT.anchor,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def run(*arguments: str, code: int = 0, **changes: str) -> str:
    """Returns what the program prints; whoever started the server does not wait for its end."""
    process = start(*arguments, **changes)
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == code, f"{process.returncode}: {printed}"
    return printed


def attempts() -> int:
    # psql writes past Python, so into the same pipe.
    return int(run("--psql", "--", "-AtXc", "SELECT count(*) FROM attempts"))


def try_the_demo() -> None:
    assert "1781 inserted" in run("--demo")
    again = run("--demo")
    assert "0 inserted" in again, again
    assert "has 1781 rows" in again, again


def try_everything(world: World) -> None:
    settings = world.environ
    start_embedded_server(DATA)  # until the end, so that not every command starts it
    run("--check", **settings)
    run(**settings)
    assert len(world.mail.letters) == 1
    run(*MONTH, **settings)
    loaded = attempts()

    both = [start(*MONTH, **settings) for _ in range(2)]
    codes = sorted((one.communicate(timeout=300), one.returncode)[1] for one in both)
    assert codes in ([0, 75], [0, 0]), codes

    killed = start("--from", "2026-01-01", "--to", "2026-01-31", **settings)
    log = max((PROJECT / "logs").glob("*.log"))
    seen = log.stat().st_size
    while "load: started" not in log.read_text("utf-8")[seen // 2 :].rpartition("2026-01-01")[2]:
        time.sleep(0.02)
        assert killed.poll() is None, killed.communicate()
    subprocess.run(["taskkill", "/F", "/PID", str(killed.pid)], check=True)
    killed.communicate()
    run("--from", "2026-01-01", "--to", "2026-01-31", **settings)

    assert "2026-01-31" in run("--history", **settings)
    run("--dashboard", str(PROJECT / "page.html"), **settings)
    run("--export-tasks", str(PROJECT / "tasks.csv"), **settings)
    assert (PROJECT / "tasks.csv").read_bytes().startswith(b"\xef\xbb\xbfcourse")
    stored = attempts()
    assert stored > loaded
    run("--backup", str(PROJECT / "backup"), **settings)
    run("--psql", "--", "-qXc", "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    run("--restore", str(PROJECT / "backup"), **settings)
    assert attempts() == stored
    leave_embedded_server(DATA)  # returns once the server has stopped


try_the_demo()
with World(PROJECT) as everything:
    try_everything(everything)
print("Windows: the demo, runs and commands did what they should")
