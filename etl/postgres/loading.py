"""Rows into `attempts`: staged by COPY, inserted where their key is new, else compared."""

from __future__ import annotations

import pandas as pd
from psycopg2.extensions import cursor

from etl.postgres.copy_text import copy_text
from etl.postgres.statements import statement


def insert_new(at: cursor, rows: pd.DataFrame) -> int:
    """Inserts the rows whose key is not stored yet; returns how many. Ids follow their order."""
    at.execute(statement("stage_incoming"))
    at.copy_expert("COPY incoming FROM STDIN", copy_text(rows))
    at.execute("ANALYZE incoming")
    at.execute(statement("insert_incoming"))
    return at.rowcount


def conflicting_positions(at: cursor) -> list[int]:
    """After `insert_new`: the rows, by their index, whose key is stored with other content."""
    at.execute(statement("select_conflicting"))
    return [position for (position,) in at.fetchall()]
