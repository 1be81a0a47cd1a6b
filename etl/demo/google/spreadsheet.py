"""The state of an emulated spreadsheet: its tabs, and the names of its ranges."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from etl.demo.google.content import EPOCH, Cell, Formula, NumberFormat, Value
from etl.demo.google.ranges import Dimension, Json, moved
from etl.demo.google.tab import Tab

# What a spreadsheet is filled with is imported from here too.
__all__ = ["EPOCH", "Cell", "Formula", "NumberFormat", "Spreadsheet", "Tab", "Value"]


class Spreadsheet:
    """A spreadsheet with one empty tab, `Sheet1` unless `titles` name others.

    `account` is the one that asks: what is protected is so from everybody but its editors.
    """

    def __init__(self, title: str = "Attempts", *, titles: Iterable[str] = ("Sheet1",)) -> None:
        self.title = title
        self.account = ""
        self.named_ranges: dict[str, Json] = {}
        self.tabs: list[Tab] = []
        for tab_title in titles:
            self.add_tab(tab_title)

    def tab(self, title: str) -> Tab:
        """The tab of that title (case does not matter, as at Google); KeyError if there is none."""
        for tab in self.tabs:
            if tab.title.casefold() == title.casefold():
                return tab
        raise KeyError(title)

    def add_tab(self, title: str, index: int | None = None) -> Tab:
        """Add an empty tab in front of position `index`, by default as the last."""
        tab = Tab(max((tab.sheet_id for tab in self.tabs), default=-1) + 1, title)
        self.tabs.insert(len(self.tabs) if index is None else index, tab)
        return tab

    def insert(self, tab: Tab, dimension: Dimension, start: int, count: int) -> None:
        """Insert empty rows (or columns) into a tab; charts in other tabs follow too."""
        tab.insert(dimension, start, count)
        place = (tab.sheet_id, dimension, start, count)
        self.named_ranges = moved(self.named_ranges, *place)
        for other in self.tabs:
            if other is not tab:
                other.make_room(*place)

    def copy(self) -> Spreadsheet:
        twin = Spreadsheet(self.title, titles=())
        twin.account = self.account
        twin.named_ranges = deepcopy(self.named_ranges)
        twin.tabs = [tab.copy() for tab in self.tabs]
        return twin

    def adopt(self, changed: Spreadsheet) -> None:
        """Take over another state; `Tab` objects that a caller holds stay valid."""
        held = {tab.sheet_id: tab for tab in self.tabs}
        for tab in changed.tabs:
            vars(held.setdefault(tab.sheet_id, tab)).update(vars(tab))
        self.title, self.named_ranges = changed.title, changed.named_ranges
        self.tabs = [held[tab.sheet_id] for tab in changed.tabs]

    def snapshot(self) -> dict[str, object]:
        """The whole state as plain JSON values: equal snapshots, equal spreadsheets."""
        tabs = [tab.snapshot() for tab in self.tabs]
        return {"title": self.title, "tabs": tabs, "named_ranges": deepcopy(self.named_ranges)}
