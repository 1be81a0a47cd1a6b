"""Up to where everything has been loaded without a gap."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from tests.database_inserter.batches import STARTED, batch, days, entry, insert
from tests.database_inserter.conftest import Build, Execute

Span = tuple[int, int]


def load(inserter: DatabaseInserter, first: int, last: int) -> None:
    """Days of May 2023, both included."""
    insert(inserter, batch(window=days(date(2023, 5, first), date(2023, 5, last))))


def end_of(day: int) -> datetime:
    return datetime(2023, 5, day + 1, tzinfo=UTC)


def test_before_the_first_slice_there_is_none(inserter: DatabaseInserter) -> None:
    assert inserter.progress().watermark is None


@pytest.mark.parametrize(
    ("spans", "last"),
    [
        pytest.param([(10, 12)], 12, id="the first slice"),
        pytest.param([(10, 12), (13, 15)], 15, id="the next days"),
        pytest.param([(10, 12), (11, 14)], 14, id="an overlap"),
        pytest.param([(10, 12), (5, 20)], 20, id="a window around it"),
        pytest.param([(10, 12), (14, 15)], 12, id="a gap of one day"),
        pytest.param([(10, 12), (14, 15), (13, 13)], 13, id="the gap is filled, no further"),
        pytest.param([(10, 12), (14, 15), (13, 15)], 15, id="gap and rest again"),
        pytest.param([(10, 12), (2, 4)], 12, id="a backfill of the past"),
        pytest.param([(10, 12), (10, 12)], 12, id="the same days again"),
        pytest.param([(10, 12), (10, 11)], 12, id="a part of them again"),
    ],
)
def test_only_ground_without_a_gap_moves_it(
    inserter: DatabaseInserter, spans: list[Span], last: int
) -> None:
    for span in spans:
        load(inserter, *span)
    assert inserter.progress().watermark == end_of(last)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    spans=st.lists(
        st.tuples(st.integers(1, 28), st.integers(0, 4)).map(
            lambda s: (s[0], min(28, s[0] + s[1]))
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_loaded_every_day_between_the_first_slice_and_it_is_there(
    inserter: DatabaseInserter, colleague: connection, spans: list[Span]
) -> None:
    with colleague, colleague.cursor() as at:
        at.execute("DELETE FROM etl_slices")
    marks = []
    for span in spans:
        load(inserter, *span)
        marks.append(inserter.progress().watermark)
    loaded = {day for first, last in spans for day in range(first, last + 1)}
    last = max(day for day in loaded if end_of(day) == marks[-1])
    assert set(range(spans[0][0], last + 1)) <= loaded
    assert marks == sorted(marks, key=str)


def test_a_gap_of_one_moment_is_a_gap(inserter: DatabaseInserter) -> None:
    moscow = days(date(2023, 5, 11), zone=ZoneInfo("Europe/Moscow"))
    london = days(date(2023, 5, 12), zone=ZoneInfo("Europe/London"))
    insert(inserter, batch(window=moscow))
    insert(inserter, batch(window=london))
    assert inserter.progress().watermark == moscow.end


def test_it_survives_the_run(inserter: DatabaseInserter, build: Build) -> None:
    load(inserter, 10, 12)
    inserter.close(entry(status="failed"))
    later = build()
    later.open(STARTED)
    assert later.progress().watermark == later.peek_progress().watermark == end_of(12)


def test_a_slice_that_is_refused_moves_nothing(inserter: DatabaseInserter, select: Execute) -> None:
    inserter.quarantine(batch("17").batches)
    assert inserter.progress().watermark is None
