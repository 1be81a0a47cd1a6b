"""The mail stub takes letters as a real server does, and refuses them on request."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from etl.demo.mail import MailServer

SENDER = "etl@uni.example"
ANN, BOB = "ann@uni.example", "bob@uni.example"
SOON_SECONDS = 2.0


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., MailServer]:
    def build(**options: Any) -> MailServer:
        return MailServer(user=SENDER, password="secret", directory=tmp_path, **options)

    return build


def connect(mail: MailServer, tls: str, trust: ssl.SSLContext | None = None) -> smtplib.SMTP:
    trust = trust or ssl.create_default_context(cafile=str(mail.ca_file))
    if tls == "implicit":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SOON_SECONDS, context=trust)
    client = smtplib.SMTP(mail.host, mail.port, timeout=SOON_SECONDS)
    if tls == "starttls":
        try:
            client.starttls(context=trust)
        except BaseException:
            client.close()
            raise
    return client


def letter(subject: str = "✅ Готово") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content("Всё загружено\n.\n")
    message.add_alternative("<p>Всё загружено</p>", subtype="html")
    return message


def send(mail: MailServer, *recipients: str, tls: str = "implicit", subject: str = "x") -> Any:
    with connect(mail, tls) as client:
        client.login(SENDER, "secret")
        return client.send_message(letter(subject), SENDER, recipients)


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
def test_a_letter_arrives_as_it_was_sent(
    build: Callable[..., MailServer], tls: str, caplog: pytest.LogCaptureFixture
) -> None:
    with build(tls=tls) as mail:
        send(mail, ANN, BOB, tls=tls, subject="✅ Готово")
        send(mail, ANN, tls=tls, subject="second")
    first, second = mail.letters
    assert (first.sender, first.recipients) == (SENDER, (ANN, BOB))
    assert first.message["Subject"] == "✅ Готово"
    body = first.message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Всё загружено", "."]
    assert first.raw.startswith(b"Subject: =?utf-8?")
    assert second.message["Subject"] == "second"
    assert mail.logins == [SENDER, SENDER]
    assert "mail.log" not in {entry.name for entry in caplog.records}


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_ways_to_log_in_work_and_a_wrong_password_does_not(
    build: Callable[..., MailServer], mechanism: str
) -> None:
    with build() as mail, connect(mail, "implicit") as client:
        client.ehlo()
        client.esmtp_features["auth"] = mechanism
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(SENDER, "wrong")
        assert client.login(SENDER, "secret")[0] == 235
        assert mail.passwords_received == 2


def test_nothing_is_taken_from_a_stranger(build: Callable[..., MailServer]) -> None:
    with build() as mail, connect(mail, "implicit") as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as caught:
            client.send_message(letter(), SENDER, [ANN])
        assert caught.value.smtp_code == 530


def test_a_password_sent_before_starttls_is_refused_and_counted(
    build: Callable[..., MailServer],
) -> None:
    with build(tls="starttls") as mail, connect(mail, "none") as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        client.user, client.password = SENDER, "secret"
        with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
            client.auth("PLAIN", client.auth_plain)
        assert caught.value.smtp_code == 538
        assert mail.passwords_received == 1


def test_without_tls_starttls_is_not_offered(build: Callable[..., MailServer]) -> None:
    with build(tls="none") as mail:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            connect(mail, "starttls")
        assert mail.passwords_received == 0


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_wrong_certificate_is_seen_before_the_password_is_sent(
    build: Callable[..., MailServer], tls: str, caplog: pytest.LogCaptureFixture
) -> None:
    with build(tls=tls, names=("other.example",)) as mail:
        with pytest.raises(ssl.SSLCertVerificationError, match="localhost"):
            connect(mail, tls)
        with pytest.raises(ssl.SSLCertVerificationError, match="issuer"):
            connect(mail, tls, trust=ssl.create_default_context())
        assert mail.passwords_received == 0
    assert "mail.log" not in {entry.name for entry in caplog.records}


def test_one_refused_recipient_does_not_cost_the_other_his_letter(
    build: Callable[..., MailServer],
) -> None:
    with build() as mail:
        mail.refuse_recipient(BOB, "550 5.1.1 No such user")
        refused = send(mail, ANN, BOB)
    assert refused == {BOB: (550, b"5.1.1 No such user")}
    assert [letter.recipients for letter in mail.letters] == [(ANN,)]


@pytest.mark.parametrize(
    ("refuse", "error", "code"),
    [
        (lambda mail: mail.refuse_login("535 5.7.8 x"), smtplib.SMTPAuthenticationError, 535),
        (lambda mail: mail.refuse_sender("553 5.7.1 x"), smtplib.SMTPSenderRefused, 553),
        (lambda mail: mail.refuse_data("421 4.3.2 x"), smtplib.SMTPDataError, 421),
    ],
)
def test_a_refusal_is_what_the_client_sees_until_the_server_behaves(
    build: Callable[..., MailServer],
    refuse: Callable[[MailServer], None],
    error: type[smtplib.SMTPResponseException],
    code: int,
) -> None:
    with build() as mail:
        refuse(mail)
        with pytest.raises(error) as caught:
            send(mail, ANN)
        mail.behave()
        send(mail, ANN)
    assert caught.value.smtp_code == code
    assert len(mail.letters) == 1


def test_a_passing_refusal_passes(build: Callable[..., MailServer]) -> None:
    with build() as mail:
        mail.refuse_data("451 4.3.0 Try again later", times=2)
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError, match="451"):
                send(mail, ANN)
        send(mail, ANN)
    assert len(mail.letters) == 1


@pytest.mark.parametrize("tls", ["implicit", "none"])
def test_hanging_never_greets_and_stops_at_once(build: Callable[..., MailServer], tls: str) -> None:
    with build(tls=tls) as mail:
        mail.hang()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            smtplib.SMTP(mail.host, mail.port, timeout=0.1)
        started = monotonic()
    assert monotonic() - started < 1


def test_stopping_does_not_wait_for_a_client(build: Callable[..., MailServer]) -> None:
    with build(tls="starttls") as mail:
        client = connect(mail, "starttls")
        started = monotonic()
    assert monotonic() - started < 1
    client.close()
