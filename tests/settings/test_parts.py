"""Which part is on, which is off, and which is half-set; the defaults of the rest."""

from __future__ import annotations

import pytest

from etl.models.errors import ConfigurationError
from etl.settings.sections import SECRETS
from tests.settings.conftest import API, COMPLETE, DATABASE, MAIL, SHEET, Read, problems

PARTS = {"api": API, "database": DATABASE, "sheet": SHEET, "mail": MAIL}
parts = pytest.mark.parametrize("part", PARTS)


@parts
def test_a_part_with_all_its_variables_is_on_and_the_others_are_off(read: Read, part: str) -> None:
    settings = read(**PARTS[part])
    assert settings.problems == ()
    assert [name for name in PARTS if getattr(settings, name)] == [part]


@parts
def test_h2_a_half_set_part_names_each_missing_variable(read: Read, part: str) -> None:
    first, *others = PARTS[part]
    settings = read(**{first: PARTS[part][first]})
    assert getattr(settings, part) is None
    assert problems(settings) == [(name, "missing") for name in others]


def test_h2_without_encryption_a_missing_server_is_the_only_problem(read: Read) -> None:
    others = {name: value for name, value in MAIL.items() if name != "SMTP_SERVER"}
    assert problems(read(**others, SMTP_SECURITY="none")) == [("SMTP_SERVER", "missing")]


@parts
def test_an_optional_variable_switches_no_part_on(read: Read, part: str) -> None:
    optional = {
        "api": {"API_TIMEOUT_SECONDS": "5"},
        "database": {"DB_PORT": "6543"},
        "sheet": {"WORKSHEET_TITLE": "x"},
        "mail": {"SMTP_PORT": "587", "SMTP_SECURITY": "none"},
    }
    settings = read(**optional[part])
    assert (getattr(settings, part), settings.problems) == (None, ())


def test_h2_all_problems_are_shown_at_once(read: Read) -> None:
    wrong = {
        "API_URL": "http://grader.example",
        "DB_HOST": "db.example",
        "DB_PORT": "0",
        "SMTP_SERVER": "mail.example",
        "SMTP_SECURITY": "none",
        "RECIPIENTS_EMAILS": "dean@",
        "TIME_ZONE": "Nowhere/City",
        "WINDOW_DAYS": "soon",
    }
    settings = read(**wrong)
    with pytest.raises(ConfigurationError) as caught:
        settings.require(api=True)
    told = {problem.variable for problem in caught.value.problems}
    absent = {"API_CLIENT", "API_CLIENT_KEY", "DB_NAME", "DB_USER", "DB_PASSWORD"}
    absent |= {"SENDER_EMAIL", "SENDER_PASSWORD"}
    assert told == (wrong.keys() | absent) - {"DB_HOST", "SMTP_SERVER"}
    assert len(caught.value.problems) == len(told)


def test_what_is_right_of_the_run_survives_what_is_wrong(read: Read) -> None:
    settings = read(REPORT_LANGUAGE="en", TIME_ZONE="Nowhere/City", WINDOW_DAYS="7")
    assert (settings.run.language, settings.run.window_days) == ("en", 7)
    assert settings.run.zone.key == "UTC"


def test_only_a_run_that_asks_the_grader_needs_it(read: Read) -> None:
    read().require(api=False)
    with pytest.raises(ConfigurationError) as caught:
        read().require(api=True)
    assert [problem.variable for problem in caught.value.problems] == list(API)


def test_h2_no_secret_is_in_any_text_of_the_settings(read: Read) -> None:
    secrets = {name: f"s3cret-of-{name}" for name in SECRETS}
    secrets["HEALTHCHECK_URL"] = "https://hc.example/s3cret-of-health"
    settings = read(**{**COMPLETE, **secrets})
    assert settings.problems == ()
    assert set(settings.secrets) == set(secrets.values())
    for told in (repr(settings), str(settings), f"{settings.mail!r} {settings.run!r}"):
        assert "s3cret" not in told


def test_secrets_of_wrong_settings_are_redacted_too(read: Read) -> None:
    assert read(DB_PASSWORD="s3cret").secrets == ("s3cret",)


ADDRESS = "https://user:p@s%3As@peer.example/x?y=1"


@pytest.mark.parametrize(
    "variable", ["API_URL", "DASHBOARD_URL", "HEALTHCHECK_URL", "https_proxy", "HTTP_PROXY"]
)
def test_s9_a_login_in_an_address_is_a_secret_and_never_in_a_link(
    read: Read, variable: str
) -> None:
    address = ADDRESS.removeprefix("https://") if variable == "HTTP_PROXY" else ADDRESS
    settings = read(**{**COMPLETE, variable: address})
    assert settings.problems == ()
    assert {"user:p@s%3As", "p@s%3As", "p@s:s"} < set(settings.secrets)
    assert "s%3As" not in str(settings.effective)
    if variable == "DASHBOARD_URL":
        assert settings.run.dashboard_url == "https://peer.example/x?y=1"


@pytest.mark.parametrize(
    ("address", "secrets"),
    [
        ("https://user:p/a?s@peer.example", {"user:p/a?s", "p/a?s"}),
        ("https://user:p@peer.example/~ivanov@dep", {"user:p", "p"}),
        ("https://peer.example/x?to=a@b", set()),
        ("https://peer.example:8443/~ivanov@dep", set()),
        ("https://[::1]:8443/~ivanov@dep", set()),
    ],
)
def test_s9_a_path_with_an_at_sign_is_no_login(read: Read, address: str, secrets: set[str]) -> None:
    assert set(read(DASHBOARD_URL=address).secrets) == secrets


@pytest.mark.parametrize("variable", ["DB_HOST", "SMTP_SERVER"])
def test_s9_a_host_has_no_login(read: Read, variable: str) -> None:
    database = {"DB_NAME": "lms", "DB_USER": "etl", "DB_PASSWORD": "x", "DB_HOST": "localhost"}
    for host in ("user:p@s@peer.example", "one,user:p@two", "postgresql://user:p@peer.example"):
        settings = read(**{**COMPLETE, **database, variable: host})
        assert [problem.variable for problem in settings.problems] == [variable]
        assert (variable, "environment", "wrong") in settings.effective
    for host in ("/home/user@peer.example/run", "@abstract", "one,two", "::1"):
        assert read(**{**COMPLETE, **database, variable: host}).problems == ()


def test_s16_a_letter_links_to_hosts_that_the_settings_name(read: Read) -> None:
    settings = read(**COMPLETE, DASHBOARD_URL="https://board.example.org:8443/x")
    named = ("lms.uni.example", "uni.example:99", "grader.example", "board.example.org")
    foreign = ("evil.example", "uni.example.evil.x", "myuni.example", "example.org")
    found = [host for host in named + foreign if settings.may_link(f"https://{host}/courses")]
    assert found == [*named]
