"""A table that exists already is used as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from etl.demo.campus import record
from etl.models.errors import Problem
from etl.models.records import Counts
from etl.postgres.figures import daily_figures, loaded_daily_figures, totals_beside_earlier
from tests.database_inserter.batches import (
    DAY,
    STARTED,
    UTC_ZONE,
    batch,
    days,
    due,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

INDEXES = "SELECT indexname FROM pg_indexes WHERE tablename = 'attempts' ORDER BY 1"
SHAPE = (
    "SELECT * FROM information_schema.columns WHERE table_name = 'attempts'"
    " ORDER BY ordinal_position"
)
OWN_INDEXES = [("attempts_pkey",), ("unique_attempt",)]


def test_d5_more_columns_in_another_order_and_a_narrow_id_are_no_hindrance(
    build: Build, execute: Execute
) -> None:
    execute(OWN_DDL)
    shape = execute(SHAPE)
    inserter = opened(build())
    assert insert(inserter, batch(record(), record(lti_user_id="u2"))).inserted == 2
    assert insert(inserter, batch(record())).duplicates == 1
    assert execute("SELECT id, user_id, course, noted_at IS NULL FROM attempts ORDER BY id") == [
        (1, record()["lti_user_id"], "unknown", False),
        (2, "u2", "unknown", False),
    ]
    assert execute(SHAPE) == shape


def test_d5_what_the_table_holds_already_counts_as_stored(build: Build, execute: Execute) -> None:
    execute(
        OWN_DDL + "INSERT INTO attempts (user_id, attempt_type, is_correct, created_at)"
        " VALUES ('u1', 'submit', true, '2023-05-31 10:00:00'),"
        "        ('u2', 'submit', true, '2023-05-31 10:00:00')"
    )
    known = record(lti_user_id="u1", passback_params=None, created_at="2023-05-31 10:00:00")
    counts = insert(opened(build()), batch(known, known | {"lti_user_id": "u2", "is_correct": 0}))
    assert counts == Counts(received=2, duplicates=1, conflicting=1)


def test_d5_without_its_unique_constraint_a_table_is_filled_as_exactly(
    build: Build, execute: Execute
) -> None:
    execute(OWN_DDL + "ALTER TABLE attempts DROP CONSTRAINT unique_attempt")
    inserter = opened(build())
    slice_ = batch(record(), record(), record(lti_user_id="u2"))
    assert insert(inserter, slice_) == Counts(received=3, inserted=2, duplicates=1)
    execute(
        "INSERT INTO attempts (user_id, attempt_type, is_correct, created_at)"
        " SELECT user_id, attempt_type, NOT is_correct, created_at FROM attempts"
    )
    assert insert(inserter, slice_) == Counts(received=3, duplicates=3)


def test_d5_times_with_a_zone_are_the_same_moments(build: Build, execute: Execute) -> None:
    ((name,),) = execute("SELECT current_database()")
    execute(f"ALTER DATABASE {name} SET TimeZone = 'Asia/Vladivostok'")
    execute(OWN_DDL.replace("created_at TIMESTAMP", "created_at TIMESTAMPTZ"))
    inserter = opened(build())
    slice_ = batch(record(created_at="2023-05-31 00:00:00"))
    assert [insert(inserter, slice_).inserted for _ in range(2)] == [1, 0]
    assert within(inserter, daily_figures, [DAY])[0].attempts == 1
    assert execute("SELECT created_at FROM attempts") == [(datetime(2023, 5, 31, tzinfo=UTC),)]


@pytest.mark.parametrize(
    ("index", "is_enough"),
    [
        ("(created_at DESC, user_id)", True),
        ("(created_at) WHERE id < 0", False),
        ("(user_id, created_at)", False),
    ],
)
def test_d5_an_index_by_time_is_added_once_where_none_can_find_a_day(
    build: Build, execute: Execute, index: str, is_enough: bool
) -> None:
    execute(f"{OWN_DDL} CREATE INDEX mine ON attempts {index}")
    ours = [] if is_enough else [("attempts_created_at",)]
    for _ in range(2):
        opened(build()).close(entry())
        assert execute(INDEXES) == [*ours, ("attempts_pkey",), ("mine",), ("unique_attempt",)]


@pytest.mark.parametrize(
    "ddl",
    [
        f'{OWN_DDL} GRANT USAGE ON SEQUENCE attempts_id_seq TO "lms reader"',
        # Whose sequence needs no right.
        OWN_DDL.replace("id SERIAL", "id BIGINT GENERATED ALWAYS AS IDENTITY"),
    ],
    ids=["a sequence", "an identity column"],
)
def test_d5_somebody_elses_table_works_without_our_index(
    build: Build, role: str, execute: Execute, ddl: str
) -> None:
    execute(f'{ddl}; GRANT CREATE ON SCHEMA public TO "{role}"')
    execute(f'GRANT SELECT, INSERT ON attempts TO "{role}"')
    inserter = opened(build(user=role))
    assert insert(inserter, batch(record())).inserted == 1
    assert within(inserter, daily_figures, [DAY])[0].attempts == 1
    assert execute(INDEXES) == OWN_INDEXES


def test_d5_a_table_of_ones_own_where_nothing_may_be_created_works_without_our_index(
    build: Build, role: str, execute: Execute
) -> None:
    execute(OWN_DDL)
    inserter = build(user=role)
    error = refused(lambda: inserter.open(STARTED))
    inserter.close(entry())
    execute(error.details)
    execute(f'ALTER TABLE attempts OWNER TO "{role}"')
    assert insert(opened(build(user=role)), batch(record())).inserted == 1
    assert execute(INDEXES) == OWN_INDEXES


def test_a_table_of_another_kind_is_refused_by_its_missing_columns(
    build: Build, execute: Execute
) -> None:
    execute(
        "CREATE TABLE attempts (id INT, user_id TEXT, created_at TIMESTAMP, is_correct BOOLEAN)"
    )
    error = refused(lambda: opened(build()))
    assert error.problem == Problem.DATABASE_TABLE
    assert error.facts["said"].startswith(
        "attempts: no oauth_consumer_key, no lis_result_sourcedid"
    )
    assert execute("SELECT to_regclass('etl_runs')") == [(None,)]


def with_column(definition: str) -> str:
    """The university's table with another definition of this column."""
    column, _ = definition.split(" ", 1)
    return re.sub(rf"(?m)^    {column} .*$", f"    {definition},", OWN_DDL)


