"""What a person at a terminal sees, however wide it is: a line of what was done, whole words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from rich.console import Console

from etl.pipeline.terminal import accept_any_character, fitting_table
from etl.texts import EN, RU
from tests.conftest import Run, World
from tests.test_progress import terminal

HEADERS = [EN.sheet_header, RU.sheet_header, EN.tasks_header, RU.tasks_header]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[0])
def test_a_table_breaks_no_word_and_no_number(header: tuple[str, ...], width: int) -> None:
    texts = ["2026-11-25", *["1,234,567"[-n:] for n in range(3, len(header) + 2)]]
    out = StringIO()
    console = Console(file=out, width=width)
    console.print(fitting_table(header, [texts], numbers=range(1, len(header))))
    shown = out.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    words = " ".join(header).split() + texts
    assert sorted(shown.replace("─", "").split()) == sorted(words)


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`at_terminal(run, "--dashboard", "f")`: what a pseudo terminal got, without its lines."""

    def shown(run: Run, *arguments: str, code: int = 0) -> str:
        with terminal(monkeypatch, 80, TERM="dumb") as sent, monkeypatch.context() as patch:
            if code:
                patch.setattr(sys, "stderr", sys.stdout)
            assert run(*arguments) == code
        return " ".join(sent().split())

    return shown


def test_each_mode_says_what_it_did(
    at_terminal: Callable[..., str], run: Run, tmp_path: Path, world: World
) -> None:
    backup, page = str(tmp_path / "b.dump"), str(tmp_path / "page.html")
    never_loaded = ("--from", "2026-01-01", "--to", "2026-01-01")
    for arguments, sentence in {
        ("--report-only",): "✅ nothing is loaded yet, so the sheet got no day",
        ("--replay-rejected",): "✅ the quarantine is empty",
        (): "✅ 2026-03-07..2026-03-09: 1621 received = 1582 inserted",
        ("--report-only", "--no-letter"): "2026-03-09: the sheet: 0 rows added, 0 updated, 3 unch",
        ("--report-only", *never_loaded): "These days were never loaded",
        ("--replay-rejected", "--no-letter"): "✅ the quarantine: 27 received = 0 inserted",
        ("--rebuild",): "✅ the rebuild: 0 days counted",
        ("--dashboard", page): f"✅ the dashboard: {page}, ",
        ("--backup", backup): f"✅ the backup: {backup}, ",
    }.items():
        assert sentence in at_terminal(run, *arguments), arguments


def test_what_a_check_finds_is_shown_once(
    at_terminal: Callable[..., str], run: Run, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.mail.refuse_login("535 5.7.8 Error")
    assert at_terminal(run, "--check", code=7).count("did not log") == 1
    assert run("--check") == 7
    assert "notify: The mail server localhost did not log" in capsys.readouterr().err


def test_a_pipe_is_told_nothing_of_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--report-only"], ["--replay-rejected"], ["--rebuild"]):
        assert run(*arguments) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("encoding", ["ascii", "cp866", "cp1251", "utf-8", "utf-16"])
def test_xd3_no_character_ends_a_command(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, TextIOWrapper(BytesIO(), encoding))
    accept_any_character("C.UTF-8")
    print("✅ “Тест” → …\udcff", flush=True)
    shown = sys.stdout.buffer.getvalue().decode(encoding, "replace")  # type: ignore[attr-defined]
    if encoding == "cp866":
        assert shown.splitlines() == ['+ "Тест" > ...\\udcff']


def test_w5_wrong_settings_are_mailed_when_stdin_is_windows_nul(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.devnull) as nul:  # noqa: PTH123 - as the interpreter opens it
        monkeypatch.setattr(nul, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", nul)
        assert run(WINDOW_DAYS="soon") == 2
    assert len(world.mail.letters) == 1
