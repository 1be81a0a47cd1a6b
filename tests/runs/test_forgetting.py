"""`--forget-student`: one line on what it did, and from then on nothing of them comes back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection

from etl.demo.campus import record
from etl.postgres.session import LOCK_KEY
from tests.conftest import Run, Select, World, letter_texts, log_text
from tests.grader_faults import Status, as_json

GONE = "3583bf109f8b458e13ae1ac9d85c396a"
JOURNAL = (
    "SELECT received, inserted + duplicates + conflicting + rejected + out_of_window"
    " FROM etl_runs ORDER BY id"
)


def attempts(student: str, count: int, **changes: Any) -> list[dict[str, Any]]:
    return [
        record(
            lti_user_id=student,
            passback_params=None,
            created_at=f"2026-03-08 10:00:{n:02}",
            **changes,
        )
        for n in range(count)
    ]


KEPT = "SELECT record::json ->> 'lti_user_id' FROM rejected_attempts ORDER BY id"
SENT = attempts(GONE, 4) + attempts(GONE, 2, attempt_type="ran") + attempts("d0" * 16, 30)


def test_f1_they_are_gone_from_database_and_sheet_and_do_not_come_back(
    world: World, run: Run, select: Select, capsys: Any, tmp_path: Path
) -> None:
    world.grader.always(as_json(SENT))
    assert run() == 0
    assert run("--forget-student", GONE) == 0
    assert " ".join(capsys.readouterr().out.split()) == (
        "Removed: 4 attempts, what was counted of them on 1 day, and 2 records of the quarantine."
        " The next run, or --report-only, corrects the sheet. Their records are left out from now"
        " on."
    )
    assert run() == 0
    assert world.google.spreadsheet.tabs[0].rows()[2][1:3] == [30, 1]
    assert select("SELECT count(*), count(DISTINCT user_id) FROM attempts") == [(30, 1)]
    assert select("SELECT count(*) FROM rejected_attempts") == [(0,)]
    letter = letter_texts(world)[-1]
    assert letter.startswith("✅")
    assert "Reconciled: for every day" in letter
    assert "not among what was received: 6 records of students" in letter
    assert select(JOURNAL) == [(36, 36), (0, 0), (30, 30)]
    assert "6 records of students" in log_text(tmp_path)


def test_f3_nothing_that_people_or_logs_see_names_them(
    world: World, run: Run, tmp_path: Path, capsys: Any
) -> None:
    student = "an-id-unlike-a-hash"
    world.grader.always(as_json(attempts(student, 3)))
    world.mail.refuse_login("535 5.7.8 Error")
    assert run() == 7
    assert run("--forget-student", student) == 0
    assert run() == 7
    waiting = [path.read_text("utf-8") for path in (tmp_path / "var" / "outbox").iterdir()]
    assert len(waiting) == 2
    streams = capsys.readouterr()
    for text in (*waiting, log_text(tmp_path), streams.out, streams.err):
        assert student not in text


def test_f3_the_id_may_come_from_standard_input(
    world: World, run: Run, select: Select, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.grader.always(as_json(SENT))
    assert run() == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GONE}\n"))
    assert run("--forget-student", "-") == 0
    assert "Removed: 4 attempts" in capsys.readouterr().out
    assert select("SELECT count(*) FROM attempts") == [(30,)]


@pytest.mark.parametrize("nothing", ["", "  \n", f"{GONE}\n{GONE}\n"])
def test_f3_what_is_no_id_is_refused_and_not_repeated(
    run: Run, capsys: Any, monkeypatch: pytest.MonkeyPatch, nothing: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(nothing))
    with pytest.raises(SystemExit) as ended:
        run("--forget-student", "-")
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("this is no id of a student; there is one at a time\n")


def test_f1_who_is_not_stored_is_left_out_all_the_same(
    world: World, run: Run, select: Select, capsys: Any
) -> None:
    assert run("--forget-student", GONE) == 0
    assert capsys.readouterr().out == (
        "Nothing is stored under this id, so nothing was removed: is it the one in\n"
        "attempts.user_id? Records that come under it are left out from now on.\n"
    )
    world.grader.always(as_json(attempts(GONE, 4)))
    assert run() == 0
    assert select("SELECT count(*) FROM attempts") == [(0,)]
    assert "no attempts at all" not in letter_texts(world)[0]


def test_f1_a_backup_brings_its_digests_along(
    world: World, run: Run, select: Select, tmp_path: Path
) -> None:
    world.grader.always(as_json(SENT))
    assert run() == 0
    before, after = str(tmp_path / "before"), str(tmp_path / "after")
    assert run("--backup", before) == 0
    assert run("--forget-student", GONE) == 0
    assert run("--backup", after) == 0
    for file, stored in ((after, 30), (before, 34)):
        select("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT 1")
        assert run("--restore", file) == 0
        assert run() == 0
        assert select("SELECT count(*) FROM attempts") == [(stored,)]
    assert "students forgotten since this backup are back" in log_text(tmp_path)


def test_d6_while_a_run_is_at_work_nobody_is_forgotten(
    world: World, run: Run, colleague: connection, select: Select, capsys: Any
) -> None:
    world.grader.always(as_json(SENT))
    assert run() == 0
    colleague.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    assert run("--forget-student", GONE) == 75
    assert capsys.readouterr().out == ""
    assert select("SELECT count(*) FROM attempts") == [(34,)]


def test_f1_neither_a_replay_nor_a_refused_slice_brings_them_back(
    world: World, run: Run, select: Select
) -> None:
    assert run("--forget-student", GONE) == 0
    bad = attempts(GONE, 2, attempt_type="ran") + attempts("d0" * 16, 2, attempt_type="ran")
    world.grader.always(as_json(bad))
    assert run() == 4
    assert select(KEPT) == [("d0" * 16,), ("d0" * 16,)]
    (good,) = attempts(GONE, 1)
    select(f"UPDATE rejected_attempts SET record = '{json.dumps(good)}' WHERE id = 1 RETURNING 1")
    assert run("--replay-rejected") == 0
    assert select("SELECT count(*) FROM attempts") == [(0,)]


def test_f1_they_are_counted_too_where_the_database_refuses_another_record(
    world: World, run: Run, select: Select
) -> None:
    assert run("--forget-student", GONE) == 0
    select("ALTER TABLE attempts ADD CHECK (created_at <> '2026-03-08 10:00:29')")
    world.grader.always(as_json(SENT))
    assert run() == 0
    assert select(JOURNAL) == [(0, 0), (30, 30)]
    letter = letter_texts(world)[0]
    assert "refused 1 record by rules of its own" in letter
    assert "not among what was received: 6 records of students" in letter


def test_f2_a_failed_one_is_in_the_journal_and_has_changed_nothing(
    world: World, run: Run, select: Select, tmp_path: Path, capsys: Any
) -> None:
    student = "an-id-unlike-a-hash"
    world.grader.always(as_json(attempts(student, 4)))
    assert run() == 0
    select(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'we keep %', old.user_id; END $$;"
        " CREATE TRIGGER refuse BEFORE DELETE ON attempts FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    assert run("--forget-student", student) == 5
    ((status, error),) = select("SELECT status, error FROM etl_runs WHERE id = 2")
    assert status == "failed"
    for text in (error, log_text(tmp_path), capsys.readouterr().err):
        assert "P0001 refuse" in text
        assert student not in text
    assert select("SELECT count(*) FROM attempts") == [(4,)]
    assert select("SELECT count(*) FROM etl_forgotten") == [(0,)]


def test_a_failed_run_is_made_up_for_by_a_run_alone(world: World, run: Run) -> None:
    world.grader.then(Status(403))
    assert run() == 3
    world.grader.always(as_json(SENT))
    assert run("--forget-student", GONE) == 0
    assert run() == 0
    assert "This run made up for 1 failed run since" in letter_texts(world)[-1]
