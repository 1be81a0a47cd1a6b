"""The password is shown to the right server only, and over a line that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etl.mail.session import MailAccount, PassingNotifyError
from etl.models.errors import NotifyError, Problem
from etl.texts import EN
from tests.email_notifier.conftest import (
    MOMENT,
    PASSWORD,
    BuildNotifier,
    BuildServer,
    letter,
    subjects,
)

WAYS = [
    pytest.param("implicit", "tls", id="tls"),
    pytest.param("starttls", "starttls", id="587"),
    pytest.param("none", "none", id="plain, as asked for"),
]
OTHER_NAME = {"names": ("other.example",)}


@pytest.fixture(autouse=True)
def _no_second_try(waits: list[float]) -> Iterator[None]:
    """Nothing here passes by itself."""
    yield
    assert waits == []


@pytest.mark.parametrize(("tls", "security"), WAYS)
def test_a_letter_goes_out_over_the_line_that_the_settings_ask_for(
    build_server: BuildServer, notifier_of: BuildNotifier, tls: str, security: str
) -> None:
    with build_server(tls=tls) as mail:
        notifier_of(mail, security=security).send(letter("ok"), MOMENT)
    assert subjects(mail) == ["ok"]
    assert mail.passwords_received == 1


@pytest.mark.parametrize(("tls", "security"), WAYS[:2])
@pytest.mark.parametrize(
    ("server", "account", "said"),
    [
        (OTHER_NAME, {}, "Hostname mismatch"),
        ({}, {"ca_file": None}, "unable to get local issuer certificate"),
    ],
    ids=["the name of another server", "an authority that nobody knows"],
)
def test_m4_a_wrong_certificate_stops_before_the_password(
    build_server: BuildServer,
    notifier_of: BuildNotifier,
    tls: str,
    security: str,
    server: dict[str, tuple[str, ...]],
    account: dict[str, None],
    said: str,
) -> None:
    with build_server(tls=tls, **server) as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail, security=security, **account).send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_CERTIFICATE
    assert said in EN.what_happened(caught.value.problem, caught.value.facts)
    assert mail.passwords_received == 0


@pytest.mark.parametrize(
    ("tls", "security"),
    [("none", "starttls"), ("none", "tls"), ("starttls", "tls"), ("implicit", "starttls")],
)
def test_xc4_m4_without_the_encryption_that_is_set_the_password_stays_here(
    build_server: BuildServer, notifier_of: BuildNotifier, tls: str, security: str
) -> None:
    with build_server(tls=tls) as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail, security=security, greeting_seconds=0.1).send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_ENCRYPTION
    assert "SMTP_SECURITY" in EN.what_to_do(caught.value.problem, caught.value.facts)
    assert mail.passwords_received == 0


def test_xc3_a_relay_on_this_machine_needs_no_password_unless_it_says_so(
    build_server: BuildServer, notifier_of: BuildNotifier
) -> None:
    with build_server(tls="none", logins=None) as relay:
        notifier_of(relay, security="none", password=None).send(letter("relayed"), MOMENT)
    assert subjects(relay) == ["relayed"]
    with build_server(tls="none") as mail, pytest.raises(NotifyError, match="530") as caught:
        notifier_of(mail, security="none", password=None).check()
    assert "SENDER_PASSWORD" in EN.what_to_do(caught.value.problem, caught.value.facts)


@pytest.mark.parametrize(("logins", "said"), [(None, "SIZE"), ("NTLM GSSAPI", "AUTH NTLM GSSAPI")])
def test_m3_what_a_server_offers_instead_of_our_login_is_quoted(
    build_server: BuildServer, notifier_of: BuildNotifier, logins: str | None, said: str
) -> None:
    with build_server(logins=logins) as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail).check()
    assert caught.value.problem is Problem.MAIL_LOGIN
    assert said in str(caught.value.facts["said"])
    assert mail.passwords_received == 0


def test_what_is_no_host_name_is_a_fault_of_the_setting_and_no_bug() -> None:
    account = MailAccount("mail..example", 465, "tls", "u", PASSWORD)
    assert PASSWORD not in repr(account)
    with pytest.raises(NotifyError) as caught:
        account.converse(lambda smtp: smtp.noop())
    assert caught.value.problem is Problem.MAIL_UNREACHABLE
    assert not isinstance(caught.value, PassingNotifyError)
