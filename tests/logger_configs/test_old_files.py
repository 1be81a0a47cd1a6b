"""Old logs are deleted by the date in their name; whatever else lies there is not ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.logger_configs.conftest import Logging


def names(logs: Path) -> set[str]:
    return {path.name for path in logs.iterdir()}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("2026-03-09.log", True),
        ("2026-03-02.log", True),  # 8 days
        ("2026-03-01.log", False),  # 9 days
        ("2026-02-28.log", False),
        ("1999-12-31.log", False),
        ("2026-03-11.log", True),  # the clock was set back
    ],
)
def test_files_of_nine_days_and_more_are_deleted(
    logging_here: Logging, logs: Path, name: str, kept: bool
) -> None:
    logs.mkdir()
    (logs / name).write_text("old")
    with logging_here():
        pass
    assert (name in names(logs)) is kept


def test_how_many_days_are_kept_is_a_setting(logging_here: Logging, logs: Path) -> None:
    logs.mkdir()
    for name in ("2026-03-09.log", "2026-03-08.log"):
        (logs / name).write_text("old")
    with logging_here(keep_days=2):
        pass
    assert names(logs) == {"2026-03-10.log", "2026-03-09.log"}


@pytest.mark.parametrize(
    "name",
    [
        "nginx.log",
        "2020-01-01.txt",
        "2020-01-01.log.gz",
        "2020-01-01.log.bak",
        "2020-01-01.log.old.log",
        "x2020-01-01.log",
        "2020-1-1.log",
        "2020-02-30.log",
        "2020-13-01.log",
        "0000-00-00.log",
        "20200101.log",
        "2020-01-01T00.log",
        "٢٠٢٠-٠١-٠١.log",
        "2020-01-01.LOG",
        "-rf.log",
        "2020-01-01\n.log",
    ],
    ids=ascii,
)
def test_h4_foreign_files_are_never_deleted(logging_here: Logging, logs: Path, name: str) -> None:
    logs.mkdir()
    (logs / name).write_text("foreign")
    with logging_here():
        pass
    assert (logs / name).read_text() == "foreign"


def test_h4_files_in_folders_below_are_never_deleted(logging_here: Logging, logs: Path) -> None:
    below = logs / "archive"
    below.mkdir(parents=True)
    (below / "2020-01-01.log").write_text("kept")
    with logging_here():
        pass
    assert names(below) == {"2020-01-01.log"}


def test_h4_a_folder_named_like_a_log_stays_and_is_shown(
    logging_here: Logging, logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (logs / "2020-01-01.log").mkdir(parents=True)
    (logs / "2020-01-02.log").write_text("old")
    with logging_here():
        pass
    assert names(logs) == {"2020-01-01.log", "2026-03-10.log"}
    assert "2020-01-01.log" in capsys.readouterr().err


def test_h4_a_link_is_deleted_and_not_what_it_leads_to(
    logging_here: Logging, logs: Path, tmp_path: Path
) -> None:
    logs.mkdir()
    (tmp_path / "precious").write_text("kept")
    (logs / "2020-01-01.log").symlink_to(tmp_path / "precious")
    with logging_here():
        pass
    assert names(logs) == {"2026-03-10.log"}
    assert (tmp_path / "precious").read_text() == "kept"
