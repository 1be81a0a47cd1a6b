"""After a write the tab is read again: what it shows counts, not what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from etl.components.google_sheets_reporter import GoogleSheetsReporter
from etl.demo.google.server import GoogleServer
from etl.texts import RU
from tests.google_sheets_reporter.conftest import figures, march


class GoogleWithASecondProgram(GoogleServer):
    """Somebody's script corrects a cell of ours as soon as we have written."""

    def apply(self, method: str, target: str, body: Any) -> Any:
        answer = super().apply(method, target, body)
        if method == "POST":
            self.spreadsheet.tabs[0].put("B3", [[1]])
        return answer


@pytest.mark.parametrize(
    ("server", "differing"),
    [(GoogleServer, ()), (GoogleWithASecondProgram, (march(8),))],
    ids=["alone", "beside a second program"],
)
def test_a_day_that_does_not_show_what_was_written_is_shown(
    server: Callable[[], GoogleServer], differing: tuple[object, ...]
) -> None:
    with server() as google:
        reporter = GoogleSheetsReporter(
            google.credentials_base64, google.spreadsheet_id, catalogue=RU, api_url=google.url
        )
        assert reporter.publish([figures(7), figures(8)]).differing == differing
