"""The operator's commands: psql on the database, a backup into a file, a restore out of it."""

from __future__ import annotations

import gzip
import os
import re
import ssl
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trustme
from psycopg2.extensions import make_dsn

from etl.components.database_inserter import DatabaseInserter
from etl.main import main
from etl.models.errors import LoadError
from etl.postgres.clients import back_up, open_psql, restore
from etl.postgres.embedded.cluster import program
from etl.postgres.schema import RECORDS, TABLES
from tests.analysis.page import section, sql_in
from tests.conftest import NOW, Parameters, Run, Select, World
from tests.database_inserter.batches import due
from tests.database_inserter.pooler import Pooler
from tests.database_inserter.test_refusals import ELSEWHERE, HOST, PASSWORD
from tests.test_house_rules import PROJECT

AS_A_PROCESS = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from etl.main import main
sys.exit(main(sys.argv[3:], environ={}, root=Path(sys.argv[2])))
"""
# libpq's variables, of another server.
OTHER = {"PGSERVICE": "x", "PGHOSTADDR": "127.0.0.9", "PGREQUIREAUTH": "scram-sha-256"}
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
    assert os.name != "posix" or file.stat().st_mode & 0o777 == 0o600
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


def test_xc2_a_backup_is_sql_for_any_psql_and_restoring_shows_how_far_it_is(
    run: Run, database: Parameters, select: Select, tmp_path: Path
) -> None:
    file, shown = tmp_path / "backup.dump", list[str]()
    assert run() == 0
    select('ALTER TABLE attempts ADD "заметка" text')
    back_up(database, file, shown.append)
    assert all(re.fullmatch(r"[\d,]+ bytes", text) for text in shown)
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    shown.clear()
    psql = [program("psql"), make_dsn(**database), "-1", "--set=ON_ERROR_STOP=1"]
    subprocess.run(psql, input=gzip.decompress(file.read_bytes()), check=True, capture_output=True)
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    restore(database, file, shown.append, ZoneInfo("UTC"))
    assert shown
    size = file.stat().st_size
    *read, counted = shown
    for text in read:
        position, whole = re.findall(r"[\d,]+", text)
        assert 0 < int(position.replace(",", "")) <= size
        assert whole == f"{size:,}"
    assert counted == "counting the attempts of 2026-03-07..2026-03-13"
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    columns, row = 'user_id, attempt_type, created_at, "заметка"', "u\trun\t2026-03-07\tтекст"
    sql = f"SET client_encoding = 'WIN1251';\nCOPY attempts ({columns}) FROM stdin;\n{row}\n\\.\n"
    file.write_bytes(gzip.compress(sql.encode("cp1251")))
    restore(database, file, str, ZoneInfo("UTC"))
    assert select('SELECT "заметка" FROM attempts') == [("текст",)]


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
    assert select("SELECT rebuilt_from FROM etl_summaries") == [(None,)]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT) TO PROGRAM 'id';COPY etl_runs FROM stdin;\n\\.\n",
        "COPY etl_runs (id) FROM PROGRAM 'id'; --) FROM stdin;\n\\.\n",
        "COPY etl_runs (id, lower('x')) FROM stdin;\n\\.\n",
        "COPY public.etl_hours (day) FROM stdin;\n\\.\n",
        "SELECT pg_catalog.setval('x', 1); DROP TABLE attempts;\n",
        "\\! id\n",
        "COPY etl_runs (id) FROM stdin;\n1\n",
        "",
    ],
)
def test_s1_an_archive_with_more_than_rows_or_less_is_refused(sql: str, tmp_path: Path) -> None:
    file = tmp_path / "forged"
    file.write_bytes(gzip.compress(f"SET client_encoding = 'UTF8';\n{sql}".encode()))
    with pytest.raises(LoadError, match="backup_file"):  # and no server was asked
        restore({}, file, str, ZoneInfo("UTC"))


def test_s1_a_row_without_end_costs_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    file.write_bytes(gzip.compress(b"COPY etl_runs (id) FROM stdin;\n" + bytes(24 << 20), 1))
    tracemalloc.start()
    with pytest.raises(LoadError, match="amid"):
        restore({}, file, str, ZoneInfo("UTC"))
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_s1_of_pg_dump_s_own_archive_only_rows_are_taken_and_by_no_superuser(
    run: Run, database: Parameters, select: Select, tmp_path: Path
) -> None:
    assert run() == 0
    counts, file = select(COUNTS), tmp_path / "backup"
    dump = [program("pg_dump"), "--format=custom", f"--dbname={make_dsn(**database)}"]
    tables = [f"--table={table}" for table in RECORDS]
    archive = subprocess.run([*dump, *tables], check=True, capture_output=True).stdout
    select("TRUNCATE attempts, etl_runs, etl_slices, rejected_attempts CASCADE")
    select("ALTER TABLE attempts ADD rights text DEFAULT current_setting('is_superuser')")
    [copy] = re.findall(rb"COPY public.etl_slices .+;\n", archive)
    forged = b"COPY (SELECT) TO PROGRAM 'id';COPY etl_slices FROM stdin;\n".rjust(len(copy))
    file.write_bytes(archive.replace(copy, forged))
    with pytest.raises(LoadError, match="backup_file"):
        restore(database, file, str, ZoneInfo("UTC"))
    file.write_bytes(archive)
    restore(database, file, str, ZoneInfo("UTC"))
    assert select(COUNTS) == counts
    assert select("SELECT DISTINCT rights FROM attempts") == [("off",)]


@pytest.fixture
def encrypted(database: Parameters, tmp_path: Path) -> Iterator[Parameters]:
    """Lets in only those that ask for TLS."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Pooler(database, "session", tls=context) as pooler:
        there = {"host": ELSEWHERE, "sslrootcert": str(tmp_path / "ca.pem"), "password": PASSWORD}
        yield {**pooler.parameters, **there, "sslmode": "prefer"}


