"""Letter, sheet, tab of tasks, dashboard and views tell the same of the same attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from etl.demo.campus import record
from tests.conftest import CAMPUS, NOW, Run, Select, World, letter_texts
from tests.dashboard.page_data import page_data, tasks_of, unpacked
from tests.grader_faults import as_json

DAYS = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)]
COURSE = "course-v1:Uni+DST-3.0+28FEB2021"
EPOCH = date(1899, 12, 30)  # of a sheet's dates


def attempt(moment: str, student: str, task: str, verdict: int | None) -> dict[str, Any]:
    """A submit; with the verdict None, a run."""
    return record(
        lti_user_id=student,
        passback_params=repr(
            {"lis_result_sourcedid": f"{COURSE}:lms.uni.example-{task}:{student}"}
        ),
        attempt_type="run" if verdict is None else "submit",
        is_correct=verdict,
        created_at=f"2026-03-{moment}",
    )


ANN, BOB, EVE = (letter * 32 for letter in "abe")
HAND_MADE = [
    attempt("07 09:00:00", ANN, "loops", None),
    attempt("07 09:05:00", ANN, "loops", 0),
    attempt("07 09:10:00", ANN, "loops", 1),
    attempt("07 10:00:00", BOB, "loops", 1),
    attempt("09 10:00:00", BOB, "trees", 0),
    attempt("09 10:00:00", EVE, "trees", 0),
    attempt("09 23:59:59.999999", EVE, "trees", None),
]


@pytest.fixture(params=["the demo's campus", "a hand-made one"])
def campus(request: pytest.FixtureRequest, world: World) -> Sequence[dict[str, Any]]:
    if request.param == "a hand-made one":
        world.grader.always(as_json(HAND_MADE))
        return HAND_MADE
    return CAMPUS.attempts(datetime.fromisoformat("2026-03-07T00:00Z"), NOW)


def test_all_say_the_same(
    campus: Sequence[dict[str, Any]], world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    assert run(DASHBOARD_FILE="dashboard.html") == 0
    days = select(
        "SELECT day, attempts, users, correct, success_percent, runs, submits"
        " FROM daily_activity ORDER BY day"
    )
    told = {day: figures for day, *figures in days}

    sheet, tasks = world.google.spreadsheet.tabs
    rows = {_day(first): rest for first, *rest in sheet.rows()[1:]}
    assert rows == {day: told.get(day, [0, 0, 0, 0.0, 0, 0]) for day in DAYS}

    page = page_data(tmp_path / "dashboard.html")
    assert page["first"] == str(DAYS[0])
    of_all = page["everything"]
    lists = (of_all["daily"]["students"], *map(of_all.get, ("correct", "runs", "submits")))
    assert list(zip(*map(unpacked, lists), strict=True)) == [
        (rows[day][1], rows[day][2], rows[day][4], rows[day][5]) for day in DAYS
    ]

    letter = letter_texts(world)[0]
    users = select("SELECT count(DISTINCT user_id) FROM attempts")[0][0]
    attempts = sum(row[0] for row in rows.values())
    assert f"{users:,} students, {attempts:,} attempts" in letter

    by_view = select(
        "SELECT course, task, attempts, students, first_try_percent, success_percent,"
        " median_attempts FROM task_difficulty"
    )
    in_tab = [tuple(None if cell == "" else cell for cell in row) for row in tasks.rows()[1:]]
    assert sorted(map(str, in_tab)) == sorted(map(str, by_view))
    assert sorted(map(str, tasks_of(page, 3))) == sorted(map(str, by_view))


def test_a_hand_made_campus_is_counted_as_people_count(
    world: World, run: Run, select: Select
) -> None:
    world.grader.always(as_json(HAND_MADE))
    assert run() == 0
    sheet, tasks = world.google.spreadsheet.tabs
    assert [row[1:] for row in sheet.rows()[1:]] == [
        [4, 2, 2, 66.67, 1, 3],
        [0, 0, 0, 0, 0, 0],
        [3, 2, 0, 0, 1, 2],
    ]
    assert tasks.rows()[1:] == [
        [COURSE, "trees", 3, 2, 0, 0, None],
        [COURSE, "loops", 4, 2, 50, 66.67, median([3, 1])],
    ]
    assert "3 students, 7 attempts" in letter_texts(world)[0]


def test_all_list_the_hardest_tasks_in_one_order(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    """A single failed submit says less about a task than one success in a dozen."""
    students = [f"{n:032x}" for n in range(12)]
    often = [attempt("08 12:00:00", one, "tried-often", one == ANN) for one in [ANN, *students]]
    rare, tried = attempt("08 12:00:00", BOB, "rare", 0), attempt("08 12:00:00", BOB, "run", None)
    world.grader.always(as_json([rare, tried, *often]))
    assert run(DASHBOARD_FILE="dashboard.html") == 0
    hardest = ["tried-often", "rare", "run"]
    ranked = select("SELECT task FROM task_difficulty ORDER BY difficulty_rank")
    assert [task for (task,) in ranked] == hardest
    assert [row[1] for row in world.google.spreadsheet.tabs[1].rows()[1:]] == hardest
    page = page_data(tmp_path / "dashboard.html")
    for span in page["taskSpans"]:
        assert [task for _, task, *_ in tasks_of(page, span)] == hardest
    letter = letter_texts(world)[0]
    assert sorted(hardest, key=lambda task: letter.index(f"{task} · ")) == hardest


def _day(cell: object) -> date:
    if isinstance(cell, date):
        return cell
    assert isinstance(cell, int | float)
    return date.fromordinal(EPOCH.toordinal() + int(cell))
