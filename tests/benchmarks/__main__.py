"""Prints the machine, then ratios within this run: `python -m tests.benchmarks --help`."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pandas as pd
from psycopg2.extensions import parse_dsn
from rich.console import Console
from rich.table import Table

from etl.demo.world import World
from etl.postgres.loading import COLUMNS
from tests.benchmarks import grader, history, stages
from tests.benchmarks.place import (
    Bench,
    Database,
    Measured,
    autocommit,
    server,
)

RECORDS = 300_000
SIZES = (10_000, 100_000, 1_000_000, 3_000_000)
AT_ONCE = (1, 4, 8)
OLD_ROWS = 10_000_000
OLD = f"""
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
SELECT md5((n % 3000)::text), '', repeat('s', 110), repeat('u', 200),
       CASE WHEN n % 5 < 2 THEN n % 2 = 0 END, CASE WHEN n % 5 < 2 THEN 'submit' ELSE 'run' END,
       '2022-01-01'::timestamp + n * interval '8640 ms'
FROM generate_series(1, {OLD_ROWS}) AS n
"""
"""10,000 a day, as the new ones, up to September 2024."""

PARTS = ("compare", "stages", "grow", "old", "parallel", "history")

console = Console(width=100)


def ready_rows(bench: Bench, form: str) -> bytes:
    """All rows as COPY gives them out."""
    rows = BytesIO()
    with bench.database() as database:
        bench.load(database, RECORDS)
        with autocommit(database.parameters) as session, session.cursor() as at:
            query = f"COPY (SELECT {COLUMNS} FROM attempts ORDER BY id) TO STDOUT (FORMAT {form})"
            at.copy_expert(query, rows)
    return rows.getvalue()


def raw_copy(bench: Bench, rows: bytes, form: str) -> Measured:
    """The limit: the same rows, ready, in one COPY into the same table with its indexes."""
    with (
        bench.database() as database,
        autocommit(database.parameters) as session,
        session.cursor() as at,
    ):
        begun = time.perf_counter()
        at.copy_expert(f"COPY attempts ({COLUMNS}) FROM STDIN (FORMAT {form})", BytesIO(rows))
        return Measured(time.perf_counter() - begun, 0)


def require_all(database: Database) -> None:
    with autocommit(database.parameters) as session, session.cursor() as at:
        at.execute("SELECT count(*) FROM attempts")
        assert at.fetchall() == [(RECORDS,)]


def compare(bench: Bench, rounds: int, *, with_dlt: bool) -> Table:
    ready = {form: ready_rows(bench, form) for form in ("text", "binary")}
    seconds: dict[str, list[float]] = {}

    def note(name: str, measured: Measured) -> None:
        seconds.setdefault(name, []).append(measured.seconds)
        console.print(f"  {name}: {measured.seconds:.2f} s", style="dim")

    for number in range(rounds):
        console.print(f"round {number + 1} of {rounds}", style="dim")
        note("raw COPY", raw_copy(bench, ready["text"], "text"))
        note("raw COPY, binary", raw_copy(bench, ready["binary"], "binary"))
        with bench.database() as database:
            note("whole run", bench.load(database, RECORDS))
            require_all(database)
            note("re-run", bench.load(database, RECORDS))
        with bench.database() as database:
            note("usual way", bench.rival("usual", database, RECORDS))
            require_all(database)
        if with_dlt:
            with bench.database() as database:
                note("dlt", bench.rival("dlt", database, RECORDS))
    limit, whole = (median(seconds[name]) for name in ("raw COPY", "whole run"))
    table = Table("300,000 records, median", "seconds", "/ raw COPY", "/ whole run")
    for name, measured in seconds.items():
        middle = median(measured)
        table.add_row(name, f"{middle:.2f}", f"{middle / limit:.2f}", f"{middle / whole:.2f}")
    return table


def grow(bench: Bench, sizes: tuple[int, ...]) -> Table:
    table = Table("records", "seconds", "µs a record", "peak MB")
    for records in sizes:
        with bench.database() as database:
            measured = bench.load(database, records)
        each = 1_000_000 * measured.seconds / records
        cells = (f"{records:,}", f"{measured.seconds:.1f}", f"{each:.1f}")
        table.add_row(*cells, f"{measured.megabytes:.0f}")
        console.print(f"  {cells}", style="dim")
    return table


def beside_old_rows(bench: Bench, rounds: int) -> Table:
    seconds: dict[str, list[float]] = {"empty": [], "10 million": []}
    with bench.database() as empty, bench.database() as full:
        full.execute(OLD, "VACUUM ANALYZE attempts")
        for _ in range(rounds):
            for name, database in (("empty", empty), ("10 million", full)):
                seconds[name].append(bench.load(database, RECORDS).seconds)
                database.execute(
                    f"DELETE FROM attempts WHERE created_at >= '{grader.FIRST_DAY}'",
                    "TRUNCATE etl_slices",
                    "VACUUM attempts",
                )
                console.print(f"  {name}: {seconds[name][-1]:.2f} s", style="dim")
    table = Table("300,000 records into a table of", "seconds", "/ empty")
    for name, measured in seconds.items():
        ratio = median(measured) / median(seconds["empty"])
        table.add_row(name, f"{median(measured):.2f}", f"{ratio:.2f}")
    return table


def in_parallel(bench: Bench) -> Table:
    """What `API_PARALLEL_REQUESTS` saves a backfill of three years.

    A tenth of a real grader's seconds, 3 for an answer, and few records, since waiting is what is
    measured. The rest is not scaled down: a real backfill gains more than this one.
    """
    measured = {}
    years = ("--from", "2023-01-01", "--to", "2025-12-31")
    with grader.serving(per_day=100, answer_seconds=3) as url:
        for at_once in AT_ONCE:
            settings = {"API_URL": url, "API_PARALLEL_REQUESTS": str(at_once)}
            with bench.database() as database:
                measured[at_once] = bench.program(database, *years, **settings)
    table = Table("requests at once, three years", "seconds", "/ one", "peak MB")
    for at_once, one in measured.items():
        ratio = one.seconds / measured[1].seconds
        table.add_row(f"{at_once}", f"{one.seconds:.1f}", f"{ratio:.2f}", f"{one.megabytes:.0f}")
    return table


def machine(postgres: Mapping[str, str | int]) -> str:
    with autocommit(postgres) as session:
        version = session.info.parameter_status("server_version")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    today = datetime.now(UTC).date()
    return (
        f"{today}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores,"
        f" {memory} GB; Python {platform.python_version()}, pandas {pd.__version__},"
        f" PostgreSQL {version}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dlt", action="store_true", help='needs pip install "dlt[postgres]"')
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--dsn", help="a superuser's, of another PostgreSQL than the wheel's")
    given = parser.parse_args()
    with (
        TemporaryDirectory() as root,
        nullcontext(parse_dsn(given.dsn)) if given.dsn else server() as postgres,
        grader.serving() as url,
        World(Path(root)) as world,
    ):
        bench = Bench(postgres, url, world.environ, Path(root))
        console.print(machine(postgres))
        parts = {
            "compare": lambda: compare(bench, given.rounds, with_dlt=given.dlt),
            "stages": lambda: stages.measure(bench, RECORDS),
            "grow": lambda: grow(bench, SIZES),
            "old": lambda: beside_old_rows(bench, given.rounds),
            "parallel": lambda: in_parallel(bench),
            "history": lambda: history.look_back(bench),
        }
        for table in [make() for name, make in parts.items() if given.only in {None, name}]:
            console.print(table)


if __name__ == "__main__":
    main()
