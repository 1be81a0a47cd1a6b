"""The page by keys, by screen reader, on a phone, in the dark, and without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Error

from tests.dashboard.browser import Reader
from tests.dashboard.conftest import Loaded, Open

PHONE = {"width": 360, "height": 720}
languages = pytest.mark.parametrize("language", ["ru", "en"])

# How many pixels of a canvas are neither empty nor grey.
COLOURED = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let n = 0; n < data.length; n += 4) {
        const [red, , blue, opacity] = data.subarray(n, n + 4);
        if (opacity > 200 && Math.abs(red - blue) > 40) found++;
    }
    return found;
}"""


def test_every_chart_is_drawn_in_the_colours_of_the_system(open_page: Open) -> None:
    look = "[getComputedStyle(document.body).backgroundColor, canvas.toDataURL()]"
    looks = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme="light").page
        page.emulate_media(color_scheme=scheme)
        canvases = page.locator("canvas").all()
        assert len(canvases) == 3
        looks.append(canvases[0].evaluate(f"canvas => {look}"))
        assert all(canvas.evaluate(COLOURED) > 300 for canvas in canvases)
    light, dark = looks
    assert [one != other for one, other in zip(light, dark, strict=True)] == [True, True]


@languages
def test_a_phone_needs_no_sideways_scrolling(open_page: Open, language: str) -> None:
    reader = open_page(language, viewport=PHONE)
    for summary in reader.page.locator("summary").all():
        summary.click()
    for period in ("28", "all"):
        reader.press(period)
        width = reader.page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]


def test_a_table_that_can_be_scrolled_shows_it_at_that_edge(open_page: Open) -> None:
    page = open_page(viewport=PHONE).page
    table = page.locator("#tasks")
    table.scroll_into_view_if_needed()

    def shaded() -> list[bool]:
        """At the left and at the right, in the padding above the first row: not as the middle."""
        box = table.bounding_box()
        assert box is not None
        left, middle, right = (
            page.screenshot(clip={"x": x, "y": box["y"] + 11, "width": 1, "height": 1})
            for x in (box["x"] + 2, box["x"] + box["width"] / 2, box["x"] + box["width"] - 3)
        )
        return [left != middle, right != middle]

    assert shaded() == [False, True]
    table.evaluate("table => table.scrollTo(table.scrollWidth, 0)")
    assert shaded() == [True, False]


@languages
def test_on_a_phone_headings_leave_no_gap_and_large_counts_fit_into_their_cells(
    open_page: Open, language: str
) -> None:
    page = open_page(language, viewport=PHONE).page
    page.locator("details", has=page.locator("#all-tasks")).locator("summary").click()
    gap = "row => row.cells[0].offsetHeight - parseFloat(getComputedStyle(row).lineHeight)"
    for table in ("#tasks", "#all-tasks"):  # a heading out of sight may not be the higher one
        assert page.locator(f"{table} thead tr").evaluate(gap) < 16
    page.evaluate("() => { hours.fill(45_678); drawHours(shown); }")
    wide = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).length"
    assert page.locator("#hours td").evaluate_all(wide) == 0


def test_a_chart_says_what_it_shows_and_its_values_by_keys(open_page: Open) -> None:
    reader = open_page()
    chart = reader.page.get_by_role(
        "img", name="Attempts: code runs and submissions, by day. Least"
    )
    chart.focus()
    reader.page.keyboard.press("Home")
    first = reader.text("#attempts .value")
    reader.page.keyboard.press("ArrowRight")
    second = reader.text("#attempts .value")
    rows = reader.rows("#attempts")
    for told, (day, *_, runs, submits) in zip((first, second), rows[:2], strict=True):
        assert told == f"{day}, Submissions: {submits}, Code runs: {runs}"


def test_the_period_is_chosen_by_keys(open_page: Open) -> None:
    reader = open_page()
    attempts = reader.card("attempts")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.className") == "skip"
    reader.page.keyboard.press("Tab")
    reader.page.keyboard.press("ArrowRight")
    assert reader.page.locator("[name=span]:checked").get_attribute("value") == "90"
    assert reader.card("attempts") > attempts


def test_a_screen_reader_finds_its_way(open_page: Open) -> None:
    reader = open_page()
    page = reader.page
    assert page.get_by_role("main").count() == 1
    titles = page.get_by_role("heading", level=2).all_inner_texts()
    assert titles == [
        "At a glance",
        "Activity",
        "Hours and weekdays",
        "Hardest tasks",
        "Who comes back",
        "Data health",
    ]
    for title in titles:
        assert page.get_by_role("region", name=title).count() >= 1
    assert page.get_by_role("radiogroup").or_(page.get_by_role("group", name="Period")).count()
    assert page.get_by_label("From").get_attribute("type") == "date"
    assert page.get_by_label("To").get_attribute("type") == "date"
    assert page.locator("th:not([scope])").count() == 0
    assert page.get_by_role("status").first.inner_text().startswith("Shown: ")


def test_the_network_is_forbidden(browser: Browser, loaded: Loaded) -> None:
    reader = Reader(browser, loaded.pages["en"])
    with pytest.raises(Error, match="Failed to fetch"):
        reader.page.evaluate("fetch('http://127.0.0.1:9/')")
    assert any("Content Security Policy" in told for told in reader.complaints)
    reader.page.close()
