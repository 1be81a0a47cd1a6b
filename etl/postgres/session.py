"""Connects to PostgreSQL, locks out other runs, and turns psycopg2's errors into `LoadError`."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from time import monotonic, sleep
from typing import Any, TypeVar

import psycopg2
from psycopg2 import errorcodes
from psycopg2.extensions import (
    ISOLATION_LEVEL_REPEATABLE_READ,
    POLL_OK,
    connection,
    cursor,
    make_dsn,
)

from etl.models.errors import LoadError, LockedError, Problem, RecordRefusedError
from etl.models.peers import retrying
from etl.postgres.statements import statement, statements_of

log = logging.getLogger(__name__)

TRIES = 3
OLDEST_SERVER = 13_00_00
LOCK_TIMEOUT_SECONDS = 60.0  # for a table that somebody has locked

T = TypeVar("T")

# libpq's names (PostgreSQL 34.1.2): seconds to connect, milliseconds until a dead peer is given up,
# seconds of silence after which a sign of life keeps firewalls from forgetting the connection while
# the grader thinks. The encoding is the client's own: the database may have any.
BOUNDS: dict[str, Any] = {
    "connect_timeout": 10,
    "tcp_user_timeout": 60_000,
    "keepalives_idle": 60,
    "client_encoding": "UTF8",
    "application_name": "lms-etl",
}

LOCAL_HOST = re.compile(r"[/@].*|localhost|127(\.\d+){3}|::1")  # sockets (34.1.2) and loopback

# "lms-etl" in ASCII: a session with this lock in the same database is another run. It is held until
# the backend ends (PostgreSQL 13.3.5).
LOCK_KEY = int.from_bytes(b"lms-etl", "big")
# Citus writes to a worker over several connections at once, which do not see each other's rows: a
# transaction could not read them together with a new task. Other servers ignore this setting.
ONE_CONNECTION_A_WORKER = "SET citus.multi_shard_modify_mode = 'sequential'"

# A pool may lend its backends in turn, and other clients may come in between.
POOLER_ROUNDS = 3
POOLER_PATIENCE_SECONDS = 2

# By SQLSTATE, or its first characters (PostgreSQL, Appendix A).
PROBLEM_OF_CODE = {
    # From a pooler, which logs in to its server only when our session has begun.
    "28": Problem.DATABASE_UNREACHABLE,
    "3D": Problem.DATABASE_UNREACHABLE,
    "42501": Problem.DATABASE_RIGHT,
    "42P01": Problem.DATABASE_TABLE,
    "42703": Problem.DATABASE_TABLE,
    "42804": Problem.DATABASE_TABLE,
    "42883": Problem.DATABASE_TABLE,
    "55P03": Problem.DATABASE_WAIT,
    "40": Problem.DATABASE_WAIT,
    "57014": Problem.DATABASE_WAIT,
    "53100": Problem.DATABASE_FULL,
    "25006": Problem.DATABASE_READ_ONLY,
    "25P03": Problem.DATABASE_CONNECTION_LOST,
    "08": Problem.DATABASE_CONNECTION_LOST,
    "57P": Problem.DATABASE_CONNECTION_LOST,
}
# Classes of codes that a record can cause. All others, such as that of a full disk, stop the slice.
OF_RECORDS = {"09", "21", "22", "23", "27", "38", "39", "44", "54", "P0"}
# PostgreSQL's classes; any other is made up by somebody's trigger.
OF_POSTGRES = {code for name, code in vars(errorcodes).items() if name.startswith("CLASS_")}
# Row security has the code of a missing right; the server's function tells it in any language.
ROW_SECURITY = "ExecWithCheckOptions"
# Citus passes on a worker's error in COPY as a message alone, with the code XX000. In any language
# that of a constraint ends with its name and the shard's number. So does, in Russian, that of a
# missing partition, with the table's name: it is known by its first words.
OF_A_WORKER = "ReportCopyError"
NO_PARTITION_OF_A_WORKER = re.compile("no partition of relation|для строки не найдена секция")
CONSTRAINT_OF_A_WORKER = re.compile(r'"([^"]+)_\d+"$')
RAISED_BY = re.compile(r"PL/pgSQL\s(?:function\s)?([\w.]+)\(")


def connect(
    parameters: Mapping[str, str | int], *, lock_timeout_seconds: float = LOCK_TIMEOUT_SECONDS
) -> connection:
    """Returns a new connection with limits on all waits; `parameters` are libpq's, by name.

    Raises `LoadError` if the server is unreachable or older than version 13, if a pooler may change
    the backend within a session, or if an untrusted role owns objects that our SQL would use.
    """
    dsn = make_dsn(**{**BOUNDS, **guarded(parameters)})
    try:
        opened: connection = psycopg2.connect(dsn)
    except psycopg2.OperationalError as error:
        raise _unreachable(str(error)) from error
    except UnicodeDecodeError as error:  # psycopg2 expects UTF-8; a Russian Windows says it in 1251
        raise _unreachable(error.object.decode("cp1251", "replace")) from error
    try:
        if opened.server_version < OLDEST_SERVER:
            version = opened.info.parameter_status("server_version")
            raise LoadError(Problem.DATABASE_OLD, found=version)
        with translated():
            opened.autocommit = True
            _refuse_pooler(opened, dsn)
            opened.autocommit = False
            with opened, opened.cursor() as at:
                timeout = {"lock_timeout": f"{lock_timeout_seconds * 1000:.0f}ms"}
                at.execute(statement("session.settings"), timeout)
                _refuse_strangers(at)
    except LoadError:
        opened.close()
        raise
    return opened


def guarded(parameters: Mapping[str, str | int]) -> dict[str, Any]:
    """Returns libpq's `parameters`, changed to refuse servers that ask for the password in clear.

    Only this machine, and servers whose certificate libpq verifies, may do that.
    """
    is_safe = _is_local(parameters) or parameters.get("sslmode") in {"verify-ca", "verify-full"}
    return {**parameters} if is_safe else {**parameters, "require_auth": "!password"}


def encrypted(parameters: Mapping[str, str | int]) -> dict[str, Any]:
    """Returns libpq's `parameters`; to other machines optional TLS (`sslmode`) becomes required."""
    if parameters.get("sslmode", "prefer") not in {"allow", "prefer"}:
        return {**parameters}
    return {**parameters, "sslmode": "prefer" if _is_local(parameters) else "require"}


