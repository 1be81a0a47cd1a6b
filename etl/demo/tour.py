"""The command `--demo`: runs the real pipeline against emulated peers, and prints the results."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from contextlib import closing, redirect_stdout
from datetime import date, datetime
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from etl.demo.campus import names_file
from etl.demo.google import Spreadsheet
from etl.demo.mail import Letter
from etl.demo.world import World
from etl.mail.letter import short_name
from etl.pipeline.terminal import fitting_table
from etl.postgres.embedded import start_embedded_server
from etl.postgres.journal import read_journal
from etl.postgres.session import connect
from etl.texts import Catalogue, catalogue_of

TASKS_AT_MOST = 8


def show_demo(
    run: Callable[..., int],
    *,
    directory: Path,
    environ: Mapping[str, str],
    now: Callable[[], datetime],
) -> int:
    """Calls `run`, which is `main`, with settings for emulated peers; prints results after success.

    Sheet, letter, log and database stay in `directory` for the next demo; of `environ` only
    REPORT_LANGUAGE counts. Returns the exit code of `run`.
    """
    directory.mkdir(parents=True, exist_ok=True)
    sheet_file = directory / "sheet.csv"
    console = Console(highlight=False)
    with (
        TemporaryDirectory() as own,  # a parallel demo has another certificate
        World(Path(own), spreadsheet=_load(sheet_file)) as world,
    ):
        language = environ.get("REPORT_LANGUAGE", "ru")
        settings = {
            **world.environ,
            "REPORT_LANGUAGE": language,
            "DASHBOARD_FILE": "dashboard.html",
            "TASK_NAMES_FILE": str(names_file(language)),
        }
        with redirect_stdout(StringIO()):  # the run's summary would repeat what follows
            code = run([], environ=settings, now=now, root=directory)
        days = world.google.spreadsheet.tabs[0].rows()
        letters = world.mail.letters
    if code:
        return code
    _save_sheet(days, sheet_file, catalogue_of(language))
    _save_letter(letters[-1], directory)
    _print_counts(console, directory / "var" / "postgres")
    _print_sheet(console, world.google.spreadsheet)
    _print_places(console, directory, letters[-1].message)
    return code


def _load(path: Path) -> Spreadsheet:
    """Returns the sheet as the last demo left it, so that a second run finds the first's rows."""
    spreadsheet = Spreadsheet()
    if path.exists():
        text = path.read_text("utf-8-sig")
        header, *rows = csv.reader(StringIO(text), delimiter=";" if ";" in text else ",")
        days: list[list[date | float]] = [
            [date.fromisoformat(day), *(json.loads(one.replace(",", ".")) for one in figures)]
            for day, *figures in rows
        ]
        spreadsheet.tabs[0].put("A1", [header, *days])
    return spreadsheet


def _save_sheet(rows: list[list[object]], path: Path, catalogue: Catalogue) -> None:
    """Writes a CSV as spreadsheets of the language read it; the BOM is for Excel."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=catalogue.dashboard["csv_separator"])
        writer.writerows(
            [str(cell).replace(".", catalogue.decimal) for cell in row] for row in rows
        )


def _save_letter(letter: Letter, directory: Path) -> None:
    (directory / "letter.eml").write_bytes(letter.raw)
    for kind, name in (("html", "letter.html"), ("plain", "letter.txt")):
        part = letter.message.get_body((kind,))
        assert part is not None
        (directory / name).write_text(part.get_content(), encoding="utf-8", newline="\n")


def _print_counts(console: Console, data_directory: Path) -> None:
    server = start_embedded_server(data_directory)
    counts = vars(read_journal(server, ZoneInfo("UTC"), 1).runs[0].counts)
    with closing(connect(server)) as session, session.cursor() as at:
        at.execute("SELECT count(*) FROM attempts")
        stored = at.fetchall()[0][0]
    console.print(f"\n[bold]What came in, and what became of it[/]: {counts['received']} records")
    for name, count in [*counts.items()][1:]:
        console.print(f"  {count:>6} {name.replace('_', ' ')}")
    console.print(f"  The table attempts now has {stored} rows.")


def _print_sheet(console: Console, spreadsheet: Spreadsheet) -> None:
    days, tasks = spreadsheet.tabs
    _print_tab(console, "The sheet", days.rows())
    header, *rows = tasks.rows()
    _print_tab(console, f"Its tab {tasks.title}", [header, *rows[:TASKS_AT_MOST]])
    if len(rows) > TASKS_AT_MOST:
        console.print(f"  … and {len(rows) - TASKS_AT_MOST} more")
    for chart in days.charts.values():
        console.print(f"[bold]Its chart[/]: {chart['spec']['title']}")


def _print_tab(console: Console, title: str, cells: list[list[object]]) -> None:
    """Prints a tab: texts to the left, shortened as in the letter; numbers to the right."""
    header, *rows = cells
    numbers = {
        number
        for number, values in enumerate(zip(*rows, strict=True))
        if any(isinstance(value, int | float) for value in values)
    }
    texts = [["" if value is None else short_name(str(value)) for value in row] for row in rows]
    table = fitting_table([str(cell) for cell in header], texts, numbers=numbers, title=title)
    console.print(table)


def _print_places(console: Console, directory: Path, letter: EmailMessage) -> None:
    places = {
        "letter": f"{directory / 'letter.html'} (letter.eml for a mail program)",
        "sheet": directory / "sheet.csv",
        "dashboard": directory / "dashboard.html",
        "log": max((directory / "logs").glob("*.log")),
        "database": directory / "var" / "postgres",
    }
    console.print(f"[bold]The letter[/], to {letter['To']}: {escape(letter['Subject'])}")
    for name, place in places.items():
        console.print(f"  {name:9} {place}", soft_wrap=True)
    again = "python etl/main.py --demo"
    console.print(f"\nNext: [bold]{again}[/] once more: nothing is doubled.", soft_wrap=True)
    console.print("Then: copy .env.example to .env, fill it in, and try every account with")
    console.print("      [bold]python etl/main.py --check[/]")
