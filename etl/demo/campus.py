"""A realistic university: its students' attempts, as the grader would report them.

All records follow from the seed and the calendar day, so the same window always holds the same
records, in however many requests. Most records are good; a few per day are broken, repeated or in
conflict with another one, because the real grader's are too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

MISSING: Final = object()
"""A value for `record`: leaves the key out."""

COURSES = (
    "course-v1:Uni+DST-3.0+28FEB2021",
    "course-v1:Uni+PY-BASE+01SEP2023",
    "course-v1:Uni+SQL-2.1+15JAN2024",
)
_TASKS_PER_COURSE = 12
_STUDENTS = 180
_SESSIONS_ON_WEEKDAY = 130
_SESSIONS_ON_WEEKEND_DAY = 104
_SATURDAY = 6  # ISO 8601
_CHANCE_TO_GIVE_UP = 0.3
_FULL_SECOND_SHARE = 0.01
_BROKEN_SHARE = 0.015
_REPEATED_PER_DAY = 4
_HOUR_WEIGHTS = (4, 2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 7, 8, 8, 9, 11, 15, 19, 21, 19, 13, 8)
_FLAWS: tuple[dict[str, Any], ...] = (
    {"lti_user_id": MISSING},
    {"lti_user_id": "   "},
    {"lti_user_id": "f" * 33},
    {"attempt_type": "debug"},
    {"attempt_type": "run", "is_correct": 1},
    {"attempt_type": "submit", "is_correct": None},
    {"created_at": "2024-02-30 12:00:00"},
    {"passback_params": "not a dict"},
)
_Timed = tuple[datetime, Any]  # a record and the naive UTC moment that it is sorted by


@dataclass(frozen=True)
class Task:
    """A programming task, a `block` of a course; only a `graded` one has a URL to send grades to.

    A student whose skill equals `difficulty` solves it in one submit out of two.
    """

    course: str
    block: str
    difficulty: float
    graded: bool = True

    def passback(self, user_id: str) -> str:
        """Returns `passback_params` of a student's record: a dict of strings, written by `repr`."""
        params = {
            "oauth_consumer_key": "",
            "lis_result_sourcedid": f"{self.course}:lms.uni.example-{self.block}:{user_id}",
        }
        if self.graded:
            run = self.course.removeprefix("course-v1:")
            params["lis_outcome_service_url"] = (
                f"https://lms.uni.example/courses/{self.course}/xblock/block-v1:{run}"
                f"+type@lti+block@{self.block}/handler_noauth/grade_handler"
            )
        return repr(params)


def record(**overrides: Any) -> dict[str, Any]:
    """Returns a valid record of the grader with `overrides`; the value MISSING leaves a key out."""
    user_id = "3583bf109f8b458e13ae1ac9d85c396a"
    task = Task(COURSES[0], "ca3ecf8e5f284c329eb7bd529e1a9f7e", difficulty=0.0)
    good = {
        "lti_user_id": user_id,
        "passback_params": task.passback(user_id),
        "is_correct": 1,
        "attempt_type": "submit",
        "created_at": "2023-05-31 09:16:11.313646",
    }
    return {key: value for key, value in (good | overrides).items() if value is not MISSING}


