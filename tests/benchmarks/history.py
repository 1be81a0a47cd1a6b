"""What looks at years of attempts: views, page, a run on top of them, counting them at first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from rich.table import Table

from etl.postgres.schema import VIEWS
from tests.benchmarks.place import Database, Measured, autocommit, run

SIZES = (500_000, 2_000_000, 10_000_000)
THREE_DAYS = 30_000
# Sittings of four attempts on average, each of one student at one task, over three years that end
# before the grader's first day; a few students do much, most do little.
SITTINGS = """
SELECT setseed(0.42);
INSERT INTO attempts (user_id, oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url,
                      is_correct, attempt_type, created_at)
SELECT student, '', 'course-v1:Uni+DST-3.0+28FEB2021:lms.uni.example-' || block || ':' || student,
       'https://lms.uni.example/courses/course-v1:Uni+DST-3.0+28FEB2021/xblock/block-v1:'
       || 'Uni+DST-3.0+28FEB2021+type@lti+block@' || block || '/handler_noauth/grade_handler',
       CASE WHEN try %% 3 = 0 THEN random() < 0.4 END,
       CASE WHEN try %% 3 = 0 THEN 'submit' ELSE 'run' END,
       begun + try * interval '2 min' + random() * interval '1 min'
FROM (
    SELECT md5('s' || floor(20000 * random() ^ 1.5)) AS student,
           md5('t' || floor(400 * random()))         AS block,
           timestamp '2022-01-01' + floor(1095 * random()) * interval '1 day'
           + (8 + 15 * random()) * interval '1 hour' AS begun,
           1 + floor(7.4 * random())::int            AS tries
    FROM generate_series(1, %(sittings)s)
    ORDER BY 3
) AS sittings
CROSS JOIN LATERAL generate_series(1, tries) AS try
ON CONFLICT DO NOTHING
"""
ATTEMPTS_A_SITTING = 4.2
SIZE = """
SELECT 100.0 * sum(pg_total_relation_size(name::regclass)) / pg_total_relation_size('attempts')
FROM unnest(ARRAY['etl_student_task_days', 'etl_tasks', 'etl_task_texts', 'etl_hours']) AS name
"""


def look_back(
    open_database: Callable[[], AbstractContextManager[Database]],
    pipeline: Callable[[Database, int], Measured],
    root: Path,
) -> Table:
    columns = [f"{size:,} attempts" for size in SIZES]
    rows: dict[str, list[str]] = {}
    with open_database() as empty:
        first = pipeline(empty, THREE_DAYS)
    for size in SIZES:
        with open_database() as database:
            fill(database, size)
            for name, cell in measure(database, pipeline, first, root):
                rows.setdefault(name, []).append(cell)
    table = Table("", *columns)
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def measure(
    database: Database,
    pipeline: Callable[[Database, int], Measured],
    first: Measured,
    root: Path,
) -> Iterator[tuple[str, str]]:
    counted = run(["etl/main.py", "--rebuild"], environ(database, root))
    yield "counting them at first", f"{counted.seconds:.1f} s, {counted.megabytes:.0f} MB"
    database.execute("VACUUM ANALYZE etl_student_task_days", "CHECKPOINT")
    with autocommit(database.parameters) as session, session.cursor() as at:
        at.execute(SIZE)
        yield "summaries, of attempts' size", f"{at.fetchall()[0][0]:.1f} %"
        for view in VIEWS:
            begun = time.perf_counter()
            at.execute(f"EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM {view}")
            yield f"`{view}`", f"{time.perf_counter() - begun:.2f} s"
    page = root / "page.html"
    made = run(["etl/main.py", "--dashboard", str(page)], environ(database, root))
    yield "the page", f"{made.seconds:.1f} s, {page.stat().st_size / 1e6:.2f} MB"
    again = pipeline(database, THREE_DAYS)
    yield "a run of three days, over one into nothing", f"{again.seconds / first.seconds:.2f}"


def fill(database: Database, size: int) -> None:
    with autocommit(database.parameters) as session, session.cursor() as at:
        at.execute(SITTINGS, {"sittings": round(size / ATTEMPTS_A_SITTING)})
    database.execute("VACUUM ANALYZE attempts", "CHECKPOINT")


def environ(database: Database, root: Path) -> dict[str, str]:
    return {**database.environ, "LOG_DIR": str(root / "logs")}
