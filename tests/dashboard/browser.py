"""An installed Chromium, and the page in it as a reader has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips the test where none is installed."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("needs Chromium: apt install chromium, or Google Chrome from google.com/chrome")
    with sync_playwright() as driver:
        # As root, as in a container, Chromium starts only without its sandbox.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Reader:
    """The page, opened, and what it did: `complaints` of the console, `asked` addresses."""

    def __init__(self, browser: Browser, file: Path, **options: Any) -> None:
        self.page: Page = browser.new_page(**options)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())

    def choose(self, first: date, last: date) -> None:
        """The later day first, so that the days in between are never the wrong way round."""
        ends = {"last": last, "first": first}
        for name, day in ends.items():
            self.page.fill(f"input[name={name}]", day.isoformat())

    def press(self, span: str) -> None:
        self.page.locator(".period label", has=self.page.locator(f"[value='{span}']")).click()

    def pick(self, course: str) -> None:
        """By its name; "" picks all courses."""
        if course:
            self.page.select_option("[name=course]", label=course)
        else:
            self.page.select_option("[name=course]", value="")

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def card(self, name: str) -> float:
        return number(self.text(f"#card-{name} .figure"))

    def rows(self, selector: str) -> list[list[str]]:
        """The cells' texts of a table's body, also of one in a closed <details>."""
        script = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        found: list[list[str]] = self.page.eval_on_selector_all(f"{selector} tbody tr", script)
        return found


def number(text: str) -> float:
    """Of an English page."""
    return float(text.replace(",", "").removesuffix("…").removesuffix("%").strip())
