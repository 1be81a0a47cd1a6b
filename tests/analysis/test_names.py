"""Names that people gave, in every view, and the address of a task in the LMS."""

from __future__ import annotations

import pytest

from etl.components.database_inserter import DatabaseInserter
from etl.models.window import Window
from etl.postgres.figures import block_address, task_figures, write_names
from etl.postgres.schema import VIEWS
from tests.analysis.campus import COURSE, SQL_COURSE
from tests.analysis.conftest import Open, View
from tests.conftest import Select
from tests.database_inserter.batches import entry, within

NAMES = {
    (COURSE, ""): "Python, for all",
    (COURSE, "loops"): "Циклы <b>&</b> '%s'",
    (COURSE, "sums"): "Суммы",
}
WITH_TASKS = sorted(
    {*VIEWS} - {"daily_activity", "hourly_activity", "weekly_retention", "stickiness"}
)
BLOCK = "block-v1:Uni+DST-3.0+28FEB2021+type@lti+block@loops"
GRADES = f"https://lms.uni.example/courses/{COURSE}/xblock/{BLOCK}/handler_noauth/grade_handler"
PAGE = f"https://lms.uni.example/courses/{COURSE}/jump_to/{BLOCK}"

OLDER_VIEW = """
CREATE VIEW unsolved_tasks AS
SELECT ''::varchar(32) AS user_id, course, task, 1::bigint AS attempts, 1::bigint AS runs,
       1::bigint AS submits, now()::timestamp AS first_attempt_at,
       now()::timestamp AS last_attempt_at, 1::bigint AS solvers
FROM etl_tasks;
COMMENT ON VIEW unsolved_tasks IS 'lms-etl view 0';
GRANT SELECT ON unsolved_tasks TO PUBLIC
"""


def test_every_view_shows_a_name_and_where_there_is_none_the_id(
    campus: DatabaseInserter, view: View
) -> None:
    within(campus, write_names, NAMES)
    for name in WITH_TASKS:
        rows = view(f"SELECT DISTINCT course, task, course_name, task_name FROM {name}")
        assert (COURSE, "sums") in {(row["course"], row["task"]) for row in rows}, name
        for row in rows:
            course, task = row["course"], row["task"]
            shown = (NAMES.get((course, ""), course), NAMES.get((course, task), task))
            assert (row["course_name"], row["task_name"]) == shown, name


def test_letter_and_sheet_get_names_alone(campus: DatabaseInserter) -> None:
    within(campus, write_names, NAMES)
    tasks = within(campus, task_figures, Window.of_all_time())
    shown = {(one.course, one.task): (one.course_name, one.task_name) for one in tasks}
    assert shown == {
        (COURSE, "loops"): (NAMES[COURSE, ""], NAMES[COURSE, "loops"]),
        (COURSE, "sums"): (NAMES[COURSE, ""], "Суммы"),
        (SQL_COURSE, "joins"): ("", ""),
        (SQL_COURSE, "sums"): ("", ""),
    }


def test_a_name_that_is_given_no_more_goes(campus: DatabaseInserter, select: Select) -> None:
    within(campus, write_names, NAMES)
    within(campus, write_names, {(SQL_COURSE, "joins"): "Joins"})
    found = select(
        "SELECT course, task, course_name, task_name FROM etl_tasks WHERE task_name <> ''"
    )
    assert found == [(SQL_COURSE, "joins", None, "Joins")]


def test_the_same_names_are_not_written_again(campus: DatabaseInserter, select: Select) -> None:
    within(campus, write_names, NAMES)
    before = select("SELECT id, xmin::text FROM etl_tasks ORDER BY id")
    within(campus, write_names, {**NAMES, ("of no course", "that is known"): "Nothing"})
    assert select("SELECT id, xmin::text FROM etl_tasks ORDER BY id") == before


def test_u1_a_view_without_names_gets_them_and_keeps_what_was_granted(
    open_inserter: Open, select: Select
) -> None:
    open_inserter().close(entry())
    select("DROP VIEW unsolved_tasks")
    select(OLDER_VIEW)
    open_inserter()
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'unsolved_tasks'::regclass"
    columns += " ORDER BY attnum"
    assert select(columns)[-2:] == [("course_name",), ("task_name",)]
    assert select("SELECT has_table_privilege('public', 'unsolved_tasks', 'SELECT')") == [(True,)]


def test_the_hardest_tasks_have_their_address(campus: DatabaseInserter, select: Select) -> None:
    select(f"UPDATE attempts SET lis_outcome_service_url = '{GRADES}'")
    tasks = within(campus, task_figures, Window.of_all_time())
    assert {one.task: one.address for one in tasks if one.address} == {"loops": PAGE}


def test_an_address_that_names_a_student_is_not_shown(
    campus: DatabaseInserter, select: Select
) -> None:
    select(f"UPDATE attempts SET lis_outcome_service_url = '{GRADES}/' || user_id")
    assert not [
        one.address for one in within(campus, task_figures, Window.of_all_time()) if one.address
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        GRADES.replace("https", "http"),
        GRADES.replace("lms.uni.example", "user:password@lms.uni.example"),
        GRADES.replace("lms.uni.example", "lms.uni.example/elsewhere"),
        GRADES.replace("@loops", "@sums"),
        GRADES.replace("28FEB2021/xblock", "OTHER/xblock"),
        f"{GRADES}?next=https://elsewhere.example",
        f"{GRADES}\nhttps://elsewhere.example",
    ],
)
def test_any_other_address_is_none(address: str) -> None:
    assert block_address(address, COURSE, "loops") == ""


def test_what_no_address_may_hold_is_encoded() -> None:
    odd = "a\"><script>'x"
    address = block_address(GRADES.replace("@loops", f"@{odd}"), COURSE, odd)
    assert address == PAGE.replace("@loops", "@a%22%3E%3Cscript%3E%27x")