def test_xc1_a_backup_is_encrypted_on_its_way_unless_it_is_said_to_go_in_clear(
    run: Run, encrypted: Parameters, database: Parameters, tmp_path: Path
) -> None:
    assert run("--report-only") == 0
    file, told = tmp_path / "file", "TLSv1.3 by DB_SSLMODE="
    for there, words in (
        (encrypted, f"{told}prefer (better: TLS with verify-full), P"),
        ({**encrypted, "sslmode": "verify-full"}, f"{told}verify-full, P"),
    ):
        inserter = DatabaseInserter(partial(dict, there), zone=ZoneInfo("UTC"))
        assert inserter.check(due).startswith(words)
        back_up(there, file, str)
        with pytest.raises(LoadError, match="database_not_empty"):
            restore(there, file, str, ZoneInfo("UTC"))
    file.unlink()
    with Pooler(database, "session") as pooler:
        clear = {**pooler.parameters, "host": ELSEWHERE}
        for sslmode in ("prefer", "allow"):
            with pytest.raises(LoadError, match="database_unreachable"):
                back_up({**clear, "sslmode": sslmode}, file, str)
            assert not file.exists()
        back_up({**clear, "sslmode": "disable"}, file, str)


def test_xc1_s10_s16_a_psql_with_tls_gets_what_it_needs_and_no_other_secret(
    encrypted: Parameters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    (tmp_path / "psql").write_text('#!/bin/sh\necho "$@"; /usr/bin/env\n')
    (tmp_path / "psql").chmod(0o755)
    (tmp_path / "psql.bat").write_text("@echo %*\n@set\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert open_psql(encrypted, ["-l"], {"API_CLIENT_KEY": "topsecret", "TERM": "vt52"}) == 0
    arguments, *environment = capfd.readouterr().out.splitlines()
    assert "sslmode=require" in arguments
    assert PASSWORD not in arguments
    assert {f"PGPASSWORD={PASSWORD}", "PGREQUIREAUTH=!password", "TERM=vt52"} < {*environment}
    assert "topsecret" not in "".join(environment)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LoadError, match="psql_missing"):
        open_psql(encrypted, [], {})


def test_a_file_that_is_no_backup_changes_nothing(run: Run, tmp_path: Path, capfd: Any) -> None:
    file = tmp_path / "thesis.odt"
    file.write_bytes(b"PK precious")
    assert run("--restore", str(file)) == 5
    assert "does not appear to be a valid archive" in capfd.readouterr().err
    assert run("--restore", str(tmp_path / "missing")) == 5
    assert file.read_bytes() == b"PK precious"


def test_a_backup_that_cannot_be_written_is_named(run: Run, tmp_path: Path, capfd: Any) -> None:
    assert run("--backup", str(tmp_path / "no such folder" / "file")) == 5
    assert "No such file or directory" in capfd.readouterr().err
    assert run("--backup", "/") == 5
    assert "not a regular file" in capfd.readouterr().err


def test_xv4_psql_opens_on_the_database_with_what_follows_two_dashes(
    run: Run, world: World, database_settings: dict[str, str], tmp_path: Path
) -> None:
    assert run() == 0
    lines = [f"{name}={value}\n" for name, value in {**world.environ, **database_settings}.items()]
    root = tmp_path / "elsewhere"
    root.mkdir()
    (root / ".env").write_text("".join(lines), "utf-8")
    words = ["--psql", "--", "-X", "-A", "-t", "-c", "SELECT status FROM etl_runs"]
    command = [sys.executable, "-c", AS_A_PROCESS, str(PROJECT), str(root), *words]
    ended = subprocess.run(
        command, env={**os.environ, **OTHER}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "succeeded\n", "")


@pytest.mark.parametrize("mode", [["--report-only"], ["--psql", "--", "-c", "SELECT 1"]])
def test_xv4_libpq_s_variables_lead_nobody_from_the_embedded_database(
    mode: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", AS_A_PROCESS, str(PROJECT), str(tmp_path), *mode]
    ended = subprocess.run(
        command, env={**os.environ, **OTHER}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
