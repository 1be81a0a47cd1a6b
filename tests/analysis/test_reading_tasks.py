"""Course and task out of whatever stands in `lis_result_sourcedid`."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        (f"Uni/DST/2021:lms.uni.example-{BLOCK}:{USER}", "Uni/DST/2021", BLOCK),
        (f"{COURSE}:lms.my-uni.ru-{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:lms.xn--80a.xn--p1ai-{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:lms.uni.example-quiz-1:{USER}", COURSE, "quiz-1"),
        (f"{COURSE}:lms.uni.example-lab1.2:{USER}", COURSE, "lab1.2"),
        (f"{COURSE}:{BLOCK}:{USER}", COURSE, BLOCK),
        (f"{COURSE}:localhost-{BLOCK}:{USER}", COURSE, f"localhost-{BLOCK}"),
        (f"{COURSE}:lms.uni.example-{BLOCK}:", COURSE, BLOCK),
        (f"{COURSE}:lms.uni.example-{BLOCK}:another-id", COURSE, BLOCK),
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
        ":",
        "::",
        ":::",
        "17",
        USER,
        f"{BLOCK}:{USER}",
        f"{COURSE}:{USER}",
        f":lms.uni.example-{BLOCK}:{USER}",
        f"{COURSE}:lms.uni.example-:{USER}",
        f"{COURSE}::{USER}",
        f"{USER}:lms.uni.example-{BLOCK}:{COURSE}",
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
