"""Whatever was done to `attempts`, in whatever order: after a run figures are a recount's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import Task, record
from etl.models.figures import Figures
from etl.models.records import Batch
from etl.models.window import Window
from etl.postgres.figures import daily_figures, task_figures
from tests.conftest import NOW, Parameters, Select
from tests.database_inserter.batches import Slice, batch, entry, within

FIRST = date(2026, 3, 2)
DAYS = [FIRST + timedelta(days=n) for n in range(-1, 13)]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Moscow", "America/St_Johns", "Asia/Kathmandu")]
STUDENTS = ("3583bf109f8b458e13ae1ac9d85c396a", "ann", "bob")
TASKS = [Task("course-v1:Uni+A+1", "loops", 0.0), Task("course-v1:Uni+B+1", "loops", 0.0)]
UNREADABLE = "{'lis_result_sourcedid': 'no task'}"
EMPTY = """
TRUNCATE attempts, etl_slices, etl_student_task_days, etl_hours, etl_task_texts;
DELETE FROM etl_tasks WHERE id > 0 RETURNING 1
"""

MOMENTS = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day) + timedelta(minutes=minute),
    st.sampled_from(DAYS[2:-2]),
    st.integers(0, 47).map(lambda half: half * 30),
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    student = draw(st.sampled_from(STUDENTS))
    texts = [*(task.passback(student) for task in TASKS), UNREADABLE]
    verdict = draw(st.sampled_from([None, 0, 1]))
    return record(
        lti_user_id=student,
        passback_params=draw(st.sampled_from(texts)),
        is_correct=verdict,
        attempt_type="run" if verdict is None else "submit",
        created_at=f"{draw(MOMENTS)}.000000",
    )


@dataclass(frozen=True)
class Load:
    """A slice of the grader's; `is_killed`: its transaction never ends."""

    records: list[dict[str, Any]]
    first: date
    last: date
    is_killed: bool


@dataclass(frozen=True)
class Edit:
    """What somebody else does to the table."""

    sql: str


LOADS = st.builds(
    lambda sent, days, is_killed: Load(sent, min(days), max(days), is_killed),
    st.lists(records(), max_size=12),
    st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)),
    st.booleans(),
)
EDITS = st.sampled_from(
    [
        Edit("DELETE FROM attempts WHERE user_id = 'ann'"),
        Edit("UPDATE attempts SET is_correct = NOT is_correct WHERE user_id = 'bob'"),
        Edit("UPDATE attempts SET lis_result_sourcedid = 'c:h.example-new:' || user_id"),
        Edit("UPDATE attempts SET created_at = created_at - interval '1 h' WHERE user_id = 'ann'"),
        Edit("DELETE FROM etl_hours"),
        # So many that another edit cannot make up for them: sums of a day are compared.
        Edit("UPDATE etl_student_task_days SET runs = runs + 100"),
        Edit("DELETE FROM etl_student_task_days WHERE user_id = 'bob'"),
    ]
)
STEPS = st.lists(LOADS | EDITS | st.sampled_from([*ZONES, "rebuild"]), max_size=8)


def test_figures_are_those_of_a_recount(database: Parameters, select: Select) -> None:
    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def check(steps: list[Any]) -> None:
        zone = ZONES[0]
        with run(database, zone):
            select(EMPTY)
        for step in steps:
            zone = step if isinstance(step, ZoneInfo) else zone
            perform(step, database, select, zone)
        with run(database, zone) as inserter:
            inserter.repair(DAYS)
            compare(inserter, select, zone)
            assert inserter.repair(DAYS) == []

    check()


@contextmanager
def run(database: Parameters, zone: ZoneInfo) -> Iterator[DatabaseInserter]:
    inserter = DatabaseInserter(lambda: database, zone=zone)
    inserter.open(NOW)
    try:
        yield inserter
    finally:
        inserter.close(entry())


def perform(step: Any, database: Parameters, select: Select, zone: ZoneInfo) -> None:
    match step:
        case Edit():
            select(f"{step.sql} RETURNING 1")
        case Load():
            slice_ = batch(*step.records, window=Window.of_days(step.first, step.last, zone))
            with run(database, zone) as inserter, suppress(InterruptedError):
                inserter.insert(slice_.answer, lambda: batches(slice_, is_killed=step.is_killed))
        case "rebuild":
            DatabaseInserter(lambda: database, zone=zone).rebuild()


def batches(slice_: Slice, *, is_killed: bool) -> Iterator[Batch]:
    yield slice_.batch
    if is_killed:
        raise InterruptedError


