"""What the server says no to, in its own words, and whether it is asked again."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.mail.session import PassingNotifyError, reply_text
from etl.models.errors import NotifyError, Problem
from etl.texts import EN, RU
from tests.email_notifier.conftest import (
    MOMENT,
    PASSWORD,
    PEOPLE,
    SENDER,
    BuildNotifier,
    BuildServer,
    letter,
    subjects,
)
from tests.mail_faults import MailServer

ANN, BOB = PEOPLE[:2]


def refuse_both(mail: MailServer, first: str, second: str) -> None:
    mail.refuse_recipient(ANN, first)
    mail.refuse_recipient(BOB, second)


def test_m2_four_of_five_get_the_letter_and_the_fifth_is_named_on_one_line(
    mail: MailServer, notifier_of: BuildNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    mail.refuse_recipient(PEOPLE[4], "550-5.1.1 No such user\r\n550 5.1.1 Look again")
    with caplog.at_level(logging.WARNING):
        delivery = notifier_of(mail, PEOPLE).send(letter(), MOMENT)
    assert [arrived.recipients for arrived in mail.letters] == [PEOPLE[:4]]
    assert delivery.accepted == PEOPLE[:4]
    said = "550 5.1.1 No such user 5.1.1 Look again"
    assert delivery.refused == {PEOPLE[4]: said}
    assert caplog.messages == [f"notify: {PEOPLE[4]} was refused: {said}"]


@pytest.mark.parametrize(
    ("refuse", "problem", "said"),
    [
        (lambda mail: mail.refuse_login("535 5.7.8 x"), Problem.MAIL_LOGIN, "535 5.7.8 x"),
        (
            lambda mail: mail.refuse_sender("553 5.7.1 x"),
            Problem.MAIL_REFUSED,
            f"{SENDER}: 553 5.7.1 x",
        ),
        (
            lambda mail: refuse_both(mail, "550 x", "551 y."),
            Problem.MAIL_REFUSED,
            f"{ANN}: 550 x; {BOB}: 551 y",
        ),
        (lambda mail: mail.refuse_data("554 5.7.0 x"), Problem.MAIL_REFUSED, "554 5.7.0 x"),
    ],
    ids=["login", "sender", "all recipients", "letter"],
)
def test_m3_a_refusal_for_good_is_told_in_our_words_and_theirs_and_not_tried_again(
    mail: MailServer,
    notifier_of: BuildNotifier,
    waits: list[float],
    refuse: Callable[[MailServer], None],
    problem: Problem,
    said: str,
) -> None:
    refuse(mail)
    with pytest.raises(NotifyError) as caught:
        notifier_of(mail).send(letter(), MOMENT)
    assert caught.value.problem is problem
    for language in (EN, RU):
        sentence = language.what_happened(problem, caught.value.facts)
        assert sentence.endswith(f": {said}.")
        assert mail.host in sentence
    assert PASSWORD not in str(caught.value)
    assert (waits, mail.letters) == ([], [])


def test_m3_a_passing_refusal_is_waited_out_each_time_twice_as_long_and_the_letter_goes_once(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float]
) -> None:
    mail.refuse_data("421 4.3.2 Shutting down", times=3)
    delivery = notifier_of(mail).send(letter("once"), MOMENT)
    assert subjects(mail) == ["once"]
    assert delivery.accepted == PEOPLE[:2]
    assert all(least <= wait <= least + 1 for wait, least in zip(waits, (2, 4, 8), strict=True))


@pytest.mark.parametrize(
    "refuse",
    [
        lambda mail: mail.refuse_data("451 x", times=9),
        lambda mail: mail.refuse_login("451 x"),
        lambda mail: refuse_both(mail, "550 No", "451 x"),
        lambda mail: refuse_both(mail, "451 x", "550 No"),
    ],
    ids=["letter", "login", "last recipient", "first recipient"],
)
def test_m3_a_passing_refusal_that_lasts_is_given_up_and_told_as_one(
    mail: MailServer,
    notifier_of: BuildNotifier,
    waits: list[float],
    refuse: Callable[[MailServer], None],
) -> None:
    refuse(mail)
    with pytest.raises(PassingNotifyError, match="451 x") as caught:
        notifier_of(mail).send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_BUSY
    assert len(waits) == 3


def test_m3_a_busy_mailbox_gets_its_letter_later_and_the_others_theirs_once(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float]
) -> None:
    mail.refuse_recipient(PEOPLE[1], "550 5.1.1 No such user")
    mail.refuse_recipient(PEOPLE[2], "451 4.7.1 Greylisted", times=3)
    delivery = notifier_of(mail, PEOPLE).send(letter(), MOMENT)
    assert [arrived.recipients for arrived in mail.letters] == [
        (PEOPLE[0], *PEOPLE[3:]),
        (PEOPLE[2],),
    ]
    assert set(delivery.accepted) == {*PEOPLE} - {PEOPLE[1]}
    assert delivery.refused == {PEOPLE[1]: "550 5.1.1 No such user"}
    assert len(waits) == 2


def test_m3_a_mailbox_that_stays_busy_is_named_and_the_letter_is_out(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    mail.refuse_recipient(BOB, "451 4.7.1 Greylisted")
    delivery = notifier_of(mail).send(letter(), MOMENT)
    assert delivery.accepted == (ANN,)
    assert delivery.refused == {BOB: "451 4.7.1 Greylisted"}
    assert not list(outbox_directory.glob("*.eml"))


class CurtServer(MailServer):
    """Has no patience for goodbyes."""

    async def handle_QUIT(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return "421 4.4.2 Too late"


def test_m3_what_is_answered_to_the_goodbye_sends_no_second_letter(
    build_server: BuildServer, notifier_of: BuildNotifier, waits: list[float]
) -> None:
    with build_server(CurtServer) as mail:
        notifier_of(mail).send(letter("once"), MOMENT)
    assert subjects(mail) == ["once"]
    assert waits == []


def test_m3_s16_a_check_offers_a_letter_and_quotes_who_is_refused_in_printable_words(
    mail: MailServer, notifier_of: BuildNotifier
) -> None:
    assert "to 2 recipients" in notifier_of(mail).check()
    mail.refuse_recipient(BOB, "550 5.1.1 \x1b[31mNo such user")
    assert f"to 1 recipients; {BOB}: 550 5.1.1 [31mNo such user" in notifier_of(mail).check()
    assert reply_text(550, "a\x9b\u202eb\u2066c".encode()) == "550 a b c"
    mail.refuse_recipient(ANN, "553 5.7.1 <etl@uni.example>: not owned by user")
    with pytest.raises(NotifyError, match="not owned by user") as caught:
        notifier_of(mail).check()
    assert caught.value.problem is Problem.MAIL_REFUSED
    assert (mail.passwords_received, mail.letters) == (3, [])


@pytest.mark.parametrize("name", ["Анна-ПК", "a_b.example", "pc", "a.b-c.example"], ids=ascii)
def test_xv5_a_computer_without_a_full_name_greets_by_its_address(
    mail: MailServer, notifier_of: BuildNotifier, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    notifier_of(mail).check()
    assert mail.greeted_as == (name if name == "a.b-c.example" else "[127.0.0.1]")
