"""The campus is believable, repeatable, and holds every fault that it promises."""

from __future__ import annotations

import ast
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any

import pytest

from etl.demo.campus import Campus, names_file
from etl.settings.task_names import read_task_names

MONDAY = datetime(2024, 5, 13, tzinfo=UTC)
WEEK = timedelta(days=7)
KEYS = {"lti_user_id", "passback_params", "is_correct", "attempt_type", "created_at"}


def is_sound(attempt: Any) -> bool:
    try:
        datetime.fromisoformat(attempt["created_at"])
        params = ast.literal_eval(attempt["passback_params"])
        verdicts = {"run": (None,), "submit": (0, 1)}[attempt["attempt_type"]]
        user_id = attempt["lti_user_id"].strip()
    except (KeyError, TypeError, ValueError, SyntaxError):
        return False
    return (
        attempt.keys() == KEYS
        and isinstance(params, dict)
        and attempt["is_correct"] in verdicts
        and len(user_id) == 32
    )


@pytest.fixture(scope="module")
def week() -> list[Any]:
    return Campus().attempts(MONDAY, MONDAY + WEEK)


def sound(attempts: list[Any]) -> list[dict[str, Any]]:
    return [attempt for attempt in attempts if is_sound(attempt)]


def test_a_window_holds_the_same_records_however_it_is_cut() -> None:
    cuts = [MONDAY + timedelta(hours=6 * n) for n in range(29)]
    campus = Campus()
    pieces = [campus.attempts(start, end) for start, end in pairwise(cuts)]
    assert list(chain.from_iterable(pieces)) == Campus().attempts(cuts[0], cuts[-1])


def test_records_ascend_inside_the_half_open_window() -> None:
    window = Campus().attempts(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=21))
    moments = [datetime.fromisoformat(attempt["created_at"]) for attempt in sound(window)]
    assert moments == sorted(moments)
    assert {moment.hour for moment in moments} == set(range(9, 21))
    start = moments[0].replace(tzinfo=UTC)
    assert Campus().attempts(start, start) == []
    assert Campus().attempts(start, start + timedelta(microseconds=1))[0] == sound(window)[0]


def test_some_records_have_no_address_to_send_a_grade_to_or_no_fraction(week: list[Any]) -> None:
    ungraded = sum("lis_outcome_service_url" not in one["passback_params"] for one in sound(week))
    assert 0.25 < ungraded / len(sound(week)) < 0.42
    assert any("." not in attempt["created_at"] for attempt in sound(week))


def test_one_or_two_records_of_a_hundred_are_broken_each_in_a_way_of_its_own(
    week: list[Any],
) -> None:
    broken = [attempt for attempt in week if not is_sound(attempt)]
    assert 0.01 <= len(broken) / len(week) <= 0.02
    assert any(isinstance(attempt, str) for attempt in broken)
    dicts = [attempt for attempt in broken if isinstance(attempt, dict)]
    assert any("lti_user_id" not in attempt for attempt in dicts)
    assert any(attempt["created_at"] == "2024-02-30 12:00:00" for attempt in dicts)
    assert len({repr(attempt) for attempt in broken}) == len(broken)


def test_every_day_repeats_some_records_and_contradicts_one() -> None:
    day = sound(Campus().attempts(MONDAY, MONDAY + timedelta(days=1)))
    copies = Counter(repr(attempt) for attempt in day)
    keys = Counter(
        (attempt["lti_user_id"], attempt["attempt_type"], attempt["created_at"])
        for attempt in {repr(attempt): attempt for attempt in day}.values()
    )
    assert sorted(copies.values())[-5:] == [1, 2, 2, 2, 2]
    assert sorted(keys.values())[-2:] == [1, 2]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_course_and_task_has_its_name(language: str) -> None:
    names = read_task_names(names_file(language)).names
    tasks = Campus().tasks.items()
    assert names.keys() == {(course, "") for course, _ in tasks} | {
        (course, task.block) for course, of_course in tasks for task in of_course
    }
