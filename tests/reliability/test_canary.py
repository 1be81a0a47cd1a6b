"""Secrets made to be hard to hide, through failures that echo them: none is ever seen again.

A failure prints the seed; run it again with `CANARY_SEED=... python -m pytest tests/reliability`.
"""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from etl.demo.campus import record
from etl.main import main
from tests.conftest import CAMPUS, NOW, Select, World, letter_text, letter_texts, log_text
from tests.google_faults import Status as GoogleStatus
from tests.grader_faults import (
    Behaviour,
    Exchange,
    Status,
    as_json,
    cut_by_length,
    hang,
    raw,
    redirect,
    reset,
)
from tests.runs.test_notices import PingServer

SEED = int(os.environ.get("CANARY_SEED", random.randrange(10**6)))
PIECE = 12
METACHARACTERS = r".*+?^${}()|[]\/%&=#~ -<>'"


def make_secret(dice: random.Random) -> str:
    letters = "".join(dice.choices(METACHARACTERS + "abcXYZ0123", k=24))
    return f"c{letters}y"


def windows(text: str) -> Iterator[str]:
    """Every run of `PIECE` characters: a text that was cut may hold a part of a secret."""
    return (text[n : n + PIECE] for n in range(len(text) - PIECE + 1))


def pieces_of(secret: str) -> Iterator[str]:
    data = secret.encode()
    for form in (
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
    ):
        yield from windows(form)


@pytest.fixture
def secrets() -> dict[str, str]:
    print(f"CANARY_SEED={SEED}")
    dice = random.Random(SEED)
    inner = make_secret(dice)
    return {
        "DB_PASSWORD": inner,
        "API_CLIENT_KEY": f"{inner}&{make_secret(dice)}",
        "SENDER_PASSWORD": make_secret(dice),
    }


@pytest.fixture
def world(secrets: dict[str, str], tmp_path: Path) -> Iterator[World]:
    key, password = secrets["API_CLIENT_KEY"], secrets["SENDER_PASSWORD"]
    with World(tmp_path, attempts=CAMPUS.attempts, client_key=key, password=password) as servers:
        yield servers


def echo(exchange: Exchange) -> None:
    """An error object, as frameworks make them for developers: with everything that was sent."""
    query = exchange.request.query
    encoded = {name: quote(value) for name, value in query.items()}
    authorization = base64.b64encode(f"client:{query['client_key']}".encode()).decode()
    as_json({"errors": [query, encoded, authorization]})(exchange)


def echo_as_html(exchange: Exchange) -> None:
    raw(f"<pre>{exchange.request.query}</pre>".encode(), "text/html")(exchange)


Secrets = dict[str, str]
Changes = dict[str, str] | None
IMPATIENT = {"API_TIMEOUT_SECONDS": "0.3", "API_DEADLINE_SECONDS": "0.6", "WINDOW_DAYS": "1"}


def redirect_with(key: str) -> Behaviour:
    quoted = quote(key, safe="")
    return redirect(f"https://{quoted[:9].lower()}.example/?client_key={quoted}")


# What the grader does with the key that it was sent.
GRADERS: dict[str, Callable[[str], Behaviour]] = {
    "echo": lambda _: echo,
    "page": lambda _: echo_as_html,
    "forbidden": lambda key: Status(403, body=key.encode()),
    "error": lambda key: Status(500, body=key.encode()),
    "busy": lambda _: Status(429, {"Retry-After": "9999"}),
    "redirect": redirect_with,
    "cut": lambda _: cut_by_length,
    "reset": lambda _: reset,
    "silence": lambda _: hang,
}


def fail_with(kind: str) -> Callable[[World, Secrets], Changes]:
    def fail(world: World, secrets: Secrets) -> Changes:
        world.grader.always(GRADERS[kind](secrets["API_CLIENT_KEY"]))
        return IMPATIENT

    fail.__name__ = f"fail_with_{kind}"
    return fail


def fail_nothing(world: World, secrets: Secrets) -> Changes:
    """Good runs are silent too."""


def fail_with_nobody_there(world: World, secrets: Secrets) -> Changes:
    return {**IMPATIENT, "API_URL": "http://127.0.0.1:9/statistics"}


def fail_with_bad_records(world: World, secrets: Secrets) -> Changes:
    key = secrets["API_CLIENT_KEY"]
    world.grader.always(as_json([record(lti_user_id=None, attempt_type=key), key]))


def fail_with_conflicts(world: World, secrets: Secrets) -> Changes:
    texts = [{"oauth_consumer_key": f"{secret} {n}"} for n, secret in enumerate(secrets.values())]
    moment = "2026-03-08 12:00:00"
    world.grader.always(
        as_json([record(created_at=moment, passback_params=repr(text)) for text in texts])
    )


def fail_in_the_settings(world: World, secrets: Secrets) -> Changes:
    key = secrets["API_CLIENT_KEY"]
    return {
        "API_URL": key,
        "TIME_ZONE": key,
        "DB_PORT": key,
        "RECIPIENTS_EMAILS": "dean@uni.example",
    }


