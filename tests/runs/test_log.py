"""What the log says of a run as a whole, in its first lines and in its last."""

from __future__ import annotations

import platform
import re
from pathlib import Path

import pytest

from etl import __version__
from tests.conftest import Run, World, log_text
from tests.grader_faults import Status


def lines(root: Path) -> list[str]:
    """Without moment and level."""
    return [line[34:] for line in log_text(root).splitlines()]


def test_it_begins_with_what_runs_where_and_for_which_days(run: Run, tmp_path: Path) -> None:
    assert run("--from", "2026-03-01", "--to", "2026-03-02", "--no-letter") == 0
    first, *others = lines(tmp_path)
    command = "run --from 2026-03-01 --to 2026-03-02 --no-letter"
    assert first == f"lms-etl {__version__}: {command}, Python {platform.python_version()}"
    opened, days = others[others.index("the days: 2026-03-01..2026-03-02") - 1 :][:2]
    assert re.fullmatch(r"opening the database: done in .* s: PostgreSQL \d+\.\d+", opened)
    assert days == "the days: 2026-03-01..2026-03-02"


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_days_that_nobody_named_are_there_too(
    arguments: list[str], run: Run, tmp_path: Path
) -> None:
    assert run(*arguments) == 0
    assert "the days: 2026-03-07..2026-03-09" in lines(tmp_path)


def test_it_ends_with_exit_code_and_duration(world: World, run: Run, tmp_path: Path) -> None:
    world.grader.always(Status(403))
    assert run() == 3
    assert re.fullmatch(r"lms-etl: run ended with exit code 3 after \d+\.\d s", lines(tmp_path)[-1])


def test_a_check_is_in_it_part_by_part(world: World, run: Run, tmp_path: Path) -> None:
    world.mail.refuse_login("535 5.7.8 Error")
    world.google.share = "viewer"
    assert run("--check") == 6
    first, *parts, last = lines(tmp_path)
    assert first.startswith(f"lms-etl {__version__}: check, Python")
    for part in ("grader", "database", "sheet", "mail"):
        assert len([line for line in parts if line.startswith(f"check: {part}: ")]) == 1
    assert log_text(tmp_path).count("The sheet is not shared") == 1
    said = "The mail server localhost did not log etl@uni.example in: 535 5.7.8 Error."
    assert f"check: mail: failed: {said}" in parts
    assert last.startswith("lms-etl: check ended with exit code 6 after ")
