"""Creates the program's tables and views where they are missing, and checks existing tables.

The head of each SQL file says what its table or view means: a sentence about the whole, an empty
line, then a line `-- column: meaning` for each column. These become comments in the database,
which BI tools show; a test holds docs/analysis.md equal to them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import takewhile
from zoneinfo import ZoneInfo

import psycopg2
from psycopg2.errors import InvalidTableDefinition
from psycopg2.extensions import connection, cursor

from etl.models.errors import LoadError, Problem
from etl.models.figures import FEW_SUBMITS
from etl.models.records import ATTEMPT_COLUMNS
from etl.postgres.layouts import read_cluster
from etl.postgres.session import one_row, transaction, translated
from etl.postgres.statements import DIRECTORY, statement

log = logging.getLogger(__name__)

NUMBERED = ("attempts", "etl_runs", "etl_slices", "rejected_attempts")
# Tables that cannot be counted from others.
RECORDS = (*NUMBERED, "etl_forgotten")
SUMMARIES = ("etl_tasks", "etl_task_texts", "etl_student_task_days", "etl_hours", "etl_summaries")
TABLES = RECORDS + SUMMARIES
# The view that other views read.
BASE = "student_tasks"
VIEWS = (
    "task_attempts",
    BASE,
    "daily_activity",
    "task_difficulty",
    "attempts_to_first_success",
    "first_try_success",
    "unsolved_tasks",
    "submissions_without_run",
    "hourly_activity",
    "weekly_retention",
    "stickiness",
)

# Finds the attempts of a day, which the index of unique_attempt, by student, cannot.
INDEX_BY_TIME = "CREATE INDEX IF NOT EXISTS attempts_created_at ON attempts (created_at)"

# The version of these tables, in `etl_summaries.schema_version`. Raise it with any change that
# older programs would get wrong. Version 1.0.0 wrote none.
SCHEMA_VERSION = 2

# Columns that tables of earlier versions lack: table, name, type.
ADDED_COLUMNS = (
    ("rejected_attempts", "detail", "TEXT"),
    ("etl_runs", "command", "TEXT"),
    ("etl_runs", "version", "TEXT"),
    ("etl_runs", "failure", "TEXT"),
    ("etl_summaries", "schema_version", "INTEGER NOT NULL DEFAULT 1"),
    ("etl_tasks", "course_name", "TEXT"),
    ("etl_tasks", "task_name", "TEXT"),
    ("etl_hours", "checksum", "BIGINT"),
)

# Meanings of columns by name, unless their file says something else.
COLUMNS = {
    "user_id": "the student",
    "course": "the course, read out of lis_result_sourcedid",
    "task": "the task, unique within its course",
    "task_id": "the task: etl_tasks.id",
    "course_name": "the course's name in TASK_NAMES_FILE, else course",
    "task_name": "the task's name in TASK_NAMES_FILE, else task",
    "day": "a date in TIME_ZONE, which etl_summaries names",
    "attempts": "runs and submits",
    "runs": "code runs without a verdict",
    "submits": "submissions with a verdict",
    "correct": "submits with a positive verdict",
    "first_attempt_at": "the first run or submit, UTC",
    "last_attempt_at": "the last run or submit, UTC",
    "run_id": "the run: etl_runs.id",
    "window_start": "UTC, included",
    "window_end": "UTC, not included",
    "received": "records that the grader sent, without those of forgotten students:"
    " the sum of the next five",
    "inserted": "records that are new in attempts",
    "duplicates": "records that were stored before",
    "conflicting": "records of a stored student, type and moment with other content; set aside",
    "rejected": "records that broke a rule; set aside",
    "out_of_window": "records that were not asked for; not stored",
}
# In a view's comment, before a hash of its SQL and time zone: the view is ours.
VIEW_MARK = "lms-etl view "
OLD_VIEWS = (
    "load: some views for analysis are missing or old (%s);"
    " what to do is at the end of docs/analysis.md"
)
# DDL that waits for a lock blocks every later query on that table.
BRIEFLY = "SET LOCAL lock_timeout = '2s'"


def create_missing(session: connection, zone: ZoneInfo) -> None:
    """Creates missing tables and columns, all or none; then the views, whose days are in `zone`.

    Raises `LoadError` if tables do not fit or rights are missing; views that fail are only logged.
    """
    with transaction(session) as at:
        missing = _check_tables(at)
        for table in missing:
            at.execute(statement(f"tables.{table}"))
        if "etl_student_task_days" in missing:
            take_over_type_of_user_id(at)
        for _, sql, _ in _missing_columns(at):
            at.execute(sql)
        at.execute(statement("schema.note_schema_version"), {"version": SCHEMA_VERSION})
        if one_row(at, statement("schema.index_is_wanted")) == (True,):
            at.execute(INDEX_BY_TIME)
        if missing and (cluster := read_cluster(at)):
            log.info("load: %s", cluster.described(VIEWS, is_complete=True))
    tables_comments = _optional(session, "load: tables' comments were not written: %s")
    with tables_comments, session, session.cursor() as at:
        _write_comments(at, "tables", TABLES)
    with _optional(session, OLD_VIEWS):
        _create_views(session, zone)


def _check_tables(at: cursor) -> list[str]:
    """Returns missing tables. Raises `LoadError`; for missing rights, with SQL to grant them."""
    _refuse_read_only(at)
    missing = missing_tables(at)
    if "attempts" not in missing:
        _refuse_foreign_attempts(at)
    _refuse_missing_rights(at, missing)
    return missing


def describe_tables(at: cursor) -> tuple[str, str]:
    """Returns two texts for `--check`: on server and tables, and on Citus; without Citus, empty.

    Writes nothing. Raises `LoadError` if tables do not fit or rights are missing.
    """
    missing, cluster = _check_tables(at), read_cluster(at)
    found = [f"PostgreSQL {at.connection.info.parameter_status('server_version')}"]
    if one_row(at, "SELECT has_schema_privilege('public', current_schema(), 'CREATE')")[0]:
        found.append("everybody may create tables and functions there (README, “Database”)")
    if "etl_hours" not in missing:
        (attempts,) = one_row(at, "SELECT coalesce(sum(runs + submits), 0) FROM etl_hours")
        found.append(f"{attempts} attempts")
    tables = f"the next run creates {', '.join(missing)}" if missing else "all tables are there"
    spread = f"\n{cluster.described(VIEWS, is_complete=not missing)}" if cluster else ""
    return ", ".join([*found, tables]), spread


def missing_tables(at: cursor) -> list[str]:
    """Returns the names of the program's tables that the database lacks.

    Raises `LoadError` if row security hides rows, or if a newer program made the tables.
    """
    at.execute(statement("schema.tables"), {"tables": [*TABLES]})
    tables = at.fetchall()
    if hidden := ", ".join(name for name, _, hides_rows in tables if hides_rows):
        raise LoadError(Problem.DATABASE_ROWS_HIDDEN, tables=hidden)
    missing = [name for name, is_missing, _ in tables if is_missing]
    if "etl_summaries" not in missing:
        # Through JSON, a column that is missing yet is NULL.
        at.execute("SELECT (to_jsonb(s) ->> 'schema_version')::int FROM etl_summaries AS s")
        for (found,) in at.fetchall():
            if found and found > SCHEMA_VERSION:
                raise LoadError(Problem.DATABASE_NEWER, found=found, known=SCHEMA_VERSION)
    return missing


def _missing_columns(at: cursor) -> list[tuple[str, str, bool]]:
    """Returns, for columns that older tables lack: table, SQL to add one, whether this role may."""
    tables, columns, types = map(list, zip(*ADDED_COLUMNS, strict=True))
    added = {"tables": tables, "columns": columns, "types": types}
    at.execute(statement("schema.missing_columns"), added)
    return at.fetchall()


def take_over_type_of_user_id(at: cursor) -> None:
    """Gives `etl_student_task_days.user_id` the type of `attempts.user_id`, which may be longer."""
    at.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass('attempts') AND attname = 'user_id'"
        " AND atttypid IN ('varchar'::regtype, 'text'::regtype)"
    )
    for (own_type,) in at.fetchall():
        at.execute(f"ALTER TABLE etl_student_task_days ALTER user_id TYPE {own_type}")


def _refuse_read_only(at: cursor) -> None:
    is_replica, read_only = one_row(
        at, "SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only')"
    )
    if is_replica or read_only == "on":
        said = "this server is a replica" if is_replica else "default_transaction_read_only is on"
        raise LoadError(Problem.DATABASE_READ_ONLY, said=said)


def _refuse_foreign_attempts(at: cursor) -> None:
    at.execute(statement("schema.columns_of_attempts"), {"columns": [*ATTEMPT_COLUMNS]})
    found = dict(at.fetchall())
    absent = [f"no {name}" for name in ATTEMPT_COLUMNS if name not in found]
    if unfit := ", ".join([*absent, *filter(None, found.values())]):
        raise LoadError(Problem.DATABASE_TABLE, said=f"attempts: {unfit}")


def _refuse_missing_rights(at: cursor, missing: Sequence[str]) -> None:
    (may_create,) = one_row(at, "SELECT has_schema_privilege(current_schema(), 'CREATE')")
    for_owner = [] if may_create else missing
    tables = [name for name in TABLES if name not in missing or name in for_owner]
    wanted = {"tables": tables, "with_sequence": [*NUMBERED]}
    at.execute(statement("schema.missing_rights"), wanted)
    grants = at.fetchall()
    grants += [
        (f"ALTER TABLE {table}", sql)
        for table, sql, is_allowed in _missing_columns(at)
        if not is_allowed
    ]
    if for_owner or grants:
        rights = ["CREATE ON SCHEMA"] if for_owner else []
        rights += [right for right, _ in grants if right]
        sql = [_ddl(name) for name in for_owner] + [grant for _, grant in grants]
        raise LoadError(Problem.DATABASE_RIGHT, said=", ".join(rights), details="\n".join(sql))


def _ddl(table: str) -> str:
    """Returns SQL to create the table, with the index that only the owner of `attempts` can add."""
    index = f"{INDEX_BY_TIME};\n" if table == "attempts" else ""
    return f"{statement(f'tables.{table}')};\n{index}"


@contextmanager
def _optional(session: connection, warning: str) -> Iterator[None]:
    """Logs SQL errors, and the run goes on. Raises `LoadError` if the connection is lost."""
    with translated():
        try:
            yield
        except psycopg2.Error as error:
            if session.closed:
                raise
            # No row is touched here, so the detail quotes none: it names the dependents of a view.
            texts = (error.diag.message_primary, error.diag.message_detail)
            log.warning(warning, ": ".join(filter(None, texts)))


def definition(view: str) -> str:
    """Returns the SQL query of `view`; that of `task_attempts` needs the SQL parameter `zone`."""
    return statement(f"views.{view}", period="", few_submits=str(FEW_SUBMITS))


def _create_views(session: connection, zone: ZoneInfo) -> None:
    """Creates the views, or replaces the program's own if their SQL or the zone has changed."""
    texts = [zone.key, *((definition(view), meanings("views", view)) for view in VIEWS)]
    mark = VIEW_MARK + sha256(repr(texts).encode()).hexdigest()[:16]
    with session, session.cursor() as at:
        at.execute(statement("schema.views_stored"), {"names": [*VIEWS]})
        stored = dict(at.fetchall())
    ours = [view for view in VIEWS if VIEW_MARK in stored.get(view, "")]
    foreign = [view for view in stored if view not in ours]
    wanted = [] if BASE in foreign else [view for view in VIEWS if view not in foreign]
    if not all(mark in stored.get(view, "") for view in wanted):
        try:
            _replace(session, wanted, zone, mark)
        except InvalidTableDefinition:  # a view cannot lose or rename columns
            _replace(session, wanted, zone, mark, drop=ours)
    if foreign:
        log.warning(OLD_VIEWS, f"{', '.join(foreign)} is not ours")


