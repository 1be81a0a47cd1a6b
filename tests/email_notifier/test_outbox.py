"""A letter that cannot go out waits on disk, and goes out first the next time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from etl.mail.outbox import LETTERS_AT_MOST, Outbox, aside
from etl.mail.session import PassingNotifyError, RefusedLetterError
from etl.models.errors import NotifyError, Problem, Terminated
from etl.pipeline.run import terminable
from tests.email_notifier.conftest import (
    MOMENT,
    SOON_SECONDS,
    BuildNotifier,
    BuildServer,
    letter,
    subjects,
)
from tests.mail_faults import MailServer


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_m5_a_letter_that_met_no_server_is_kept_as_it_is(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_at_once:
        port = closed_at_once.getsockname()[1]
    with pytest.raises(PassingNotifyError) as caught:
        notifier_of(mail, port=port).send(letter("kept"), MOMENT)
    assert caught.value.problem is Problem.MAIL_UNREACHABLE
    (path,) = outbox_directory.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (path.suffix, message["Subject"]) == (".eml", "kept")


def test_m5_a_hanging_server_is_waited_for_no_longer_than_said(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path, waits: list[float]
) -> None:
    mail.hang()
    started = monotonic()
    with pytest.raises(PassingNotifyError) as caught:
        notifier_of(mail, timeout_seconds=0.05).send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_UNREACHABLE
    assert monotonic() - started < SOON_SECONDS
    assert len(waits) == 3
    assert names(outbox_directory) == ["000001.eml"]


@pytest.mark.parametrize("says", [b"2", b"220-Hello\r\n" * 5_000, b"220 " + b"x" * 50_000], ids=len)
def test_s4_a_server_that_talks_without_end_is_left_at_the_deadline_or_before(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path, says: bytes
) -> None:
    mail.hang(says)
    started = monotonic()
    notifier = notifier_of(mail)
    notifier.hurry(0.2)
    with pytest.raises(NotifyError) as caught:
        notifier.send(letter(), MOMENT)
    assert caught.value.problem is Problem.MAIL_UNREACHABLE
    assert monotonic() - started < SOON_SECONDS
    assert names(outbox_directory) == ["000001.eml"]


class ThinkingServer(MailServer):
    """Thinks about a letter for a moment, or hangs; meanwhile the client gets SIGTERM."""

    def greet(self) -> Any:
        if self.hangs:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().greet()

    async def handle_DATA(self, *asked: Any) -> str:  # noqa: N802 - aiosmtpd's name
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(0.05)
        return await super().handle_DATA(*asked)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("hangs", [True, False])
def test_xt8_s4_a_signal_ends_a_silent_session_and_a_letter_that_is_out_is_not_kept(
    build_server: BuildServer, notifier_of: BuildNotifier, outbox_directory: Path, hangs: bool
) -> None:
    with build_server(ThinkingServer) as mail, terminable():
        if hangs:
            mail.hang()
        with pytest.raises(Terminated):
            notifier_of(mail, grace_seconds=0.2 if hangs else 3).send(letter("once"), MOMENT)
    assert subjects(mail) == ([] if hangs else ["once"])
    assert names(outbox_directory) == (["000001.eml"] if hangs else [])


def test_m5_what_waited_goes_first_and_in_order(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    mail.hang()
    for subject in ("first", "second"):
        with pytest.raises(NotifyError):
            notifier_of(mail, timeout_seconds=0.02).send(letter(subject), MOMENT)
    mail.behave()
    notifier_of(mail).send(letter("third"), MOMENT)
    notifier_of(mail).send(letter("fourth"), MOMENT)
    assert subjects(mail) == ["first", "second", "third", "fourth"]
    assert names(outbox_directory) == []


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        (MailServer.refuse_data, "554 5.7.0 Spam"),
        (MailServer.refuse_sender, "552 5.3.4 Too big"),
        (MailServer.refuse_sender, "552 Too big"),
    ],
    ids=["content", "size", "size without a second code"],
)
def test_xt7_m5_an_old_letter_refused_for_good_is_set_aside_once_a_newer_one_is_out_and_says_so(
    refuse: Callable[..., None],
    said: str,
    mail: MailServer,
    notifier_of: BuildNotifier,
    outbox_directory: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refuse(mail, said, times=2)
    with pytest.raises(RefusedLetterError):
        notifier_of(mail).send(letter("a"), MOMENT)
    for good in ("b", "c"):
        with caplog.at_level(logging.WARNING):
            notifier_of(mail).send(letter(good), MOMENT)
    assert subjects(mail) == ["b", "c"]
    assert names(outbox_directory) == ["000001.refused"]
    assert "000001.refused" in caplog.text
    assert said in caplog.text
    bodies = [arrived.message.get_body(("plain",)).get_content() for arrived in mail.letters]
    assert ["001.refused: " in body and said in body for body in bodies] == [True, False]


def keep_letters(directory: Path, *subjects: bytes) -> None:
    """Letters that wait, as earlier runs left them."""
    for subject in subjects:
        Outbox(directory).keep(b"Subject: " + subject + b"\r\n\r\n")


class SizeFearingServer(MailServer):
    """Hangs up on large letters, as firewalls do."""

    async def handle_DATA(self, *asked: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if b"large" in asked[-1].content:
            asked[0].transport.abort()
            return "421 4.4.2 Gone"
        return await super().handle_DATA(*asked)


def test_xt7_m5_a_letter_at_which_the_server_hangs_up_goes_behind_the_others(
    build_server: BuildServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    keep_letters(outbox_directory, b"large", b"b")
    with build_server(SizeFearingServer) as mail:
        for today in ("c", "d"):
            notifier_of(mail).send(letter(today), MOMENT)
    assert subjects(mail) == ["c", "b", "d"]
    assert names(outbox_directory) == ["000004.eml"]


def test_m5_while_everything_is_refused_nothing_is_set_aside(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    """A used-up daily quota is refused letter by letter, and over tomorrow."""
    mail.refuse_data("550 5.4.5 Daily quota exceeded", times=3)
    for subject in ("first", "second"):
        with pytest.raises(RefusedLetterError):
            notifier_of(mail).send(letter(subject), MOMENT)
    notifier_of(mail).send(letter("third"), MOMENT)
    assert subjects(mail) == ["first", "second", "third"]
    assert names(outbox_directory) == []


def test_m5_a_refused_login_is_not_tried_once_for_every_waiting_letter(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    keep_letters(outbox_directory, b"first", b"second")
    mail.refuse_login()
    with pytest.raises(NotifyError):
        notifier_of(mail).send(letter("third"), MOMENT)
    assert mail.passwords_received == 2  # once as PLAIN, once as LOGIN: smtplib tries both
    assert names(outbox_directory) == ["000001.eml", "000002.eml", "000003.eml"]


def test_m5_a_full_outbox_gives_up_its_oldest_letter_and_its_owner_alone_reads_it(
    outbox_directory: Path,
) -> None:
    outbox = Outbox(outbox_directory)
    for number in range(1, LETTERS_AT_MOST + 1):
        path = outbox.keep(b"Subject: x\r\n\r\n")
        if number in {2, 3}:
            path.rename(aside(path))
    for oldest in ("000003.refused", "000004.eml"):  # the first refused one, then the other
        outbox.keep(b"Subject: x\r\n\r\n")
        assert (len(names(outbox_directory)), names(outbox_directory)[1]) == (
            LETTERS_AT_MOST,
            oldest,
        )
    outbox.keep(b"Subject: x\r\n\r\n")
    kept = names(outbox_directory)
    assert (len(kept), kept[0]) == (LETTERS_AT_MOST, "000004.eml")
    assert outbox.count() == LETTERS_AT_MOST
    if not outbox_directory.drive:  # Windows says it otherwise
        assert outbox_directory.stat().st_mode & 0o777 == 0o700
        assert (outbox_directory / kept[0]).stat().st_mode & 0o777 == 0o600


def test_m5_s11_foreign_names_and_links_in_the_outbox_are_left_alone(
    mail: MailServer,
    notifier_of: BuildNotifier,
    outbox_directory: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox_directory.mkdir()
    for name in ("notes.eml", "000001.eml.bak", "readme.txt"):
        (outbox_directory / name).write_text("Subject: foreign\r\n\r\n")
    (outbox_directory / "000007.eml").mkdir()
    notifier_of(mail).send(letter("own"), MOMENT)
    assert caplog.messages == []
    if os.name == "posix":  # on Windows only administrators lay links
        (outbox_directory / "000008.eml").symlink_to("notes.eml")
        notifier_of(mail).send(letter("own"), MOMENT)
        assert subjects(mail) == ["own", "own"]
        assert "000008.eml: " in caplog.text
        assert len(names(outbox_directory)) == 5


def test_m5_where_nothing_can_be_stored_the_letter_goes_out_and_what_waits_stays(
    mail: MailServer,
    notifier_of: BuildNotifier,
    outbox_directory: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What cannot be deleted afterwards would go out again with every run."""
    Outbox(outbox_directory).keep(b"Subject: waiting\r\n\r\n")
    (outbox_directory / "000002.eml").mkdir()  # so that nothing can be stored
    with caplog.at_level(logging.WARNING):
        notifier_of(mail).send(letter("out"), MOMENT)
    assert "cannot be kept" in caplog.text
    assert subjects(mail) == ["out"]
    assert names(outbox_directory) == ["000001.eml", "000002.eml"]


def test_m5_an_old_letter_that_the_server_puts_off_waits_on_and_stops_no_newer_one(
    mail: MailServer, notifier_of: BuildNotifier, outbox_directory: Path
) -> None:
    mail.refuse_data("451 4.7.1 Try again later", times=8)
    with pytest.raises(PassingNotifyError):
        notifier_of(mail).send(letter("old"), MOMENT)
    notifier_of(mail).send(letter("new"), MOMENT)
    assert subjects(mail) == ["new"]
    assert names(outbox_directory) == ["000001.eml"]
