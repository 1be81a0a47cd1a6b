"""A small campus, written by hand: three tasks, five students, four weeks around one midnight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
COURSE = "course-v1:Uni+DST-3.0+28FEB2021"
SQL_COURSE = "course-v1:Uni+SQL+2026"


@dataclass(frozen=True)
class Attempt:
    """`moment` is UTC; `verdict` None is a run. `task` None has a text that cannot be read."""

    user: str
    task: str | None
    moment: str
    verdict: bool | None
    course: str = COURSE

    @property
    def kind(self) -> str:
        return "run" if self.verdict is None else "submit"

    @property
    def sourcedid(self) -> str | None:
        return self.task and f"{self.course}:lms.uni.example-{self.task}:{self.user}"

    @property
    def created_at(self) -> datetime:
        return datetime.fromisoformat(self.moment)

    @property
    def local(self) -> datetime:
        return self.created_at.replace(tzinfo=UTC).astimezone(MOSCOW)

    @property
    def day(self) -> date:
        return self.local.date()


ATTEMPTS = [
    # ann: loops in three tries; sums at once and without a run, then once more.
    Attempt("ann", "loops", "2026-03-02 08:00:00", None),
    Attempt("ann", "loops", "2026-03-02 08:01:00", False),
    Attempt("ann", "loops", "2026-03-02 08:02:00", True),
    Attempt("ann", "loops", "2026-03-02 08:03:00", None),
    Attempt("ann", "sums", "2026-03-02 21:30:00", True),  # 3 March in Moscow
    Attempt("ann", "sums", "2026-03-02 21:31:00.5", False),
    # bob: submits loops before he ever runs it, solves it a week later; never solves sums.
    Attempt("bob", "loops", "2026-03-02 20:59:59.999999", False),
    Attempt("bob", "loops", "2026-03-02 21:00:00", None),
    Attempt("bob", "loops", "2026-03-09 10:00:00", False),
    Attempt("bob", "loops", "2026-03-09 10:05:00", True),
    Attempt("bob", "sums", "2026-03-09 11:00:00", None),
    Attempt("bob", "sums", "2026-03-09 11:00:30", False),
    # cid: only runs, in two courses whose tasks have one name.
    Attempt("cid", "sums", "2026-03-03 10:00:00", None),
    Attempt("cid", "sums", "2026-03-29 10:00:00", None, SQL_COURSE),
    # dan: a task that nobody solves; a gap of weeks.
    Attempt("dan", "joins", "2026-03-08 20:00:00", False, SQL_COURSE),
    Attempt("dan", "joins", "2026-03-31 20:00:00", False, SQL_COURSE),
    # eve: attempts whose task cannot be read.
    Attempt("eve", None, "2026-03-12 02:00:00", None),
    Attempt("eve", None, "2026-03-12 02:01:00", True),
]

Pair = tuple[str, str, str]


def pairs() -> Iterator[tuple[Pair, list[Attempt]]]:
    """Student, course and task with their attempts in order of time."""

    def pair(one: Attempt) -> Pair:
        return one.user, one.course, str(one.task)

    known = sorted((one for one in ATTEMPTS if one.task), key=lambda one: (*pair(one), one.moment))
    for key, attempts in groupby(known, key=pair):
        yield key, list(attempts)


def share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
