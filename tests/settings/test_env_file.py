"""How `.env` is read, and what wins over it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import trustme

from tests.settings.conftest import API, COMPLETE, DATABASE, MAIL, Read, problems, warnings


def mail_password(read: Read, line: bytes) -> str:
    others = {name: value for name, value in MAIL.items() if name != "SENDER_PASSWORD"}
    settings = read(line, **others)
    assert settings.problems == ()
    assert settings.mail
    return settings.mail.password.get_secret_value()


@pytest.mark.parametrize(
    ("written", "password"),
    [
        (rb"'a #b'", "a #b"),
        (rb"a #comment", "a"),
        (rb"pa$$word$HOME", "pa$$word$HOME"),
        (rb'"${HOME}$x"', "${HOME}$x"),
        (rb"' blanks around '", " blanks around "),
        (rb'"back\\slash"', r"back\slash"),
        (rb"it's=#b&%s{x}", "it's=#b&%s{x}"),
    ],
    ids=ascii,
)
def test_h2_a_password_is_what_was_written(read: Read, written: bytes, password: str) -> None:
    assert mail_password(read, b"SENDER_PASSWORD=" + written + b"\n") == password


def test_h2_marks_and_line_ends_of_editors_are_no_part_of_a_value(read: Read) -> None:
    lines = [f"{name}={value}".encode() for name, value in API.items()]
    settings = read(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    assert settings.problems == ()
    assert settings.api
    assert settings.api.url == API["API_URL"]
    assert settings.api.client_key.get_secret_value() == API["API_CLIENT_KEY"]


def test_h2_comments_blank_lines_and_export_are_skipped_and_the_environment_wins(
    read: Read,
) -> None:
    written = "# Пароль\n\nexport WINDOW_DAYS=5  # дней\n".encode()
    assert read(written).run.window_days == 5
    assert read(written, WINDOW_DAYS="7").run.window_days == 7


def test_h2_an_empty_value_counts_as_not_set(read: Read) -> None:
    settings = read(b"SMTP_SERVER=\nSMTP_PORT=' '\nWINDOW_DAYS=5\n", API_URL="\t", WINDOW_DAYS="")
    assert (settings.mail, settings.api, settings.problems) == (None, None, ())
    assert settings.run.window_days == 5


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\ufeff \t\n"], ids=ascii)
def test_xv3_a_secret_out_of_a_file_has_no_line_end_and_no_blank(read: Read, end: str) -> None:
    settings = read(**{name: f"{value}{end}" for name, value in COMPLETE.items()})
    assert settings.problems == ()
    assert settings.api
    assert settings.mail
    assert settings.api.client_key.get_secret_value() == API["API_CLIENT_KEY"]
    assert settings.mail.password.get_secret_value() == MAIL["SENDER_PASSWORD"]
    assert settings.secrets == read(**COMPLETE).secrets
    assert mail_password(read, b'SENDER_PASSWORD=" secret \n"') == " secret "


def test_xv2_variables_of_other_programs_are_read_and_paths_begin_at_the_file(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    settings = read(
        b"LOG_DIR=~/logs\nTASK_NAMES_FILE=tasks.csv\nDASHBOARD_FILE=$HOME/page.html\n"
        b"SSL_CERT_FILE=ca.pem\nREQUESTS_CA_BUNDLE=~/ca.pem\nCURL_CA_BUNDLE=.\n"
        b"PGSSLROOTCERT=ca.pem\nPGSSLKEY=~/key.pem\n"
        b"https_proxy=proxy.example:3128\nHTTPS_PROXY=other.example\nNO_PROXY=a,b\n",
        **COMPLETE,
        no_proxy="c",
    )
    assert problems(settings) == []
    assert [one.code for one in settings.ignored] == ["names_missing"]
    assert warnings(settings) == {}
    assert settings.database
    assert settings.mail
    ca = tmp_path / "ca.pem"
    assert (settings.database.sslrootcert, settings.mail.ca_file) == (ca, ca)
    assert settings.database.sslkey == tmp_path / "key.pem"
    assert settings.run.log_directory == tmp_path / "logs"
    assert settings.run.dashboard_file == tmp_path / "page.html"
    assert settings.network == {
        "HTTPS_PROXY": "http://proxy.example:3128",
        "NO_PROXY": "c",
        "REQUESTS_CA_BUNDLE": str(ca),
        "CURL_CA_BUNDLE": str(tmp_path),
    }
    system = read(b"", **DATABASE, PGSSLROOTCERT="system").database
    assert system
    assert str(system.sslrootcert) == "system"


@pytest.mark.parametrize(
    "variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "PGSSLROOTCERT"]
)
@pytest.mark.parametrize("content", [None, b"", b"no PEM"], ids=["missing", "empty", "no PEM"])
def test_xv1_a_variable_that_names_no_certificates_is_a_problem_of_its_own(
    read: Read, tmp_path: Path, variable: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_bytes(content)
    settings = read(f"{variable}=ca.pem\nWINDOW_DAYS=soon\n".encode(), **COMPLETE)
    assert {*problems(settings)} == {(variable, "no_authorities"), ("WINDOW_DAYS", "int_parsing")}


def test_h2_a_file_in_another_encoding_is_a_problem_and_no_crash(read: Read) -> None:
    assert problems(read("# Пароль\nWINDOW_DAYS=5\n".encode("cp1251"))) == [(".env", "unreadable")]


def test_names_of_others_in_the_environment_are_no_problem(read: Read) -> None:
    settings = read(b"FOREIGN\nOTHER=1\n", PATH="/bin", url="x", client="y")
    assert settings.problems == ()


def test_h2_a_misspelt_setting_is_shown_with_the_one_that_is_meant(read: Read) -> None:
    settings = read(b"TIMEZONE=Europe/Moscow\nTIMEZONE=UTC\nWINDOW_DAYS=5\nWINDOWS_DAYS=4\n")
    assert problems(settings) == [("TIMEZONE", "misspelt")]
    assert "TIMEZONE" not in warnings(settings)
    assert settings.problems[0].facts == {"meant": "TIME_ZONE"}


def test_h2_names_that_nobody_reads_are_warnings_with_the_setting_that_may_be_meant(
    read: Read,
) -> None:
    settings = read(
        b"REPORT_LANG=en\nMAX_REJECTED=1\nEMAIL_RECIPIENTS=a@x.y\nPATH=/bin\nWINDOW_DAYS=5\n"
    )
    assert settings.problems == ()
    assert warnings(settings) == {
        "REPORT_LANG": {"meant": "REPORT_LANGUAGE"},
        "MAX_REJECTED": {"meant": "MAX_REJECTED_SHARE"},
        "EMAIL_RECIPIENTS": {"meant": "RECIPIENTS_EMAILS"},
        "PATH": {},
    }


def test_h2_what_may_be_a_piece_of_a_key_is_named_by_its_line_alone(read: Read) -> None:
    """As `base64` without `-w0` writes it."""
    settings = read(b"API_CLIENT=x\nDB_PASSWORD=ab\nc3VwZXIgc2VjcmV0\nAB12==\nS3CRET\nlower=1\n")
    assert warnings(settings) == {
        "AB12": {},
        ".env": {"lines": "3, 5, 6"},
    }


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o640, True), (0o604, True)])
def test_h2_a_file_that_others_may_read_is_a_warning(
    read: Read, tmp_path: Path, mode: int, is_open: bool
) -> None:
    (tmp_path / ".env").write_text("WINDOW_DAYS=5\n")
    (tmp_path / ".env").chmod(mode)
    codes = [warning.code for warning in read().warnings]
    assert codes == (["open_to_others"] if is_open else [])


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.google.com/spreadsheets/d/1aB_c-9/edit?gid=0#gid=0",
        "https://docs.google.com/spreadsheets/d/e/1aB_c-9/pubhtml",
    ],
)
def test_p2_the_address_of_a_sheet_is_as_good_as_its_id(read: Read, address: str) -> None:
    settings = read(**COMPLETE | {"SPREADSHEET_ID": address})
    assert settings.sheet
    assert settings.sheet.spreadsheet_id == "1aB_c-9"
