"""What a terminal shows of `--demo` and of its log, as SVG."""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from etl.main import main
from tests.pictures.clock import Clock
from tests.pictures.scenes import GOOD

COLUMNS = 128  # each table's header in one line
FOLDER = "/srv/lms-etl"
FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def picture(file: Path, directory: Path, clock: Clock) -> None:
    """Runs the demo in `directory`."""
    os.environ |= {"COLUMNS": str(COLUMNS), "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    clock.set(GOOD)
    with redirect_stdout(StringIO()) as told:
        assert main(["--demo"], environ={"REPORT_LANGUAGE": "en"}, now=clock, root=directory) == 0
    (log,) = (directory / "var" / "demo" / "logs").glob("*.log")
    console = Console(record=True, width=COLUMNS, file=StringIO())
    _print_command(console, "python etl/main.py --demo")
    console.print(Text.from_ansi(told.getvalue().replace(str(directory), FOLDER).strip()))
    console.print()
    _print_command(console, f"cat var/demo/logs/{log.name}")
    for line in log.read_text("utf-8").replace(str(directory), FOLDER).splitlines():
        console.print(_coloured(line))
    svg = console.export_svg(title="LMS analytics pipeline")
    file.write_text(FONTS.sub("", svg), encoding="utf-8")  # a reader's own; none from a network


def _print_command(console: Console, command: str) -> None:
    console.print(Text.assemble(("$ ", "green"), (command, "bold")))


def _coloured(line: str) -> Text:
    text = Text(line)
    text.highlight_regex(r"^\S+ \S+", "dim")
    text.highlight_regex(r"(?<=INFO    )\w+:", "cyan")
    return text
