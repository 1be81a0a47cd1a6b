"""Runs psql, backup and restore by programs of the wheel (PostgreSQL VI, Client Applications)."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor, make_dsn

from etl.models.errors import LoadError, Problem
from etl.models.files import replacing
from etl.postgres import summaries
from etl.postgres.copying import copy_stream
from etl.postgres.embedded.cluster import last_lines, program
from etl.postgres.schema import RECORDS, TABLES, create_missing
from etl.postgres.session import connect, take_lock, transaction

Parameters = Mapping[str, str | int]
POLL_SECONDS = 0.5
# Beginnings of those lines of pg_restore's SQL that are executed. Its other settings are for
# sessions unlike ours, and servers older than pg_restore do not know all of them.
ENCODING, ROWS, SEQUENCE = b"SET client_encoding", b"COPY ", b"SELECT pg_catalog.setval"
END_OF_ROWS = b"\\.\n"


def open_psql(parameters: Parameters, arguments: Sequence[str]) -> int:
    """Hands the terminal to psql, Ctrl-C included; returns its exit code."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _conninfo(parameters) as conninfo:
            command = [str(program("psql")), "--dbname", conninfo, *arguments]
            return subprocess.run(command, check=False).returncode  # noqa: S603 - the wheel's psql
    finally:
        signal.signal(signal.SIGINT, before)


def back_up(parameters: Parameters, file: Path, show: Callable[[str], None]) -> str:
    """Writes one archive of our tables as of one moment, whole or not at all; returns its size.

    Runs may load data meanwhile. Raises `LoadError`.
    """
    connect(parameters).close()  # a pooler would lend a backend with pg_dump's settings to others
    # Rows of partitions become rows of attempts: another database may have other partitions.
    tables = [f"--table-and-children={table}" for table in RECORDS] + ["--load-via-partition-root"]
    options = ["--format=custom", "--no-owner", "--no-privileges", *tables]
    with _usable(file), replacing(file) as unfinished:
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with _conninfo(parameters) as conninfo:
            _dump([*options, f"--file={unfinished}", f"--dbname={conninfo}"], unfinished, show)
        return f"{file}, {unfinished.stat().st_size:,} bytes"


def _dump(options: Sequence[str], file: Path, show: Callable[[str], None]) -> None:
    command = [str(program("pg_dump")), *options]
    with TemporaryFile() as messages:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=messages) as dump:  # noqa: S603
            while dump.poll() is None:
                show(f"{file.stat().st_size:,} bytes")
                with suppress(subprocess.TimeoutExpired):
                    dump.wait(POLL_SECONDS)
        _require_success("pg_dump", dump.returncode, messages)


def restore(parameters: Parameters, file: Path, zone: ZoneInfo, show: Callable[[str], None]) -> str:
    """Loads an archive, all or nothing, into a database without data of ours; returns the counts.

    Missing tables are created as by a run. Raises `LoadError`.
    """
    with _usable(file):  # opening a pipe would wait forever
        opened = file.open("rb")
    with opened as archive, closing(connect(parameters)) as session:
        take_lock(session)  # until the session is closed: no run may come in between
        create_missing(session, zone)
        with transaction(session) as at:
            if any(_counts(at).values()):
                raise LoadError(Problem.DATABASE_NOT_EMPTY)
        summaries.begin_rebuild(session, zone)
        with transaction(session) as at:
            _load(at, archive, show)
        summaries.resume_rebuild(session, zone, show)
        with transaction(session) as at:
            at.execute(f"ANALYZE {', '.join(TABLES)}")  # --check shows an estimate
            counts = ", ".join(f"{table}: {count:,}" for table, count in _counts(at).items())
    return f"{counts}; students forgotten since this backup are back: forget them again"


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    """Raises `LoadError` for anything but a regular or new file, and for every `OSError`."""
    try:
        if file.exists() and not file.is_file():
            raise LoadError(Problem.BACKUP_FILE, file=file, said="not a regular file")
        yield
    except OSError as error:
        said = error.strerror or type(error).__name__
        raise LoadError(Problem.BACKUP_FILE, file=file, said=said) from error


def _counts(at: cursor) -> dict[str, int]:
    counts = {}
    for table in RECORDS:
        at.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of RECORDS
        counts[table] = at.fetchall()[0][0]
    return counts


def _load(at: cursor, archive: IO[bytes], show: Callable[[str], None]) -> None:
    """Executes the SQL that pg_restore writes, in the transaction of `at`."""
    at.execute("SET LOCAL statement_timeout = 0")  # a table is one statement
    command = [str(program("pg_restore")), "--data-only", "--no-owner", "--file=-"]
    with TemporaryFile() as messages:
        with subprocess.Popen(  # noqa: S603 - the wheel's pg_restore
            command, stdin=archive, stdout=subprocess.PIPE, stderr=messages
        ) as source:
            assert source.stdout
            lines = _showing_progress(source.stdout, archive, show)
            for line in lines:
                if line.startswith(ROWS):
                    copy_stream(at, line, takewhile(END_OF_ROWS.__ne__, lines))
                elif line.startswith((ENCODING, SEQUENCE)):
                    at.execute(line)
        _require_success("pg_restore", source.returncode, messages)
    at.execute("RESET client_encoding")


def _showing_progress(
    lines: Iterable[bytes], archive: IO[bytes], show: Callable[[str], None]
) -> Iterator[bytes]:
    """Yields the lines; shows the position of `archive`, which is pg_restore's stdin as well."""
    size = os.fstat(archive.fileno()).st_size
    shown_at = 0.0
    for line in lines:
        if time.monotonic() - shown_at > POLL_SECONDS:
            position = os.lseek(archive.fileno(), 0, os.SEEK_CUR)
            show(f"{position:,} of {size:,} bytes")
            shown_at = time.monotonic()
        yield line


@contextmanager
def _conninfo(parameters: Parameters) -> Iterator[str]:
    """Yields libpq's text with the password in a file: others see the arguments of processes."""
    known: dict[str, Any] = dict(parameters)
    password = str(known.pop("password", ""))
    with TemporaryDirectory(prefix="lms-etl-") as directory:  # for its user alone
        if password:
            file = Path(directory) / "pgpass"
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            file.touch(0o600)
            file.write_text(f"*:*:*:*:{escaped}\n", "utf-8")
            known["passfile"] = str(file)
        yield make_dsn(**known)


def _require_success(name: str, code: int, messages: IO[bytes]) -> None:
    if code:
        messages.seek(0)
        said = last_lines(messages.read().decode("utf-8", "replace"))
        raise LoadError(Problem.CLIENT_FAILED, program=name, said=said)