def fail_to_find_the_database(world: World, secrets: Secrets) -> Changes:
    return {"DB_NAME": "nowhere"}


def fail_to_reach_the_database(world: World, secrets: Secrets) -> Changes:
    return {"DB_HOST": "127.0.0.1", "DB_PORT": "9"}


def fail_in_the_sheet(world: World, secrets: Secrets) -> Changes:
    credentials = world.environ["GOOGLE_SHEETS_CREDENTIALS_BASE64"]
    told = f"{secrets['DB_PASSWORD']} {credentials}"
    world.google.always(GoogleStatus(400, "INVALID_ARGUMENT", told))


def fail_with_odd_credentials(world: World, secrets: Secrets) -> Changes:
    text = world.environ["GOOGLE_SHEETS_CREDENTIALS_BASE64"]
    return {"GOOGLE_SHEETS_CREDENTIALS_BASE64": text[:1001]}


def fail_to_share_the_sheet(world: World, secrets: Secrets) -> Changes:
    world.google.share = None


def fail_in_the_mail(world: World, secrets: Secrets) -> Changes:
    password = secrets["SENDER_PASSWORD"]
    encoded = base64.b64encode(f"\0{world.environ['SENDER_EMAIL']}\0{password}".encode()).decode()
    world.mail.refuse_data(f"554 5.7.1 {password} {encoded} is not wanted", times=9)


def fail_to_log_in(world: World, secrets: Secrets) -> Changes:
    world.mail.refuse_login(f"535 5.7.8 {secrets['SENDER_PASSWORD']} is wrong")


def fail_to_reach_one(world: World, secrets: Secrets) -> Changes:
    address = world.environ["RECIPIENTS_EMAILS"].split(",")[0]
    world.mail.refuse_recipient(address, f"550 5.1.1 {secrets['SENDER_PASSWORD']}")


def fail_to_write_the_log(world: World, secrets: Secrets) -> Changes:
    world.grader.always(echo)
    return {"LOG_DIR": f"{__file__}/logs"}


FAILURES = dict.fromkeys(map(fail_with, GRADERS), 3) | {
    fail_nothing: 0,
    fail_with_nobody_there: 3,
    fail_with_bad_records: 4,
    fail_with_conflicts: 0,
    fail_in_the_settings: 2,
    fail_to_find_the_database: 5,
    fail_to_reach_the_database: 5,
    fail_in_the_sheet: 6,
    fail_with_odd_credentials: 6,
    fail_to_share_the_sheet: 6,
    fail_in_the_mail: 7,
    fail_to_log_in: 7,
    fail_to_reach_one: 0,
    fail_to_write_the_log: 3,
}


def rows(select: Select, table: str) -> list[tuple[Any, ...]]:
    """Of a table that a run may not have come to."""
    is_there = select(f"SELECT to_regclass('{table}') IS NOT NULL") == [(True,)]
    return select(f"SELECT to_jsonb(kept) FROM {table} AS kept") if is_there else []


@pytest.mark.parametrize("fail", FAILURES, ids=lambda one: one.__name__)
def test_no_secret_is_ever_seen_again(
    fail: Callable[[World, Secrets], Changes],
    world: World,
    secrets: Secrets,
    database_settings: dict[str, str],
    select: Select,
    role: str,
    tmp_path: Path,
    capsys: Any,
) -> None:
    password = secrets["DB_PASSWORD"].replace("'", "''")
    select(f"ALTER ROLE \"{role}\" SUPERUSER PASSWORD '{password}'")
    changes = fail(world, secrets) or {}
    with PingServer() as pings:
        url = f"http://127.0.0.1:{pings.server_port}/{quote(secrets['DB_PASSWORD'], safe='')}"
        settings = {**world.environ, **database_settings, "DB_USER": role, **secrets}
        settings |= {"HEALTHCHECK_URL": url, **changes}
        code = main([], environ=settings, now=lambda: NOW, root=tmp_path)
    assert code == FAILURES[fail]
    streams = capsys.readouterr()
    outbox = [
        letter_text(message_from_bytes(path.read_bytes(), policy=policy.default))
        for path in (tmp_path / "var").rglob("*.eml")
    ]
    told = {
        "letters": letter_texts(world),
        "outbox": outbox,
        "log": log_text(tmp_path),
        "terminal": streams.out + streams.err,
        "pings": [body for _, body in pings.pings],
        "journal": rows(select, "etl_runs"),
        "quarantine": rows(select, "rejected_attempts"),
    }
    private_key = world.google.service_account["private_key"].partition("\n")[2]
    pieces = {piece for secret in (*secrets.values(), private_key) for piece in pieces_of(secret)}
    pieces |= set(windows(world.environ["GOOGLE_SHEETS_CREDENTIALS_BASE64"][400:2000]))
    for place, text in told.items():
        found = pieces & set(windows(str(text)))
        assert not found, f"{place}: {sorted(found)[:3]}"
