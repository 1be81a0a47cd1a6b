"""A right that is missing is found at once, and told as the SQL that mends it."""

from __future__ import annotations

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.models.errors import LoadError, Problem
from etl.models.records import Counts
from etl.postgres import schema
from etl.postgres.journal import mark_reported, report_debt
from tests.database_inserter.batches import (
    STARTED,
    UTC_ZONE,
    batch,
    due,
    entry,
    insert,
    opened,
    refused,
    within,
)
from tests.database_inserter.conftest import OWN_DDL, Build, Execute

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def lacking(inserter: DatabaseInserter) -> LoadError:
    error = refused(lambda: inserter.open(STARTED))
    inserter.close(entry())
    assert error.problem == Problem.DATABASE_RIGHT
    return error


def test_d1_the_sql_of_the_message_run_by_the_owner_mends_it(
    build: Build, role: str, execute: Execute
) -> None:
    error = lacking(build(user=role))
    assert error.facts["said"].startswith("CREATE ON SCHEMA")
    assert execute(TABLES) == []
    execute(error.details)
    assert execute("SELECT 1 FROM pg_indexes WHERE indexname = 'attempts_created_at'")
    inserter = opened(build(user=role))
    slice_ = batch(record(), "17")
    assert insert(inserter, slice_) == Counts(received=2, inserted=1, rejected=1)
    within(inserter, mark_reported, within(inserter, report_debt, UTC_ZONE), STARTED)


@pytest.mark.parametrize(
    "right",
    [
        "SELECT, INSERT ON attempts",
        "UPDATE ON etl_slices",
        "DELETE ON rejected_attempts",
        "USAGE ON SEQUENCE attempts_id_seq",
    ],
)
def test_d1_a_table_that_may_not_be_used_is_found_before_the_grader_is_asked(
    build: Build, role: str, execute: Execute, right: str
) -> None:
    execute(lacking(build(user=role)).details)
    execute(f'REVOKE {right} FROM "{role}"')
    error = lacking(build(user=role))
    assert (error.facts, error.details) == ({"said": right}, f'GRANT {right} TO "{role}";')
    assert execute("SELECT 1 FROM etl_runs") == []
    execute(error.details)
    build(user=role).open(STARTED)


def test_d1_temporary_tables_are_a_right_too(build: Build, role: str, execute: Execute) -> None:
    ((name,),) = execute("SELECT current_database()")
    execute(lacking(build(user=role)).details)
    execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
    error = lacking(build(user=role))
    assert error.details == f'GRANT TEMPORARY ON DATABASE {name} TO "lms reader";'


def test_d5_half_of_the_tables_are_completed(
    inserter: DatabaseInserter, build: Build, execute: Execute
) -> None:
    inserter.close(entry())
    execute("DROP TABLE etl_slices, rejected_attempts")
    build().open(STARTED)
    assert {name for (name,) in execute(TABLES)} == {*schema.TABLES}


def test_d1_of_half_of_the_tables_only_the_other_half_is_asked_for(
    build: Build, role: str, execute: Execute
) -> None:
    execute(OWN_DDL + f'GRANT SELECT, INSERT ON attempts TO "{role}"')
    error = lacking(build(user=role))
    assert "CREATE TABLE attempts" not in error.details
    assert "USAGE ON SEQUENCE attempts_id_seq" in str(error.facts["said"])
    execute(error.details)
    inserter = opened(build(user=role))
    assert insert(inserter, batch(record())).inserted == 1


ALL_SEEN = "CREATE POLICY seen ON attempts USING (true)"
OURS = 'ALTER TABLE attempts OWNER TO "lms reader"'


@pytest.mark.parametrize(
    ("sql", "is_hidden"),
    [
        ("SELECT", True),
        ("CREATE POLICY own ON attempts USING (is_correct)", True),
        (f"{ALL_SEEN}; CREATE POLICY no ON attempts AS RESTRICTIVE USING (is_correct)", True),
        (f"{ALL_SEEN.replace('USING', 'TO pg_monitor USING')}", True),
        (f"{OURS}; ALTER TABLE attempts FORCE ROW LEVEL SECURITY", True),
        (ALL_SEEN, False),
        (OURS, False),
        ('ALTER ROLE "lms reader" BYPASSRLS', False),
    ],
)
def test_xt1_row_level_security_that_hides_rows_is_refused_by_check_and_run(
    build: Build, role: str, execute: Execute, sql: str, is_hidden: bool
) -> None:
    execute(lacking(build(user=role)).details)
    execute(f"ALTER TABLE attempts ENABLE ROW LEVEL SECURITY; {sql}")
    for step in (lambda: build(user=role).check(due), lambda: build(user=role).open(STARTED)):
        if is_hidden:
            assert refused(step).facts == {"tables": "attempts"}
        else:
            step()


TRAPS = """
CREATE TABLE sprung (by TEXT); GRANT INSERT ON sprung TO PUBLIC;
GRANT CREATE ON SCHEMA public TO PUBLIC; SET ROLE "lms reader";
CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO sprung VALUES (current_user); RETURN new; END $$;
CREATE TABLE etl_runs (id INT);
CREATE TRIGGER trap BEFORE INSERT ON etl_runs FOR EACH ROW EXECUTE FUNCTION spring();
CREATE FUNCTION look() RETURNS TEXT LANGUAGE sql AS
    $$ INSERT INTO sprung VALUES (current_user) RETURNING by $$;
CREATE VIEW etl_summaries AS SELECT look() AS schema_version;
CREATE FUNCTION concat(INT, TEXT, BIGINT) RETURNS TEXT LANGUAGE sql AS
    $$ INSERT INTO sprung VALUES (current_user) RETURNING by $$;
CREATE FUNCTION same(VARCHAR, TEXT) RETURNS BOOLEAN LANGUAGE sql AS
    $$ INSERT INTO sprung VALUES (current_user) RETURNING true $$;
CREATE OPERATOR = (LEFTARG = VARCHAR, RIGHTARG = TEXT, PROCEDURE = same);
"""


def test_s8_what_strangers_lay_under_names_in_use_is_refused_before_anything_of_it_runs(
    build: Build, role: str, execute: Execute
) -> None:
    execute(TRAPS)
    steps = (build().peek_progress, lambda: build().check(due), lambda: build().open(STARTED))
    laid = ", ".join(f"{name} ({role})" for name in ("=", "concat", "etl_runs", "etl_summaries"))
    for step in steps:
        assert refused(step).facts == {"said": laid}
    assert execute("SELECT by FROM sprung") == []


def test_s8_attempts_may_be_anybodys_except_in_our_own_database(
    build: Build, role: str, execute: Execute
) -> None:
    ((name,),) = execute("SELECT current_database()")
    execute("CREATE ROLE stranger")
    execute(lacking(build(user=role)).details)
    execute("ALTER TABLE attempts OWNER TO stranger; ALTER TABLE etl_runs OWNER TO stranger")
    build(user=role).open(STARTED)
    execute(f'ALTER DATABASE {name} OWNER TO "{role}"')
    error = refused(lambda: build(user=role).check(due))
    execute(f"ALTER DATABASE {name} OWNER TO postgres; DROP OWNED BY stranger CASCADE")
    execute("DROP ROLE stranger")
    assert error.facts == {"said": "attempts (stranger), etl_runs (stranger)"}


def test_tables_are_created_together_or_not_at_all(build: Build, execute: Execute) -> None:
    execute("CREATE VIEW etl_slices_unreported AS SELECT 1")  # the name of an index of ours
    assert refused(lambda: build().open(STARTED)).problem == Problem.DATABASE_ERROR
    assert execute(TABLES) == []
