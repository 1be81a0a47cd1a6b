"""The mail stub is as strict as a real server; every test of the letters sends through it."""

from __future__ import annotations

import smtplib
from pathlib import Path
from time import monotonic

import pytest

from tests.mail_faults import MailServer


@pytest.fixture
def mail(tmp_path: Path) -> MailServer:
    return MailServer(user="etl", password="secret", directory=tmp_path, tls="starttls")


def test_a_password_sent_before_starttls_is_refused_and_counted(mail: MailServer) -> None:
    with mail, smtplib.SMTP(mail.host, mail.port, timeout=2) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        client.user, client.password = "etl", "secret"
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            client.auth("PLAIN", client.auth_plain)
        assert caught.value.smtp_code == 538
        assert mail.passwords_received == 1


def test_stopping_waits_neither_for_a_client_nor_for_one_that_was_never_greeted(
    mail: MailServer,
) -> None:
    with mail:
        client = smtplib.SMTP(mail.host, mail.port, timeout=2)
        mail.hang()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtplib.SMTP(mail.host, mail.port, timeout=0.1)
        started = monotonic()
    assert monotonic() - started < 1
    client.close()
