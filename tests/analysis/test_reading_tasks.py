"""Course and task out of whatever stands in `lis_result_sourcedid`."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.postgres.statements import statement
from etl.postgres.summaries import task_in, text_of
from tests.analysis.conftest import INSERT, Open
from tests.conftest import Parameters

USER = "3583bf109f8b458e13ae1ac9d85c396a"
BLOCK = "ca3ecf8e5f284c329eb7bd529e1a9f7e"
COURSE = "course-v1:Uni+DST-3.0+28FEB2021"
NOTHING = (None, None)


class Reader:
    """Stores a text as an attempt, reads course and task back, and forgets it."""

    def __init__(self, database: Parameters) -> None:
        self.session = psycopg2.connect(**database)

    def __call__(self, text: str | None, user: str = USER) -> tuple[Any, ...]:
        with self.session.cursor() as at:
            at.execute(INSERT, (user, text, None, "run", "2026-03-02 08:00:00"))
            at.execute("SELECT course, task FROM task_attempts")
            (row,) = at.fetchall()
        self.session.rollback()
        return tuple(row)


@pytest.fixture
def read(database: Parameters, open_inserter: Open) -> Any:
    open_inserter()
    reader = Reader(database)
    yield reader
    reader.session.close()


@pytest.mark.parametrize(
    ("text", "course", "task"),
    [
        (f"{COURSE}:lms.uni.example-{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:lms.xn--80a.xn--p1ai-{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:lms.uni.example-quiz-1:{USER}", COURSE, "quiz-1"),
        (f"{COURSE}:{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:localhost-{BLOCK}:{USER}", COURSE, f"localhost-{BLOCK}"),
        (f"{COURSE}:lms.uni.example-{BLOCK}:", COURSE, BLOCK),
        (f"курс:lms.uni.example-задача:{USER}", "курс", "задача"),
    ],
)
def test_what_is_read(read: Reader, text: str, course: str, task: str) -> None:
    assert read(text) == (course, task)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        ":::",
        f"{COURSE}:{USER}",
        f":lms.uni.example-{BLOCK}:{USER}",
        f"{COURSE}:lms.uni.example-:{USER}",
        f"{COURSE}::{USER}",
        f"{COURSE}:lms.uni.example-{USER}:{USER}",
        f"{COURSE}:lms.uni.example-{BLOCK}-{USER}:x",
        # Moodle's and Canvas' own
        '{"data":{"instanceid":"2","userid":"3","typeid":null,"launchid":123},"hash":"ab:cd"}',
        "10-2-8-5-6d2ffbbd3d6d4b1f",
        f"{COURSE} :lms.uni.example-{BLOCK}:{USER}",
        f"{COURSE}:lms.uni.example-{BLOCK}:{USER}\n",
    ],
)
def test_what_is_not_read(read: Reader, text: str | None) -> None:
    assert read(text) == NOTHING


def test_a_short_id_may_be_part_of_a_name(read: Reader) -> None:
    assert read("course-v1:Uni+7+2026:lms.uni.example-lab7:7", user="7")[1] == "lab7"
    assert read("course-v1:Uni+7+2026:lms.uni.example-7:7", user="7") == NOTHING


def test_python_and_sql_see_the_student_in_the_same_places(read: Reader) -> None:
    users = ["7", "a" * 15, "a" * 16, "%_\\.", "ключ" * 4]
    names = [("{0}", "t"), ("{0}:x", "t"), ("x{0}", "t"), ("x:{0}:x", "t")]
    names += [("c", "{0}"), ("c", "x-{0}"), ("c", "{0}-x"), ("{0}-", "x{0}x"), ("c", "t")]
    named = [(user, *(name.format(user) for name in pair)) for user in users for pair in names]
    known = [(*one, "{1}:lms.uni.example-{2}:".format(*one)) for one in named]
    texts = [(user, text + end) for user, *_, text in known for end in ("", user, "x", user * 2)]
    with read.session.cursor() as at:
        at.execute(
            f"SELECT {statement('summaries.task_text')}"
            " FROM unnest(%s::text[], %s::text[]) AS given (user_id, lis_result_sourcedid)",
            list(map(list, zip(*texts, strict=True))),
        )
        assert [text for (text,) in at] == [text_of(pair) for pair in texts]
        at.execute(
            f"SELECT {statement('summaries.names_no_student')},"
            f" {statement('summaries.text_names_no_student')}"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])"
            " AS given (user_id, course, task, text)",
            list(map(list, zip(*known, strict=True))),
        )
        for (user, course, task, text), by_sql in zip(known, at.fetchall(), strict=True):
            by_python = task_in(text, user, {text: (1, course, task)}) == 1
            assert by_sql == (by_python, by_python), (user, text)


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
parts = st.lists(
    st.sampled_from([USER, BLOCK, COURSE, "lms.uni.example-", ":", "::", "-", "+", "{", "\n", "."])
    | texts,
    max_size=9,
).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts | parts)
def test_no_text_is_an_error_and_none_names_the_student(read: Reader, text: str) -> None:
    course, task = read(text)
    assert (course is None) == (task is None)
    if course is not None:
        assert course
        assert task
        assert USER not in course + task
        assert text.startswith(course + ":")
        assert text.rpartition(":")[0].endswith(task)


words = st.text("abc019-._", min_size=1).filter(lambda word: word[-1] != "-")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    course=st.lists(words, min_size=1).map(":".join),
    block=st.from_regex("[0-9a-f]{32}", fullmatch=True),
)
def test_what_an_lms_writes_is_read_back(read: Reader, course: str, block: str) -> None:
    assert read(f"{course}:lms.uni.example-{block}:{USER}") == (course, block)
