"""Embedded servers, asked something and left again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from etl.postgres.embedded import leave_embedded_server, start_embedded_server


@pytest.fixture
def query() -> Callable[[Path, str], object]:
    """Starts the server of a data folder, asks for one value, and waits until it has stopped."""

    def ask(data: Path, sql: str) -> object:
        session = psycopg2.connect(**start_embedded_server(data))
        session.autocommit = True
        with session.cursor() as at:
            at.execute(sql)
            value: object = at.fetchone()[0] if at.description else None
        session.close()
        leave_embedded_server(data)
        return value

    return ask