@dataclass(frozen=True)
class Attempt:
    user: str
    task: tuple[str, str] | None
    verdict: bool | None
    moment: datetime
    local: datetime

    @property
    def day(self) -> date:
        return self.local.date()


def stored(select: Select, zone: ZoneInfo) -> list[Attempt]:
    """Attempts in the order of time; at one moment a submit comes before a run."""
    attempts = []
    for user, text, verdict, kind, moment in select(
        "SELECT user_id, lis_result_sourcedid, is_correct, attempt_type, created_at FROM attempts"
        " ORDER BY created_at, attempt_type DESC"
    ):
        parts = text.rsplit(":", 2) if text else []
        task = (parts[0], parts[1].rpartition("-")[2]) if len(parts) == 3 else None
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        attempts.append(Attempt(user, task, verdict if kind == "submit" else None, moment, local))
    return attempts


def compare(inserter: DatabaseInserter, select: Select, zone: ZoneInfo) -> None:
    attempts = stored(select, zone)
    assert {
        (one.day, one.users, *counts(one)) for one in within(inserter, daily_figures, DAYS)
    } == {
        (day, len({one.user for one in of_day}), *counted(of_day))
        for day in DAYS
        for of_day in [[one for one in attempts if one.day == day]]
    }
    assert {*select(PAIRS)} == {*pairs(attempts)}
    assert {*select(HOURS)} == {*hours(attempts)}
    window = Window.of_days(DAYS[3], DAYS[8], zone)
    figures = {
        (one.course, one.task): (one.attempts, one.students, one.median_attempts)
        for one in within(inserter, task_figures, window)
    }
    assert figures == tasks([one for one in attempts if DAYS[3] <= one.day <= DAYS[8]])


def counts(figures: Figures) -> tuple[int, int, int, int]:
    return figures.attempts, figures.correct, figures.runs, figures.submits


def counted(attempts: list[Attempt]) -> tuple[int, int, int, int]:
    verdicts = [one.verdict for one in attempts]
    runs = verdicts.count(None)
    return len(verdicts), verdicts.count(True), runs, len(verdicts) - runs


PAIRS = """
SELECT user_id, course, task, attempts, correct, runs, submits, first_attempt_at, last_attempt_at,
       first_submit_at, solved_at, attempts_to_success, submits_to_success, submits_without_run
FROM student_tasks
"""
HOURS = (
    "SELECT weekday, hour, attempts, users, runs, submits FROM hourly_activity WHERE attempts > 0"
)


def by_pair(attempts: list[Attempt]) -> dict[tuple[str, tuple[str, str]], list[Attempt]]:
    found = defaultdict(list)
    for one in attempts:
        if one.task:
            found[one.user, one.task].append(one)
    return found


def up_to_success(tries: list[Attempt]) -> list[Attempt]:
    """None of them without a success; what else was done in its moment counts too."""
    solved_at = min((one.moment for one in tries if one.verdict), default=None)
    return [one for one in tries if solved_at and one.moment <= solved_at]


def pairs(attempts: list[Attempt]) -> Iterator[tuple[Any, ...]]:
    for (user, task), tries in by_pair(attempts).items():
        submits = [one for one in tries if one.verdict is not None]
        first_run = min((one.moment for one in tries if one.verdict is None), default=None)
        until = up_to_success(tries)
        yield (
            user,
            *task,
            *counted(tries),
            tries[0].moment,
            tries[-1].moment,
            submits[0].moment if submits else None,
            until[-1].moment if until else None,
            len(until) or None,
            sum(one.verdict is not None for one in until) or None,
            sum(first_run is None or one.moment <= first_run for one in submits),
        )


def hours(attempts: list[Attempt]) -> Iterator[tuple[int, ...]]:
    found = defaultdict(list)
    for one in attempts:
        found[one.local.isoweekday(), one.local.hour].append(one)
    for place, tries in found.items():
        attempts_, _, runs, submits = counted(tries)
        yield *place, attempts_, len({one.user for one in tries}), runs, submits


def tasks(attempts: list[Attempt]) -> dict[tuple[str, str], tuple[int, int, float | None]]:
    students, lengths = Counter[tuple[str, str]](), defaultdict(list)
    for (_, task), tries in by_pair(attempts).items():
        students[task] += 1
        if until := up_to_success(tries):
            lengths[task].append(len(until))
    totals = Counter(one.task for one in attempts if one.task)
    return {
        task: (totals[task], students[task], median(lengths[task]) if lengths[task] else None)
        for task in totals
    }
