"""The views appear with the tables, follow the time zone, and take nothing from anybody."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.postgres.schema import TABLES, VIEWS
from tests.analysis.campus import ATTEMPTS
from tests.analysis.conftest import Open, View
from tests.conftest import Parameters, Select
from tests.database_inserter.batches import STARTED, entry
from tests.database_inserter.conftest import OWN_DDL

UTC_ZONE, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("America/New_York")
OURS = "SELECT viewname FROM pg_views WHERE schemaname = 'public' ORDER BY 1"
# xmin changes with every write to a catalogue's row.
STATE = """
SELECT relname, pg_class.oid, pg_class.xmin::text, pg_rewrite.xmin::text
FROM pg_class JOIN pg_rewrite ON ev_class = pg_class.oid
WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""


def days_of_views(view: View) -> set[Any]:
    return {row["day"] for row in view("SELECT day FROM daily_activity WHERE attempts > 0")}


def local_days(zone: ZoneInfo) -> set[Any]:
    return {one.created_at.replace(tzinfo=UTC).astimezone(zone).date() for one in ATTEMPTS}


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_the_first_run_makes_all_views_and_the_second_touches_none(
    open_inserter: Open, select: Select, caplog: pytest.LogCaptureFixture
) -> None:
    open_inserter().close(entry())
    assert select(OURS) == [(name,) for name in sorted(VIEWS)]
    before = select(STATE)
    open_inserter()
    assert select(STATE) == before
    assert warnings_of(caplog) == []


def test_a_table_with_columns_of_its_own_gets_the_views_too(
    open_inserter: Open, select: Select, caplog: pytest.LogCaptureFixture
) -> None:
    select(OWN_DDL + "ALTER TABLE attempts ADD task INT, ADD day DATE, ADD parts INT")
    open_inserter()
    assert select(OURS) == [(name,) for name in sorted(VIEWS)]
    assert warnings_of(caplog) == []


def test_rights_and_views_of_others_survive_another_zone(
    campus: DatabaseInserter, open_inserter: Open, select: Select, view: View, role: str
) -> None:
    campus.close(entry())
    select("CREATE VIEW mine AS SELECT day, users FROM daily_activity WHERE attempts > 0")
    select(f'GRANT SELECT ON daily_activity TO "{role}"')
    open_inserter(NEW_YORK)
    assert {row["day"] for row in view("SELECT day FROM mine")} == local_days(NEW_YORK)
    assert select(f"SELECT has_table_privilege('{role}', 'daily_activity', 'SELECT')") == [(True,)]


def give_an_older_shape(select: Select, name: str) -> None:
    """As if an earlier version had made the view with another column."""
    ((comment,),) = select(f"SELECT obj_description('{name}'::regclass)")
    select(f"DROP VIEW {name}")
    select(f"CREATE VIEW {name} AS SELECT 1 AS another")
    select(f"COMMENT ON VIEW {name} IS '{comment[:-16]}{'0' * 16}'")


def test_a_view_with_other_columns_is_made_anew(
    open_inserter: Open, select: Select, view: View
) -> None:
    open_inserter().close(entry())
    give_an_older_shape(select, "stickiness")
    open_inserter()
    assert view("SELECT day, dau, mau FROM stickiness") == []


def test_a_view_that_somebody_builds_on_stays_and_the_run_goes_on(
    open_inserter: Open, select: Select, view: View, caplog: pytest.LogCaptureFixture
) -> None:
    open_inserter().close(entry())
    give_an_older_shape(select, "stickiness")
    select("CREATE VIEW mine AS SELECT another FROM stickiness")
    open_inserter(NEW_YORK).close(entry())
    assert view("SELECT * FROM mine") == [{"another": 1}]
    (warning,) = warnings_of(caplog)
    assert "other objects depend on them: view mine depends on view stickiness" in warning
    select("DROP VIEW mine")
    open_inserter(NEW_YORK)
    assert view("SELECT dau FROM stickiness") == []


@pytest.mark.parametrize(
    ("foreign", "name", "made"),
    [
        ("CREATE TABLE {} (theirs INT); INSERT INTO {} VALUES (7)", "student_tasks", 0),
        ("CREATE VIEW {} AS SELECT 7 AS theirs", "daily_activity", len(VIEWS) - 1),
        ("CREATE MATERIALIZED VIEW {} AS SELECT 7 AS theirs", "stickiness", len(VIEWS) - 1),
    ],
)
def test_what_has_a_views_name_is_left_alone(
    open_inserter: Open,
    select: Select,
    view: View,
    caplog: pytest.LogCaptureFixture,
    foreign: str,
    name: str,
    made: int,
) -> None:
    select(foreign.replace("{}", name))
    open_inserter().close(entry())
    open_inserter().close(entry())
    assert view(f"SELECT * FROM {name}") == [{"theirs": 7}]
    comments = "SELECT 1 FROM pg_description WHERE description LIKE '%lms-etl view%'"
    assert len(select(comments)) == made
    assert len(warnings_of(caplog)) == 2
    assert f"{name} is not ours" in warnings_of(caplog)[0]


def test_without_the_right_to_create_the_run_goes_on(
    open_inserter: Open, select: Select, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    open_inserter().close(entry())
    select(f"DROP VIEW {', '.join(VIEWS)}")
    select(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(TABLES)} TO "{role}"')
    select(f'GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    opened = open_inserter(user=role)
    assert opened.progress().watermark is None
    (warning,) = warnings_of(caplog)
    assert "permission denied for schema public" in warning
    assert select(OURS) == []


def test_views_of_another_owner_stay_as_they_are(
    open_inserter: Open, select: Select, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    open_inserter().close(entry())
    before = select(STATE)
    select(f'GRANT CREATE ON SCHEMA public TO "{role}"')
    select(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {", ".join(TABLES)} TO "{role}"')
    select(f'GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    open_inserter(NEW_YORK, user=role)
    assert select(STATE) == before
    assert "must be owner of view task_attempts" in warnings_of(caplog)[0]


def test_a_view_in_use_is_replaced_by_a_later_run(
    campus: DatabaseInserter,
    open_inserter: Open,
    database: Parameters,
    view: View,
    caplog: pytest.LogCaptureFixture,
) -> None:
    campus.close(entry())
    analyst = psycopg2.connect(**database)
    with analyst.cursor() as at:
        at.execute("SELECT count(*) FROM daily_activity")
        opened = open_inserter(NEW_YORK)
        assert opened.progress().first_run_at == STARTED
    assert "lock timeout" in warnings_of(caplog)[0]
    analyst.close()
    opened.close(entry())
    open_inserter(NEW_YORK)
    assert days_of_views(view) == local_days(NEW_YORK)


def test_a_zone_that_the_server_does_not_know_costs_the_views_only(
    open_inserter: Open, select: Select, caplog: pytest.LogCaptureFixture
) -> None:
    class Unknown(ZoneInfo):
        key = "Europe/Nowhere"

    opened = open_inserter(Unknown("UTC"))
    assert opened.progress().first_run_at <= datetime.now(UTC)
    assert "Europe/Nowhere" in warnings_of(caplog)[0]
    assert select(OURS) == []
