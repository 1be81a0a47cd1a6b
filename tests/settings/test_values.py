"""What each variable may be, and that a wrong value is never repeated."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from etl.models.errors import ConfigurationError
from etl.settings.reading import Settings
from etl.settings.sections import is_address
from tests.settings.conftest import API, COMPLETE, MAIL, Read, problems

# One for each rule of ours; what pydantic itself refuses is shown by its bounds and kinds once.
WRONG = [
    ("DB_PORT", "postgres", "int_parsing"),
    ("REPORT_LANGUAGE", "de", "literal_error"),
    ("MAX_REJECTED_SHARE", "20%", "float_parsing"),
    ("API_TIMEOUT_SECONDS", "inf", "finite_number"),
    ("SMTP_SECURITY", "none", "mail_unprotected"),
    ("SENDER_EMAIL", "etl@uni.example\r\nBcc: x", "not_an_address"),
    ("SENDER_PASSWORD", "pass\udce4", "not_ascii"),
    ("RECIPIENTS_EMAILS", "dean@; ,@uni.example", "no_recipient"),
    ("TIME_ZONE", "../../etc/passwd", "unknown_time_zone"),
    ("TIME_ZONE", "Z" * 300, "unknown_time_zone"),
    ("API_URL", "http://127.0.0.1@evil.example/", "not_https"),
    ("API_URL", "ftp://grader.example", "not_a_url"),
    ("API_URL", "https://grader.example:99999", "not_a_url"),
    ("API_URL", "https://grader .example", "not_a_url"),
    ("GOOGLE_SHEETS_API_URL", "http://sheets.example", "not_https"),
]
# These only adorn: without them all attempts are loaded.
IGNORED = [
    ("HEALTHCHECK_URL", "https://hc..example/id", "not_a_url"),
    ("DASHBOARD_URL", "javascript:alert(1)", "not_a_url"),
    ("TASK_NAMES_FILE", "nowhere.csv", "names_missing"),
]
# Beyond its bounds, each number.
BOUNDS = {
    "DB_PORT": ("0", "65536"),
    "SMTP_PORT": ("0", "65536"),
    "WINDOW_DAYS": ("0", "367"),
    "LOG_KEEP_DAYS": ("0", "36501"),
    "REJECTED_KEEP_DAYS": ("0", "36501"),
    "MAX_REJECTED_SHARE": ("-0.1", "1.1"),
    "API_TIMEOUT_SECONDS": ("0", "86401"),
    "API_DEADLINE_SECONDS": ("0", "86401"),
    "API_PARALLEL_REQUESTS": ("0", "9"),
}


@pytest.mark.parametrize(("variable", "value", "code"), WRONG, ids=ascii)
def test_h2_a_wrong_value_is_shown_by_its_variable_and_never_repeated(
    read: Read, variable: str, value: str, code: str
) -> None:
    settings = read(**{**COMPLETE, variable: value})
    assert problems(settings) == [(variable, code)]
    with pytest.raises(ConfigurationError) as caught:
        settings.require(api=True)
    assert_silent_about(value, settings, caught.value)


@pytest.mark.parametrize(("variable", "value", "code"), IGNORED)
def test_w8_what_only_adorns_is_left_out(read: Read, variable: str, value: str, code: str) -> None:
    settings = read(**{**COMPLETE, variable: value})
    settings.require(api=True)
    assert [(one.variable, one.code) for one in settings.ignored] == [(variable, code)]
    assert settings.run.dashboard_url is settings.run.healthcheck_url is None


def test_numbers_have_bounds_and_choices_are_listed_without_a_word_of_english(read: Read) -> None:
    (problem,) = read(**{**COMPLETE, "REPORT_LANGUAGE": "de"}).problems
    assert problem.facts == {"expected": "'ru', 'en'"}
    for end in (0, 1):
        beyond = {name: bounds[end] for name, bounds in BOUNDS.items()}
        assert {name for name, _ in problems(read(**COMPLETE | beyond))} == BOUNDS.keys()


def assert_silent_about(value: str, settings: Settings, error: ConfigurationError) -> None:
    """Short ones are in other words as well."""
    if len(value) > 4:
        for told in (repr(settings), str(error), repr(error), repr(error.problems)):
            assert value not in told
            assert value.encode("unicode_escape", "replace").decode() not in told


def test_m4_plain_http_and_mail_without_encryption_are_for_this_machine_itself(read: Read) -> None:
    for url in ("http://localhost:8080/api", "http://[::1]:80/", "HTTPS://x.y"):
        assert read(**API | {"API_URL": url}).problems == ()
    for server in ("localhost", "127.0.0.1", "::1"):
        assert read(**MAIL | {"SMTP_SERVER": server}, SMTP_SECURITY="none").problems == ()


@pytest.mark.parametrize(
    ("port", "asked", "security"),
    [
        (" 465 ", None, "tls"),
        ("587", None, "starttls"),
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


def test_m1_recipients_keep_their_order_and_a_bad_one_costs_the_others_nothing(read: Read) -> None:
    bad = ("b@", "@x.y", "b", "<b@x.y>", "b@[", "b(x)@x.y", "ы@x.y", '"b b"@x.y', "b@b@x.y")
    settings = read(**MAIL | {"RECIPIENTS_EMAILS": f" b@x.y,{','.join(bad)};;a@x.y ; b@x.y"})
    assert settings.problems == ()
    assert settings.mail
    assert settings.mail.recipients == ("b@x.y", "a@x.y")
    assert settings.mail.unusable_recipients == bad


@given(st.text('ab.@[]()<>"\\ \r\n\t,:;-\x00é', max_size=12) | st.text(max_size=8))
@example("a@[")
@example("a@b\r\nRCPT TO:<x@y>")
@bounded(max_examples=60, deadline=None)
def test_m1_no_text_at_all_is_more_than_refused(text: str) -> None:
    if is_address(text):
        assert text.isascii()
        assert text.isprintable()
        assert " " not in text
        assert "@" in text[1:-1]
