"""On a large table the indexes are used: a slice and a day cost what they hold, not the history."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from etl.postgres.load.rows import copy_rows, settle_staged
from etl.postgres.load.tally import Tally
from etl.postgres.statements import statement
from tests.database_inserter.batches import batch, days

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
        slice_ = batch(record(), record(lti_user_id="u"))
        window = slice_.answer.window
        copy_rows(at, slice_.batches(), Tally(window), keep=list, directly=None)
        settle_staged(at)
    return colleague


def test_no_statement_of_a_run_reads_the_whole_history(years: connection) -> None:
    for name in ("insert_incoming", "unmatched_positions"):
        with years.cursor() as at:
            query = statement(name).replace("{wanted}", "true")
            facts = {**days(date(2023, 5, 31)).columns(), "students": None}
            at.execute(f"EXPLAIN {query}", facts)
            plan = "\n".join(line for (line,) in at.fetchall())
        assert "Index" in plan
        assert "Seq Scan on attempts" not in plan
