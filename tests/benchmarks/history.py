"""What looks at years of attempts: views, page, a run on top of them, counting them at first."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.table import Table

from etl.postgres.schema import VIEWS
from tests.benchmarks.place import Bench, Database, Measured, autocommit

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
       CASE WHEN try % 3 = 0 THEN random() < 0.4 END,
       CASE WHEN try % 3 = 0 THEN 'submit' ELSE 'run' END,
       begun + try * interval '2 min' + random() * interval '1 min'
FROM (
    SELECT md5('s' || floor(20000 * random() ^ 1.5)) AS student,
           md5('t' || floor(400 * random()))         AS block,
           timestamp '2022-01-01' + floor(1095 * random()) * interval '1 day'
           + (8 + 15 * random()) * interval '1 hour' AS begun,
           1 + floor(7.4 * random())::int            AS tries
    FROM generate_series(1, {sittings})
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


def look_back(bench: Bench) -> Table:
    rows: dict[str, list[str]] = {}
    with bench.database() as empty:
        first = bench.load(empty, THREE_DAYS)
    for size in SIZES:
        with bench.database() as database:
            database.execute(SITTINGS.format(sittings=round(size / ATTEMPTS_A_SITTING)))
            database.execute("VACUUM ANALYZE attempts", "CHECKPOINT")
            for name, cell in _measure(bench, database, first):
                rows.setdefault(name, []).append(cell)
    table = Table("", *(f"{size:,} attempts" for size in SIZES))
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _measure(bench: Bench, database: Database, first: Measured) -> Iterator[tuple[str, str]]:
    counted = bench.program(database, "--rebuild")
    yield "counting them at first", f"{counted.seconds:.1f} s, {counted.megabytes:.0f} MB"
    database.execute("VACUUM ANALYZE etl_student_task_days", "CHECKPOINT")
    with autocommit(database.parameters) as session, session.cursor() as at:
        at.execute(SIZE)
        yield "summaries, of attempts' size", f"{at.fetchall()[0][0]:.1f} %"
        for view in VIEWS:
            begun = time.perf_counter()
            at.execute(f"EXPLAIN (ANALYZE, TIMING OFF) SELECT * FROM {view}")
            yield f"`{view}`", f"{time.perf_counter() - begun:.2f} s"
    page = bench.root / "page.html"
    made = bench.program(database, "--dashboard", page)
    yield "the page", f"{made.seconds:.1f} s, {page.stat().st_size / 1e6:.2f} MB"
    again = bench.load(database, THREE_DAYS)
    yield "a run of three days, over one into nothing", f"{again.seconds / first.seconds:.2f}"
