"""What the demo's grader refuses, as grader-api.md says."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from etl.demo.grader import GraderServer

WINDOW = {"start": "2024-05-13 00:00:00.000000", "end": "2024-05-16 00:00:00.000000"}
LOGIN: dict[str, Any] = {"client": "c", "client_key": "k"}


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("", {"client_key": "wrong"}, 401),
        ("", {"start": "today"}, 400),
        ("/more", {}, 404),
    ],
)
def test_it_refuses_wrong_questions(path: str, changes: dict[str, Any], code: int) -> None:
    with GraderServer(lambda start, end: [], **LOGIN) as grader:
        response = requests.get(grader.url + path, LOGIN | WINDOW | changes, timeout=2)
    assert response.status_code == code
    assert response.json()["errors"]
