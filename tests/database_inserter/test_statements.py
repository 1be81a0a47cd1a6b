"""One file has a module's statements; parts of them stand in one place and are put together."""

from __future__ import annotations

import pytest

from etl.postgres.statements import array_literal, statement


def test_a_statement_comes_without_its_reason_and_semicolon() -> None:
    text = statement("session.backend")
    assert text.startswith("SELECT pg_catalog.concat(pid")
    assert text.endswith("pg_backend_pid()")


def test_a_statement_includes_another_one_of_its_file() -> None:
    assert f"NOT ({statement('session.holds_lock')})" in statement("session.take_lock")


@pytest.mark.parametrize("name", ["session.unknown", "views.unknown"])
def test_an_unknown_name_is_a_mistake_of_ours(name: str) -> None:
    with pytest.raises(KeyError):
        statement(name)


def test_an_array_s_text_takes_any_value() -> None:
    assert array_literal(["a", 'b"\\', 3]) == r'{"a","b\"\\","3"}'
