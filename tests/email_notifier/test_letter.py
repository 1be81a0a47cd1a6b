"""What arrives: a letter that any mail program can show, whatever was put into it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.email_notifier.conftest import MOMENT, PEOPLE, SENDER, BuildNotifier, letter
from tests.mail_faults import MailServer


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")  # lines end so in mail


@pytest.fixture
def arrived(mail: MailServer, notifier_of: BuildNotifier) -> EmailMessage:
    moment = datetime(2026, 3, 10, 9, 0, tzinfo=timezone(timedelta(hours=3)))
    content = letter("✅ Готово", "Всё загружено\n", "<p>Всё <b>загружено</b></p>\n")
    notifier_of(mail, PEOPLE).send(content, moment)
    return mail.letters[0].message


def test_a_letter_has_the_same_as_plain_text_and_as_html(arrived: EmailMessage) -> None:
    assert arrived.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in arrived.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in arrived.iter_parts()} == {"utf-8"}
    assert body(arrived, "plain") == "Всё загружено\n"
    assert body(arrived, "html") == "<p>Всё <b>загружено</b></p>\n"


def test_a_letter_says_from_whom_to_whom_when_and_that_no_person_wrote_it(
    arrived: EmailMessage,
) -> None:
    assert arrived["From"] == SENDER
    assert [address.addr_spec for address in arrived["To"].addresses] == list(PEOPLE)
    assert arrived["Subject"] == "✅ Готово"
    assert arrived["Date"] == "Tue, 10 Mar 2026 09:00:00 +0300"
    assert arrived["Message-ID"].strip().endswith("@uni.example>")
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert not any(part.defects for part in arrived.walk())


def test_m6_a_subject_is_one_line_and_no_new_header(
    mail: MailServer, notifier_of: BuildNotifier
) -> None:
    notifier_of(mail).send(letter("❌ failed\r\nBcc: spy@evil.example\n\nbody"), MOMENT)
    message = mail.letters[0].message
    assert message["Subject"] == "❌ failed Bcc: spy@evil.example body"
    assert message["Bcc"] is None
    assert mail.letters[0].recipients == PEOPLE[:2]


def test_m6_a_megabyte_arrives_whole(mail: MailServer, notifier_of: BuildNotifier) -> None:
    text = ".\n..\nQUIT\n" + "Ошибка " * 75_000 + "\n" + "x" * 200_000 + "\n"
    notifier_of(mail).send(letter(text=text, html="<p>short</p>"), MOMENT)
    assert body(mail.letters[0].message, "plain") == text
    assert max(map(len, mail.letters[0].raw.splitlines())) <= 998  # RFC 5322, 2.1.1


def test_m6_what_is_no_text_is_shown_as_a_question_mark(
    mail: MailServer, notifier_of: BuildNotifier
) -> None:
    odd, shown = "\ud800\udc80 \x00 \x1b[31m \x9b\u202e", "?? ? ?[31m ??"
    notifier_of(mail).send(letter(f"s{odd}s", f"t{odd}t\n", f"h{odd}h\n"), MOMENT)
    message = mail.letters[0].message
    assert message["Subject"] == f"s{shown}s"
    assert body(message, "plain") == f"t{shown}t\n"
    assert body(message, "html") == f"h{shown}h\n"


@given(text=st.text(st.characters(), max_size=60))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_m6_no_text_at_all_keeps_a_letter_from_arriving(
    mail: MailServer, notifier_of: BuildNotifier, text: str
) -> None:
    before = len(mail.letters)
    notifier_of(mail).send(letter(text, text, text), MOMENT)
    assert len(mail.letters) == before + 1
    assert mail.letters[-1].raw.isascii()  # 7 bits pass everywhere
    assert set(mail.letters[-1].message.keys()) >= {"Subject", "To", "Message-ID"}
