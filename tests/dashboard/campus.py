"""A small campus with days off, and its figures worked out one attempt after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from etl.demo.campus import record

ZONE = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2025, 11, 20), date(2026, 3, 1)
NEVER_LOADED = [date(2026, 1, 3), date(2026, 1, 4), date(2026, 1, 17)]
HOSTILE = "</script><script>document.title='hacked'</script><!--x"
FORMULA = "=SUM(A1;B2)"
PYTHON, SQL = "course-v1:Uni+Python", "course-v1:Uni+SQL"
COURSES = [PYTHON, SQL]
TASKS = [
    (PYTHON, "sum"),
    (PYTHON, "sort"),
    (SQL, "tree"),
    (PYTHON, "graph"),
    (SQL, "join"),
    (SQL, FORMULA),
    (PYTHON, HOSTILE),
    (SQL, "sum"),
]
STUDENTS = 40


@dataclass(frozen=True)
class Attempt:
    student: str
    course: str
    task: str
    kind: str
    verdict: int | None
    moment: datetime

    @property
    def local(self) -> datetime:
        return self.moment.astimezone(ZONE)

    @property
    def day(self) -> date:
        return self.local.date()

    def record(self) -> dict[str, Any]:
        params = {
            "oauth_consumer_key": "",
            "lis_result_sourcedid": f"{self.course}:lms.uni.example-{self.task}:{self.student}",
        }
        return record(
            lti_user_id=self.student,
            passback_params=repr(params),
            is_correct=self.verdict,
            attempt_type=self.kind,
            created_at=str(self.moment.replace(tzinfo=None)),
        )


def days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def attempts() -> list[Attempt]:
    """The same ones each time; students begin one after another, tasks are of unequal weight."""
    dice = Random(7)
    students = [f"{dice.getrandbits(128):032x}" for _ in range(STUDENTS)]
    found = []
    for number, day in enumerate(days()):
        if day in NEVER_LOADED:
            continue
        for _ in range(dice.randint(0, 9)):
            student = dice.choice(students[: 5 + number // 2])
            task_number = dice.randrange(len(TASKS))
            moment = datetime.combine(day, time(dice.randrange(24)), tzinfo=ZONE).astimezone(UTC)
            for _ in range(dice.randint(1, 5)):
                moment += timedelta(
                    seconds=dice.randint(1, 400), microseconds=dice.randrange(10**6)
                )
                is_run = dice.random() < 0.5
                verdict = None if is_run else int(dice.random() < 0.9 - task_number / 9)
                kind = "run" if is_run else "submit"
                found.append(Attempt(student, *TASKS[task_number], kind, verdict, moment))
    return [one for one in found if one.day not in NEVER_LOADED and one.day <= LAST]


def within(all_: Iterable[Attempt], first: date, last: date) -> list[Attempt]:
    return sorted((one for one in all_ if first <= one.day <= last), key=lambda one: one.moment)


def of_course(all_: Iterable[Attempt], course: str | None) -> list[Attempt]:
    """None: of all courses."""
    return [one for one in all_ if course in (None, one.course)]


def students_of(chosen: Iterable[Attempt]) -> set[str]:
    return {one.student for one in chosen}


def success_of(chosen: Iterable[Attempt]) -> float | None:
    verdicts = [one.verdict for one in chosen if one.kind == "submit"]
    return 100 * sum(map(bool, verdicts)) / len(verdicts) if verdicts else None


def by_student(chosen: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    groups: dict[str, list[Attempt]] = {}
    for one in chosen:
        groups.setdefault(one.student, []).append(one)
    return groups


def first_try_of(chosen: Iterable[Attempt]) -> float | None:
    firsts = [
        next((one.verdict for one in theirs if one.kind == "submit"), None)
        for theirs in by_student(chosen).values()
    ]
    judged = [verdict for verdict in firsts if verdict is not None]
    return 100 * sum(judged) / len(judged) if judged else None


def median_of(chosen: Iterable[Attempt]) -> float | None:
    steps = []
    for theirs in by_student(chosen).values():
        solved = [step for step, one in enumerate(theirs, 1) if one.verdict == 1]
        steps += solved[:1]
    return median(steps) if steps else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def cohorts_of(all_: Iterable[Attempt]) -> dict[tuple[date, date], int]:
    """Students by the week of their first attempt and a week in which they were active."""
    counts: dict[tuple[date, date], int] = {}
    for theirs in by_student(all_).values():
        weeks = {monday_of(one.day) for one in theirs}
        for week in weeks:
            key = (min(weeks), week)
            counts[key] = counts.get(key, 0) + 1
    return counts
