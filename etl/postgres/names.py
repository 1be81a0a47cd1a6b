"""What people call tasks and courses, and where the LMS shows a task."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import quote

from psycopg2.extensions import cursor

from etl.models.errors import LoadError, Problem
from etl.models.figures import HARDEST, TaskFigures, TaskNames
from etl.postgres.session import connect, reading, transaction
from etl.postgres.statements import statement

# Open edX: the address that takes a grade names the server, the course and the block.
GRADE_ADDRESS = re.compile(
    r"https://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)"
    r"/courses/(?P<course>[^/?#\s]+)/xblock/(?P<block>block-v1:[^/?#\s]+@(?P<task>[^/?#\s@]+))"
    r"/handler[^?#\s]*"
)


def write_names(at: cursor, names: TaskNames) -> None:
    """Gives all tasks these names; whatever has none here loses its own."""
    at.execute("SELECT id, course, task FROM etl_tasks WHERE id <> 0")
    found = at.fetchall()
    given = {
        "ids": [task_id for task_id, _, _ in found],
        "course_names": [names.get((course, "")) for _, course, _ in found],
        "task_names": [names.get((course, task)) for _, course, task in found],
    }
    at.execute(statement("name_tasks"), given)


def read_tasks(parameters: Mapping[str, str | int]) -> list[tuple[str, str]]:
    """Course and task of each that was ever tried. Raises `LoadError`."""
    with reading(connect(parameters)) as session, transaction(session) as at:
        at.execute("SELECT to_regclass('etl_tasks') IS NOT NULL")
        if at.fetchone() != (True,):
            raise LoadError(Problem.SUMMARIES_MISSING)
        at.execute("SELECT course, task FROM etl_tasks WHERE id <> 0")
        return at.fetchall()


def with_addresses(
    at: cursor, tasks: Sequence[TaskFigures], days: Mapping[str, date]
) -> list[TaskFigures]:
    """The hardest of them get their address in the LMS, where one attempt says what it is."""
    hardest = tasks[:HARDEST]
    wanted = {"courses": [one.course for one in hardest], "tasks": [one.task for one in hardest]}
    at.execute(statement("one_attempt_of_tasks"), {**wanted, **days})
    known = {(course, task): block_address(url, course, task) for course, task, url in at}
    linked = [replace(one, address=known.get((one.course, one.task), "")) for one in hardest]
    return [*linked, *tasks[HARDEST:]]


def block_address(grade_address: str, course: str, task: str) -> str:
    """The page of the task's block; empty where that address is of another form or another task."""
    found = GRADE_ADDRESS.fullmatch(grade_address)
    if not found or (found["course"], found["task"]) != (course, task):
        return ""
    path = f"/courses/{course}/jump_to/{found['block']}"
    return f"https://{found['host']}{quote(path, safe='/:+@')}"
