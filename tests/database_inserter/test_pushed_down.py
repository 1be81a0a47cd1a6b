"""Every statement about `attempts` or a summary has a form that a Citus cluster can push down.

What these forms are was seen on a cluster; here is none.
"""

from __future__ import annotations

import re

import pytest

from etl.postgres.schema import VIEWS, definition
from etl.postgres.statements import DIRECTORY, statement, statements_of
from tests.database_inserter.pushdown import DISTRIBUTED, refusals

ABOUT = re.compile(rf"\b({'|'.join(DISTRIBUTED)})\b(?!\.)")
# What callers put into statements.
BLANKS = {"wanted": "true", "views": "v", "columns": "*", "period": "", "few_submits": "10"}
STATEMENTS = {
    **{
        f"{path.stem}.{name}": statement(f"{path.stem}.{name}", **BLANKS)
        for path in DIRECTORY.glob("*.sql")
        for name in statements_of(path.stem)
    },
    **{view: definition(view) for view in VIEWS},
}
# Any other text is a part of statements.
WHOLE = re.compile(r"(WITH|SELECT|INSERT|UPDATE|DELETE|ALTER|DROP|CREATE)\b")


@pytest.mark.parametrize(
    "name", [name for name, text in STATEMENTS.items() if ABOUT.search(text) and WHOLE.match(text)]
)
def test_a_cluster_can_push_it_down(name: str) -> None:
    assert refusals(STATEMENTS[name].replace("{wanted}", "true")) == []


@pytest.mark.parametrize(
    "refused",
    [
        "SELECT EXISTS (SELECT FROM attempts)",
        "SELECT * FROM attempts, LATERAL (SELECT attempts.id + 1) AS next",
        "SELECT * FROM (SELECT * FROM attempts) AS a CROSS JOIN LATERAL (SELECT a.id + 1) AS next",
        "SELECT * FROM pg_temp.incoming AS i WHERE NOT EXISTS"
        " (SELECT 1 FROM attempts AS a WHERE a.user_id = i.user_id)",
        "SELECT * FROM (SELECT task_id FROM etl_student_task_days UNION ALL"
        " SELECT task_id FROM etl_student_task_days) AS both JOIN etl_tasks ON id = task_id",
        "SELECT * FROM attempts AS a JOIN etl_student_task_days AS d ON a.created_at = d.solved_at",
        "SELECT * FROM attempts AS a WHERE NOT EXISTS"
        " (SELECT 1 FROM etl_student_task_days AS d WHERE d.day = a.created_at::date)",
    ],
)
def test_what_a_cluster_refuses_is_found(refused: str) -> None:
    assert len(refusals(refused)) == 1
