"""Notify: sends the letter to everybody, and keeps it when it cannot go out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

import tenacity

from etl.mail.outbox import Outbox
from etl.mail.session import MailServer, PassingNotifyError, answer_text
from etl.models import Delivery, Letter

TRIES = 4
WAITS = tenacity.wait_exponential_jitter(multiplier=2, max=30)

log = logging.getLogger(__name__)


class EmailNotifier:
    """One letter to all recipients. Nothing is asked before `send` or `check` is used."""

    def __init__(
        self,
        server: MailServer,
        *,
        sender: str,
        recipients: Sequence[str],
        outbox: Outbox,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._server = server
        self._sender = sender
        self._recipients = list(recipients)
        self._outbox = outbox
        self._sleep = sleep

    def send(self, letter: Letter, moment: datetime) -> Delivery:
        """Sends what waited from earlier runs and then this letter.

        When it cannot go out it joins those that wait, and `NotifyError` is raised.
        """
        message = self._message(letter, moment).as_bytes()
        waiting = self._outbox.waiting()
        kept = self._keep(message)
        for path in waiting:
            self._patiently(path.read_bytes())
            path.unlink()
        delivery = self._patiently(message)
        if kept:
            kept.unlink()
        return delivery

    def check(self) -> str:
        """Logs in and sends nothing. Raises `NotifyError`."""
        with self._server.session() as smtp:
            smtp.noop()
        return f"logged in; letters go to {len(self._recipients)} recipients"

    def _keep(self, message: bytes) -> Path | None:
        """Before it is tried: whatever happens on the way, the letter is not lost."""
        try:
            return self._outbox.keep(message)
        except OSError as error:
            log.warning("notify: the letter cannot be kept for later: %s", error.strerror)
            return None

    def _patiently(self, message: bytes) -> Delivery:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(PassingNotifyError),
            wait=WAITS,
            stop=tenacity.stop_after_attempt(TRIES),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._transmit, message)

    def _transmit(self, message: bytes) -> Delivery:
        parsed = message_from_bytes(message, policy=policy.SMTP)
        with self._server.session() as smtp:
            answers = smtp.send_message(parsed, self._sender, self._recipients)
        refused = {
            address: f"{code} {answer_text(answer)}" for address, (code, answer) in answers.items()
        }
        for address, answer in refused.items():
            log.warning("notify: %s was refused: %s", address, answer)
        accepted = [address for address in self._recipients if address not in refused]
        return Delivery(tuple(accepted), refused)

    def _message(self, letter: Letter, moment: datetime) -> EmailMessage:
        message = EmailMessage(policy=policy.SMTP)
        message["Subject"] = " ".join(letter.subject.split())
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = format_datetime(moment)
        message["Message-ID"] = make_msgid(domain=self._sender.partition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(_storable(letter.text))
        message.add_alternative(_storable(letter.html), subtype="html")
        return message


def _storable(text: str) -> str:
    """Lone surrogates out of somebody's error text would break the encoding of the letter."""
    return text.encode("utf-8", "replace").decode("utf-8")
