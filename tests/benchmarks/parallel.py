"""What `API_PARALLEL_REQUESTS` saves a backfill of three years.

A tenth of a real grader's seconds, 3 for an answer, and few records, since waiting is what is
measured. The rest of the program is not scaled down: a real backfill gains more than this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date

from rich.table import Table

from tests.benchmarks import grader
from tests.benchmarks.place import Database, Measured

AT_ONCE = (1, 4, 8)
PER_DAY = 100
ANSWER_SECONDS = 3
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 12, 31)


def measure(
    open_database: Callable[[], AbstractContextManager[Database]],
    backfill: Callable[[Database, date, date, Mapping[str, str]], Measured],
) -> Table:
    measured = {}
    with grader.serving(per_day=PER_DAY, answer_seconds=ANSWER_SECONDS) as url:
        for at_once in AT_ONCE:
            settings = {"API_URL": url, "API_PARALLEL_REQUESTS": str(at_once)}
            with open_database() as database:
                measured[at_once] = backfill(database, FIRST_DAY, LAST_DAY, settings)
    table = Table("requests at once, three years", "seconds", "/ one", "peak MB")
    for at_once, one in measured.items():
        ratio = one.seconds / measured[1].seconds
        table.add_row(f"{at_once}", f"{one.seconds:.1f}", f"{ratio:.2f}", f"{one.megabytes:.0f}")
    return table
