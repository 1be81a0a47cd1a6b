"""The figures of a period read texts once for all students; the views, for each attempt."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.models.window import Window
from etl.postgres.figures import task_figures
from tests.analysis.conftest import INSERT, Open
from tests.conftest import Parameters

COLUMNS = "course, task, attempts, students, first_try_percent, success_percent, median_attempts"
LONG = "3583bf109f8b458e13ae1ac9d85c396a"
users = st.sampled_from(["", "7", "b", "a:b", "x y", "a\n", 'q"', "{", "я", LONG, LONG[::-1]])
heads = st.sampled_from(
    ["c:h.example-b", "c:h.example-7", "c:d:b", f"c:h-{LONG}", "b", "", "c:", "c d:b"]
)
verdicts = st.sampled_from([None, False, True])


@pytest.fixture
def opened(open_inserter: Open) -> None:
    open_inserter()


@st.composite
def attempts(draw: Any) -> tuple[str, str | None, bool | None]:
    user = draw(users)
    ends = [":" + user, user, "", ":", ":" + draw(users), f":{user}:{user}"]
    text = draw(heads) + draw(st.sampled_from(ends))
    return user, draw(st.sampled_from([text, text, text, None])), draw(verdicts)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tried=st.lists(attempts(), min_size=1, max_size=25))
def test_a_period_reads_odd_texts_as_the_views_do(
    opened: None, database: Parameters, tried: list[tuple[str, str | None, bool | None]]
) -> None:
    session = psycopg2.connect(**database)
    with session.cursor() as at:
        for second, (user, text, verdict) in enumerate(tried):
            kind = "run" if verdict is None else "submit"
            moment = f"2026-03-02 08:00:{second:02}"
            at.execute(INSERT, (user, text, verdict, kind, moment))
        at.execute(f"SELECT {COLUMNS} FROM task_difficulty")
        shown = sorted(map(str, at.fetchall()))
        figures = task_figures(at, Window.of_all_time())
    session.close()
    assert sorted(str(tuple(vars(one).values())) for one in figures) == shown
