"""The operator's commands: psql on the database, a backup into a file, a restore out of it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl.demo.world import World
from etl.main import main
from etl.postgres.clients import back_up, restore
from etl.postgres.schema import TABLES
from tests.analysis.page import section, sql_in
from tests.conftest import NOW, Parameters, Run
from tests.test_house_rules import PROJECT

Select = Callable[[str], list[tuple[Any, ...]]]
AS_A_PROCESS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from etl.main import main
sys.exit(main(sys.argv[3:], environ={}, root=Path(sys.argv[2])))
"""
COUNTS = "SELECT (SELECT count(*) FROM attempts), (SELECT count(*) FROM etl_slices)"


def run_in(root: Path, environ: dict[str, str], *arguments: str | Path) -> int:
    words = [str(argument) for argument in arguments]
    return main(words, environ=environ, now=lambda: NOW, root=root)


def test_a_backup_of_the_embedded_database_moves_into_a_server(
    world: World,
    tmp_path: Path,
    database_settings: dict[str, str],
    select: Select,
    capfd: Any,
) -> None:
    file, embedded = tmp_path / "a backup.dump", tmp_path / "embedded"
    assert run_in(embedded, world.environ) == 0
    assert run_in(embedded, world.environ, "--backup", file) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == [file.name]
    server = {**world.environ, **database_settings}
    assert run_in(tmp_path, server, "--restore", file) == 0
    ((attempts, slices),) = select(COUNTS)
    assert attempts > 1000
    assert slices == 1
    assert select("SELECT reltuples FROM pg_class WHERE relname = 'attempts'") == [(attempts,)]
    assert run_in(tmp_path, server) == 0
    assert select("SELECT inserted FROM etl_runs ORDER BY id") == [(attempts,), (0,)]
    capfd.readouterr()
    assert run_in(tmp_path, server, "--restore", file) == 5
    assert "has data already, so nothing was restored" in capfd.readouterr().err


def test_backup_and_restore_show_how_far_they_are(
    run: Run, database: Parameters, select: Select, tmp_path: Path
) -> None:
    file, shown = tmp_path / "backup.dump", list[str]()
    assert run() == 0
    select('ALTER TABLE attempts ADD "заметка" text')
    back_up(database, file, shown.append)
    assert all(re.fullmatch(r"[\d,]+ bytes", text) for text in shown)
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    shown.clear()
    restore(database, file, ZoneInfo("UTC"), shown.append)
    assert shown
    size = file.stat().st_size
    *read, counted = shown
    for text in read:
        position, whole = re.findall(r"[\d,]+", text)
        assert 0 < int(position.replace(",", "")) <= size
        assert whole == f"{size:,}"
    assert counted == "counting the attempts of 2026-03-07..2026-03-13"


def test_p15_a_backup_fits_into_a_table_with_other_partitions_or_none(
    run: Run, select: Select, tmp_path: Path
) -> None:
    file, again = str(tmp_path / "file"), str(tmp_path / "again")
    table, _ = sql_in(section("A new database", "scale.md"))
    drop = f"DROP TABLE {', '.join(TABLES)} CASCADE"
    part = "CREATE TABLE {} PARTITION OF attempts FOR VALUES FROM ({}) TO ({});"
    select(table + part.format("march", "'2026-03-01'", "'2026-04-01'"))
    assert run() == 0
    counts = select(COUNTS)
    assert run("--backup", file) == 0
    select(drop + ";" + table)
    select(
        part.format("a", "MINVALUE", "'2026-03-08'") + part.format("b", "'2026-03-08'", "MAXVALUE")
    )
    assert run("--restore", file) == 0
    assert select("SELECT count(DISTINCT tableoid) FROM attempts") == [(2,)]
    assert run("--backup", again) == 0
    select(drop)
    assert run("--restore", again) == 0
    assert select(COUNTS) == counts
    assert select("SELECT nextval('attempts_id_seq') > max(id) FROM attempts") == [(True,)]


def test_a_refused_restore_changes_nothing_and_names_no_student(
    run: Run, select: Select, tmp_path: Path, capfd: Any
) -> None:
    file = str(tmp_path / "backup.dump")
    assert run() == 0
    assert run("--backup", file) == 0
    ((student,),) = select("SELECT min(user_id) FROM attempts")
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    select("ALTER TABLE attempts ADD CONSTRAINT no_runs CHECK (attempt_type <> 'run')")
    capfd.readouterr()
    assert run("--restore", file) == 5
    said = capfd.readouterr().err
    assert "no_runs" in said
    assert student not in said
    assert "Failing row" not in said
    assert select(COUNTS) == [(0, 0)]


def test_a_file_that_is_no_backup_changes_nothing(run: Run, tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "thesis.odt"
    file.write_bytes(b"PK precious")
    assert run("--restore", str(file)) == 5
    assert "pg_restore failed" in capfd.readouterr().err
    assert run("--restore", str(tmp_path / "missing")) == 5
    assert file.read_bytes() == b"PK precious"


def test_a_backup_that_cannot_be_written_is_named(run: Run, tmp_path: Path, capfd: Any) -> None:
    assert run("--backup", str(tmp_path / "no such folder" / "file")) == 5
    assert "No such file or directory" in capfd.readouterr().err
    assert run("--backup", "/") == 5
    assert "not a regular file" in capfd.readouterr().err


def test_psql_opens_on_the_database_with_what_follows_two_dashes(
    run: Run, world: World, database_settings: dict[str, str], tmp_path: Path
) -> None:
    assert run() == 0
    lines = [f"{name}={value}\n" for name, value in {**world.environ, **database_settings}.items()]
    root = tmp_path / "elsewhere"
    root.mkdir()
    (root / ".env").write_text("".join(lines), "utf-8")
    words = ["--psql", "--", "-X", "-A", "-t", "-c", "SELECT status FROM etl_runs"]
    command = [sys.executable, "-c", AS_A_PROCESS, str(PROJECT), str(root), *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "succeeded\n", "")


@pytest.mark.parametrize("mode", [["--report-only"], ["--psql", "--", "-c", "SELECT 1"]])
def test_libpq_s_variables_lead_nobody_from_the_embedded_database(
    mode: list[str], tmp_path: Path
) -> None:
    other = {"PGSERVICE": "x", "PGHOSTADDR": "127.0.0.9", "PGREQUIREAUTH": "scram-sha-256"}
    command = [sys.executable, "-c", AS_A_PROCESS, str(PROJECT), str(tmp_path), *mode]
    ended = subprocess.run(command, env=other, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("mode", ["--psql", "--backup=f", "--restore=f"])
def test_days_make_no_sense_there(mode: str, run: Run, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        run(mode, "--from", "2026-01-01", "--to", "2026-01-02")
    assert "does not take days" in capsys.readouterr().err
