"""Tables, views and columns say in the database what docs/analysis.md says of them."""

from __future__ import annotations

import logging

import psycopg2
import pytest

from etl.models.figures import FEW_SUBMITS
from etl.postgres.schema import COLUMNS, TABLES, VIEWS, meanings
from tests.analysis.conftest import Open
from tests.analysis.page import columns_in, section
from tests.conftest import Parameters, Select
from tests.database_inserter.batches import entry
from tests.database_inserter.conftest import OWN_DDL

# '' is the table or view itself. The programs' marks are left out.
STATE = """
SELECT relname, coalesce(attname, ''), regexp_replace(description, '\\nlms-etl .*', '')
FROM pg_class
CROSS JOIN LATERAL (
    SELECT 0 AS attnum, NULL AS attname
    UNION ALL
    SELECT attnum, attname FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0
) AS part
LEFT JOIN pg_description
       ON objoid = pg_class.oid AND classoid = 'pg_class'::regclass AND objsubid = attnum
WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace
"""
ROWS = "SELECT objoid, objsubid, xmin::text FROM pg_description ORDER BY 1, 2"
ALL = {
    **{name: meanings("tables", name) for name in TABLES},
    **{name: meanings("views", name) for name in VIEWS},
}


def test_the_page_says_once_what_is_the_same_everywhere() -> None:
    assert columns_in(section("Words")) == COLUMNS


@pytest.mark.parametrize("name", ALL)
def test_the_page_says_what_the_comments_say(name: str) -> None:
    text = section(name)
    first_paragraph = text.partition("\n\n")[0]
    assert first_paragraph.replace("\n", " ").replace("`", "").strip() == ALL[name][""]
    own = {column: text for column, text in ALL[name].items() if column}
    assert columns_in(text) == dict(own.items() - COLUMNS.items())


def test_the_comment_knows_how_many_submits_are_few() -> None:
    rank = meanings("views", "task_difficulty")["difficulty_rank"]
    assert f"fewer than {FEW_SUBMITS} submits" in rank


def test_every_table_view_and_column_has_its_comment(open_inserter: Open, select: Select) -> None:
    open_inserter()
    found = select(STATE)
    assert {name for name, _, _ in found} == {*ALL}
    for name, column, comment in found:
        assert comment == ALL[name][column], f"{name}.{column}"
    columns = {(name, column) for name, column, _ in found}
    for name, texts in ALL.items():
        assert {(name, column) for column in texts.keys() - COLUMNS.keys()} <= columns


def test_a_second_run_writes_no_comment(open_inserter: Open, select: Select) -> None:
    open_inserter().close(entry())
    before = select(ROWS)
    open_inserter()
    assert select(ROWS) == before


def test_comments_of_people_stay(open_inserter: Open, select: Select) -> None:
    select(OWN_DDL + "ALTER TABLE attempts ADD task INT")
    select("COMMENT ON TABLE attempts IS 'theirs'; COMMENT ON COLUMN attempts.user_id IS 'student'")
    open_inserter().close(entry())
    found = {column: text for name, column, text in select(STATE) if name == "attempts"}
    assert found[""] == "theirs"
    assert found["user_id"] == "student"
    assert found["created_at"] == "the moment, UTC"
    assert found["task"] is found["noted_at"] is found["course"] is None


def test_a_table_of_another_owner_stays_without_and_the_run_goes_on(
    open_inserter: Open, select: Select, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    select('CREATE ROLE "lms owner"; ' + OWN_DDL + 'ALTER TABLE attempts OWNER TO "lms owner"')
    select(f'GRANT CREATE ON SCHEMA public TO "{role}"')
    select(f'GRANT SELECT, INSERT ON attempts TO "{role}"')
    select(f'GRANT USAGE ON SEQUENCE attempts_id_seq TO "{role}"')
    try:
        open_inserter(user=role).close(entry())
        found = {name for name, _, comment in select(STATE) if comment}
        assert found == {*ALL} - {"attempts"}
        assert not [one for one in caplog.records if one.levelno >= logging.WARNING]
    finally:
        select('DROP OWNED BY "lms owner" CASCADE; DROP ROLE "lms owner"')


def test_a_table_in_use_gets_its_comments_from_a_later_run(
    open_inserter: Open,
    select: Select,
    database: Parameters,
    caplog: pytest.LogCaptureFixture,
) -> None:
    open_inserter().close(entry())
    select("COMMENT ON TABLE etl_hours IS NULL")
    vacuum = psycopg2.connect(**database)
    with vacuum.cursor() as at:
        at.execute("LOCK TABLE etl_hours IN SHARE UPDATE EXCLUSIVE MODE")
        open_inserter().close(entry())
    (warning,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert "lock timeout" in warning
    vacuum.close()
    open_inserter()
    ((comment,),) = select("SELECT obj_description('etl_hours'::regclass)")
    assert comment.startswith(ALL["etl_hours"][""])
