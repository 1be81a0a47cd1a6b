"""A grader with any number of attempts that costs nearly nothing to ask: 10,000 a day, or fewer."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random

from tests.grader_faults import Exchange, GraderServer

PER_DAY = 10_000
FIRST_DAY = date(2025, 1, 1)
STUDENTS = 3_000
TASKS = 200
DAYS_APART = 7  # before a day has the records of an earlier one again
COURSE = "course-v1:Uni+DST-3.0+28FEB2021"
LONGEST_SITTING = 7
LATEST = 81_000_000_000  # microseconds: a sitting ends on its day
RUN = COURSE.removeprefix("course-v1:")


def last_day(records: int) -> date:
    """The last of the days that hold so many records."""
    return FIRST_DAY + timedelta(days=records // PER_DAY - 1)


def day_of_records(per_day: int, kind: int = 0) -> bytes:
    """So many records of `FIRST_DAY`, comma separated and in order, 540 bytes each.

    `kind`: which of `DAYS_APART` different days.
    """
    dice = Random("benchmark")
    students = [f"{dice.getrandbits(128):032x}" for _ in range(STUDENTS)]
    blocks = [f"{dice.getrandbits(128):032x}" for _ in range(TASKS)]
    dice.seed(kind)
    begin = datetime.combine(FIRST_DAY, datetime.min.time())
    return b", ".join(
        json.dumps(_record(dice, student, block, begin + timedelta(0, 0, us))).encode()
        for us, student, block in _tries(dice, students, blocks, per_day)
    )


def _tries(
    dice: Random, students: Sequence[str], blocks: Sequence[str], per_day: int
) -> list[tuple[int, str, str]]:
    """`per_day` different microseconds of a day, ascending; who tries what at each.

    A student sits down to a task and tries it one to seven times, half a minute apart and more.
    """
    tries: dict[int, tuple[str, str]] = {}
    while len(tries) < per_day:
        student, block, at = dice.choice(students), dice.choice(blocks), dice.randrange(LATEST)
        for _ in range(min(dice.randint(1, LONGEST_SITTING), per_day - len(tries))):
            at += dice.randrange(30_000_000, 600_000_000)
            tries.setdefault(at, (student, block))
    return sorted((at, student, block) for at, (student, block) in tries.items())


def _record(dice: Random, student: str, block: str, moment: datetime) -> dict[str, object]:
    is_run = dice.random() < 0.6
    passback = {
        "oauth_consumer_key": "",
        "lis_result_sourcedid": f"{COURSE}:lms.uni.example-{block}:{student}",
        "lis_outcome_service_url": f"https://lms.uni.example/courses/{COURSE}/xblock/"
        f"block-v1:{RUN}+type@lti+block@{block}/handler_noauth/grade_handler",
    }
    return {
        "lti_user_id": student,
        "passback_params": repr(passback),
        "is_correct": None if is_run else dice.randrange(2),
        "attempt_type": "run" if is_run else "submit",
        "created_at": f"{moment:%Y-%m-%d %H:%M:%S.%f}",
    }


@contextmanager
def serving(per_day: int = PER_DAY, answer_seconds: float = 0) -> Iterator[str]:
    """The URL of the server while it lives. Every week has the same records at its own dates."""
    texts = [day_of_records(per_day, kind) for kind in range(DAYS_APART)]
    templates = [text.split(str(FIRST_DAY).encode()) for text in texts]

    def answer(exchange: Exchange) -> None:
        first, end = exchange.request.start.date(), exchange.request.end.date()
        time.sleep(answer_seconds)
        exchange.begin(200, {"Connection": "close"})
        for number in range((end - first).days):
            day = first + timedelta(days=number)
            exchange.write(b", " if number else b"[")
            exchange.write(str(day).encode().join(templates[day.toordinal() % DAYS_APART]))
        exchange.write(b"]")

    with GraderServer(lambda start, end: [], client="", client_key="") as server:
        server.always(answer)
        yield server.url
