"""Reads and writes TASK_NAMES_FILE, a CSV in which people name tasks and courses.

The columns are `course,task,name`; a course's own line has no task. What Excel writes is read:
commas, semicolons or tabs, and UTF-8 with or without a BOM, UTF-16 or Windows-1251 (Russian).
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from etl.models.errors import SettingProblem
from etl.models.files import PUBLIC, replacing
from etl.models.peers import one_line

HEADER = ("course", "task", "name")
# A spreadsheet would run what begins like this as a formula (OWASP, CSV injection), and a cell may
# begin after any of these marks: the reader chooses the separator, and quotes bind only its cells.
BEGINS, FORMULA = r"(^|[,;|\t\r\n])", r"([ '\"]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20])"
SEPARATORS = ",;\t"
LINES_SHOWN = 10
UNREADABLE = ["?"] * (len(HEADER) + 1)


@dataclass(frozen=True)
class NamesFile:
    """The content of TASK_NAMES_FILE: `names` by (course, task), and numbers of unusable lines.

    `unusable` says, as a key of `etl.texts`, why no line of the file could be used; else empty.
    """

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    bad_lines: tuple[str, ...] = ()
    unusable: str = ""

    def problems(self, variable: str = "TASK_NAMES_FILE") -> list[SettingProblem]:
        """Returns the file's faults as problems of the setting `variable`; none for a good file."""
        if self.unusable:
            return [SettingProblem(variable, self.unusable)]
        lines = {"lines": ", ".join(self.bad_lines)}
        return [SettingProblem(variable, "names_lines", lines)] if self.bad_lines else []


def read_task_names(file: Path) -> NamesFile:
    try:
        text = _decoded(file.read_bytes())
    except FileNotFoundError:
        return NamesFile(unusable="names_missing")
    except (OSError, UnicodeError):
        return NamesFile(unusable="names_unreadable")
    header, _, _ = text.partition("\n")
    separator = max(SEPARATORS, key=header.count)
    lines = list(_lines(text, separator))
    if not lines or tuple(map(str.casefold, lines[0][1])) != HEADER:
        return NamesFile(unusable="names_header")
    names: dict[tuple[str, str], str] = {}
    bad = []
    for number, cells in lines[1:]:
        course, task, name = (*cells, "", "")[:3]
        name = one_line(name)
        is_taken = bool(name) and names.get((course, task), name) != name
        if len(cells) > len(HEADER) or is_taken or not course:
            bad.append(number)
        elif name:
            names[course, task] = name
    shown = tuple(map(str, bad[:LINES_SHOWN]))
    return NamesFile(names, (*shown, "…") if len(bad) > LINES_SHOWN else shown)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251")


def lines_of(tasks: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Returns the keys of a names file: `tasks`, and (course, "") for the course of each."""
    return {line for course, task in tasks for line in ((course, ""), (course, task))}


def write_task_names(
    file: Path, tasks: Iterable[tuple[str, str]], names: dict[tuple[str, str], str], separator: str
) -> int:
    """Writes the names file, a CSV; returns how many tasks and courses in it lack a name.

    Its lines are `lines_of(tasks)` and all keys of `names`: (course, task), or (course, "") for a
    course. Raises `OSError` if `file` cannot be written.
    """
    known = lines_of(tasks)
    lines = sorted(known | names.keys())
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(HEADER)
    for line in lines:
        writer.writerow([_harmless(cell) for cell in (*line, names.get(line, ""))])
    with replacing(file, PUBLIC) as stream:
        # Excel takes a file for UTF-8 only if it begins with a BOM.
        stream.write(text.getvalue().encode("utf-8-sig"))
    return len(known - names.keys())


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the cells of each line that is not blank, with its number in an editor."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    while True:
        try:
            cells = [_plain(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:  # quotation marks do not match
            cells = UNREADABLE
        while len(cells) > len(HEADER) and not cells[-1]:  # spreadsheets pad lines
            cells.pop()
        if any(cells):
            yield number, cells
        number = reader.line_num + 1


def _plain(cell: str) -> str:
    """Undoes `_harmless`."""
    return re.sub(f"{BEGINS}'{FORMULA}", r"\1\2", cell.strip())


def _harmless(cell: str) -> str:
    return re.sub(BEGINS + FORMULA, r"\1'\2", cell)
