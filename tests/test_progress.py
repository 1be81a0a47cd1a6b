"""How far a loading has come, on terminals of any width and in lines."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from etl.models.records import Answer
from etl.models.window import Window
from etl.pipeline.terminal import Loading, accept_any_character, progress
from tests.conftest import Run, World
from tests.grader_faults import Behaviour, Exchange, Status

DAY = timedelta(days=1)
YEARS = Window.of_days(date(2023, 1, 1), date(2025, 12, 31), ZoneInfo("Europe/Moscow"))
SLICE = "asking the grader 2025-12-24..2025-12-30"
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def load(loading: Loading, days: float, records: int, tries: int = 1) -> None:
    """The first so many days of the years, and no more."""
    head = Window(YEARS.start, YEARS.start + days * DAY, YEARS.zone)
    loading.add(Answer(head, [], records, tries))


def test_the_time_left_is_as_if_the_rest_went_as_what_is_done(clock: Clock) -> None:
    loading = Loading(YEARS, clock)
    assert (loading.days_of_all, loading.counts) == ("0 of 1,096 days", "0 records, 0 requests")
    clock.seconds = 1800
    load(loading, 0.5, 0, 0)
    assert loading.days_of_all == "0 of 1,096 days"  # none of them wholly
    load(loading, 274, 1_234_567, 3)
    assert loading.days_of_all == "274 of 1,096 days"
    left = f"{loading.counts}".replace("\N{NO-BREAK SPACE}", " ")
    assert left == "1,234,567 records, 3 requests, about 1 h 30 min left"
    load(loading, 1090, 1)
    assert loading.counts == "1,234,568 records, 4 requests, less than a minute left"
    load(loading, 1096, 1)
    assert loading.days_of_all == "1,096 of 1,096 days"
    assert loading.counts == "1,234,569 records, 5 requests"


def test_without_a_terminal_there_is_a_line_every_three_minutes(
    clock: Clock, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", logger="etl")
    with progress(clock) as show:
        for minute in range(10):
            clock.seconds = 60 * minute
            show("opening the database")
            with show.loading(YEARS):
                show(SLICE)
    assert caplog.messages == ["extract: 0 of 1,096 days, 0 records, 0 requests"] * 3
    assert capsys.readouterr() == ("", "")


def pseudo_terminal() -> tuple[int, int]:
    pytest.importorskip("pty", reason="Windows has no pseudo terminal")
    return os.openpty()


@contextmanager
def terminal(
    monkeypatch: pytest.MonkeyPatch, columns: int, **environ: str
) -> Iterator[Callable[[], str]]:
    """Stdout is one; gives what it was sent so far."""
    for name, value in {"TERM": "xterm-256color", "COLUMNS": f"{columns}", **environ}.items():
        monkeypatch.setenv(name, value)
    ours, its = pseudo_terminal()
    sent: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(ours, 4096):
                sent.append(data)
        except OSError:  # so Linux says that the other end is closed
            pass

    reader = Thread(target=read)
    reader.start()
    with open(its, "w", encoding="utf-8") as stdout, monkeypatch.context() as patch:  # noqa: PTH123
        patch.setattr(sys, "stdout", stdout)
        yield lambda: b"".join(sent).decode()
    reader.join()
    os.close(ours)


@pytest.mark.parametrize("colour", [{}, {"NO_COLOR": "1"}], ids=["colours", "no colours"])
@pytest.mark.parametrize("columns", [50, 80, 200])
def test_no_word_or_date_is_broken_at_any_width(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, columns: int, colour: dict[str, str]
) -> None:
    with (
        terminal(monkeypatch, columns, **colour) as sent,
        progress(clock) as show,
        show.loading(YEARS) as loading,
    ):
        clock.seconds = 4000
        load(loading, 1089, 12_345_678, 1_570)
        show(SLICE)
    lines = [line.rstrip() for line in CONTROL.sub("", sent()).splitlines()]
    assert max(map(len, lines)) <= columns
    words = " ".join(" ".join(lines).split())
    for whole in (SLICE, "1,089 of 1,096 days", " ".join(loading.counts.split())):
        assert whole in words


def test_a_terminal_that_cannot_write_a_line_anew_gets_plain_ones(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with (
        terminal(monkeypatch, 80, TERM="dumb") as sent,
        progress(clock) as show,
        show.loading(YEARS),
    ):
        clock.seconds = 200
        show(SLICE)
    assert sent() == "0 of 1,096 days, 0 records, 0 requests\r\n"


def test_a_program_that_writes_to_the_terminal_itself_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    with terminal(monkeypatch, 80) as sent, progress(clock, shares_terminal=True) as show:
        show("starting PostgreSQL")
    assert not sent()


def test_xd3_behind_a_pipe_a_person_gets_plain_lines_and_a_reader_that_left_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ends, (reader, writer) = pseudo_terminal(), os.pipe()
    with (
        open(ends[1]) as stdin,  # noqa: PTH123
        open(writer, "w", encoding="ascii") as stdout,  # noqa: PTH123
        monkeypatch.context() as patch,
        progress(clock) as show,
        show.loading(YEARS) as loading,
    ):
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(sys, "stdout", stdout)
        accept_any_character("C.UTF-8")
        clock.seconds = 200
        load(loading, 548, 1)
        show(SLICE)
        assert os.read(reader, 100) == b"548 of 1,096 days, 1 record, 1 request, about 3 min left\n"
        os.close(reader)
        clock.seconds = 400
        show(SLICE)
        with pytest.raises(BrokenPipeError):
            stdout.close()
    os.close(ends[0])


def test_a_run_shows_how_far_it_is_until_it_fails(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with terminal(monkeypatch, 80) as sent:

        def once_shown(*texts: str, answer: Behaviour) -> Behaviour:
            def behave(exchange: Exchange) -> None:
                while not all(text in sent() for text in texts):
                    assert not exchange.ended(within_seconds=0.02)
                answer(exchange)

            return behave

        world.grader.then(
            once_shown("2026-02-01..2026-02-07", "0 of 14 days", answer=Status(200, body=b"[]")),
            once_shown("2026-02-08..2026-02-14", "7 of 14 days", answer=Status(403)),
        )
        assert run("--from", "2026-02-01", "--to", "2026-02-14") == 3
    assert "of 14 days" not in sent().partition("sending the letter")[2]
