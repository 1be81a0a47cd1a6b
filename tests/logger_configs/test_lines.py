"""What a line of the log looks like, and what is never in one."""

from __future__ import annotations

import base64
import logging
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

import pytest

from etl.components.logger_configs import LINES_REMEMBERED
from tests.logger_configs.conftest import SECRET, Logging

STUDENT = "3583bf109f8b458e13ae1ac9d85c396a"
log = logging.getLogger("etl.somewhere")


def written(logs: Path) -> str:
    return "".join(path.read_text("utf-8") for path in logs.glob("*.log"))


def test_every_line_says_moment_level_and_message(logging_here: Logging, logs: Path) -> None:
    with logging_here():
        log.info("load: %d rows", 3)
        logging.getLogger("foreign").warning("Внимание")
    first, second = written(logs).splitlines()
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"
    assert re.fullmatch(rf"{moment} INFO    load: 3 rows", first)
    assert re.fullmatch(rf"{moment} WARNING Внимание", second)


def test_the_chatter_of_libraries_stays_out(logging_here: Logging, logs: Path) -> None:
    with logging_here():
        logging.getLogger("foreign").info("chatter")
        log.debug("detail")
    assert written(logs) == ""


@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "2026-03-09.log"), ("Europe/Moscow", "2026-03-10.log")],
    ids=["UTC", "Moscow"],
)
def test_the_file_is_that_of_the_day_in_the_time_zone(
    logging_here: Logging, logs: Path, zone: str, name: str
) -> None:
    now = datetime(2026, 3, 9, 22, 30, tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone))
    with logging_here(now=now):
        log.info("x")
    assert [path.name for path in logs.iterdir()] == [name]
    offset = "+03:00" if zone == "Europe/Moscow" else "+00:00"
    assert f"{offset} INFO" in written(logs)


def test_a_second_run_of_the_day_adds_to_the_file(logging_here: Logging, logs: Path) -> None:
    for word in ("first", "second"):
        with logging_here():
            log.info(word)
    assert [line.split()[-1] for line in written(logs).splitlines()] == ["first", "second"]


@pytest.mark.parametrize(
    "form",
    [SECRET, quote_plus(SECRET), base64.b64encode(f"user:{SECRET}:x".encode()).decode(), STUDENT],
    ids=["as it is", "in a URL", "in base64", "a student"],
)
def test_no_secret_gets_into_the_file_on_any_way(
    logging_here: Logging, logs: Path, form: str
) -> None:
    with logging_here():
        log.info(f"message {form}")
        log.info("argument %s", form)
        log.info("arguments %(one)s", {"one": form})
        try:
            raise RuntimeError(f"cause {form}")
        except RuntimeError:
            log.exception("traceback")
        log.info("stack %s", ["list", form], stack_info=True)
    text = written(logs)
    assert form not in text
    for word in ("message", "argument", "arguments", "RuntimeError: cause", "Stack (most recent"):
        assert word in text


def test_arguments_that_do_not_fit_their_sentence_cost_no_run(
    logging_here: Logging,
    logs: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # pytest's own handlers stop at such a line.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with logging_here():
        log.info("%d rows", SECRET)
        log.info("%d rows", 1, 2)  # noqa: PLE1205 - the mistake in question
        log.info("%(rows)d rows", {"other": 1})
        log.info("next")
    lines = written(logs).splitlines()
    assert [line.split("INFO    ")[1] for line in lines] == [
        "%d rows ('***',)",
        "%d rows (1, 2)",
        "%(rows)d rows {'other': 1}",
        "next",
    ]
    assert capsys.readouterr().err == ""


def test_the_last_lines_are_remembered_as_they_were_logged(
    logging_here: Logging, logs: Path
) -> None:
    with logging_here() as last_lines:
        for number in range(LINES_REMEMBERED + 5):
            log.info("line %d has %s and %s\nand more", number, SECRET, STUDENT)
        log.debug("not logged")
    every_line = [line for line in written(logs).splitlines() if line != "and more"]
    assert list(last_lines) == every_line[5:]
    assert last_lines[0].endswith("line 5 has *** and <id>")


def test_what_is_no_text_is_written_as_an_escape(logging_here: Logging, logs: Path) -> None:
    with logging_here():
        log.info("odd \ud800")
    assert written(logs).endswith("odd \\ud800\n")


def test_the_handlers_and_levels_are_as_before(
    logging_here: Logging, caplog: pytest.LogCaptureFixture
) -> None:
    root, own = logging.getLogger(), logging.getLogger("etl")
    caplog.set_level(logging.CRITICAL)
    caplog.set_level(logging.ERROR, "etl")
    before = list(root.handlers)
    with logging_here():
        assert len(root.handlers) == len(before) + 2
    assert (root.handlers, root.level, own.level) == (before, logging.CRITICAL, logging.ERROR)
    with pytest.raises(RuntimeError, match="on the way"), logging_here():
        raise RuntimeError("on the way")
    assert (root.handlers, root.level, own.level) == (before, logging.CRITICAL, logging.ERROR)
