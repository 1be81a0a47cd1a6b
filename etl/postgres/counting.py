"""Counts attempts in memory for the summary tables: by student, task and day, and by hour; no I/O.

PostgreSQL takes three times as long to count attempts as to send them.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from operator import is_
from typing import Any

import numpy as np
import numpy.typing as npt

from etl.models.window import Window

# Raised with every change of what is counted: the next run counts the whole history anew.
DEFINITION = 2
# So many take up to 100 MB while they are counted. A day with more is counted all the same.
ATTEMPTS_AT_ONCE = 500_000
NEVER = np.datetime64("9999-12-31", "us")

Column = npt.NDArray[Any]
# A student and a `lis_result_sourcedid` of theirs.
Pair = tuple[str, str | None]
Place = tuple[date, int]
# An hour: when it begins (naive UTC), and its day and number.
Hour = tuple[datetime, Place]
HourCounts = dict[Place, tuple[int, int, int]]


class Attempts:
    """Attempts to be counted, 14 bytes each, as columns.

    `pairs` are the different pairs of student and `lis_result_sourcedid`, which names the task.
    """

    def __init__(self) -> None:
        self._numbers = defaultdict[Pair, int](itertools.count().__next__)
        self._parts = [[np.array([], kind) for kind in ("int32", "bool", "bool", "datetime64[us]")]]

    def __len__(self) -> int:
        return sum(len(columns[0]) for columns in self._parts)

    @property
    def pairs(self) -> list[Pair]:
        return list(self._numbers)

    @property
    def columns(self) -> list[Column]:
        """Per attempt: index in `pairs`, is it a run, is it a correct submit, naive UTC moment."""
        if len(self._parts) > 1:
            self._parts = [[np.concatenate(same) for same in zip(*self._parts, strict=True)]]
        return self._parts[0]

    def add(
        self,
        user_ids: Sequence[str],
        texts: Sequence[str | None],
        verdicts: Sequence[bool | None],
        types: Sequence[str],
        moments: Sequence[int] | Column,
    ) -> None:
        """Adds attempts, as columns of equal length; `texts` are values of `lis_result_sourcedid`.

        `types` are "run" or "submit", `moments` naive UTC or microseconds since 1970.
        """
        size = len(user_ids)
        # No Python loop over the attempts, which would take four times as long.
        pairs = map(self._numbers.__getitem__, zip(user_ids, texts, strict=True))
        pair = np.fromiter(pairs, np.int32, size)
        is_run = np.fromiter(map("run".__eq__, types), np.bool_, size)
        is_right = np.fromiter(map(partial(is_, True), verdicts), np.bool_, size)
        moment = np.asarray(moments, "datetime64[us]")
        self._parts.append([pair, is_run, is_right & ~is_run, moment])

    def between(self, window: Window) -> Attempts:
        """Returns the attempts in `window`; `pairs` stays whole: columns have indices in it."""
        start, end = (np.datetime64(moment, "us") for moment in window.columns().values())
        moment = self.columns[3]
        which = (moment >= start) & (moment < end)
        some = Attempts()
        some._numbers = self._numbers
        some._parts = [[column[which] for column in self.columns]]
        return some


def count(
    attempts: Attempts, tasks: Sequence[int], hours: Sequence[Hour]
) -> tuple[HourCounts, dict[str, Column]]:
    """Returns the attempts' counts by hour, and their rows of `etl_student_task_days` as columns.

    Counts are runs, submits, correct submits; columns lack `is_only_day`, masked values are NULL.
    `tasks` has the `task_id` of each of `attempts.pairs`; `hours` ascend and contain all attempts.
    """
    starts = np.array([start for start, _ in hours], "datetime64[us]")
    place = np.searchsorted(starts, attempts.columns[3], side="right") - 1
    days = _student_task_days(attempts, np.array(tasks), place, hours)
    return _hours(attempts, place, hours), days


def _hours(attempts: Attempts, place: Column, hours: Sequence[Hour]) -> HourCounts:
    _, is_run, is_success, _ = attempts.columns
    counts = [
        np.bincount(place[which], minlength=len(hours)).tolist()
        for which in (is_run, ~is_run, is_success)
    ]
    totals: HourCounts = {}
    for (_, hour), runs, submits, correct in zip(hours, *counts, strict=True):
        if runs or submits:  # when clocks are set back, one hour comes in two parts
            before = totals.get(hour, (0, 0, 0))
            totals[hour] = (before[0] + runs, before[1] + submits, before[2] + correct)
    return totals


def _student_task_days(
    attempts: Attempts, tasks: Column, place: Column, hours: Sequence[Hour]
) -> dict[str, Column]:
    pair, is_run, is_success, moment = attempts.columns
    users = sorted({user for user, _ in attempts.pairs})
    number_of = {user: number for number, user in enumerate(users)}
    user = np.array([number_of[user] for user, _ in attempts.pairs], np.int32)[pair]
    task = tasks.astype(np.int32)[pair]
    day = np.array([day for _, (day, _) in hours], "datetime64[D]")[place]
    hour = np.array([number for _, (_, number) in hours], np.int32)[place]

    # In the order of the primary key, whose index then takes the rows in two thirds of the time.
    order = np.lexsort((moment, day, task, user))
    group, first = groups(day[order], user[order], task[order])
    moment, is_run, is_success = moment[order], is_run[order], is_success[order]

    def total(which: Column) -> Column:
        return np.bincount(group[which], minlength=len(first)).astype(np.int32)

    def earliest(which: Column) -> Column:
        moments = np.full(len(first), NEVER)
        np.minimum.at(moments, group[which], moment[which])
        return moments

    first_run_at, solved_at = earliest(is_run), earliest(is_success)
    until_success = (moment <= solved_at[group]) & (solved_at[group] < NEVER)
    hours_of_day = np.zeros(len(first), np.int32)
    np.bitwise_or.at(hours_of_day, group, np.int32(1) << hour[order])
    last = np.append(first, len(order))[1:] - 1
    return {
        "day": day[order][first],
        "user_id": np.array(users, object)[user[order][first]],
        "task_id": task[order][first],
        "runs": total(is_run),
        "submits": total(~is_run),
        "correct": total(is_success),
        "attempts_to_success": np.ma.masked_equal(total(until_success), 0),
        "submits_to_success": np.ma.masked_equal(total(until_success & ~is_run), 0),
        "submits_without_run": total(~is_run & (moment <= first_run_at[group])),
        "hours": hours_of_day,
        "first_attempt_at": moment[first],
        "last_attempt_at": moment[last],
        "first_submit_at": np.ma.masked_equal(earliest(~is_run), NEVER),
        "solved_at": np.ma.masked_equal(solved_at, NEVER),
    }


def groups(*keys: Column) -> tuple[Column, Column]:
    """Groups sorted rows with equal `keys`; returns each row's group and each group's first row."""
    begins = np.ones(len(keys[0]), np.bool_)
    begins[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    return np.cumsum(begins) - 1, np.flatnonzero(begins)
