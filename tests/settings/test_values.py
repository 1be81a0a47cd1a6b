"""What each variable may be, and that a wrong value is never repeated."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from etl.models.errors import ConfigurationError
from etl.settings.reading import Settings
from etl.settings.values import is_address
from tests.settings.conftest import API, COMPLETE, MAIL, Read, problems

WRONG = [
    ("DB_PORT", "postgres", "int_parsing"),
    ("DB_PORT", "0", "greater_than_equal"),
    ("DB_PORT", "65536", "less_than_equal"),
    ("DB_PORT", "-1", "greater_than_equal"),
    ("DB_PORT", "54.5", "int_parsing"),
    ("SMTP_PORT", "ssl", "int_parsing"),
    ("SMTP_PORT", "70000", "less_than_equal"),
    ("DB_SSLMODE", "always", "literal_error"),
    ("SMTP_SECURITY", "ssl", "literal_error"),
    ("SMTP_SECURITY", "none", "mail_unprotected"),
    ("SENDER_EMAIL", "etl@", "not_an_address"),
    ("SENDER_EMAIL", "etl@uni.example\r\nBcc: x", "not_an_address"),
    ("SENDER_PASSWORD", "пароль", "not_ascii"),
    ("SENDER_PASSWORD", "pass\udce4", "not_ascii"),
    ("RECIPIENTS_EMAILS", "dean@; ,@uni.example", "no_recipient"),
    ("RECIPIENTS_EMAILS", ";", "no_recipient"),
    ("TIME_ZONE", "Nowhere/City", "unknown_time_zone"),
    ("TIME_ZONE", "Europe", "unknown_time_zone"),
    ("TIME_ZONE", "../../etc/passwd", "unknown_time_zone"),
    ("TIME_ZONE", "/etc/localtime", "unknown_time_zone"),
    ("TIME_ZONE", "+03:00", "unknown_time_zone"),
    ("TIME_ZONE", "Z" * 300, "unknown_time_zone"),
    ("REPORT_LANGUAGE", "de", "literal_error"),
    ("REPORT_LANGUAGE", "RU", "literal_error"),
    ("WINDOW_DAYS", "three", "int_parsing"),
    ("WINDOW_DAYS", "0", "greater_than_equal"),
    ("WINDOW_DAYS", "367", "less_than_equal"),
    ("LOG_KEEP_DAYS", "0", "greater_than_equal"),
    ("LOG_KEEP_DAYS", "99999999", "less_than_equal"),
    ("REJECTED_KEEP_DAYS", "0", "greater_than_equal"),
    ("REJECTED_KEEP_DAYS", "36501", "less_than_equal"),
    ("REJECTED_KEEP_DAYS", "a year", "int_parsing"),
    ("MAX_REJECTED_SHARE", "20%", "float_parsing"),
    ("MAX_REJECTED_SHARE", "1.1", "less_than_equal"),
    ("MAX_REJECTED_SHARE", "-0.1", "greater_than_equal"),
    ("MAX_REJECTED_SHARE", "nan", "finite_number"),
    ("API_TIMEOUT_SECONDS", "0", "greater_than"),
    ("API_TIMEOUT_SECONDS", "inf", "finite_number"),
    ("API_TIMEOUT_SECONDS", "1e300", "less_than_equal"),
    ("API_DEADLINE_SECONDS", "-5", "greater_than"),
    ("API_PARALLEL_REQUESTS", "0", "greater_than_equal"),
    ("API_PARALLEL_REQUESTS", "9", "less_than_equal"),
    ("API_PARALLEL_REQUESTS", "2.5", "int_parsing"),
    ("API_PARALLEL_REQUESTS", "many", "int_parsing"),
    ("API_URL", "http://grader.example/api", "not_https"),
    ("API_URL", "http://127.0.0.1.evil.example/", "not_https"),
    ("API_URL", "http://127.0.0.1@evil.example/", "not_https"),
    ("API_URL", "grader.example/api", "not_a_url"),
    ("API_URL", "ftp://grader.example", "not_a_url"),
    ("API_URL", "https://", "not_a_url"),
    ("API_URL", "https://[::1", "not_a_url"),
    ("API_URL", "https://user:pw@ex℀mple", "not_a_url"),
    ("API_URL", "https://grader.example:https", "not_a_url"),
    ("API_URL", "https://grader.example:99999", "not_a_url"),
    ("API_URL", "https://grader .example", "not_a_url"),
    ("HEALTHCHECK_URL", "https://hc..example/id", "not_a_url"),
    ("GOOGLE_SHEETS_API_URL", "http://sheets.example", "not_https"),
    ("HEALTHCHECK_URL", "http://hc.example/id", "not_https"),
    ("DASHBOARD_URL", "javascript:alert(1)", "not_a_url"),
]


@pytest.mark.parametrize(("variable", "value", "code"), WRONG, ids=ascii)
def test_h2_a_wrong_value_is_shown_by_its_variable_and_never_repeated(
    read: Read, variable: str, value: str, code: str
) -> None:
    settings = read(**{**COMPLETE, variable: value})
    assert problems(settings) == [(variable, code)]
    with pytest.raises(ConfigurationError) as caught:
        settings.require(api=True)
    assert_silent_about(value, settings, caught.value)


def test_what_is_allowed_is_listed_without_a_word_of_english(read: Read) -> None:
    (problem,) = read(**{**COMPLETE, "REPORT_LANGUAGE": "de"}).problems
    assert problem.facts == {"expected": "'ru', 'en'"}


def assert_silent_about(value: str, settings: Settings, error: ConfigurationError) -> None:
    """Short ones and a bare `https://` are in other words as well."""
    if len(value) > 4 and value != "https://":
        for told in (repr(settings), str(error), repr(error), repr(error.problems)):
            assert value not in told
            assert value.encode("unicode_escape", "replace").decode() not in told


@pytest.mark.parametrize(
    "url", ["http://localhost:8080/api", "http://127.0.0.1/", "http://[::1]:80/", "HTTPS://x.y"]
)
def test_plain_http_is_for_this_machine_itself(read: Read, url: str) -> None:
    settings = read(**{**API, "API_URL": url})
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("port", "asked", "security"),
    [
        ("465", None, "tls"),
        ("0465", None, "tls"),
        (" 465 ", None, "tls"),
        ("587", None, "starttls"),
        ("25", None, "starttls"),
        ("587", "tls", "tls"),
        ("465", "starttls", "starttls"),
    ],
)
def test_the_port_says_how_encryption_begins_unless_it_is_said(
    read: Read, port: str, asked: str | None, security: str
) -> None:
    settings = read(**MAIL, SMTP_PORT=port, **({"SMTP_SECURITY": asked} if asked else {}))
    assert settings.mail
    assert settings.mail.security == security


@pytest.mark.parametrize("server", ["localhost", "127.0.0.1", "::1"])
def test_m4_mail_without_encryption_is_for_this_machine_itself(read: Read, server: str) -> None:
    settings = read(**{**MAIL, "SMTP_SERVER": server}, SMTP_SECURITY="none")
    assert settings.problems == ()


@pytest.mark.parametrize(
    ("written", "names"),
    [("a@x.y;b@x.y, c@x.y", "abc"), (" a@x.y ,, ;b@x.y; ", "ab"), ("b@x.y,a@x.y;b@x.y", "ba")],
    ids=["both separators", "blanks and nothing between", "twice"],
)
def test_m1_recipients_keep_their_order_and_are_named_once(
    read: Read, written: str, names: str
) -> None:
    settings = read(**{**MAIL, "RECIPIENTS_EMAILS": written})
    assert settings.mail
    assert settings.mail.recipients == tuple(f"{name}@x.y" for name in names)
    assert settings.mail.unusable_recipients == ()


BAD_ADDRESSES = ["b@", "@x.y", "b", "<b@x.y>", "B b@x.y", "b@[", "b(x)@x.y", "ы@x.y", "b@ы.y"]
BAD_ADDRESSES += ['"b b"@x.y', '"b\tb"@x.y', "b@x..y", "b@b@x.y"]


@pytest.mark.parametrize("bad", BAD_ADDRESSES, ids=ascii)
def test_m1_a_bad_recipient_is_named_and_costs_the_others_nothing(read: Read, bad: str) -> None:
    settings = read(**{**MAIL, "RECIPIENTS_EMAILS": f"a@x.y,{bad};c@x.y"})
    assert settings.problems == ()
    assert settings.mail
    assert settings.mail.recipients == ("a@x.y", "c@x.y")
    assert settings.mail.unusable_recipients == (bad,)


@given(st.text('ab.@[]()<>"\\ \r\n\t,:;-\x00é', max_size=12) | st.text(max_size=8))
@example("a@[")
@example("a@b\r\nRCPT TO:<x@y>")
@bounded(max_examples=150, deadline=None)
def test_m1_no_text_at_all_is_more_than_refused(text: str) -> None:
    if is_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
        assert "@" in text[1:-1]
