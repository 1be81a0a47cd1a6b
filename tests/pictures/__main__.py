"""Draws all pictures into `docs/pictures`."""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page
from rich.console import Console
from rich.text import Text

from etl.main import main
from tests.dashboard.browser import Reader, chromium
from tests.pictures.scenes import GOOD, Clock, log_stamped_by, play

PROJECT = Path(__file__).resolve().parents[2]
PICTURES = PROJECT / "docs" / "pictures"
DESKTOP = {"viewport": {"width": 800, "height": 600}}
PHONE = {"viewport": {"width": 375, "height": 667}}
SCREEN = {"viewport": {"width": 1280, "height": 800}}
LETTERS = {
    "letter": ("en", "letter", DESKTOP),
    "letter-phone": ("en", "letter", PHONE),
    "letter-warning": ("en", "letter-warning", DESKTOP),
    "letter-failed": ("en", "letter-failed", DESKTOP),
    "letter-ru": ("ru", "letter", DESKTOP),
    "letter-ru-phone": ("ru", "letter", PHONE),
}
COLUMNS = 128  # each table's header in one line
FOLDER = "/srv/lms-etl"
FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)
# The period, and whether it is day or night.
DASHBOARDS = {
    "dashboard": ("en", "28", "light"),
    "dashboard-dark": ("en", "90", "dark"),
    "dashboard-ru": ("ru", "28", "light"),
}


def draw() -> None:
    clock = Clock(GOOD)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with log_stamped_by(clock):
            shoot_terminal(PICTURES / "demo.svg", directory / "demo", clock)
            files = {one: play(directory / one, clock, one) for one in ("en", "ru")}
        with chromium() as browser:  # its event loop bears no other beside it
            for picture, (language, letter, options) in LETTERS.items():
                page = Reader(browser, files[language][letter], **options).page
                page.screenshot(path=PICTURES / f"{picture}.png", full_page=True)
            for picture, (language, period, scheme) in DASHBOARDS.items():
                looks = {**SCREEN, "color_scheme": scheme}
                reader = Reader(browser, files[language]["dashboard"], **looks)
                reader.press(period)
                shoot_upper_half(reader.page, PICTURES / f"{picture}.png")
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1000:.0f} kB")


def shoot_upper_half(page: Page, picture: Path) -> None:
    """From the figures at the top to the hours and weekdays: the rest are tables."""
    tasks = page.locator("section:has(#tasks-title)").bounding_box()
    assert tasks is not None
    clip = {"x": 0, "y": 0, "width": 1280, "height": tasks["y"]}
    page.screenshot(path=picture, full_page=True, clip=clip)


def shoot_terminal(file: Path, directory: Path, clock: Clock) -> None:
    """What a terminal shows of `--demo`, which runs in `directory`, and of its log."""
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


if __name__ == "__main__":
    draw()
