"""TASK_NAMES_FILE as people and spreadsheets leave it, and as `--export-tasks` writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.settings.task_names import NamesFile, read_task_names, write_task_names
from tests.settings.conftest import API, Read

NAMES = {("A+1", ""): "Course, one", ("A+1", "loops"): 'Циклы; «for» & "while"'}
BY_EXCEL = 'course;task;name\r\nA+1;;Course, one\r\nA+1;loops;"Циклы; «for» & ""while"""\r\n'
TABS = 'course\ttask\tname\r\nA+1\t\tCourse, one\r\nA+1\tloops\t"Циклы; «for» & ""while"""\r\n'
BY_HAND = 'course,task,name\nA+1,,"Course, one"\nA+1,loops,"Циклы; «for» & ""while"""'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tasks.csv"


@pytest.mark.parametrize(
    "content",
    [
        BY_EXCEL.encode("utf-8-sig"),
        BY_HAND.encode(),
        BY_EXCEL.encode("cp1251"),
        BY_HAND.encode("cp1251"),
        TABS.encode("utf-16"),
    ],
    ids=["Excel, UTF-8", "by hand", "Excel, Russian", "commas, Russian", "Excel, Unicode text"],
)
def test_w8_a_file_is_read_as_spreadsheets_write_it(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert read_task_names(file) == NamesFile(NAMES)


GOOD = ("A,loops,", "A,loops", ",,", "", "A,loops,Loops,,", "A,sums,Sums")
BAD = (",loops,Loops", "A,loops,Loops, part 2", "A,sums,Other sums", 'A,loops,"Loops" too')


def test_a_bad_line_is_named_by_its_number_and_the_others_hold(file: Path) -> None:
    lines = ["course,task,name", "A,sums,Sums", 'A,trees,"Trees\nand more"', *GOOD, *BAD]
    file.write_text("\n".join(lines), "utf-8")
    found = read_task_names(file)
    assert found.bad_lines == ("11", "12", "13", "14")
    names = {("A", "sums"): "Sums", ("A", "trees"): "Trees and more", ("A", "loops"): "Loops"}
    assert found.names == names


def test_a_quotation_mark_without_an_end_is_a_bad_line(file: Path) -> None:
    file.write_text('course,task,name\nA,sums,Sums\nA,loops,"' + "x\n" * 100_000, "utf-8")
    assert read_task_names(file).bad_lines == ("3",)


def test_bad_lines_are_a_warning_with_the_first_of_them_and_stop_nothing(
    file: Path, read: Read
) -> None:
    file.write_text("course,task,name\n" + ",loops,Loops\n" * 50, "utf-8")
    settings = read(**API, TASK_NAMES_FILE="tasks.csv")
    settings.require(api=True)
    (warning,) = settings.warnings
    lines = "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"
    assert (warning.variable, warning.facts) == ("TASK_NAMES_FILE", {"lines": lines})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "names_missing"),
        (b"", "names_header"),
        ("курс;задача;название\n".encode("cp1251"), "names_header"),
        (b"course;task;name\nA;b;\x98\n", "names_unreadable"),
    ],
)
def test_w8_a_file_that_says_nothing_stops_nothing(
    file: Path, read: Read, content: bytes | None, code: str
) -> None:
    if content is not None:
        file.write_bytes(content)
    settings = read(**API, TASK_NAMES_FILE="tasks.csv")
    settings.require(api=True)
    assert [(one.variable, one.code) for one in settings.ignored] == [("TASK_NAMES_FILE", code)]


def test_a_folder_is_no_file(file: Path) -> None:
    file.mkdir()
    assert read_task_names(file).unusable == "names_unreadable"


@pytest.mark.parametrize("separator", [",", ";"])
def test_s16_what_is_written_is_read_again_and_holds_no_formula(file: Path, separator: str) -> None:
    names = {**NAMES, ("=A", "'+1"): "@SUM(A1;B2)", ("=A", ""): "-'quoted'"}
    names["A+1", ""] = "a;=1, '-2|\"+3 - \uff1d4;'=5;;@"
    tasks = [("A+1", "loops"), ("A+1", 'a, "b"; c'), ("-1", "''=x")]
    assert write_task_names(file, tasks, names, separator) == 3
    assert read_task_names(file).names == names
    lines = file.read_text("utf-8-sig").splitlines()
    assert [line.split(separator)[0] for line in lines] == [
        "course", "'-1", "'-1", "'=A", "'=A", "A+1", "A+1", "A+1",
    ]  # fmt: skip
    # Whatever separator the reader chooses.
    cells = re.split("[,;|]", ",".join(lines))
    assert not [cell for cell in cells if re.match('[ "]*[=+@\uff1d-]', cell)]
