"""What a setting's text may be: readers that turn it into a value or say what is wrong."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
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
    """Whether a mail server could take it: `local@domain` as RFC 5322 has it, ASCII only."""
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):  # the parser's own ways to say no
        return False
    return bool(address.username and address.domain) and text.isascii() and " " not in text


def _address(value: str) -> str:
    if not is_address(value):
        raise PydanticCustomError("not_an_address", "not an e-mail address")
    return value


def _addresses(value: str) -> tuple[str, ...]:
    """Comma or semicolon separated, blanks and repetitions dropped, order kept."""
    found = (part.strip() for part in value.replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in found if part))


Url = Annotated[str, AfterValidator(_url)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
Port = Annotated[int, Field(ge=1, le=65535)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
EmailAddress = Annotated[str, AfterValidator(_address)]
EmailAddresses = Annotated[tuple[str, ...], BeforeValidator(_addresses)]
