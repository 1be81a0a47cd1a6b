"""The same job by dlt (`pip install "dlt[postgres]"`), merged on the key as its manual has it.

python -m tests.benchmarks.dlt_way URL DSN FIRST_DAY LAST_DAY
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlencode

import dlt
import requests
from psycopg2.extensions import parse_dsn

from etl.models.records import ATTEMPT_COLUMNS
from tests.benchmarks.usual_way import DAYS, row_of


def main(url: str, dsn: str, first: date, last: date) -> None:
    @dlt.resource(name="attempts", primary_key=("user_id", "attempt_type", "created_at"))
    def attempts() -> Iterator[list[dict[str, object]]]:
        begin = first
        while begin <= last:
            end = min(begin + DAYS, last + timedelta(days=1))
            query = {"start": f"{begin} 00:00:00.000000", "end": f"{end} 00:00:00.000000"}
            records = requests.get(url, query, timeout=180).json()
            yield [dict(zip(ATTEMPT_COLUMNS, row_of(record), strict=True)) for record in records]
            begin = end

    with tempfile.TemporaryDirectory() as directory:
        pipeline = dlt.pipeline(
            "benchmark",
            pipelines_dir=directory,
            destination=dlt.destinations.postgres(_url(dsn)),
            dataset_name="dlt",
        )
        pipeline.run(attempts(), write_disposition="merge")


def _url(dsn: str) -> str:
    """Of a server on a socket, as SQLAlchemy wants it."""
    known = parse_dsn(dsn)
    query = urlencode({"host": known["host"]})
    return f"postgresql://{known['user']}:none@localhost/{known['dbname']}?{query}"


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(date.fromisoformat, sys.argv[3:5]))
