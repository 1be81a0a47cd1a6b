"""What colleagues get from a run in which nothing goes wrong, and from the one after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from etl.demo.world import World
from tests.conftest import Run

Select = Callable[[str], list[tuple[Any, ...]]]

WINDOW = (datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC))


def test_every_valid_record_of_the_window_is_stored_once(
    world: World, run: Run, select: Select
) -> None:
    assert run() == 0
    assert [(r.start, r.end) for r in world.grader.requests] == [WINDOW]
    (counts,) = select(
        "SELECT received, inserted, duplicates, conflicting, rejected, out_of_window FROM etl_runs"
    )
    assert counts[0] == sum(counts[1:]) > 0
    assert select(
        "SELECT count(*), count(DISTINCT (user_id, attempt_type, created_at)) FROM attempts"
    ) == [(counts[1], counts[1])]