def _replace(
    session: connection, views: Sequence[str], zone: ZoneInfo, mark: str, drop: Sequence[str] = ()
) -> None:
    """Replaces all views or none. Rights on a view stay, unless it has to be dropped."""
    with session, session.cursor() as at:
        at.execute(BRIEFLY)
        at.execute("SELECT now() AT TIME ZONE %s", [zone.key])  # fails if unknown
        if drop:
            at.execute(f"DROP VIEW {', '.join(drop)}")  # names of VIEWS
        for view in views:
            at.execute(f"CREATE OR REPLACE VIEW {view} AS {definition(view)}", {"zone": zone.key})
        _write_comments(at, "views", views, f"\n{mark}")


def _write_comments(at: cursor, folder: str, names: Sequence[str], mark: str = "") -> None:
    """Writes meanings into the database: all of our views, of tables those without a comment."""
    rows = [(name, *pair) for name in names for pair in meanings(folder, name).items()]
    given = {
        "kinds": "v" if folder == "views" else "rp",
        "names": [name for name, _, _ in rows],
        "columns": [column for _, column, _ in rows],
        "texts": [text if column else text + mark for _, column, text in rows],
    }
    at.execute(statement("schema.comments_to_write"), given)
    if sql := "; ".join(text for (text,) in at.fetchall()):
        at.execute(f"{BRIEFLY}; {sql}")


