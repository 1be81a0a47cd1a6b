"""Each table as a file, made by the page itself: what a spreadsheet gets."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from tests.dashboard import campus
from tests.dashboard.browser import Reader
from tests.dashboard.conftest import Loaded, Open

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
MONTH = "2026-02-02_2026-03-01"
OF_THE_PERIOD = ("attempts", "students", "success", "hours", "tasks", "retention")
FILES = {name: f"{name}_{MONTH}.csv" for name in OF_THE_PERIOD}
FILES |= {"rejected": "rejected.csv", "runs": "runs.csv"}


def saved(reader: Reader, name: str) -> tuple[str, str]:
    """The file's name and text."""
    with reader.page.expect_download() as waiting:
        reader.page.click(f"button[data-name={name}]")
    file = Path(waiting.value.path())
    return waiting.value.suggested_filename, file.read_bytes().decode("utf-8")


def rows(text: str, separator: str = ",") -> list[list[str]]:
    assert text.startswith(BOM)
    return list(csv.reader(StringIO(text[1:], newline=""), delimiter=separator, strict=True))


def test_every_table_can_be_saved_at_a_click(open_page: Open) -> None:
    reader = open_page()
    buttons = reader.page.locator("button[data-name]").all()
    assert [button.get_attribute("data-name") for button in buttons] == [*FILES]
    for name, file in FILES.items():
        told, text = saved(reader, name)
        assert told == file
        titles, *lines = rows(text)
        assert lines
        assert {len(line) for line in lines} == {len(titles)}
        assert all(title for title in titles)


def test_days_are_iso_and_numbers_plain(open_page: Open, loaded: Loaded) -> None:
    reader = open_page()
    reader.press("all")
    told, text = saved(reader, "attempts")
    assert told == "attempts_2025-11-20_2026-03-01.csv"
    weeks = [line[:2] for line in rows(text)[1:3]]
    assert weeks == [["2025-11-20", "2025-11-23"], ["2025-11-24", "2025-11-30"]]
    reader.choose(date(2026, 1, 16), date(2026, 1, 18))
    _, text = saved(reader, "success")
    titles, friday, saturday, _ = rows(text)
    assert titles[:3] == ["Day", "To", "Days not loaded"]
    assert titles[3:] == ["Success", "Correct submissions", "Submissions"]
    assert saturday == ["2026-01-17", "2026-01-17", "1", "", "", ""]
    chosen = campus.within(loaded.attempts, date(2026, 1, 16), date(2026, 1, 16))
    success = f"{campus.success_of(chosen):.2f}".rstrip("0").rstrip(".")
    submits = sum(one.kind == "submit" for one in chosen)
    correct = sum(one.verdict == 1 for one in chosen)
    assert friday == ["2026-01-16", "2026-01-16", "0", success, str(correct), str(submits)]


def test_a_weekday_that_is_not_in_the_period_is_empty(open_page: Open) -> None:
    reader = open_page()
    reader.choose(campus.LAST, campus.LAST)
    _, *lines = rows(saved(reader, "hours")[1])
    assert [line[0] for line in lines] == [f"{hour:02}:00" for hour in range(24)]
    assert {cell for line in lines for cell in line[1:7]} == {""}
    assert all(line[7].isdigit() for line in lines)


def test_s16_names_are_no_formulas_and_stay_in_their_field(open_page: Open) -> None:
    reader = open_page()
    _, *lines = rows(saved(reader, "tasks")[1])
    names = {(line[0], line[1]) for line in lines}
    assert (f"'{campus.FORMULA}", campus.SQL) in names
    assert (campus.HOSTILE, campus.PYTHON) in names
    for told in ("'=1", "'+1;'-1,' @a", "x|'\"=1", "\t'=1 - 2", "a, b;'\uff1d1"):
        text = told.replace("'", "")
        field = reader.page.evaluate("text => fieldOf(element('td', {}, text))", text)
        assert next(csv.reader([field], strict=True))[0] == told
    text = 'a "b", c;\r\nd'
    made = "text => csvOf(table('', ['one'], [[element('td', {}, text)]]))"
    assert rows(BOM + reader.page.evaluate(made, text)) == [["one"], [text]]


def test_a_file_names_the_course_and_the_days_that_it_has(open_page: Open) -> None:
    reader = open_page()
    first = campus.LAST - timedelta(days=6)
    reader.choose(first, first)
    assert saved(reader, "tasks")[0] == f"tasks_{first}_2026-03-01.csv"
    reader.choose(first - timedelta(days=1), first)
    reader.pick(campus.SQL)
    told, text = saved(reader, "tasks")
    assert told == f"tasks_{MONTH}_course-v1-Uni-SQL.csv"
    assert {line[1] for line in rows(text)[1:]} == {campus.SQL}


def test_russian_spreadsheets_read_it_too(open_page: Open) -> None:
    """Their list separator is a semicolon, since numbers have a decimal comma."""
    reader = open_page("ru")
    assert "," in reader.text("#card-success .figure")
    assert "дней: 28" in reader.text("#shown")
    assert "undefined" not in reader.text("body")
    _, text = saved(reader, "tasks")
    titles, *lines = rows(text, ";")
    assert titles[:3] == ["Задача", "Курс", "Успешность"]
    assert any("," in line[2] and "." not in line[2] for line in lines)
    assert all(line[6].isdigit() for line in lines)
    assert f"'{campus.FORMULA}" in {line[0] for line in lines}
