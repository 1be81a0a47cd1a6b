"""What a line of the log looks like, and what is never in one."""

from __future__ import annotations

import base64
import logging
import re
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from etl.components.logger_configs import LINES_REMEMBERED
from tests.logger_configs.conftest import SECRET, Logging

STUDENT = "3583bf109f8b458e13ae1ac9d85c396a"
log = logging.getLogger("etl.somewhere")


def written(logs: Path) -> str:
    return "".join(path.read_text("utf-8") for path in logs.glob("*.log"))


def test_a_line_says_moment_level_and_message_and_the_chatter_of_libraries_stays_out(
    logging_here: Logging, logs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)  # whatever levels were before
    foreign = logging.getLogger("foreign")
    with logging_here():
        log.debug("detail")
        log.info("load: %d rows", 3)
        foreign.info("chatter")
        foreign.warning("Внимание")
        log.info("odd \ud800")
    first, second, third = written(logs).splitlines()
    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"
    assert re.fullmatch(rf"{moment} INFO    load: 3 rows", first)
    assert re.fullmatch(rf"{moment} WARNING Внимание", second)
    assert third.endswith(" odd ?")  # what is no text


def test_no_secret_gets_into_the_file_on_any_way(logging_here: Logging, logs: Path) -> None:
    encoded = base64.b64encode(f"user:{SECRET}:x".encode()).decode()
    forms = [SECRET, quote_plus(SECRET), encoded, STUDENT]
    text = " ".join(forms)
    with logging_here():
        log.info(f"message {text}")
        log.info("arguments %(one)s", {"one": text})
        try:
            raise RuntimeError(f"cause {text}")
        except RuntimeError:
            log.exception("traceback")
        log.info("stack %s", ["list", text], stack_info=True)
    told = written(logs)
    assert [form for form in forms if form in told] == []
    for word in ("message", "arguments", "RuntimeError: cause", "Stack (most recent"):
        assert word in told


def test_arguments_that_do_not_fit_their_sentence_cost_no_run(
    logging_here: Logging, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest's own handlers stop at such a line.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    with logging_here():
        log.info("%d rows", SECRET)
        log.info("%d rows", 1, 2)  # noqa: PLE1205 - the mistake in question
        log.info("%(rows)d rows", {"other": 1})
    told = [line.split("INFO    ")[1] for line in written(logs).splitlines()]
    assert told == ["%d rows ('***',)", "%d rows (1, 2)", "%(rows)d rows {'other': 1}"]


def test_s16_no_terminal_obeys_what_a_peer_said(logging_here: Logging, logs: Path) -> None:
    with logging_here() as last_lines:
        log.info("«\x1b[31m \x9b2J \x07 \u202e \u2066 \N{NO-BREAK SPACE}ё»")
    assert last_lines[0].endswith("«?[31m ?2J ? ? ? \N{NO-BREAK SPACE}ё»")


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