@pytest.mark.parametrize(
    "kind",
    [
        "created_at date",
        "is_correct integer",
        "user_id uuid",
        "attempt_type generated",
        "is_correct NOT NULL, and nothing fills it",
        "course NOT NULL, and nothing fills it",
    ],
)
def test_xt3_a_type_that_cannot_take_the_records_is_named_by_check_and_run(
    build: Build, execute: Execute, kind: str
) -> None:
    column = kind.replace("generated", "TEXT GENERATED ALWAYS AS ('run') STORED")
    execute(with_column(column.replace("NOT NULL, and nothing fills it", "BOOLEAN NOT NULL")))
    for step in (lambda: build().check(due), lambda: build().open(STARTED)):
        error = refused(step)
        assert error.problem == Problem.DATABASE_TABLE
        assert error.facts == {"said": f"attempts: {kind.replace(' ', ' is ', 1)}"}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ("", "user_id CHAR(32)"),
        ("CREATE DOMAIN id AS TEXT CHECK (value <> '')", "user_id id"),
        ("CREATE DOMAIN moment AS TIMESTAMP", "created_at moment"),
        ("CREATE DOMAIN verdict AS BOOLEAN", "is_correct verdict"),
        ("CREATE TYPE kind AS ENUM ('submit', 'run')", "attempt_type kind"),
    ],
)
def test_xt3_keys_are_compared_as_the_table_keeps_them(
    build: Build, execute: Execute, more: str, kind: str
) -> None:
    execute(f"{more}; {with_column(kind)}")
    inserter = opened(build())
    slice_ = batch(record(), record(), record(lti_user_id="u2"))
    for inserted, duplicates in ((2, 1), (0, 3)):
        assert insert(inserter, slice_) == Counts(3, inserted, duplicates)
    assert inserter.repair([DAY]) == []


def test_xt2_what_is_swallowed_as_a_whole_or_at_commit_is_no_attempt(
    build: Build, execute: Execute
) -> None:
    execute(
        f"{OWN_DDL} CREATE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN DELETE FROM attempts WHERE id = new.id; RETURN NULL; END $$;"
        " CREATE CONSTRAINT TRIGGER strike AFTER INSERT ON attempts DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION strike()"
    )
    inserter = opened(build())
    error = refused(lambda: insert(inserter, batch(record())))
    inserter.close(entry())
    assert (error.problem, error.facts["rules"]) == (Problem.DATABASE_REFUSES, {"02000": 1})
    counts = insert(opened(build(max_rejected_share=1)), batch(record()))
    assert counts == Counts(received=1, rejected=1)


