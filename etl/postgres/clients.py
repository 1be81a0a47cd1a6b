"""Opens psql; writes a backup, and restores one into a database without data.

A backup is gzipped SQL like that of `pg_dump --data-only`: COPY and the rows of each table, which
any psql can load. Rows travel by psycopg2, which has TLS; the bundled psql and pg_dump have none.
"""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from shutil import which
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import IO, Any
from zoneinfo import ZoneInfo

from psycopg2.extensions import cursor, make_dsn

from etl.models.errors import LoadError, Problem
from etl.models.files import replacing
from etl.postgres import summaries
from etl.postgres.copying import copy_stream
from etl.postgres.embedded.cluster import last_lines, program
from etl.postgres.layouts import wait_for_commits
from etl.postgres.schema import NUMBERED, RECORDS, TABLES, create_missing
from etl.postgres.session import connect, encrypted, guarded, reading, take_lock, transaction

Parameters = Mapping[str, str | int]
Show = Callable[[str], None]
ROWS_A_SIGN_OF_LIFE = 10_000

# What psql and its pager, editor and shell need of an environment that may hold secrets.
INHERITED = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|(COLOR)?TERM\w*|COLUMNS|LINES|LANG\w*|LC_\w+|TZ|TMPDIR"
    r"|PAGER|LESS\w*|EDITOR|VISUAL|INPUTRC|PSQL\w*|PGSSL\w+|SSL_CERT_\w+"
    r"|SYSTEMROOT|COMSPEC|PATHEXT|APPDATA|USERPROFILE|TEMP|TMP"
)

END_OF_ROWS = b"\\.\n"
SET_SEQUENCE = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0};\n"
# An archive is data: nothing of it is executed, and of its SQL only these names are used.
NAME = rb'(?:\w+|"(?:[^"\n\0]|"")+")'
COPY = re.compile(rb"COPY (?:%b\.)?(\w+) \((%b(?:, %b)*)\) FROM stdin;\n" % (NAME, NAME, NAME))
ENCODING = re.compile(rb"SET client_encoding = '(\w+)';\n")
# What else pg_dump and we write; the program sets all of it by itself.
UNUSED = re.compile(rb"(--.*|(SET |SELECT (pg_catalog\.)?set)[^;]*;|\\(un)?restrict \w+|)\n")


