"""The usual script for this job: a loop over records, `literal_eval`, `strptime`, `execute_batch`.

python -m tests.benchmarks.usual_way URL DSN FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import ast
import sys
from datetime import date, datetime, timedelta

import psycopg2
import requests
from psycopg2.extras import execute_batch

INSERT = """
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
DAYS = timedelta(days=7)


def main(url: str, dsn: str, first: date, last: date) -> None:
    session = psycopg2.connect(dsn)
    while first <= last:
        end = min(first + DAYS, last + timedelta(days=1))
        query = {"start": f"{first} 00:00:00.000000", "end": f"{end} 00:00:00.000000"}
        rows = [row_of(record) for record in requests.get(url, query, timeout=180).json()]
        with session, session.cursor() as at:
            execute_batch(at, INSERT, rows)
        first = end


def row_of(record: dict[str, object]) -> tuple[object, ...]:
    passback = ast.literal_eval(str(record["passback_params"]))
    verdict = record["is_correct"]
    return (
        record["lti_user_id"],
        passback.get("oauth_consumer_key"),
        passback.get("lis_result_sourcedid"),
        passback.get("lis_outcome_service_url"),
        None if verdict is None else bool(verdict),
        record["attempt_type"],
        datetime.strptime(str(record["created_at"]), "%Y-%m-%d %H:%M:%S.%f"),
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(date.fromisoformat, sys.argv[3:5]))