def _is_local(parameters: Mapping[str, str | int]) -> bool:
    """Returns whether all hosts in the parameter `host` are this machine: sockets or loopback."""
    return all(map(LOCAL_HOST.fullmatch, str(parameters["host"]).split(",")))


def protection(session: connection) -> str:
    """Returns a phrase on how the connection is protected, and what would protect it better."""
    info, known = session.info, session.info.dsn_parameters
    if _is_local(known):
        return "within this machine"
    shown = info.ssl_attribute("protocol") if info.ssl_in_use else "no TLS"
    better = "" if known["sslmode"] == "verify-full" else " (better: TLS with verify-full)"
    return f"{shown} by DB_SSLMODE={known['sslmode']}{better}"


def _refuse_strangers(at: cursor) -> None:
    """Raises `LoadError` if our statements would run what somebody else laid in our schema."""
    at.execute(statement("session.strangers"), {"tables": [*statements_of("tables")]})
    if strangers := ", ".join(f"{name} ({owner})" for name, owner in at.fetchall()):
        raise LoadError(Problem.DATABASE_STRANGER, said=strangers)


def _unreachable(said: str) -> LoadError:
    """Quotes each of libpq's sentences once, without its advice behind tabs: ours says the same."""
    sentences = dict.fromkeys(line for line in said.splitlines() if line[:1].strip())
    return LoadError(Problem.DATABASE_UNREACHABLE, said="; ".join(sentences))


