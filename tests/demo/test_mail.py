"""The mail stub is as strict as a real server; every test of the letters sends through it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.mail_faults import MailServer

SENDER = "etl@uni.example"
ANN, BOB = "ann@uni.example", "bob@uni.example"
SOON_SECONDS = 2.0

Build = Callable[..., MailServer]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    def build(**options: Any) -> MailServer:
        return MailServer(user=SENDER, password="secret", directory=tmp_path, **options)

    return build


def connect(mail: MailServer, tls: str) -> smtplib.SMTP:
    trust = ssl.create_default_context(cafile=str(mail.ca_file))
    if tls == "implicit":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SOON_SECONDS, context=trust)
    client = smtplib.SMTP(mail.host, mail.port, timeout=SOON_SECONDS)
    if tls == "starttls":
        client.starttls(context=trust)
    return client


def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "✅ Готово"
    message.set_content("Всё загружено\n.\n")
    return message


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_ways_to_log_in_work_and_a_wrong_password_does_not(
    build: Build, mechanism: str
) -> None:
    with build() as mail, connect(mail, "implicit") as client:
        client.ehlo()
        client.esmtp_features["auth"] = mechanism
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(SENDER, "wrong")
        assert client.login(SENDER, "secret")[0] == 235
        assert mail.passwords_received == 2


def test_nothing_is_taken_from_a_stranger(build: Build) -> None:
    with build() as mail, connect(mail, "implicit") as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            client.send_message(letter(), SENDER, [ANN])
        assert caught.value.smtp_code == 530


def test_a_password_sent_before_starttls_is_refused_and_counted(build: Build) -> None:
    with build(tls="starttls") as mail, connect(mail, "none") as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        client.user, client.password = SENDER, "secret"
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            client.auth("PLAIN", client.auth_plain)
        assert caught.value.smtp_code == 538
        assert mail.passwords_received == 1


def test_stopping_waits_neither_for_a_client_nor_for_one_that_was_never_greeted(
    build: Build,
) -> None:
    with build(tls="starttls") as mail:
        client = connect(mail, "starttls")
        mail.hang()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtplib.SMTP(mail.host, mail.port, timeout=0.1)
        started = monotonic()
    assert monotonic() - started < 1
    client.close()
