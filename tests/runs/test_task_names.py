"""What people call tasks and courses, from a CSV to everything that they see."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from etl.demo.campus import COURSES
from etl.settings.task_names import read_task_names
from tests.conftest import Run, Select, World, letter_texts, log_text
from tests.dashboard.page_data import page_data
from tests.grader_faults import Exchange, Status, as_json
from tests.runs.test_figures_agree import COURSE, HAND_MADE

COURSE_NAME, LOOPS, TREES = "Основы Python", '=1+1 "Циклы" <b>', "@Деревья</script>"
NAMES = f'course,task,name\n{COURSE},,{COURSE_NAME}\n{COURSE},loops,"=1+1 ""Циклы"" <b>"\n'
LMS = "lms.uni.example"
SETTINGS = {"TASK_NAMES_FILE": "tasks.csv", "DASHBOARD_FILE": "page.html"}


def test_names_are_shown_by_letter_sheet_page_and_views(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    world.grader.always(as_json(HAND_MADE))
    (tmp_path / "tasks.csv").write_text(f"{NAMES}{COURSE},trees,{TREES}\n", "utf-8")
    assert run(**SETTINGS) == 0
    (letter,) = letter_texts(world)
    assert f"- {LOOPS} · {COURSE_NAME} · " in letter
    assert "<b>=1+1 &#34;Циклы&#34; &lt;b&gt;</b> · Основы Python" in letter
    _, tasks = world.google.spreadsheet.tabs
    assert {tuple(row[:2]) for row in tasks.rows()[1:]} == {
        (COURSE_NAME, LOOPS), (COURSE_NAME, TREES),
    }  # fmt: skip
    data = page_data(tmp_path / "page.html")
    assert data["courseNames"] == [COURSE_NAME]
    assert data["tasks"] == [[0, LOOPS], [0, TREES]]
    shown = select("SELECT course_name, task_name FROM task_difficulty ORDER BY task")
    assert shown == [(COURSE_NAME, LOOPS), (COURSE_NAME, TREES)]


def test_a_name_that_leaves_the_file_goes_everywhere(
    world: World, run: Run, select: Select, tmp_path: Path, capsys: Any
) -> None:
    world.grader.always(as_json(HAND_MADE))
    (tmp_path / "tasks.csv").write_text(NAMES, "utf-8")
    assert run(**SETTINGS) == 0
    assert run("--check", **SETTINGS) == 0
    assert "none of its lines" not in capsys.readouterr().out
    (tmp_path / "tasks.csv").write_text("course,task,name\ncourse?,loops,Loops\n", "utf-8")
    assert run("--check", **SETTINGS) == 0
    assert "TASK_NAMES_FILE: none of its lines" in capsys.readouterr().out
    assert run("--report-only", **SETTINGS) == 0
    assert "Циклы" not in letter_texts(world)[-1]
    _, tasks = world.google.spreadsheet.tabs
    assert {tuple(row[:2]) for row in tasks.rows()[1:]} == {(COURSE, "loops"), (COURSE, "trees")}
    assert page_data(tmp_path / "page.html")["tasks"] == [[0, "loops"], [0, "trees"]]
    assert select("SELECT count(*) FROM etl_tasks WHERE task_name <> ''") == [(0,)]


def test_tasks_are_exported_to_be_filled_in_again_and_again(
    world: World, run: Run, tmp_path: Path
) -> None:
    world.grader.always(as_json(HAND_MADE))
    assert run() == 0
    file = tmp_path / "tasks.csv"
    setting = {"TASK_NAMES_FILE": "tasks.csv"}
    assert run("--export-tasks", str(file), **setting) == 0
    assert "tasks.csv: 2 tasks of 1 course; 3 lines have no name yet" in log_text(tmp_path)
    lines = [f"{COURSE},,", f"{COURSE},loops,", f"{COURSE},trees,"]
    assert file.read_text("utf-8-sig").splitlines() == ["course,task,name", *lines]
    file.write_text(NAMES, "utf-8")
    other = tmp_path / "other.csv"
    other.write_text(f"course,task,name\n{COURSE},trees,Trees\nOld,gone,Gone\n", "utf-8")
    assert run("--export-tasks", str(other), **setting) == 0
    named = read_task_names(other).names
    assert named == {
        (COURSE, ""): COURSE_NAME,
        (COURSE, "loops"): LOOPS,
        (COURSE, "trees"): "Trees",
        ("Old", "gone"): "Gone",
    }
    assert len(world.mail.letters) == 1
    assert run("--export-tasks", str(tmp_path / "for Excel.csv"), REPORT_LANGUAGE="ru") == 0
    written = (tmp_path / "for Excel.csv").read_bytes()
    assert written.startswith("\ufeffcourse;task;name\r\n".encode())


def test_a_file_with_bad_lines_is_not_written_over(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    file = tmp_path / "tasks.csv"
    file.write_text(f"{NAMES},no course,Name\n", "utf-8")
    before = file.read_bytes()
    assert run("--export-tasks", str(file)) == 2
    assert "--export-tasks: unusable lines: 4" in capsys.readouterr().err
    assert file.read_bytes() == before


def test_w8_what_is_wrong_with_the_names_is_in_the_letter_and_attempts_are_loaded(
    world: World, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "tasks.csv").write_text(f"{NAMES},no course,Name\n", "utf-8")
    assert run(TASK_NAMES_FILE="tasks.csv", DASHBOARD_URL="nowhere") == 0
    assert run(TASK_NAMES_FILE="nowhere.csv") == 0
    letter, later = letter_texts(world)
    assert letter.startswith("⚠️")
    assert "TASK_NAMES_FILE: there is no such file" in later
    assert "DASHBOARD_URL: must be an address that begins with https://. TASK_NAMES_FILE:" in letter
    assert "TASK_NAMES_FILE: unusable lines: 4;" in letter


def test_s16_the_hardest_tasks_lead_to_the_lms_unless_its_host_is_foreign(
    world: World, run: Run
) -> None:
    def forge(exchange: Exchange) -> None:
        own, foreign = (f"https://{host}/courses/{COURSES[2]}" for host in (LMS, f"{LMS}.evil.x"))
        body = gzip.decompress(exchange.good().body).replace(own.encode(), foreign.encode())
        Status(200, body=body)(exchange)

    world.grader.always(forge)
    assert run() == 0
    (letter,) = letter_texts(world)
    assert f'<a href="https://{LMS}/courses/course-v1:Uni+' in letter
    assert "/jump_to/block-v1:Uni+" in letter
    assert "evil" not in letter
    assert "grade_handler" not in letter