def open_psql(parameters: Parameters, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs psql with `arguments` in this terminal; returns its exit code.

    psql gets no secrets of `environ`. Raises `LoadError` if TLS is needed and no psql has it.
    """
    libpq, psql = guarded(parameters), str(program("psql"))
    demanding = encrypted(libpq)
    if demanding["sslmode"] != "prefer":
        with closing(connect(parameters)) as session:
            if session.info.ssl_in_use:  # the wheel's psql has no TLS
                psql = which("psql") or ""
                libpq = demanding
    if not psql:
        raise LoadError(Problem.PSQL_MISSING, host=parameters["host"])
    environment = {name: it for name, it in environ.items() if INHERITED.fullmatch(name)}
    # Others see arguments, and a file would outlive a killed program.
    environment["PGPASSWORD"] = libpq.pop("password", "")
    if "require_auth" in libpq:  # here, where a psql before 16 ignores it
        environment["PGREQUIREAUTH"] = libpq.pop("require_auth")
    command = [psql, "--dbname", make_dsn(**libpq), *arguments]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
    finally:
        signal.signal(signal.SIGINT, before)


def back_up(parameters: Parameters, file: Path, show: Show) -> str:
    """Writes the program's records, as of one moment, to `file`; returns its name and size.

    Runs may load data meanwhile. `show` gets texts of progress. Raises `LoadError` if the database
    or the file fails; `file` then stays as it was.
    """
    with _usable(file), replacing(file) as archive:
        with (
            gzip.open(archive, "wb", compresslevel=6) as sql,
            reading(connect(encrypted(parameters))) as at,
        ):
            wait_for_commits(at)
            at.connection.rollback()  # the archive is as of a moment after the wait
            _dump(at, sql, lambda: show(f"{archive.tell():,} bytes"))
        return f"{file}, {archive.tell():,} bytes"


def _dump(at: cursor, sql: gzip.GzipFile, show: Callable[[], None]) -> None:
    rows = count()

    def write(row: bytes) -> None:
        sql.write(row)
        if next(rows) % ROWS_A_SIGN_OF_LIFE == 0:
            show()

    # A table is one statement. Rows that a policy hides are an error. Roles set other precisions.
    at.execute("SET LOCAL statement_timeout = 0; SET LOCAL row_security = off")
    at.execute("SET LOCAL extra_float_digits = 3")
    at.execute("SELECT 1 FROM attempts LIMIT 0")  # the other tables may be missing
    sql.write(b"SET client_encoding = 'UTF8';\n")
    for table in RECORDS:
        if columns := _columns(at, table):
            sql.write(f"COPY {table} ({', '.join(columns)}) FROM stdin;\n".encode())
            # A table with partitions can only be copied as a query.
            query = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - quoted
            at.copy_expert(f"COPY ({query}) TO STDOUT", SimpleNamespace(write=write))
            sql.write(END_OF_ROWS)
            sql.write(SET_SEQUENCE.format(table).encode() if "id" in columns else b"")


def _columns(at: cursor, table: str) -> list[str]:
    """Returns the quoted names of the columns that COPY can write; none if the table is missing."""
    at.execute(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass(%s)"
        " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return [name for (name,) in at.fetchall()]


def restore(parameters: Parameters, file: Path, show: Show, zone: ZoneInfo) -> str:
    """Loads the backup `file`, all or nothing, into tables without rows; returns counts in words.

    Missing tables are created, summaries counted in days of `zone`; `show` gets texts of progress.
    Raises `LoadError` if tables have rows; before any change, if `file` is not whole or holds
    anything but rows of the program's tables.
    """
    # Opening a pipe would wait forever. pg_restore inherits the file's position.
    with _usable(file), file.open("rb", buffering=0) as archive:
        with _sql_of(archive, show) as lines:
            tables = [deque(rows, maxlen=0) for _, rows in _statements(lines) if rows]
        if not tables:
            raise EOFError("it is empty")
        with closing(connect(encrypted(parameters))) as session:
            take_lock(session)  # until the session is closed: no run may come in between
            create_missing(session, zone)
            with transaction(session) as at:
                if any(_counts(at).values()):
                    raise LoadError(Problem.DATABASE_NOT_EMPTY)
            with transaction(session) as at, _sql_of(archive, show) as lines:
                summaries.begin_rebuild(at, zone)
                at.execute("SET LOCAL statement_timeout = 0")  # a table is one statement
                if "sslmode" not in parameters:  # the embedded server, whose role may do anything
                    at.execute("SET LOCAL ROLE pg_write_all_data")
                for query, rows in _statements(lines):
                    copy_stream(at, query, rows) if rows else at.execute(query)
                at.execute("RESET ROLE; RESET client_encoding")
                for table in NUMBERED:
                    if "id" in _columns(at, table):
                        at.execute(SET_SEQUENCE.format(table))
            summaries.resume_rebuild(session, zone, show)
            with transaction(session) as at:
                at.execute(f"ANALYZE {', '.join(TABLES)}")  # autovacuum would take a while
                counts = ", ".join(f"{table}: {count:,}" for table, count in _counts(at).items())
    return f"{counts}; students forgotten since this backup are back: forget them again"


@contextmanager
def _usable(file: Path) -> Iterator[None]:
    """Raises `LoadError` for anything but a new file or a regular one that can be used."""
    try:
        if file.exists() and not file.is_file():
            raise LoadError(Problem.BACKUP_FILE, file=file, said="not a regular file")
        yield
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise LoadError(Problem.BACKUP_FILE, file=file, said=said) from error


def _counts(at: cursor) -> dict[str, int]:
    counts = (f"(SELECT count(*) FROM {table})" for table in RECORDS)  # noqa: S608 - our names
    at.execute(f"SELECT {', '.join(counts)}")
    return dict(zip(RECORDS, at.fetchall()[0], strict=True))


@contextmanager
def _sql_of(archive: IO[bytes], show: Show) -> Iterator[Iterator[bytes]]:
    """Yields the lines of an archive; pg_restore reads those of earlier versions, by pg_dump."""
    archive.seek(0)
    is_gzip = archive.read(2) == b"\x1f\x8b"
    archive.seek(0)
    if is_gzip:
        with gzip.open(archive) as sql:
            yield _showing_progress(sql, archive, show)
        return
    command = [str(program("pg_restore")), "--data-only", "--no-owner", "--file=-"]
    with TemporaryFile() as messages:
        with subprocess.Popen(  # noqa: S603 - the wheel's pg_restore, which gets no database
            command, stdin=archive, stdout=subprocess.PIPE, stderr=messages
        ) as source:
            assert source.stdout
            yield _showing_progress(source.stdout, archive, show)
        if source.returncode:
            messages.seek(0)
            raise OSError(last_lines(messages.read().decode("utf-8", "replace")))


def _statements(lines: Iterator[bytes]) -> Iterator[tuple[bytes, Iterator[bytes] | None]]:
    """Yields each COPY with its rows, and without any the encoding of those that follow."""
    for line in lines:
        if (copy := COPY.fullmatch(line)) and copy[1].decode() in RECORDS:
            yield b"COPY %b (%b) FROM STDIN" % copy.groups(), _rows(lines)
        elif encoding := ENCODING.fullmatch(line):
            yield b"SET LOCAL client_encoding = '%b'" % encoding[1], None
        elif not UNUSED.fullmatch(line):
            raise OSError(f"it holds more than rows of {', '.join(RECORDS)}")


def _rows(lines: Iterator[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line == END_OF_ROWS:
            return
        yield line
    raise EOFError("it ends amid the rows of a table")


def _showing_progress(sql: Any, archive: IO[bytes], show: Show) -> Iterator[bytes]:
    """Yields the lines; shows the position of `archive`, which is pg_restore's stdin as well."""
    size = os.fstat(archive.fileno()).st_size
    lines = iter(lambda: sql.readline(1 << 20), b"")  # in pieces, since one may have no end
    for number, line in enumerate(lines):
        if number % ROWS_A_SIGN_OF_LIFE == 0:
            show(f"{os.lseek(archive.fileno(), 0, os.SEEK_CUR):,} of {size:,} bytes")
        yield line.replace(b"\r\n", b"\n")  # as pg_restore ends them on Windows; values escape both
