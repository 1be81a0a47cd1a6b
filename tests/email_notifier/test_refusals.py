"""What the server says no to, and whether it is asked again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.demo.mail import MailServer
from etl.mail.session import PassingNotifyError
from etl.models.errors import NotifyError, Problem
from tests.email_notifier.conftest import (
    MOMENT,
    PASSWORD,
    PEOPLE,
    BuildNotifier,
    BuildServer,
    letter,
    subjects,
)


def refuse_everybody(mail: MailServer, reply: str) -> None:
    for address in PEOPLE:
        mail.refuse_recipient(address, reply)


def test_m2_four_of_five_get_the_letter_and_the_fifth_is_named(
    mail: MailServer, notifier_of: BuildNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    mail.refuse_recipient(PEOPLE[4], "550 5.1.1 No such user")
    with caplog.at_level(logging.WARNING):
        delivery = notifier_of(mail, PEOPLE).send(letter(), MOMENT)
    assert [arrived.recipients for arrived in mail.letters] == [PEOPLE[:4]]
    assert delivery.accepted == PEOPLE[:4]
    assert delivery.refused == {PEOPLE[4]: "550 5.1.1 No such user"}
    (message,) = caplog.messages
    assert PEOPLE[4] in message
    assert "550" in message


def test_m2_an_answer_in_several_lines_is_one_line_in_the_log(
    mail: MailServer, notifier_of: BuildNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    mail.refuse_recipient(PEOPLE[1], "550-5.1.1 No such user\r\n550 5.1.1 Look again")
    delivery = notifier_of(mail).send(letter(), MOMENT)
    assert delivery.refused == {PEOPLE[1]: "550 5.1.1 No such user 5.1.1 Look again"}
    assert "\n" not in caplog.text.strip()


@pytest.mark.parametrize(
    ("refuse", "problem", "code"),
    [
        pytest.param(lambda mail: mail.refuse_login("535 5.7.8 x"), Problem.MAIL_LOGIN, 535),
        pytest.param(lambda mail: mail.refuse_sender("553 5.7.1 x"), Problem.MAIL_SENDER, 553),
        pytest.param(lambda mail: refuse_everybody(mail, "550 x"), Problem.MAIL_RECIPIENTS, 550),
        pytest.param(lambda mail: mail.refuse_data("554 5.7.0 x"), Problem.MAIL_ERROR, 554),
    ],
    ids=["login", "sender", "all recipients", "letter"],
)
def test_m3_a_refusal_for_good_has_its_problem_and_is_not_tried_again(
    mail: MailServer,
    notifier_of: BuildNotifier,
    waits: list[float],
    refuse: Callable[[MailServer], None],
    problem: Problem,
    code: int,
) -> None:
    refuse(mail)
    with pytest.raises(NotifyError) as caught:
        notifier_of(mail).send(letter(), MOMENT)
    assert caught.value.problem is problem
    assert caught.value.facts["code"] == code
    assert PASSWORD not in str(caught.value)
    assert (waits, mail.letters) == ([], [])


@pytest.mark.parametrize("reply", ["421 4.3.2 Shutting down", "451 4.3.0 Try again later"])
def test_m3_a_passing_refusal_is_waited_out_and_the_letter_goes_once(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float], reply: str
) -> None:
    mail.refuse_data(reply, times=2)
    delivery = notifier_of(mail).send(letter("once"), MOMENT)
    assert subjects(mail) == ["once"]
    assert delivery.accepted == PEOPLE[:2]
    assert len(waits) == 2
    assert all(0 < wait <= 30 for wait in waits)


def test_m3_a_passing_refusal_that_lasts_is_given_up(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float]
) -> None:
    mail.refuse_data("451 4.3.0 Try again later", times=9)
    with pytest.raises(PassingNotifyError, match="451"):
        notifier_of(mail).send(letter(), MOMENT)
    assert len(waits) == 3


def test_m3_each_wait_is_twice_as_long_and_a_little_by_chance(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float]
) -> None:
    mail.refuse_data(times=3)
    notifier_of(mail).send(letter(), MOMENT)
    assert all(least <= wait <= least + 1 for wait, least in zip(waits, (2, 4, 8), strict=True))


@pytest.mark.parametrize(
    "codes", [("550 No", "450 Later"), ("450 Later", "550 No")], ids=["last", "first"]
)
def test_m3_a_recipient_who_may_be_taken_later_is_worth_another_try(
    mail: MailServer, notifier_of: BuildNotifier, waits: list[float], codes: tuple[str, str]
) -> None:
    for address, code in zip(PEOPLE, codes, strict=False):
        mail.refuse_recipient(address, code)
    with pytest.raises(PassingNotifyError):
        notifier_of(mail).send(letter(), MOMENT)
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
    mail.refuse_recipient(PEOPLE[1], "451 4.7.1 Greylisted")
    delivery = notifier_of(mail).send(letter(), MOMENT)
    assert delivery.accepted == PEOPLE[:1]
    assert delivery.refused == {PEOPLE[1]: "451 4.7.1 Greylisted"}
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


def test_a_check_logs_in_and_sends_nothing(mail: MailServer, notifier_of: BuildNotifier) -> None:
    assert "2 recipients" in notifier_of(mail).check()
    assert (mail.passwords_received, mail.letters) == (1, [])


def test_m3_a_check_says_a_wrong_password(mail: MailServer, notifier_of: BuildNotifier) -> None:
    with pytest.raises(NotifyError) as caught:
        notifier_of(mail, password="wrong").check()
    assert caught.value.problem is Problem.MAIL_LOGIN