@cache
def meanings(folder: str, name: str) -> dict[str, str]:
    """Returns the comments on the columns of a table or view; the key "" has its own.

    `folder` is "tables" or "views".
    """
    text = (DIRECTORY / folder / f"{name}.sql").read_text(encoding="utf-8")
    lines = takewhile(lambda line: line.startswith("--"), text.splitlines())
    head = "\n".join(line[3:] for line in lines).replace("\n    ", " ")
    about, *others = head.split("\n\n")
    own = re.findall(r"^([a-z_]+): (.+)$", "\n".join(others), re.MULTILINE)
    # Only columns that the SQL names: a foreign table may have a `task` of its own.
    sql = definition(name) if folder == "views" else statement(f"tables.{name}")
    words = {*re.findall(r"\w+", sql)}
    usual = {column: text for column, text in COLUMNS.items() if column in words}
    return {"": about.replace("\n", " "), **usual, **dict(own)}


def vacuum_overdue(session: connection, tables: Sequence[str]) -> None:
    """Vacuums and analyzes those of `tables` that autovacuum would; errors are only logged."""
    session.autocommit = True  # VACUUM works in no transaction
    try:
        with session.cursor() as at:
            # The server counts this session's changes only when it is idle, unless told to.
            at.execute("SELECT pg_stat_force_next_flush()")
            at.execute(statement("schema.overdue_tables"), {"tables": [*tables]})
            for (table,) in at.fetchall():
                at.execute(f"VACUUM (ANALYZE) {table}")  # our own names
    except psycopg2.Error as error:
        log.warning("load: the tables were not vacuumed: %s", error.diag.message_primary)
    finally:
        if not session.closed:
            session.autocommit = False
