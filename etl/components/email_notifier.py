"""Notify: sends the letter to all recipients; a letter that cannot go out is kept."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from etl.mail.letter import Letter
from etl.mail.outbox import Outbox
from etl.mail.session import (
    PASSING_CODES,
    MailAccount,
    PassingNotifyError,
    RefusedLetterError,
    reply_text,
)
from etl.models.errors import NotifyError, Problem
from etl.models.peers import retrying

TRIES = 4
# 7 bits: not every server takes more (RFC 6152).
POLICY = policy.SMTP.clone(cte_type="7bit")
# Some servers refuse letters with control characters; an excerpt of a binary answer may hold one.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """The addresses that a letter reached, and the server's reply for each refused one."""

    accepted: tuple[str, ...]
    refused: Mapping[str, str]

    def __str__(self) -> str:
        return f"{len(self.accepted)} recipients reached, {len(self.refused)} refused"


class EmailNotifier:
    """Sends one letter to all recipients. The constructor connects to nothing."""

    def __init__(
        self,
        account: MailAccount,
        *,
        sender: str,
        recipients: Sequence[str],
        outbox: Outbox,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._sender = sender
        self._recipients = list(recipients)
        self._outbox = outbox
        self._patiently = retrying(
            lambda error: isinstance(error, PassingNotifyError),
            tries=TRIES,
            first_wait_seconds=2,
            longest_wait_seconds=30,
            sleep=sleep,
        )

    def send(self, letter: Letter, moment: datetime) -> Delivery:
        """Sends the letters that wait from earlier runs, then this one.

        Raises `NotifyError` when this letter cannot go out; then it waits too. A waiting letter
        that the server refuses for good is set aside once a newer one has gone out.
        """
        message = self._message(letter, moment).as_bytes()
        kept = self._keep(message)
        # If this letter cannot be stored, sent ones cannot be deleted and would go out every time.
        refused = self._send_waiting(kept) if kept else []
        delivery = self._deliver(message)
        if kept:
            with _logged_disk_error(kept):
                kept.unlink()
        for path in refused:
            with _logged_disk_error(path):
                aside = self._outbox.set_aside(path)
                log.warning("notify: %s was refused again and is set aside as %s", path.name, aside)
        return delivery

    def check(self) -> str:
        """Logs in, sends nothing, and returns a sentence for people. Raises `NotifyError`."""
        with self._account.session() as smtp:
            smtp.noop()
        return f"logged in; letters go to {len(self._recipients)} recipients"

    def _keep(self, message: bytes) -> Path | None:
        """Stores the letter before it is tried, so that no failure on the way loses it."""
        try:
            return self._outbox.keep(message)
        except OSError as error:
            log.warning("notify: the letter cannot be kept for later: %s", error.strerror)
            return None

    def _send_waiting(self, newest: Path) -> list[Path]:
        """Sends the letters before `newest`, oldest first; returns those refused for good."""
        refused = []
        for path in self._outbox.waiting():
            if path != newest:
                with _logged_disk_error(path):
                    try:
                        self._deliver(path.read_bytes())
                        path.unlink()
                    except RefusedLetterError as error:
                        log.warning("notify: %s of an earlier run: %s", path, error.facts["said"])
                        refused.append(path)
                    except NotifyError as error:
                        if error.problem is not Problem.MAIL_BUSY:
                            raise  # the server itself fails, so today's letter would too
                        log.warning(
                            "notify: %s of an earlier run waits on: %s", path, error.facts["said"]
                        )
        return refused

    def _deliver(self, message: bytes) -> Delivery:
        answers = self._refusals(self._recipients, message)
        for address, answer in answers.items():
            log.warning("notify: %s was refused: %s", address, answer)
        accepted = [address for address in self._recipients if address not in answers]
        return Delivery(tuple(accepted), answers)

    def _refusals(self, recipients: Sequence[str], message: bytes) -> dict[str, str]:
        """Sends to all, to busy addresses again; returns the reply for each refused address."""
        answers = self._patiently(self._transmit, recipients, message)
        refused = {address: reply_text(*answer) for address, answer in answers.items()}
        busy = [address for address, (code, _) in answers.items() if code in PASSING_CODES]
        if busy:  # fewer each time: if all addresses are refused, `_transmit` raises
            with suppress(NotifyError):
                later = self._refusals(busy, message)
                refused = {a: r for a, r in refused.items() if a not in busy} | later
        return refused

    def _transmit(self, recipients: Sequence[str], message: bytes) -> dict[str, tuple[int, bytes]]:
        with self._account.session() as smtp:
            return smtp.sendmail(self._sender, recipients, message)

    def _message(self, letter: Letter, moment: datetime) -> EmailMessage:
        message = EmailMessage(policy=POLICY)
        message["Subject"] = " ".join(_mailable(letter.subject).split())
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = format_datetime(moment)
        message["Message-ID"] = make_msgid(domain=self._sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(_mailable(letter.text))
        message.add_alternative(_mailable(letter.html), subtype="html")
        return message


def _mailable(text: str) -> str:
    """Returns the text with `?` for control characters and lone surrogates, which UTF-8 lacks."""
    return CONTROL_CHARACTERS.sub("?", text.encode("utf-8", "replace").decode("utf-8"))


@contextmanager
def _logged_disk_error(path: Path) -> Iterator[None]:
    """Logs an error of the disk: one stored letter must not hold up the others."""
    try:
        yield
    except OSError as error:
        log.warning("notify: %s: %s", path, error.strerror)
