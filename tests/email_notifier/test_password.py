"""The password is shown to the right server only, and over a line that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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


def test_m4_without_starttls_the_password_stays_here(
    build_server: BuildServer, notifier_of: BuildNotifier
) -> None:
    with build_server(tls="none") as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail, security="starttls").send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_NO_STARTTLS
    assert mail.passwords_received == 0


def test_a_server_that_offers_no_login_is_not_said_to_lack_encryption(
    build_server: BuildServer, notifier_of: BuildNotifier
) -> None:
    """It speaks in the clear on the STARTTLS port's terms: no AUTH before encryption."""
    with build_server(tls="starttls") as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail, security="none").check()
    assert caught.value.problem is Problem.MAIL_LOGIN
    assert "AUTH" in str(caught.value.facts["said"])
    assert mail.passwords_received == 0


@pytest.mark.parametrize("content", [None, "no PEM"], ids=["missing", "no PEM"])
def test_an_unusable_authority_file_is_named(
    build_server: BuildServer, notifier_of: BuildNotifier, tmp_path: Path, content: str | None
) -> None:
    authority = tmp_path / "authority.pem"
    if content:
        authority.write_text(content)
    with build_server() as mail, pytest.raises(NotifyError) as caught:
        notifier_of(mail, ca_file=authority).send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_CERTIFICATE
    assert "SSL_CERT_FILE" in str(caught.value)


def test_what_is_no_host_name_is_a_fault_of_the_setting_and_no_bug() -> None:
    account = MailAccount("mail..example", 465, "tls", "u", PASSWORD)
    assert PASSWORD not in repr(account)
    with pytest.raises(NotifyError) as caught, account.session():
        pass
    assert caught.value.problem is Problem.MAIL_UNREACHABLE
    assert not isinstance(caught.value, PassingNotifyError)
