"""A run that asks for several slices at once leaves what one leaves that asks for one."""

from __future__ import annotations

from threading import Barrier
from typing import Any

from tests.conftest import Run, Select, World
from tests.grader_faults import Exchange, Status

SIX_WEEKS = ("--from", "2026-01-12", "--to", "2026-02-22")
SLICES = "SELECT window_start::date::text FROM etl_slices ORDER BY id"
ATTEMPTS = "SELECT * FROM attempts ORDER BY id"
SECONDS = 10


def test_a15_the_database_is_the_same_whichever_answer_comes_first(
    world: World, run: Run, select: Select
) -> None:
    together = Barrier(3)

    def at_once(exchange: Exchange) -> None:
        answer = exchange.good()
        together.wait(SECONDS)
        answer(exchange)

    world.grader.always(at_once)
    assert run(*SIX_WEEKS, API_PARALLEL_REQUESTS="3") == 0
    slices, attempts = select(SLICES), select(ATTEMPTS)
    assert len(slices) == 6
    select("TRUNCATE attempts, rejected_attempts, etl_slices RESTART IDENTITY; SELECT 1")
    world.grader.always(None)
    assert run(*SIX_WEEKS) == 0
    assert (select(SLICES), select(ATTEMPTS)) == (slices, attempts)


def test_a15_a_slice_that_fails_costs_none_before_it_and_none_behind_it_is_stored(
    world: World, run: Run, select: Select
) -> None:
    """The fourth of four fails first of all; what is missing comes with the next run."""
    together = Barrier(4)

    def fourth_fails(exchange: Exchange) -> None:
        together.wait(SECONDS)
        is_fourth = exchange.request.start.isoformat().startswith("2026-02-02")
        (Status(403) if is_fourth else exchange.good())(exchange)

    world.grader.then(*[fourth_fails] * 4)
    assert run(*SIX_WEEKS, API_PARALLEL_REQUESTS="4") == 3
    assert select(SLICES) == [("2026-01-12",), ("2026-01-19",), ("2026-01-26",)]
    assert select("SELECT max(created_at) < '2026-02-02' FROM attempts") == [(True,)]
    world.grader.requests.clear()
    assert run(API_PARALLEL_REQUESTS="4") == 0
    assert min(f"{one.start:%Y-%m-%d}" for one in world.grader.requests) == "2026-02-02"


def test_a15_a_dry_run_asks_for_several_at_once_too(world: World, run: Run, capsys: Any) -> None:
    together = Barrier(2)

    def at_once(exchange: Exchange) -> None:
        together.wait(SECONDS)
        exchange.good()(exchange)

    world.grader.always(at_once)
    assert run("--dry-run", *SIX_WEEKS, API_PARALLEL_REQUESTS="2") == 0
    shown = [line.split("..")[0] for line in capsys.readouterr().out.splitlines() if ".." in line]
    assert len(shown) == 6
    assert shown == sorted(shown)
