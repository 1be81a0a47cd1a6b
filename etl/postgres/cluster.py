"""Citus: how a cluster keeps our tables, and the statements that spread them over its workers.

The program never runs those itself: they move data, and whoever owns the cluster chooses the hour.
Citus's documentation: "Citus Tables and Views", "Citus Utility Functions".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2.extensions import cursor

from etl.postgres.statements import statement, subquery

# By student: a duplicate meets its original, and a student's rows are counted where they lie.
COLUMN = "user_id"
SPREAD = ("attempts", "etl_tasks", "etl_task_texts", "etl_student_task_days")
TABLE = re.compile(rf"\b({'|'.join(SPREAD)})\b")


@dataclass(frozen=True)
class Cluster:
    """`columns`: by spread table, its column of distribution; None: a copy on each worker."""

    version: str
    workers: int
    columns: Mapping[str, str | None]

    def described(self, *, is_complete: bool) -> str:
        """With the statements for what is missing, each a line, if all tables are there."""
        column, workers = self.columns.get("attempts"), f"{self.workers} workers"
        if column and column != COLUMN:
            state = f"attempts is distributed by {column}: duplicates cannot be refused there"
            return f"Citus {self.version}, {state}. To mend that, run:\n{subquery('redistribute')};"
        known = f"Citus {self.version}, attempts distributed by {column} over {workers}"
        if not column:
            known = f"Citus {self.version} with {workers} that hold nothing of ours"
        if self.columns.keys() >= {*SPREAD}:
            return known
        if not is_complete:
            return f"{known}; once all tables are there, --check says how to spread them"
        return f"{known}. To spread what is not, run:\n{self._statements()}"

    def _statements(self) -> str:
        """Those that name no table, or one that is not spread."""
        named = [(line, TABLE.search(line)) for line in subquery("distribute").splitlines()]
        lines = [line for line, table in named if not (table and table[1] in self.columns)]
        return "\n".join(lines) + ";"


def read_cluster(at: cursor) -> Cluster | None:
    """None where the database is no Citus coordinator."""
    at.execute("SELECT split_part(extversion, '-', 1) FROM pg_extension WHERE extname = 'citus'")
    versions = at.fetchall()
    if not versions:
        return None
    at.execute("SELECT count(*) FROM citus_get_active_worker_nodes()")
    ((workers,),) = at.fetchall()
    at.execute(statement("spread_tables"), {"tables": [*SPREAD]})
    return Cluster(versions[0][0], workers, dict(at.fetchall()))


def size_of_spread_attempts(at: cursor) -> int:
    """The planner's estimate, as on one server; the coordinator's own knows no rows."""
    at.execute(statement("size_of_spread_attempts"))
    return int(at.fetchall()[0][0])
