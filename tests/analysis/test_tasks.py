"""Views about tasks, against the same campus counted in plain Python."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

from etl.components.database_inserter import DatabaseInserter
from tests.analysis.campus import ATTEMPTS, COURSE, SQL_COURSE, Attempt, pairs, share
from tests.analysis.conftest import View

Task = tuple[str, str]


def solved_at(attempts: list[Attempt]) -> int | None:
    """The position of the first correct submit."""
    verdicts = [one.verdict for one in attempts]
    return verdicts.index(True) if True in verdicts else None


def submits(attempts: list[Attempt]) -> list[Attempt]:
    return [one for one in attempts if one.kind == "submit"]


def by_task() -> dict[Task, list[list[Attempt]]]:
    """For each task, what each of its students did."""
    tasks: dict[Task, list[list[Attempt]]] = {}
    for (_, course, task), attempts in pairs():
        tasks.setdefault((course, task), []).append(attempts)
    return tasks


def first_tries(students: list[list[Attempt]]) -> list[bool]:
    return [submits(one)[0].verdict is True for one in students if submits(one)]


def by_name(rows: list[dict[str, Any]]) -> dict[Task, dict[str, Any]]:
    return {(row.pop("course"), row.pop("task")): row for row in map(without_names, rows)}


def without_names(row: dict[str, Any]) -> dict[str, Any]:
    """As long as nobody has given any."""
    assert (row.pop("course_name"), row.pop("task_name")) == (row["course"], row["task"])
    return row


def by_pair(rows: list[dict[str, Any]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    return {
        (row.pop("user_id"), row.pop("course"), row.pop("task")): row
        for row in map(without_names, rows)
    }


def difficulty(students: list[list[Attempt]]) -> dict[str, Any]:
    attempts = [one for attempts in students for one in attempts]
    submitted = submits(attempts)
    correct = sum(one.verdict is True for one in submitted)
    first = first_tries(students)
    lengths = [at + 1 for one in students if (at := solved_at(one)) is not None]
    return {
        "attempts": len(attempts),
        "students": len(students),
        "runs": len(attempts) - len(submitted),
        "submits": len(submitted),
        "correct": correct,
        "success_percent": share(correct, len(submitted)),
        "first_try_percent": share(sum(first), len(first)),
        "solvers": len(lengths),
        "solved_percent": share(len(lengths), len(students)),
        "median_attempts": median(lengths) if lengths else None,
    }


def test_task_difficulty_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    expected = {task: difficulty(students) for task, students in by_task().items()}
    shown = by_name(view("SELECT * FROM task_difficulty"))
    ranks = {task: row.pop("difficulty_rank") for task, row in shown.items()}
    assert shown == expected
    assert len(expected) == 4
    assert sorted(ranks, key=ranks.__getitem__) == [
        (SQL_COURSE, "joins"),
        (COURSE, "sums"),
        (COURSE, "loops"),
        (SQL_COURSE, "sums"),
    ]


def test_attempts_to_first_success_are_what_python_counts(
    campus: DatabaseInserter, view: View
) -> None:
    expected = {}
    for pair, attempts in pairs():
        if (at := solved_at(attempts)) is not None:
            first, solved = attempts[0].created_at, attempts[at].created_at
            expected[pair] = {
                "attempts": at + 1,
                "submits": len(submits(attempts[: at + 1])),
                "first_attempt_at": first,
                "solved_at": solved,
                "time_taken": solved - first,
            }
    assert by_pair(view("SELECT * FROM attempts_to_first_success")) == expected


def test_first_try_success_is_what_python_counts(campus: DatabaseInserter, view: View) -> None:
    expected = {
        task: {
            "students": len(first),
            "first_try_students": sum(first),
            "first_try_percent": share(sum(first), len(first)),
        }
        for task, students in by_task().items()
        if (first := first_tries(students))
    }
    assert by_name(view("SELECT * FROM first_try_success")) == expected


def test_unsolved_tasks_are_what_python_finds(campus: DatabaseInserter, view: View) -> None:
    expected = {}
    for (user, course, task), attempts in pairs():
        if solved_at(attempts) is None:
            students = by_task()[course, task]
            expected[user, course, task] = {
                "attempts": len(attempts),
                "runs": len(attempts) - len(submits(attempts)),
                "submits": len(submits(attempts)),
                "first_attempt_at": attempts[0].created_at,
                "last_attempt_at": attempts[-1].created_at,
                "solvers": sum(solved_at(one) is not None for one in students),
            }
    assert by_pair(view("SELECT * FROM unsolved_tasks")) == expected


def test_submissions_without_run_are_what_python_counts(
    campus: DatabaseInserter, view: View
) -> None:
    expected = {}
    for task, students in by_task().items():
        without = [
            sum(one.kind == "submit" and "run" not in kinds[:n] for n, one in enumerate(attempts))
            for attempts in students
            if submits(attempts)
            for kinds in [[one.kind for one in attempts]]
        ]
        total = sum(len(submits(attempts)) for attempts in students)
        if total:
            expected[task] = {
                "submits": total,
                "without_run": sum(without),
                "without_run_percent": share(sum(without), total),
                "students": len(without),
                "students_without_run": sum(map(bool, without)),
            }
    assert by_name(view("SELECT * FROM submissions_without_run")) == expected
    assert sum(row["without_run"] for row in expected.values()) == 5


def test_a_run_at_the_moment_of_the_submit_is_not_before_it(
    campus: DatabaseInserter, store: Any, view: View
) -> None:
    store([Attempt("fay", "ties", "2026-03-05 10:00:00", verdict) for verdict in (None, True)])
    (row,) = view("SELECT * FROM student_tasks WHERE user_id = 'fay'")
    assert (row["submits_without_run"], row["attempts_to_success"]) == (1, 2)
    assert row["solved_at"] == datetime(2026, 3, 5, 10)


def test_every_attempt_is_there_also_without_a_task(campus: DatabaseInserter, view: View) -> None:
    rows = view("SELECT * FROM task_attempts ORDER BY created_at, user_id")
    told = [
        (one.user, one.task and one.course, one.task, one.kind, one.verdict is True, one.day)
        for one in sorted(ATTEMPTS, key=lambda one: (one.created_at, one.user))
    ]
    keys = ("user_id", "course", "task", "attempt_type", "is_success", "day")
    assert [tuple(row[key] for key in keys) for row in rows] == told
    assert all(row["local_at"] - row["created_at"] == ATTEMPTS[0].local.utcoffset() for row in rows)
