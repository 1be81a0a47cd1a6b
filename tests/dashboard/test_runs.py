"""Who writes the page: `--dashboard FILE` alone, and every run when DASHBOARD_FILE is set."""

from __future__ import annotations

import os
import re
from html import unescape
from pathlib import Path

import psycopg2
import pytest

from etl.models.errors import Problem, Stage
from etl.postgres.schema import SUMMARIES, TABLES
from etl.postgres.session import LOCK_KEY
from etl.texts import EN, catalogue_of
from tests.conftest import Parameters, Run, Select, World, letter_texts, log_text
from tests.dashboard.page_data import page_data
from tests.database_inserter.conftest import OWN_DDL
from tests.grader_faults import Status

NO_GRADER = dict.fromkeys(("API_URL", "API_CLIENT", "API_CLIENT_KEY"))


def test_the_mode_writes_the_page_alone_asks_no_grader_and_waits_for_no_other_run(
    world: World, run: Run, select: Select, database: Parameters, tmp_path: Path
) -> None:
    assert run() == 0
    for told in (world.grader.requests, world.mail.letters):
        told.clear()
    sheet = world.google.spreadsheet.snapshot()
    journal = select("SELECT * FROM etl_runs")
    session = psycopg2.connect(**database)
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    file = tmp_path / "page.html"
    assert run("--dashboard", str(file), **NO_GRADER) == 0
    session.close()
    assert "<title>LMS analytics</title>" in file.read_text("utf-8")
    assert world.grader.requests == world.mail.letters == []
    assert world.google.spreadsheet.snapshot() == sheet
    assert select("SELECT * FROM etl_runs") == journal


