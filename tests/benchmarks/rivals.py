"""The same job as others do it.

python -m tests.benchmarks.rivals usual|dlt URL DSN FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import ast
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

import psycopg2
import requests
from psycopg2.extensions import parse_dsn
from psycopg2.extras import execute_batch

from etl.models.records import ATTEMPT_COLUMNS

INSERT = """
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
DAYS = timedelta(days=7)


def usual(url: str, dsn: str, first: date, last: date) -> None:
    """The usual script: a loop over records, `literal_eval`, `strptime`, `execute_batch`."""
    session = psycopg2.connect(dsn)
    for rows in _rows(url, first, last):
        with session, session.cursor() as at:
            execute_batch(at, INSERT, rows)


def dlt(url: str, dsn: str, first: date, last: date) -> None:
    """By dlt (`pip install "dlt[postgres]"`), merged on the key as its manual has it."""
    import dlt as library

    @library.resource(name="attempts", primary_key=("user_id", "attempt_type", "created_at"))
    def attempts() -> Iterator[list[dict[str, object]]]:
        for rows in _rows(url, first, last):
            yield [dict(zip(ATTEMPT_COLUMNS, row, strict=True)) for row in rows]

    # Of a server on a socket, as SQLAlchemy wants it.
    known = parse_dsn(dsn)
    query = urlencode({"host": known["host"]})
    address = f"postgresql://{known['user']}:none@localhost/{known['dbname']}?{query}"
    with tempfile.TemporaryDirectory() as directory:
        pipeline = library.pipeline(
            "benchmark",
            pipelines_dir=directory,
            destination=library.destinations.postgres(address),
            dataset_name="dlt",
        )
        pipeline.run(attempts(), write_disposition="merge")


def _rows(url: str, first: date, last: date) -> Iterator[list[tuple[object, ...]]]:
    while first <= last:
        end = min(first + DAYS, last + timedelta(days=1))
        query = {"start": f"{first} 00:00:00.000000", "end": f"{end} 00:00:00.000000"}
        yield [_row(record) for record in requests.get(url, query, timeout=180).json()]
        first = end


def _row(record: dict[str, object]) -> tuple[object, ...]:
    passback = ast.literal_eval(str(record["passback_params"]))
    verdict = record["is_correct"]
    return (
        record["lti_user_id"],
        *(passback.get(name) for name in ATTEMPT_COLUMNS[1:4]),
        None if verdict is None else bool(verdict),
        record["attempt_type"],
        datetime.strptime(str(record["created_at"]), "%Y-%m-%d %H:%M:%S.%f"),
    )


if __name__ == "__main__":
    ways = {"usual": usual, "dlt": dlt}
    ways[sys.argv[1]](sys.argv[2], sys.argv[3], *map(date.fromisoformat, sys.argv[4:6]))
