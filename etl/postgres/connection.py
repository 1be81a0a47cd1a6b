"""Opening a connection, and turning what PostgreSQL says into problems that people can mend.

Codes: PostgreSQL's Appendix A. The driver's texts are not passed on, since its details quote rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, connection, cursor, make_dsn

from etl.models.errors import LoadError, Problem, RecordRefusedError
from etl.models.outside import retrying
from etl.postgres.pooler import refuse_pooler
from etl.postgres.record_rules import refusing_rule
from etl.postgres.refusal import QUOTED, refusal

TRIES = 3

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

# One session works alone: with this memory a staged week and its comparison stay out of files.
# Beside millions of attempts JIT would compile a statement for longer than it runs. Roles and
# databases may have settings of their own. The lock needs a session that outlives the grader's
# thinking (servers before 14 and 17 do not know these two); what is said to be stored must be; and
# without a schema for tables nothing would be found.
SESSION = """
SET TIME ZONE 'UTC';
SET work_mem = '64MB';
SET temp_buffers = '64MB';
SET jit = off;
SET lock_timeout = %(lock_timeout)s;
SET statement_timeout = '30min';
SET idle_in_transaction_session_timeout = '10min';
SET default_transaction_isolation = 'read committed';
SELECT set_config(name, '0', false) FROM pg_settings
WHERE name IN ('idle_session_timeout', 'transaction_timeout');
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off';
SELECT set_config('search_path', 'public', false)
WHERE coalesce(current_schema(), 'pg_catalog') = 'pg_catalog';
"""

# Of a pooler: its server refuses a login when the session has begun.
LOGIN_PROBLEM_OF_CODE = {"28": Problem.DATABASE_LOGIN, "3D": Problem.DATABASE_MISSING}
PROBLEM_OF_CODE = {
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


def connect(parameters: Mapping[str, str | int], *, lock_timeout_seconds: float = 60) -> connection:
    """An open session with bounded waits. Raises `LoadError`."""
    dsn = make_dsn(**{**BOUNDS, **parameters})
    try:
        opened: connection = psycopg2.connect(dsn)
    except psycopg2.OperationalError as error:
        raise refusal(str(error), parameters) from error
    except UnicodeDecodeError as error:  # psycopg2 expects UTF-8; a Russian Windows says it in 1251
        text = error.object.decode("cp1251", "replace")
        raise refusal(text, parameters) from error
    try:
        with translated():
            opened.autocommit = True
            refuse_pooler(opened, dsn)
            opened.autocommit = False
            with opened, opened.cursor() as at:
                at.execute(SESSION, {"lock_timeout": f"{lock_timeout_seconds * 1000:.0f}ms"})
    except LoadError:
        opened.close()
        raise
    return opened


@contextmanager
def reading(session: connection) -> Iterator[connection]:
    """A session that writes nothing: each transaction sees one moment; closed in the end."""
    try:
        session.set_session(ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        yield session
    finally:
        session.close()


@contextmanager
def translated() -> Iterator[None]:
    """Lets no exception of the driver out: only `LoadError`."""
    try:
        yield
    except psycopg2.Error as error:
        raise _failure(error) from error


@contextmanager
def transaction(session: connection) -> Iterator[cursor]:
    """Committed in the end, or rolled back after an exception. Raises `LoadError`."""
    with translated(), session, session.cursor() as at:
        yield at


def _failure(error: psycopg2.Error) -> LoadError:
    code, message = error.pgcode or "", error.diag.message_primary or ""
    if rule := refusing_rule(error):
        return RecordRefusedError(rule, code=code, message=message)
    if problem := LOGIN_PROBLEM_OF_CODE.get(code[:2]):
        return LoadError(problem, message=QUOTED.sub('"…"', message))
    for length in (5, 3, 2):
        if problem := PROBLEM_OF_CODE.get(code[:length]):
            return LoadError(problem, message=message or code)
    if not code:  # not an answer of the server: there is none to hear any more
        return LoadError(Problem.DATABASE_CONNECTION_LOST, message="the server hung up")
    return LoadError(Problem.DATABASE_ERROR, code=code, message=message)


def patiently(step: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """Raises the last `LoadError`. `step` must be a whole transaction."""
    retry = retrying(
        _may_pass, tries=TRIES, first_wait_seconds=1, longest_wait_seconds=10, sleep=sleep
    )
    result: T = retry(step)
    return result


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, LoadError) and error.problem is Problem.DATABASE_WAIT
