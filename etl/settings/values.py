"""What a setting's text may be: readers that turn it into a value or say what is wrong."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_core import PydanticCustomError

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SMTP_OVER_TLS = 465
# With the number of an account, the kind of file or the form of a link in between, or none.
SPREADSHEET_ADDRESS = re.compile(r"(?:/d/(?:e/)?|[?&](?:id|key)=)([\w-]+)")
VISIBLE_ASCII = re.compile("[!-~]+")

Security = Literal["tls", "starttls", "none"]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        # The port is read only when it is asked for, and so is whether DNS could be asked the name.
        (parts.hostname or "").encode("idna")
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # its text would repeat the value
        good = False
    if not good or any(map(str.isspace, value)):
        raise PydanticCustomError("not_a_url", "not a URL")
    return value


def _https_url(value: str) -> str:
    """Plain http would show the key to the network; only this machine itself may be asked so."""
    parts = urlsplit(_url(value))
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise PydanticCustomError("not_https", "not https")
    return value


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, OSError, ValueError) as error:  # all three, by the kind of nonsense
        raise PydanticCustomError("unknown_time_zone", "unknown time zone") from error


def is_address(text: str) -> bool:
    """Whether a mail server could take it: `local@domain` as RFC 5322 has it, visible ASCII."""
    try:
        address = Address(addr_spec=text)
    except (AttributeError, IndexError, MessageError, ValueError):  # the parser's ways to say no
        return False
    complete = address.username and address.domain
    return bool(complete) and bool(VISIBLE_ASCII.fullmatch(text)) and address.addr_spec == text


def _address(value: str) -> str:
    if not is_address(value):
        raise PydanticCustomError("not_an_address", "not an e-mail address")
    return value


def _addresses(value: str) -> tuple[str, ...]:
    """Comma or semicolon separated, blanks and repetitions dropped, order kept."""
    found = (part.strip() for part in value.replace(";", ",").split(","))
    addresses = tuple(dict.fromkeys(part for part in found if part))
    if not any(map(is_address, addresses)):
        raise PydanticCustomError("no_recipient", "no recipient")
    return addresses


def usual_security(port: int) -> Security:
    """RFC 8314: port 465 speaks TLS from the first byte, the others begin with STARTTLS."""
    return "tls" if port == SMTP_OVER_TLS else "starttls"


def _protecting(value: Security, section: ValidationInfo) -> Security:
    """A server that is not set at all is a problem of its own."""
    if value == "none" and section.data.get("server", "localhost") not in LOOPBACK:
        raise PydanticCustomError("mail_unprotected", "unprotected")
    return value


def _spreadsheet_id(value: str) -> str:
    """People paste the whole address of the sheet."""
    found = SPREADSHEET_ADDRESS.search(value)
    return found[1] if found else value


def _ascii(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isascii():
        raise PydanticCustomError("not_ascii", "not ASCII")
    return value


Url = Annotated[str, AfterValidator(_url)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
SpreadsheetId = Annotated[str, AfterValidator(_spreadsheet_id)]
Port = Annotated[int, Field(ge=1, le=65535)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
# smtplib can log in with nothing else.
MailPassword = Annotated[SecretStr, AfterValidator(_ascii)]
MailSecurity = Annotated[Security, AfterValidator(_protecting)]
EmailAddress = Annotated[str, AfterValidator(_address)]
EmailAddresses = Annotated[tuple[str, ...], BeforeValidator(_addresses)]
