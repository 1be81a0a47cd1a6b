"""Where the contestants run: a PostgreSQL with the user's table, and a process with its peak."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
from psycopg2.extensions import connection, make_dsn

from etl.postgres.embedded import leave_embedded_server, start_embedded_server
from etl.postgres.schema import INDEX_BY_TIME
from etl.postgres.statements import statement
from tests.benchmarks.grader import FIRST_DAY, last_day

PROJECT = Path(__file__).resolve().parents[2]
_numbers = count(1)

# A small process of its own in between: Linux counts a parent's memory as its child's peak.
MEASURE = """
import os, sys, time
told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
begun = time.perf_counter()
process = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *sys.argv[1:]])
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - begun
print(seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status), file=told)
"""


@dataclass(frozen=True)
class Measured:
    seconds: float
    megabytes: float


class Database:
    """One database of the server, `attempts` with both of its indexes in it."""

    def __init__(self, server: Mapping[str, str | int]) -> None:
        self.parameters = {**server, "dbname": f"benchmark_{next(_numbers)}"}
        self._server = server
        with autocommit(server) as session:
            session.cursor().execute(f"CREATE DATABASE {self.parameters['dbname']}")
        # No contestant shall pay for a checkpoint that the one before it has earned.
        self.execute(statement("tables.attempts"), INDEX_BY_TIME, "CHECKPOINT")

    @property
    def dsn(self) -> str:
        return make_dsn(**self.parameters)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "DB_HOST": str(self.parameters["host"]),
            "DB_NAME": str(self.parameters["dbname"]),
            "DB_USER": str(self.parameters["user"]),
            "DB_PASSWORD": "not-asked-for-on-this-socket",
        }

    def execute(self, *statements: str) -> None:
        with autocommit(self.parameters) as session, session.cursor() as at:
            for one in statements:
                at.execute(one)

    def drop(self) -> None:
        with autocommit(self._server) as session:
            name = self.parameters["dbname"]
            session.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Bench:
    """What all contestants share: the server, the grader's URL, settings, and a folder."""

    server: Mapping[str, str | int]
    url: str
    environ: Mapping[str, str]
    root: Path

    @contextmanager
    def database(self) -> Iterator[Database]:
        database = Database(self.server)
        try:
            yield database
        finally:
            database.drop()

    def program(self, database: Database, *arguments: object, **settings: str) -> Measured:
        """`python etl/main.py`, from the start of the process to its end."""
        environ = {**self.environ, **database.environ, "API_URL": self.url}
        environ |= {"LOG_DIR": str(self.root / "logs"), **settings}
        return run(["etl/main.py", *map(str, arguments)], environ)

    def load(self, database: Database, records: int) -> Measured:
        """A whole run, all five stages on."""
        return self.program(database, "--from", FIRST_DAY, "--to", last_day(records))

    def rival(self, name: str, database: Database, records: int) -> Measured:
        days = [str(FIRST_DAY), str(last_day(records))]
        return run(["-m", "tests.benchmarks.rivals", name, self.url, database.dsn, *days], {})


@contextmanager
def server() -> Iterator[Mapping[str, str | int]]:
    """As it comes out of the wheel: fsync on, nothing tuned."""
    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as directory:
        yield start_embedded_server(Path(directory) / "data")
        leave_embedded_server(Path(directory) / "data")


def system_programs() -> Path | None:
    """Those of the newest PostgreSQL that Debian's packages have put here, if any."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(
        (path.parent for path in found), key=lambda path: int(path.parent.name), default=None
    )


@contextmanager
def system_server(programs: Path) -> Iterator[Mapping[str, str | int]]:
    """As its own initdb makes it."""
    as_root = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def call(program: str, *arguments: str) -> None:
        command = [*as_root, str(programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as directory:
        if as_root:
            shutil.chown(directory, "postgres")
        data = f"{directory}/data"
        call("initdb", f"--pgdata={data}", "--username=postgres", "--auth=trust", "--encoding=UTF8")
        options = f"-c listen_addresses= -c unix_socket_directories={directory}"
        call("pg_ctl", "start", "-w", f"--pgdata={data}", f"--log={directory}/log", f"-o{options}")
        try:
            Path(directory).chmod(0o711)
            yield {"host": directory, "port": 5432, "dbname": "postgres", "user": "postgres"}
        finally:
            call("pg_ctl", "stop", "--mode=fast", f"--pgdata={data}")


@contextmanager
def autocommit(parameters: Mapping[str, str | int]) -> Iterator[connection]:
    session: connection = psycopg2.connect(make_dsn(**parameters))
    session.autocommit = True
    try:
        yield session
    finally:
        session.close()


def run(module_or_file: Sequence[str], environ: Mapping[str, str]) -> Measured:
    """A Python process from its start to its end; stops everything when it fails."""
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, *module_or_file],
        cwd=PROJECT,
        # Compiled once and kept, as cron's user has it.
        env={**os.environ, **environ, "PYTHONDONTWRITEBYTECODE": ""},
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, kilobytes, code = measured.stdout.split()
    if int(code):
        raise SystemExit(f"{module_or_file[:2]} ended with {int(code)}")
    return Measured(float(seconds), int(kilobytes) / 1024)
