"""The figures of a period, which letter, sheet and dashboard show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg2
from psycopg2.extensions import cursor

from etl.components.database_inserter import DatabaseInserter
from etl.models.figures import FEW_SUBMITS, Figures, TaskFigures
from etl.models.window import Window
from etl.postgres.figures import task_figures, task_figures_query, totals_beside_earlier
from etl.postgres.schema import VIEWS
from etl.postgres.statements import statement
from etl.postgres.summaries import count_days
from tests.analysis.campus import ATTEMPTS, COURSE, MOSCOW, SQL_COURSE, Attempt
from tests.analysis.conftest import View
from tests.conftest import Parameters
from tests.database_inserter.batches import within

MARCH = Window.of_days(date(2026, 3, 1), date(2026, 3, 31), MOSCOW)
SECOND_WEEK = Window.of_days(date(2026, 3, 9), date(2026, 3, 15), MOSCOW)
EMPTY = Window.of_days(date(2020, 1, 1), date(2020, 1, 7), MOSCOW)

A_WEEK_OF_YEARS = Window.of_days(date(2022, 2, 7), date(2022, 2, 13), MOSCOW)
YEARS = """
INSERT INTO attempts (user_id, attempt_type, is_correct, created_at, lis_result_sourcedid)
SELECT md5((n %% 5000)::text), 'submit', n %% 3 = 0,
       '2021-01-01'::timestamp + n * interval '25 min',
       'a:lms.uni.example-b:' || md5((n %% 5000)::text)
FROM generate_series(1, 50000) AS n;
ANALYZE attempts;
"""


def test_tasks_are_shown_hardest_first(campus: DatabaseInserter) -> None:
    """Worked out by hand from the list in `campus.py`."""
    assert within(campus, task_figures, MARCH) == [
        TaskFigures(SQL_COURSE, "joins", 2, 1, 0.0, 0.0, None, submits=2),
        TaskFigures(COURSE, "sums", 5, 3, 50.0, 33.33, 1.0, submits=3),
        TaskFigures(COURSE, "loops", 8, 2, 0.0, 40.0, 3.5, submits=5),
        TaskFigures(SQL_COURSE, "sums", 1, 1, None, None, None),
    ]


def test_a_period_knows_nothing_of_what_was_before(campus: DatabaseInserter) -> None:
    """Bob's first submit of loops was a week before."""
    assert within(campus, task_figures, SECOND_WEEK) == [
        TaskFigures(COURSE, "sums", 2, 1, 0.0, 0.0, None, submits=1),
        TaskFigures(COURSE, "loops", 2, 1, 0.0, 50.0, 2.0, submits=2),
    ]
    assert within(campus, task_figures, EMPTY) == []


def test_of_equally_hard_tasks_what_more_students_tried_comes_first(
    campus: DatabaseInserter, store: Callable[[list[Attempt]], None]
) -> None:
    day = "2020-01-02 10:00:00"
    store([Attempt(user, "a", day, False) for user in ("ann", "bob")])
    store([Attempt(user, "b", day, False) for user in ("cid", "dan", "eve")])
    store([Attempt(user, "c", day, False) for user in ("fay", "gus")])
    assert [one.task for one in within(campus, task_figures, EMPTY)] == ["b", "a", "c"]


def test_a_task_with_few_submits_is_never_among_the_hardest(
    campus: DatabaseInserter, store: Callable[[list[Attempt]], None]
) -> None:
    day = "2020-01-02 10:00:00"
    store([Attempt(f"s{n}", "often", day, n != 1) for n in range(FEW_SUBMITS)])
    store([Attempt(f"t{n}", "less", day, False) for n in range(FEW_SUBMITS - 1)])
    store([Attempt("s0", "run", day, None)])
    assert [one.task for one in within(campus, task_figures, EMPTY)] == ["often", "less", "run"]


def test_a_period_of_everything_is_what_the_view_shows(
    campus: DatabaseInserter, view: View
) -> None:
    columns = (
        "course, task, attempts, students, submits,"
        " first_try_percent, success_percent, median_attempts"
    )
    rows = view(f"SELECT {columns} FROM task_difficulty")
    shown = sorted((TaskFigures(**row) for row in rows), key=str)
    assert sorted(within(campus, task_figures, Window.of_all_time()), key=str) == shown


def test_figures_need_no_view(campus: DatabaseInserter, select: Callable[[str], Any]) -> None:
    before = within(campus, task_figures, MARCH)
    select(f"DROP VIEW {', '.join(VIEWS)}")
    assert within(campus, task_figures, MARCH) == before


def totals_of(window: Window) -> Figures:
    inside = [
        one
        for one in ATTEMPTS
        if window.start.replace(tzinfo=None) <= one.created_at < window.end.replace(tzinfo=None)
    ]
    verdicts = [one.verdict for one in inside]
    runs = verdicts.count(None)
    users = {one.user for one in inside}
    return Figures(len(inside), len(users), verdicts.count(True), runs, len(inside) - runs)


def test_totals_are_what_python_counts(campus: DatabaseInserter) -> None:
    one_day = Window.of_days(date(2026, 3, 3), date(2026, 3, 3), MOSCOW)
    for window in (MARCH, SECOND_WEEK, one_day, Window.of_all_time()):
        assert within(campus, totals_beside_earlier, window)[0] == totals_of(window)
        assert totals_of(window).attempts
    assert within(campus, totals_beside_earlier, EMPTY)[0] is None


def test_a_period_is_one_range_of_an_index(campus: DatabaseInserter, database: Parameters) -> None:
    session = psycopg2.connect(**database)
    days = A_WEEK_OF_YEARS.days()
    with session.cursor() as at:
        at.execute(YEARS, {})
        count_days(at, Window.of_days(date(2021, 1, 1), date(2023, 12, 31), MOSCOW).days(), MOSCOW)
        at.execute("ANALYZE attempts, etl_student_task_days")
        for query in (
            task_figures_query(),
            statement("figures.window_totals"),
            statement("figures.daily_figures"),
        ):
            facts = {"first_day": days[0], "last_day": days[-1], "days": days}
            assert "etl_student_task_days_day" in plan_of(at, query, facts)
        window = {**A_WEEK_OF_YEARS.columns(), "starts": [A_WEEK_OF_YEARS.start]}
        for query in ("checksums", "attempts_to_count"):
            assert "attempts_created_at" in plan_of(at, statement(f"summaries.{query}"), window)
    session.close()


def plan_of(at: cursor, query: str, facts: dict[str, Any]) -> str:
    """Without a look at all rows of a large table."""
    at.execute(f"EXPLAIN {query}", facts)
    plan = "\n".join(line for (line,) in at.fetchall())
    assert "Seq Scan on attempts" not in plan
    assert "Seq Scan on etl_student_task_days" not in plan
    return plan