def test_d5_days_that_it_had_are_days_with_figures_and_may_be_compared_with(
    build: Build, execute: Execute
) -> None:
    own = "INSERT INTO attempts (user_id, attempt_type, created_at) VALUES ('ann', 'run', '{}')"
    execute("; ".join([OWN_DDL, *(own.format(f"2023-05-{day} 10:00") for day in (28, 30))]))
    inserter = opened(build())
    known = [DAY - timedelta(days=n) for n in (3, 2, 1)]
    asked = [known[0] - timedelta(days=1), *known, DAY]
    figures = within(inserter, loaded_daily_figures, asked, UTC_ZONE)
    assert [(one.day, one.attempts) for one in figures] == list(zip(known, (1, 0, 1), strict=True))
    insert(inserter, batch(window=days(DAY + timedelta(days=2))))
    assert within(inserter, loaded_daily_figures, asked, UTC_ZONE) == figures
    insert(inserter, batch(record()))
    for first, before in ((30, 1), (29, None)):
        _, earlier = within(inserter, totals_beside_earlier, days(date(2023, 5, first), DAY))
        assert (earlier and earlier.attempts) == before


OWN_COLUMNS = re.findall(r"(?m)^    ([a-z_]+)", OWN_DDL)
RUN = record(attempt_type="run", is_correct=None)
CHILD = """
CREATE TABLE attempts_2023 (CHECK (created_at >= '2023-01-01'), UNIQUE (user_id, created_at))
INHERITS (attempts);
"""


@pytest.mark.parametrize(
    ("body", "first", "again"),
    [
        # As tables were partitioned before PostgreSQL 10: what moves a row is no insertion to it.
        ("INSERT INTO attempts_2023 VALUES (new.*); RETURN NULL", (2, 1, 0), (0, 3, 0)),
        ("IF new.user_id = 'u2' THEN RETURN NULL; END IF", (1, 1, 1), (0, 2, 1)),
        ("new.is_correct := NULL", (2, 0, 0), (0, 0, 0)),
        ("new.created_at := new.created_at + interval '1 hour'", (0, 0, 3), (0, 0, 3)),
        ("new.user_id := 'everybody'", (0, 0, 3), (0, 0, 3)),
        ("", (2, 1, 0), (0, 3, 0)),
    ],
    ids=["moved", "swallowed", "changed", "later", "renamed", "moved by a rule"],
)
def test_xt2_what_counts_is_what_the_table_holds_whatever_its_triggers_do(
    build: Build,
    execute: Execute,
    on_insert: Callable[..., None],
    body: str,
    first: tuple[int, ...],
    again: tuple[int, ...],
) -> None:
    execute(OWN_DDL.replace("CONSTRAINT unique_attempt ", "") + CHILD)
    if body:
        on_insert(body)
    else:
        rule = "CREATE RULE moved AS ON INSERT TO attempts DO INSTEAD INSERT INTO attempts_2023"
        execute(f"{rule} VALUES ({', '.join(f'new.{name}' for name in OWN_COLUMNS)})")
    inserter = opened(build(max_rejected_share=1))
    slice_ = batch(record(), record(), record(lti_user_id="u2"))
    for inserted, duplicates, rejected in (first, again):
        counts = insert(inserter, slice_)
        conflicting = 3 - inserted - duplicates - rejected
        assert counts == Counts(3, inserted, duplicates, conflicting, rejected)


@pytest.mark.parametrize("kind", ["TIMESTAMP(3)", "exact_to_the_ms"])
def test_xt3_d5_a_moment_that_is_stored_less_exactly_is_the_same_attempt(
    build: Build, execute: Execute, kind: str
) -> None:
    execute("CREATE DOMAIN exact_to_the_ms AS TIMESTAMP(3)")
    execute(
        with_column(f"created_at {kind}") + "ALTER TABLE attempts DROP CONSTRAINT unique_attempt"
    )
    inserter = opened(build())
    moments = ("09:00:00.000401", "09:00:00.000499", "09:00:00.000501")
    sent = [record(created_at=f"2023-05-31 {moment}") for moment in moments]
    for inserted in (2, 0):
        slice_ = batch(*sent)
        loaded = inserter.insert(slice_.answer, slice_.batches)
        assert loaded.counts == Counts(3, inserted, duplicates=3 - inserted)
        assert loaded.distinct == {DAY: 2}
    slice_ = batch(record(created_at="2023-05-31 23:59:59.9997"))
    loaded = inserter.insert(slice_.answer, slice_.batches)
    assert loaded.distinct == {DAY: 0, DAY + timedelta(days=1): 1}
    rows = execute("SELECT day, sum(submits)::int FROM etl_hours GROUP BY day ORDER BY day")
    assert rows == [(DAY, 2), (DAY + timedelta(days=1), 1)]
