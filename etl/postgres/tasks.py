"""Which task an attempt is one of: read out of a text once, for all students.

What changes the answer changes the `DEFINITION` of what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psycopg2.extensions import cursor

from etl.postgres.counting import Pair
from etl.postgres.statements import statement

# An id this long stands in no name by chance.
LONG_ID = 16
Known = dict[str, tuple[int, str, str]]


def tasks_of(at: cursor, pairs: Sequence[Pair]) -> list[int]:
    """The `task_id` of each pair; 0: it names no task, or the student's id stands in its name."""
    texts = [text_of(pair) for pair in pairs]
    known = _known(at, {text for text in texts if text})
    students: dict[str, list[str]] = {}
    for (user, _), text in zip(pairs, texts, strict=True):
        if text and text not in known:
            students.setdefault(text, []).append(user)
    if students and _learn(at, students):
        known |= _known(at, students)
    return [task_in(text, user, known) for (user, _), text in zip(pairs, texts, strict=True)]


def text_of(pair: Pair) -> str | None:
    """As sql/task_text.sql has it."""
    user, text = pair
    return text and text.removesuffix(user)


def task_in(text: str | None, user: str, known: Known) -> int:
    """As sql/names_no_student.sql has it."""
    if not text or text not in known:
        return 0
    task_id, course, task = known[text]
    if user in {course, task} or (len(user) >= LONG_ID and user in f"{course} {task}"):
        return 0
    return task_id


def _known(at: cursor, texts: Iterable[str]) -> Known:
    at.execute(statement("known_task_texts"), {"texts": [*texts]})
    return {text: (task_id, course, task) for text, task_id, course, task in at.fetchall()}


def _learn(at: cursor, students: dict[str, list[str]]) -> bool:
    """Whether any of those texts names a task."""
    given = {
        "texts": [*students],
        "first_students": [min(users) for users in students.values()],
        "last_students": [max(users) for users in students.values()],
    }
    at.execute(statement("new_task_texts"), given)
    read_out = at.fetchall()
    if read_out:
        texts, courses, tasks = map(list, zip(*read_out, strict=True))
        named = {"texts": texts, "courses": courses, "tasks": tasks}
        at.execute(statement("insert_tasks"), named)
        at.execute(statement("insert_task_texts"), named)
    return bool(read_out)