@contextmanager
def reading(session: connection) -> Iterator[cursor]:
    """Yields a cursor that only reads, all as of one moment; closes `session` after the block."""
    with closing(session):
        session.set_session(ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with transaction(session) as at:
            yield at


@contextmanager
def translated() -> Iterator[None]:
    """Turns every exception of psycopg2 that the block raises into a `LoadError`."""
    try:
        yield
    except psycopg2.Error as error:
        raise _failure(error) from error


@contextmanager
def transaction(session: connection) -> Iterator[cursor]:
    """Yields a cursor; commits after the block or rolls back. SQL errors raise `LoadError`."""
    with translated(), session, session.cursor() as at:
        yield at


def one_row(at: cursor, query: str, parameters: Any = None) -> Any:
    """Runs `query`; returns the first row of the result, or None if there is none."""
    at.execute(query, parameters)
    return at.fetchone()


def _failure(error: psycopg2.Error) -> LoadError:
    """Returns our error, without details, context or messages about a row: these name students."""
    code, said = error.pgcode or "", error.diag.message_primary or ""
    if rule := refusing_rule(error):
        return RecordRefusedError(rule)
    if not code:  # no answer of the server: the connection is lost
        return LoadError(Problem.DATABASE_CONNECTION_LOST, said="the server hung up")
    state = f"SQLSTATE {code}"
    is_quotable = said and not _is_of_a_function(error)
    kinds = filter(None, (PROBLEM_OF_CODE.get(code[:length]) for length in (5, 3, 2)))
    return LoadError(
        next(kinds, Problem.DATABASE_ERROR), said=f"{said} ({state})" if is_quotable else state
    )


def _is_of_a_function(error: psycopg2.Error) -> bool:
    """Whether a function, such as a trigger's, raised the error: its words may quote a row."""
    lines = (error.diag.context or "").splitlines()
    # In any language COPY's own line begins so, and its message is the server's own.
    return not all(line.startswith("COPY ") for line in lines)


def refusing_rule(error: psycopg2.Error) -> str | None:
    """Returns the rule that refused a record, such as "23502 created_at"; None for other errors.

    The SQLSTATE is followed, if known, by the name of a constraint, column, or the function that
    raised the error. Messages, and names that a function gives when it raises an error, are left
    out: they may quote the record.
    """
    code = error.pgcode or ""
    if error.diag.source_function == OF_A_WORKER:
        message = error.diag.message_primary or ""
        if NO_PARTITION_OF_A_WORKER.match(message):
            return errorcodes.CHECK_VIOLATION
        found = CONSTRAINT_OF_A_WORKER.search(message)
        return found and f"{errorcodes.INTEGRITY_CONSTRAINT_VIOLATION} {found[1]}"
    kind = code[:2]
    is_made_up = bool(code) and kind not in OF_POSTGRES
    if not (kind in OF_RECORDS or is_made_up or error.diag.source_function == ROW_SECURITY):
        return None
    if _is_of_a_function(error):
        function = RAISED_BY.search(error.diag.context or "")
        name = function and function[1]
    else:
        name = error.diag.constraint_name or error.diag.column_name
    return f"{code} {name}" if name else code


def patiently(
    step: Callable[[], T],
    sleep: Callable[[float], None],
    is_worth_it: Callable[[LoadError], bool] = lambda error: error.problem is Problem.DATABASE_WAIT,
) -> T:
    """Returns the result of `step`, tried up to 3 times if `is_worth_it` accepts the error."""
    again = retrying(
        lambda error: isinstance(error, LoadError) and is_worth_it(error),
        tries=TRIES, first_wait_seconds=1, longest_wait_seconds=10, sleep=sleep,
    )  # fmt: skip
    return again(step)


def storable(at: cursor, text: str) -> str:
    """Returns `text`, with non-ASCII characters as JSON escapes if the database is not in UTF-8."""
    if at.connection.info.parameter_status("server_encoding") in {"UTF8", "SQL_ASCII"}:
        return text
    return re.sub(r"[^\x00-\x7f]+", lambda found: json.dumps(found[0])[1:-1], text)


def take_lock(session: connection) -> str:
    """Takes the lock that allows one run at a time, or raises `LockedError` if another run has it.

    Returns the backend's process id and start. Raises `LoadError` behind a pooler.
    """
    with transaction(session) as at:
        (taken,) = one_row(at, statement("session.take_lock"), {"key": LOCK_KEY})
        if taken is None:
            raise LoadError(Problem.DATABASE_POOLER)
        if not taken:
            (holders,) = one_row(at, statement("session.holders"), {"key": LOCK_KEY})
            raise LockedError(Problem.DATABASE_LOCKED, said=holders)
        at.execute(ONE_CONNECTION_A_WORKER)
        return _backend(at)


class LockedSession:
    """A session with the lock that allows one run at a time; reconnects if lost while idle."""

    def __init__(self, connect: Callable[[], connection], sleep: Callable[[float], None]) -> None:
        self._connect = connect
        self._sleep = sleep
        self._backend = ""
        self.connection: connection | None = None

    def open(self) -> connection:
        """Connects and takes the lock. Raises `LockedError` if another run holds the lock."""
        opened = self._connect()
        try:
            with transaction(opened) as at:
                at.execute(statement("session.end_lost_backend"), {"backend": self._backend})
            self._backend = take_lock(opened)
        except LoadError:
            opened.close()
            raise
        self.connection = opened
        return opened

    def close(self) -> None:
        """Frees the lock, then closes the connection: the server may notice its end much later."""
        if self.connection is None:
            return
        # A connection that is lost by now has lost the lock as well.
        with suppress(LoadError), transaction(self.connection) as at:
            at.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
        self.connection.close()
        self.connection = None

    @contextmanager
    def transaction(self) -> Iterator[cursor]:
        """Yields a cursor; commits or rolls back. Raises `LockedError` if another run is active."""
        assert self.connection, "a run opens it before anything else"
        try:
            _require_lock(self.connection)
        except LoadError:
            if not self.connection.closed:
                raise
            log.warning("load: the connection was lost while it was idle; it is opened again")
            # Several tries: the server may be starting, and a backend takes a moment to end.
            patiently(self.open, self._sleep, is_worth_it=lambda _: True)
            _require_lock(self.connection)
        with transaction(self.connection) as at:
            yield at


def _require_lock(session: connection) -> None:
    """Begins a transaction. Raises `LoadError` if a pooler gave it a backend without the lock."""
    with translated(), session.cursor() as at:
        if one_row(at, statement("session.holds_lock"), {"key": LOCK_KEY}) != (True,):
            raise LoadError(Problem.DATABASE_POOLER)


def _refuse_pooler(session: connection, dsn: str) -> None:
    """Raises `LoadError` behind a pooler that lends a backend for less than a session.

    PgBouncer does so in its modes transaction and statement: a session's lock, settings and
    temporary tables would stay with a backend that the next client gets. The sign is one client
    with two backends, or two clients with one. Needs autocommit: statement mode has no BEGIN.
    """
    with session.cursor() as at:
        own = {_backend(at) for _ in range(POOLER_ROUNDS)}
    if len(own) > 1 or _backend_of_another_client(dsn) in own:
        raise LoadError(Problem.DATABASE_POOLER)


def _backend(at: cursor) -> str:
    """Returns pid and start of the backend that answers."""
    return str(one_row(at, statement("session.backend"))[0])


def _backend_of_another_client(dsn: str) -> str | None:
    """Returns pid and start of a second backend; None if a pool in session mode has only one."""
    until = monotonic() + POOLER_PATIENCE_SECONDS
    with suppress(psycopg2.Error), closing(psycopg2.connect(dsn, async_=True)) as other:
        if _is_ready(other, until):
            with other.cursor() as at:
                at.execute(statement("session.backend"))
                if _is_ready(other, until):
                    return str(at.fetchall()[0][0])
    return None


def _is_ready(other: connection, until: float) -> bool:
    while not (is_ready := other.poll() == POLL_OK) and monotonic() < until:
        sleep(0.001)
    return is_ready