@pytest.mark.parametrize("command", ["--dashboard", "--export-tasks"])
def test_before_the_first_run_there_is_nothing_to_show(
    command: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    assert run(command, str(file)) == 5
    told = capsys.readouterr().err
    assert "have not been counted" in told
    assert "--rebuild" in told
    assert not file.exists()


def test_a_database_of_version_1_0_0_and_a_table_that_was_there_before_us_have_their_page(
    run: Run, select: Select, tmp_path: Path
) -> None:
    ours, alone = tmp_path / "ours.html", tmp_path / "alone.html"
    assert run(DASHBOARD_FILE=str(ours)) == 0
    select(f"DROP TABLE {', '.join(SUMMARIES)} CASCADE")
    assert run("--dashboard", str(tmp_path / "page.html")) == 0
    assert [cells[1] for cells in runs_on(tmp_path / "page.html")] == ["✓ succeeded"]
    select(f"DROP TABLE {', '.join({*TABLES} - {'attempts', *SUMMARIES})} CASCADE")
    assert run("--dashboard", str(alone), **NO_GRADER) == 0
    assert page_data(alone) == page_data(ours)
    assert "No run yet." in alone.read_text("utf-8")
    assert select("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("attempts",)]


def test_a_reader_who_may_make_no_temporary_table_is_shown_the_right(
    run: Run, select: Select, role: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    select(OWN_DDL + f'GRANT SELECT ON attempts TO "{role}"')
    ((name,),) = select("SELECT current_database()")
    select(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
    arguments = ("--dashboard", str(tmp_path / "page.html"))
    assert run(*arguments, DB_USER=role) == 5
    told = capsys.readouterr().err
    grant = f'GRANT TEMPORARY ON DATABASE {name} TO "{role}";'
    assert grant in told
    select(grant)
    assert run(*arguments, DB_USER=role) == 0


def test_a_file_that_cannot_be_written_fails_the_mode_and_no_folder_is_made_for_it(
    world: World, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert run("--dashboard", str(tmp_path)) == 6
    assert "The dashboard cannot be written" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        run("--dashboard", str(tmp_path / "nope" / "d.html"))
    assert caught.value.code == 2
    assert f"there is no folder {tmp_path / 'nope'}" in capsys.readouterr().err
    assert not (tmp_path / "nope").exists()
    assert len(world.mail.letters) == 1


def test_s16_every_run_writes_the_page_anew_below_the_project_and_no_secret_into_it(
    world: World, run: Run, tmp_path: Path
) -> None:
    os.umask(0)
    assert run() == 0
    assert list(tmp_path.rglob("*.html")) == []
    assert "off (DASHBOARD_FILE is not set)" in log_text(tmp_path)
    assert run(DASHBOARD_FILE="shown/page.html") == 0
    file = tmp_path / "shown" / "page.html"
    for name in ("API_CLIENT_KEY", "SENDER_PASSWORD", "GOOGLE_SHEETS_CREDENTIALS_BASE64"):
        assert world.environ[name] not in file.read_text("utf-8")
    (log,) = (tmp_path / "logs").iterdir()
    modes = [one.stat().st_mode & 0o777 for one in (file, file.parent, log, log.parent)]
    assert os.name != "posix" or modes == [0o644, 0o755, 0o600, 0o700]
    file.unlink()
    assert run("--report-only", DASHBOARD_FILE="shown/page.html") == 0
    assert [cells[1] for cells in runs_on(file)] == ["✓ wrote this page", *["✓ succeeded"] * 2]


def runs_on(file: Path) -> list[list[str]]:
    """The cells of the last runs: when, result, days, last day, three counts, what happened."""
    table = file.read_text("utf-8").partition('<article id="last-runs"')[2].partition("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table)[1:]
    return [
        [unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows
    ]


def test_a_failed_run_is_on_the_page_at_once_with_stage_and_cause(
    world: World, run: Run, tmp_path: Path
) -> None:
    set_up = {"DASHBOARD_FILE": "page.html", "REPORT_LANGUAGE": "ru"}
    assert run(**set_up) == 0
    world.grader.always(Status(403))
    assert run(**set_up) == 3
    t = catalogue_of("ru")
    failed, done = runs_on(tmp_path / "page.html")
    assert failed[1] == t.dashboard["statuses"]["failed"]
    cause = t.what_happened(Problem.API_CREDENTIALS, {"said": "HTTP 403 Forbidden"})
    assert failed[-1] == f"{t.stages[Stage.EXTRACT]}: {cause}"
    assert (done[1], done[-1]) == (t.dashboard["statuses"]["succeeded"], "")


def test_a_refused_slice_has_its_counts_there(run: Run, tmp_path: Path, select: Select) -> None:
    assert run("--from", "2026-03-01", "--to", "2026-03-03") == 0
    for share in ("0", "1"):
        assert run(DASHBOARD_FILE="page.html", MAX_REJECTED_SHARE=share) in {0, 4}
        refused = next(cells for cells in runs_on(tmp_path / "page.html") if cells[1] == "✕ failed")
        assert refused[4:7] == ["3,622", "0", "54"]
        assert refused[-1].startswith("validating the records: 54 of 3,622 records")


def test_a_failure_of_the_sheet_is_one_of_this_run_and_a_killed_run_is_one_too(
    world: World, run: Run, tmp_path: Path, select: Select
) -> None:
    world.google.share = "viewer"
    assert run(DASHBOARD_FILE="page.html") == 6
    ((_, result, *_, what_happened),) = runs_on(tmp_path / "page.html")
    assert result == "◐ partly"
    assert what_happened.startswith("writing the sheet: The sheet ")
    select("UPDATE etl_runs SET status = 'running', finished_at = NULL")
    assert run("--dashboard", str(tmp_path / "page.html")) == 0
    ((_, result, *_, what_happened),) = runs_on(tmp_path / "page.html")
    assert (result, what_happened) == ("◐ partly", EN.dashboard["killed"])


def test_a_page_that_cannot_be_written_is_worth_a_look_and_stops_nothing(
    world: World, run: Run, tmp_path: Path, select: Select
) -> None:
    assert run(DASHBOARD_FILE=str(tmp_path)) == 0
    (letter,) = letter_texts(world)
    assert letter.startswith("⚠️")
    assert f"The dashboard still shows what an earlier run wrote: {tmp_path}" in letter
    assert "still shows what an earlier run wrote" in log_text(tmp_path)
    assert len(world.google.spreadsheet.tabs[0].rows()) == 1 + 3
    assert select("SELECT status FROM etl_runs") == [("succeeded",)]
