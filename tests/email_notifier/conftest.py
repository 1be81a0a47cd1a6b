"""A mail server on loopback, and notifiers that send to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from etl.components.email_notifier import Compose, EmailNotifier
from etl.mail.letter import Letter
from etl.mail.outbox import Outbox
from etl.mail.session import MailAccount
from tests.mail_faults import MailServer

SENDER, PASSWORD = "etl@uni.example", "application-password"
PEOPLE = tuple(f"{name}@uni.example" for name in ("ann", "bob", "cid", "dan", "eve"))
MOMENT = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
SOON_SECONDS = 2.0

BuildServer = Callable[..., MailServer]
BuildNotifier = Callable[..., EmailNotifier]


def letter(subject: str = "✅ Готово", text: str = "Всё загружено\n", html: str = "") -> Compose:
    """A letter that also has the refused ones of earlier runs in its text."""
    return lambda refused: Letter(
        subject,
        text + "".join(f"{path}: {said}\n" for path, said in refused.items()),
        html or f"<p>{text}</p>",
    )


def subjects(mail: MailServer) -> list[str]:
    return [str(arrived.message["Subject"]) for arrived in mail.letters]


@pytest.fixture
def build_server(tmp_path: Path) -> BuildServer:
    """Servers that run while they are entered as contexts."""

    def build(kind: type[MailServer] = MailServer, **options: Any) -> MailServer:
        return kind(user=SENDER, password=PASSWORD, directory=tmp_path, **options)

    return build


@pytest.fixture
def mail(build_server: BuildServer) -> Iterator[MailServer]:
    with build_server() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the notifiers would have slept."""
    return []


@pytest.fixture
def outbox_directory(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def notifier_of(outbox_directory: Path, waits: list[float]) -> BuildNotifier:
    """Notifiers for a server; all share one outbox. Changes are fields of `MailAccount`."""

    def build(
        mail: MailServer, recipients: Sequence[str] = PEOPLE[:2], **changes: Any
    ) -> EmailNotifier:
        account = MailAccount(
            mail.host, mail.port, "tls", SENDER, PASSWORD, mail.ca_file, timeout_seconds=5
        )
        return EmailNotifier(
            replace(account, **changes),
            sender=SENDER,
            recipients=recipients,
            outbox=Outbox(outbox_directory),
            sleep=waits.append,
        )

    return build
