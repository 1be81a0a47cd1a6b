"""Tables that fit a terminal of 80 columns: no word, number or date in them is broken."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text


def fitting_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: Collection[int],
    width: int,
    title: str | None = None,
) -> Table:
    """In `width`, headers are folded between their words; `numbers` are columns of numbers."""
    columns = list(zip(header, *rows, strict=True))
    padding, widths = _widths(columns, width)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, padding, 0, 0))
    for number, (cells, own_width) in enumerate(zip(columns, widths, strict=True)):
        justify: Literal["left", "right"] = "right" if number in numbers else "left"
        table.add_column(Text(cells[0]), justify=justify, width=own_width)
    for row in rows:
        table.add_row(*map(Text, row))  # as they are, no markup
    return table


def _widths(columns: Sequence[Sequence[str]], width: int) -> tuple[int, list[int]]:
    """The blanks beside the one that always parts two columns, and each column's width.

    The longest words get theirs, and the first columns what is left.
    """
    widths = [
        max(cell_len(word) for cell in cells for word in (cell.split() or [""]))
        for cells in columns
    ]
    left = width - sum(widths) - len(widths) - 1
    padding = 1 if left > len(widths) else 0
    left -= padding * len(widths)
    for number, cells in enumerate(columns):
        more = max(0, min(left, max(map(cell_len, cells)) - widths[number]))
        widths[number] += more
        left -= more
    return padding, widths