class Campus:
    """Simulated students, active mostly in the evening; all their attempts follow from `seed`."""

    def __init__(self, seed: str = "demo") -> None:
        self._seed = seed
        self._days: dict[date, list[_Timed]] = {}
        rng = Random(seed)
        self.tasks = {course: list(_tasks(rng, course)) for course in COURSES}
        # Each student: an id, a skill, and the one course that they follow.
        self._students = [
            (_hex_id(rng), rng.gauss(0.0, 1.0), rng.choice(COURSES)) for _ in range(_STUDENTS)
        ]

    def attempts(self, start: datetime, end: datetime) -> list[Any]:
        """Returns records with start <= created_at < end (aware), ascending by created_at.

        A record is a dict with the five keys of the API; a broken one may lack a key, hold
        nonsense, or be no dict at all. The caller may change the records.
        """
        first, last = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (start, end))
        days = range(first.toordinal(), last.toordinal() + 1)
        return [
            copy(attempt)
            for day in map(date.fromordinal, days)
            for moment, attempt in self._day(day)
            if first <= moment < last
        ]

    def _day(self, day: date) -> list[_Timed]:
        if day not in self._days:
            rng = Random(f"{self._seed} {day.isoformat()}")
            self._days[day] = _with_faults(rng, self._good_attempts(rng, day))
        return self._days[day]

    def _good_attempts(self, rng: Random, day: date) -> list[_Timed]:
        weekend = day.isoweekday() >= _SATURDAY
        average = _SESSIONS_ON_WEEKEND_DAY if weekend else _SESSIONS_ON_WEEKDAY
        sessions = range(round(rng.gauss(average, average * 0.05)))
        return [
            (moment, attempt)
            for _ in sessions
            for moment, attempt in self._session(rng, day)
            if moment.date() == day
        ]

    def _session(self, rng: Random, day: date) -> Iterator[_Timed]:
        """Yields a student's attempts at a task: runs, a submit, again until solved or given up."""
        student, skill, course = rng.choice(self._students)
        task = rng.choice(self.tasks[course])
        chance = 1 / (1 + math.exp(task.difficulty - skill))
        (hour,) = rng.choices(range(24), _HOUR_WEIGHTS)
        moment = datetime.combine(day, time(hour)) + timedelta(seconds=rng.uniform(0, 3600))
        while True:
            for _ in range(rng.randint(0, 4)):
                moment = _later(rng, moment)
                yield moment, _attempt(student, task, moment, None)
            moment = _later(rng, moment)
            solved = rng.random() < chance
            yield moment, _attempt(student, task, moment, int(solved))
            if rng.random() < _CHANCE_TO_GIVE_UP or solved:
                return


def _tasks(rng: Random, course: str) -> Iterator[Task]:
    for number in range(_TASKS_PER_COURSE):
        difficulty = rng.gauss(0.0, 0.8)
        yield Task(course, _hex_id(rng), difficulty, graded=number % 3 != 0)


def _hex_id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def _later(rng: Random, moment: datetime) -> datetime:
    """Returns the moment of the next attempt; sometimes a full second, written without fraction."""
    later = moment + timedelta(seconds=1 + rng.expovariate(1 / 90))
    return later.replace(microsecond=0) if rng.random() < _FULL_SECOND_SHARE else later


def _attempt(student: str, task: Task, moment: datetime, verdict: int | None) -> dict[str, Any]:
    return record(
        lti_user_id=student,
        passback_params=task.passback(student),
        is_correct=verdict,
        attempt_type="run" if verdict is None else "submit",
        created_at=str(moment),
    )


def _with_faults(rng: Random, good: list[_Timed]) -> list[_Timed]:
    """Returns the records by time, with some broken, some repeated and one contradicted."""
    shuffled = rng.sample(good, len(good))
    broken_count = round(len(good) * _BROKEN_SHARE)
    broken = [(moment, _broken(rng, attempt)) for moment, attempt in shuffled[:broken_count]]
    sound = shuffled[broken_count:]
    moment, submit = next(timed for timed in sound if timed[1]["attempt_type"] == "submit")
    conflicting = (moment, submit | {"is_correct": 1 - submit["is_correct"]})
    repeated = sound[-_REPEATED_PER_DAY:]
    return sorted([*broken, *sound, *repeated, conflicting], key=lambda timed: timed[0])


def _broken(rng: Random, attempt: dict[str, Any]) -> Any:
    flaw = rng.choice((*_FLAWS, None))
    if flaw is None:
        return f"no such attempt: {_hex_id(rng)}"
    return record(**(attempt | flaw))


def names_file(language: str) -> Path:
    """Returns the path of a TASK_NAMES_FILE (CSV) for the demo's courses, in `en` or `ru`."""
    return Path(__file__).with_name(f"names.{language}.csv")
