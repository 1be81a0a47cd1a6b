"""E12: the planner knows the embedded server's tables, and `--check` counts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.demo.world import World
from etl.main import main
from tests.conftest import NOW

Query = Callable[[Path, str], object]


def test_e12_a_load_is_analysed_and_check_counts_exactly(
    world: World, enterable_path: Path, query: Query, capsys: Any
) -> None:
    assert main([], environ=world.environ, now=lambda: NOW, root=enterable_path) == 0
    data = enterable_path / "var" / "postgres"
    count = query(data, "SELECT count(*) FROM attempts")
    estimate = "SELECT reltuples::bigint FROM pg_class WHERE relname = 'attempts'"
    assert query(data, estimate) == count
    capsys.readouterr()
    assert main(["--check"], environ=world.environ, now=lambda: NOW, root=enterable_path) == 0
    assert f", {count} attempts" in " ".join(capsys.readouterr().out.split())
