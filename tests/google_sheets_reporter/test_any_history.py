"""Whatever was published and whatever people did in between, in any order, the sheet is right."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from etl.components.google_sheets_reporter import GoogleSheetsReporter
from etl.demo.google import EPOCH, Cell
from etl.models.figures import DailyFigures
from etl.models.notices import Publication
from etl.sheets.grid import CHART_ID
from etl.texts import RU
from tests.google_faults import GoogleServer, Spreadsheet, Tab
from tests.google_sheets_reporter.conftest import HEADER, march, rearrange, row
from tests.google_sheets_reporter.test_chart import shown_rows

NOTES = "Заметки"
TEXT_FORMATS = ("%Y-%m-%d", "%d.%m.%Y")

counts = st.integers(0, 3)
published_days = st.dictionaries(
    st.integers(1, 8).map(march), st.tuples(counts, counts, counts), min_size=1, max_size=5
)


class Sheet(RuleBasedStateMachine):
    """The reporter and people take turns; `shown` and `noted` are what must be found."""

    def __init__(self) -> None:
        super().__init__()
        self.google = GoogleServer(spreadsheet=Spreadsheet(titles=["Отчёт"]))
        self.google.__enter__()
        self.tab: Tab = self.google.spreadsheet.tabs[0]
        self.reporter = GoogleSheetsReporter(
            self.google.credentials_base64,
            self.google.spreadsheet_id,
            catalogue=RU,
            api_url=self.google.url,
            network={},
        )
        self.shown: dict[date, DailyFigures] = {}
        self.typed_as_text: set[date] = set()
        # Each text of people, and the day that it stands beside; None is no day.
        self.noted: dict[str, date | None] = {}

    def teardown(self) -> None:
        self.google.__exit__()

    @initialize(row_count=st.integers(1, 6), notes_at=st.integers(0, 7))
    def begin(self, row_count: int, notes_at: int) -> None:
        """A grid that is soon too small, and a column of people's own."""
        self.tab.row_count, self.tab.column_count = row_count, 7
        self.reporter.publish([])
        self.google.spreadsheet.insert_column(self.tab, notes_at)
        self.tab.write(0, notes_at, Cell(NOTES))

    @rule(days=published_days)
    def publish(self, days: dict[date, tuple[int, int, int]]) -> None:
        every = [
            DailyFigures(runs + correct + wrong, 1, correct, runs, correct + wrong, day)
            for day, (runs, correct, wrong) in days.items()
        ]
        known = [day for day in every if day.day in self.shown]
        wrong = [
            day for day in known if day != self.shown[day.day] or day.day in self.typed_as_text
        ]
        done = Publication(len(every) - len(known), len(wrong), len(known) - len(wrong))
        assert self.reporter.publish(every) == done
        self.shown |= {day.day: day for day in every}
        self.typed_as_text -= set(days)
        [(start, end)] = shown_rows(self.google.spreadsheet.tabs[-1].charts[CHART_ID])
        assert (start, max(self.lines().values()) < end <= self.tab.row_count) == (0, True)
        writes = self.google.writes
        assert self.reporter.publish(every) == Publication(unchanged=len(every))
        assert self.google.writes == writes

    @rule(column=st.integers(0, 12), descending=st.booleans())
    def sort(self, column: int, descending: bool) -> None:
        """As Google sorts: what is blank in that column comes last."""
        height = self.tab.used_size()[0]

        def key(line: int) -> str:
            value = self.tab.cell(line, column).value
            return f"{value:12}" if isinstance(value, int) else str(value)

        filled = [n for n in range(1, height) if self.tab.cell(n, column).value is not None]
        blank = [n for n in range(1, height) if n not in filled]
        rearrange(self.tab, [0, *sorted(filled, key=key, reverse=descending), *blank])

    @rule(before=st.integers(0, 12))
    def insert_a_column(self, before: int) -> None:
        before = min(before, self.tab.column_count)
        self.google.spreadsheet.insert_column(self.tab, before)

    @rule(before=st.integers(1, 15))
    def insert_a_row(self, before: int) -> None:
        before = min(before, self.tab.row_count)
        self.google.spreadsheet.insert_rows(self.tab, before, 1)

    @rule(line=st.integers(1, 15))
    def note_beside_a_row(self, line: int) -> None:
        """People's own column; a note below the days is beside none yet."""
        line = min(line, self.tab.row_count - 1)
        column = self.places()[NOTES]
        if line < 1 or line >= self.tab.used_size()[0] or self.tab.cell(line, column).value:
            return
        text = f"заметка {len(self.noted)}"
        self.noted[text] = self.day_in(line)
        self.tab.write(line, column, Cell(text))

    @rule(name=st.sampled_from(HEADER))
    def write_below_the_table(self, name: str) -> None:
        """Totals and remarks, in our own columns."""
        line = self.tab.used_size()[0]
        self.tab.row_count = max(self.tab.row_count, line + 1)
        text = f"итого {len(self.noted)} за 07.03.2026"
        self.noted[text] = None
        self.tab.write(line, self.places()[name], Cell(text))

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), text_format=st.sampled_from(TEXT_FORMATS))
    def type_a_date_as_text(self, data: st.DataObject, text_format: str) -> None:
        day = data.draw(st.sampled_from(sorted(self.shown)))
        line = self.lines()[day]
        text = day.strftime(text_format)
        self.typed_as_text.add(day)
        self.tab.write(line, self.places()[HEADER[0]], Cell(text))

    @invariant()
    def every_published_day_has_one_right_row(self) -> None:
        places = self.places()
        found = self.lines()
        assert set(found) == set(self.shown)
        for day, line in found.items():
            figures = [self.tab.cell(line, places[name]).value for name in HEADER]
            assert figures[1:] == row(self.shown[day])[1:]

    @invariant()
    def every_text_of_people_stands_beside_its_day(self) -> None:
        lines = self.lines()
        for text, day in self.noted.items():
            [line] = [r for (r, _), cell in self.tab.cells.items() if cell.value == text]
            assert day is None or lines[day] == line

    def places(self) -> dict[object, int]:
        """The columns by their names."""
        return {self.tab.cell(0, c).value: c for c in range(self.tab.column_count)}

    def lines(self) -> dict[date, int]:
        """The one row of each day."""
        days = {line: self.day_in(line) for line in range(1, self.tab.row_count)}
        lines = {day: line for line, day in days.items() if day}
        assert len(lines) == sum(day is not None for day in days.values())
        return lines

    def day_in(self, line: int) -> date | None:
        value = self.tab.cell(line, self.places()[HEADER[0]]).value
        if isinstance(value, int):
            return EPOCH + timedelta(days=value)
        texts = {day.strftime(text): day for day in self.typed_as_text for text in TEXT_FORMATS}
        return texts.get(str(value))


TestAnyHistory = Sheet.TestCase
TestAnyHistory.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # which takes minutes
)
