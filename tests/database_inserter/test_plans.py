"""On a large table the indexes are used: a slice and a day cost what they hold, not the history."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.postgres.statements import statement
from tests.database_inserter.batches import days

YEARS = """
INSERT INTO attempts (user_id, attempt_type, is_correct, created_at)
SELECT md5((n %% 5000)::text), 'submit', n %% 3 = 0, '2021-01-01'::timestamp + n * interval '25 min'
FROM generate_series(1, 50000) AS n;
ANALYZE attempts;
"""


@pytest.fixture
def years(inserter: DatabaseInserter, colleague: connection) -> connection:
    """A session beside a table with two years of attempts, and a slice that waits to come in."""
    with colleague.cursor() as at:
        at.execute(YEARS, {})
        at.execute(statement("loading.stage"))
        at.execute("INSERT INTO pg_temp.incoming (position, user_id) VALUES (0, 'u1'), (1, 'u2')")
    return colleague


def test_no_statement_of_a_run_reads_the_whole_history(years: connection) -> None:
    for name in ("insert", "compare"):
        with years.cursor() as at:
            facts = {**days(date(2023, 5, 31)).columns(), "students": None, "first": 0, "last": 1}
            at.execute(f"EXPLAIN {statement(f'loading.{name}')}", facts)
            plan = "\n".join(line for (line,) in at.fetchall())
        assert "Index" in plan
        assert "Seq Scan on attempts" not in plan
