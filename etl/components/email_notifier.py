"""Notify: sends a run's letter (an e-mail); if that fails, a later run sends it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from smtplib import SMTP, SMTPRecipientsRefused, SMTPSenderRefused

from etl.mail.letter import Letter
from etl.mail.outbox import Outbox, aside
from etl.mail.session import (
    DEADLINE_SECONDS,
    PASSING_CODES,
    MailAccount,
    PassingNotifyError,
    RefusedLetterError,
    reply_text,
)
from etl.models.errors import NotifyError, Problem
from etl.models.peers import harmless, retrying

TRIES = 4
HASTE_SECONDS = 2
ACCEPTING_CODES = range(200, 300)
# 7 bits: not every server takes more (RFC 6152).
POLICY = policy.SMTP.clone(cte_type="7bit")

log = logging.getLogger(__name__)

# Returns the letter; it gets the refused letters of earlier runs, each with the server's words.
Compose = Callable[[Mapping[Path, str]], Letter]
Answers = dict[str, tuple[int, bytes]]


class EmailNotifier:
    """A sender of letters to `recipients`; `outbox` keeps each letter until it is sent."""

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
        self._sleep = sleep
        self._seconds: float = DEADLINE_SECONDS

    def hurry(self, seconds: float = HASTE_SECONDS) -> None:
        """Limits `send` to `seconds`: by default enough for a new letter, not for waiting ones."""
        self._seconds = seconds

    def send(self, compose: Compose, moment: datetime) -> str:
        """Sends the letters that wait from earlier runs, then a new one, which `compose` returns.

        `moment` is its date. `compose` gets the files of old letters that the server refuses for
        good, with its replies; these are not sent again. Returns in words how many recipients the
        new letter reached. Raises `NotifyError` if none; then it waits for the next run.
        """
        number = make_msgid(domain=self._sender.partition("@")[2])
        message = self._message(compose({}), moment, number)
        kept: Path | None = None
        with _logged_disk_error("the letter cannot be kept for later"):
            kept = self._outbox.keep(message)  # now, so that no failure on the way loses it
        # If this letter cannot be stored, sent ones cannot be deleted and would go out every time.
        refused, stuck = self._send_waiting(kept) if kept else ({}, None)
        if refused:
            # Not kept: until this letter goes out, the refused ones are tried again.
            told = {aside(path): said for path, said in refused.items()}
            message = self._message(compose(told), moment, number)
        delivery = self._deliver(message, kept)
        for path in refused:
            with _logged_disk_error(path):
                path.rename(aside(path))
                log.warning("notify: %s was refused again: see %s", path.name, aside(path))
        if stuck:  # by its size, perhaps: the next run tries the others first
            with _logged_disk_error(stuck):
                self._outbox.keep(self._outbox.read(stuck))
                stuck.unlink(missing_ok=True)
        return delivery

    def check(self) -> str:
        """Returns in words how many recipients the server accepts; logs in, but sends no letter.

        Raises `NotifyError` if the login fails or the server refuses the sender or all recipients.
        """
        answers = self._account.converse(self._offer)
        refused = "".join(f"; {one}: {reply_text(*reply)}" for one, reply in answers.items())
        return f"it takes letters to {len(self._recipients) - len(answers)} recipients{refused}"

    def _offer(self, smtp: SMTP) -> Answers:
        """Returns the replies that refuse a recipient, as `sendmail` does."""
        code, words = smtp.mail(self._sender)
        if code not in ACCEPTING_CODES:
            raise SMTPSenderRefused(code, words, self._sender)
        answers = {address: smtp.rcpt(address) for address in self._recipients}
        smtp.rset()
        refused = {a: reply for a, reply in answers.items() if reply[0] not in ACCEPTING_CODES}
        if len(refused) == len(answers):
            raise SMTPRecipientsRefused(refused)
        return refused

    def _send_waiting(self, newest: Path) -> tuple[dict[Path, str], Path | None]:
        """Sends the letters before `newest`, oldest first, while there is time.

        Returns those refused for good, with the server's words, and one that got no answer.
        """
        refused = {}
        until = time.monotonic() + self._seconds - HASTE_SECONDS  # in haste there is no time
        for path in self._outbox.waiting():
            if path != newest and time.monotonic() < until:
                with _logged_disk_error(path):
                    try:
                        self._deliver(self._outbox.read(path), path)
                    except RefusedLetterError as error:
                        refused[path] = str(error.facts["said"])
                        log.warning("notify: %s of an earlier run: %s", path, refused[path])
                    except PassingNotifyError as error:  # any other hits today's letter, too
                        said = error.facts["said"]
                        log.warning("notify: %s of an earlier run waits on: %s", path, said)
                        if error.problem is not Problem.MAIL_BUSY:
                            return refused, path
        return refused, None

    def _deliver(self, message: bytes, kept: Path | None) -> str:
        answers = self._refusals(self._recipients, message, kept)
        for address, answer in answers.items():
            log.warning("notify: %s was refused: %s", address, answer)
        reached = len(self._recipients) - len(answers)
        return f"{reached} recipients reached, {len(answers)} refused"

    def _refusals(
        self, recipients: Sequence[str], message: bytes, kept: Path | None
    ) -> dict[str, str]:
        """Sends to all, to busy addresses again; returns the reply for each refused address."""

        def talk(smtp: SMTP) -> Answers:
            answers = smtp.sendmail(self._sender, recipients, message)
            if kept:  # at once: a run that ends before this would send it again
                with _logged_disk_error(kept):
                    kept.unlink(missing_ok=True)
            return answers

        patiently = retrying(
            lambda error: isinstance(error, PassingNotifyError),
            tries=TRIES,
            first_wait_seconds=2,
            longest_wait_seconds=30,
            deadline_seconds=self._seconds,
            sleep=self._sleep,
        )
        answers = patiently(self._account.converse, talk, self._seconds)
        refused = {address: reply_text(*answer) for address, answer in answers.items()}
        busy = [address for address, (code, _) in answers.items() if code in PASSING_CODES]
        if busy:  # fewer each time: if all addresses are refused, `sendmail` raises
            with suppress(NotifyError):
                later = self._refusals(busy, message, kept)
                refused = {a: r for a, r in refused.items() if a not in busy} | later
        return refused

    def _message(self, letter: Letter, moment: datetime, number: str) -> bytes:
        message = EmailMessage(policy=POLICY)
        message["Subject"] = " ".join(harmless(letter.subject).split())
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = format_datetime(moment)
        message["Message-ID"] = number
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(harmless(letter.text))
        message.add_alternative(harmless(letter.html), subtype="html")
        return message.as_bytes()


@contextmanager
def _logged_disk_error(subject: object) -> Iterator[None]:
    """Logs an error of the disk, which must hold up no letter."""
    try:
        yield
    except OSError as error:
        log.warning("notify: %s: %s", subject, error.strerror)
