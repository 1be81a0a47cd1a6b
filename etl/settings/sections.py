"""The settings by section, their defaults, and the rules for their values.

A section is a part of the outside world. The part is off if none of its required variables is set;
if some are, each missing one is a problem. An empty value counts as unset, as in `.env.example`.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from etl.models.errors import SettingProblem
from etl.models.peers import LOOPBACK, root_cause

SMTP_OVER_TLS = 465
SYSTEM_AUTHORITIES = Path("system")  # a word of libpq for PGSSLROOTCERT (PostgreSQL 34.1.2)
# An address may name an account, a kind of file and a form of link around the id, or none.
SPREADSHEET_ADDRESS = re.compile(r"(?:/d/(?:e/)?|[?&](?:id|key)=)([\w-]+)")
# A login would be quoted with it. An @ may begin a socket's name, or stand in the path of one.
HOST = "^(/|@?[^@]*$)"
VISIBLE_ASCII = re.compile("[!-~]+")

Security = Literal["tls", "starttls", "none"]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        # `urlsplit` checks the port only when it is read, and never whether DNS can take the name.
        (parts.hostname or "").encode("idna")
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # the text of the error would repeat the value
        good = False
    if not good or any(map(str.isspace, value)):
        raise PydanticCustomError("not_a_url", "not a URL")
    return value


def _https_url(value: str) -> str:
    """Returns an https URL, or http to this machine: plain http shows the key to the network."""
    parts = urlsplit(_url(value))
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise PydanticCustomError("not_https", "not https")
    return value


def _link(value: str) -> str:
    """Returns the URL without a login, since everybody gets the letter."""
    parts = urlsplit(_url(value))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, OSError, ValueError) as error:  # each for another kind of nonsense
        raise PydanticCustomError("unknown_time_zone", "unknown time zone") from error


def is_address(text: str) -> bool:
    """Returns whether `text` is an e-mail address: `local@domain` (RFC 5322) in visible ASCII."""
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
    """Splits at commas and semicolons, drops repetitions; raises if no part is an address."""
    found = (part.strip() for part in value.replace(";", ",").split(","))
    addresses = tuple(dict.fromkeys(part for part in found if part))
    if not any(map(is_address, addresses)):
        raise PydanticCustomError("no_recipient", "no recipient")
    return addresses


def _protecting(value: Security, section: ValidationInfo) -> Security:
    """Allows `none` on this machine only; a server that is not set is a problem of its own."""
    if value == "none" and section.data.get("server", "localhost") not in LOOPBACK:
        raise PydanticCustomError("mail_unprotected", "unprotected")
    return value


def _spreadsheet_id(value: str) -> str:
    """Returns the id alone: people paste the whole address of the sheet."""
    found = SPREADSHEET_ADDRESS.search(value)
    return found[1] if found else value


def _authorities(path: Path, *, may_be_folder: bool = False) -> Path:
    """Returns the path of a PEM file that can be read."""
    try:
        if path != SYSTEM_AUTHORITIES and not (may_be_folder and path.is_dir()):
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError as error:  # OpenSSL's own is one
        cause = {"cause": root_cause(error)}
        raise PydanticCustomError("no_authorities", "no authorities", cause) from error
    return path


def _mail_password(value: SecretStr | None, section: ValidationInfo) -> SecretStr | None:
    """Allows ASCII, as smtplib needs it; none for a relay on this machine, which may want none."""
    if value is None and section.data.get("server") not in LOOPBACK:
        raise PydanticCustomError("missing", "missing")
    if value and not value.get_secret_value().isascii():
        raise PydanticCustomError("not_ascii", "not ASCII")
    return value


Link = Annotated[str, AfterValidator(_link)]
HttpsUrl = Annotated[str, AfterValidator(_https_url)]
SpreadsheetId = Annotated[str, AfterValidator(_spreadsheet_id)]
Authorities = Annotated[Path, AfterValidator(_authorities)]
Bundle = Annotated[Path, AfterValidator(partial(_authorities, may_be_folder=True))]
Port = Annotated[int, Field(ge=1, le=65535)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
MailPassword = Annotated[SecretStr | None, AfterValidator(_mail_password)]
MailSecurity = Annotated[Security, AfterValidator(_protecting)]
EmailAddress = Annotated[str, AfterValidator(_address)]
EmailAddresses = Annotated[tuple[str, ...], BeforeValidator(_addresses)]


class Section(BaseModel):
    """The settings of one part of the program; on if `required` is empty or any of it is set."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
    required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def has(cls, problem: SettingProblem) -> bool:
        """Returns whether `problem` concerns one of this section's variables."""
        return any(field.alias == problem.variable for field in cls.model_fields.values())


class ApiSettings(Section):
    required = ("API_URL", "API_CLIENT", "API_CLIENT_KEY")

    url: HttpsUrl = Field(alias="API_URL")
    client: str = Field(alias="API_CLIENT")
    client_key: SecretStr = Field(alias="API_CLIENT_KEY")
    timeout_seconds: float = Field(180, alias="API_TIMEOUT_SECONDS", gt=0, le=86_400)
    deadline_seconds: float = Field(900, alias="API_DEADLINE_SECONDS", gt=0, le=86_400)
    parallel_requests: int = Field(1, alias="API_PARALLEL_REQUESTS", ge=1, le=8)


class DatabaseSettings(Section):
    required = ("DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD")

    host: str = Field(alias="DB_HOST", pattern=HOST)
    name: str = Field(alias="DB_NAME")
    user: str = Field(alias="DB_USER")
    password: SecretStr = Field(alias="DB_PASSWORD")
    port: Port = Field(5432, alias="DB_PORT")
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = Field(
        "prefer", alias="DB_SSLMODE"
    )
    sslrootcert: Authorities | None = Field(None, alias="PGSSLROOTCERT")
    sslcert: Path | None = Field(None, alias="PGSSLCERT")
    sslkey: Path | None = Field(None, alias="PGSSLKEY")


class SheetSettings(Section):
    required = ("GOOGLE_SHEETS_CREDENTIALS_BASE64", "SPREADSHEET_ID")

    credentials_base64: SecretStr = Field(alias="GOOGLE_SHEETS_CREDENTIALS_BASE64")
    spreadsheet_id: SpreadsheetId = Field(alias="SPREADSHEET_ID")
    worksheet_title: str | None = Field(None, alias="WORKSHEET_TITLE")
    api_url: HttpsUrl = Field("https://sheets.googleapis.com", alias="GOOGLE_SHEETS_API_URL")


class MailSettings(Section):
    required = ("SMTP_SERVER", "SENDER_EMAIL", "SENDER_PASSWORD", "RECIPIENTS_EMAILS")

    server: str = Field(alias="SMTP_SERVER", pattern=HOST)
    port: Port = Field(465, alias="SMTP_PORT")
    security_asked: MailSecurity | None = Field(None, alias="SMTP_SECURITY")
    sender: EmailAddress = Field(alias="SENDER_EMAIL")
    password: MailPassword = Field(None, alias="SENDER_PASSWORD", validate_default=True)
    addresses: EmailAddresses = Field(alias="RECIPIENTS_EMAILS")
    ca_file: Authorities | None = Field(None, alias="SSL_CERT_FILE")

    @property
    def security(self) -> Security:
        # RFC 8314: port 465 speaks TLS from the first byte, the others begin with STARTTLS.
        by_port: Security = "tls" if self.port == SMTP_OVER_TLS else "starttls"
        return self.security_asked or (by_port if self.password else "none")

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(address for address in self.addresses if is_address(address))

    @property
    def unusable_recipients(self) -> tuple[str, ...]:
        """The parts of RECIPIENTS_EMAILS that are no e-mail addresses; the others get letters."""
        return tuple(address for address in self.addresses if not is_address(address))


class NetworkSettings(Section):
    """Proxies and CA files for HTTP, in the variables that `requests` and curl read as well."""

    https_proxy: str | None = Field(None, alias="HTTPS_PROXY", repr=False)
    http_proxy: str | None = Field(None, alias="HTTP_PROXY", repr=False)
    all_proxy: str | None = Field(None, alias="ALL_PROXY", repr=False)
    no_proxy: str | None = Field(None, alias="NO_PROXY")
    ca_bundle: Bundle | None = Field(None, alias="REQUESTS_CA_BUNDLE")
    curl_ca_bundle: Bundle | None = Field(None, alias="CURL_CA_BUNDLE")


class RunSettings(Section):
    language: Literal["ru", "en"] = Field("ru", alias="REPORT_LANGUAGE")
    zone: Zone = Field(ZoneInfo("UTC"), alias="TIME_ZONE")
    window_days: int = Field(3, alias="WINDOW_DAYS", ge=1, le=366)
    log_directory: Path = Field(Path("logs"), alias="LOG_DIR")
    log_keep_days: int = Field(9, alias="LOG_KEEP_DAYS", ge=1, le=36_500)
    max_rejected_share: float = Field(0.2, alias="MAX_REJECTED_SHARE", ge=0, le=1)
    rejected_keep_days: int | None = Field(None, alias="REJECTED_KEEP_DAYS", ge=1, le=36_500)
    dashboard_file: Path | None = Field(None, alias="DASHBOARD_FILE")
    task_names_file: Path | None = Field(None, alias="TASK_NAMES_FILE")
    dashboard_url: Link | None = Field(None, alias="DASHBOARD_URL")
    healthcheck_url: HttpsUrl | None = Field(None, alias="HEALTHCHECK_URL", repr=False)

    def local(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """Returns a clock that gives the moments of `now` in TIME_ZONE, for log and letter."""
        return lambda: now().astimezone(self.zone)


FIELDS = {
    str(field.alias): field
    for section in Section.__subclasses__()
    for field in section.model_fields.values()
}
NAMES = tuple(FIELDS)
SECRETS = {name for name, field in FIELDS.items() if "SecretStr" in str(field.annotation)}
SECRETS.add("HEALTHCHECK_URL")  # with it anyone can report success
PROXIES = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"}
PASSWORDS = {"DB_PASSWORD", "SENDER_PASSWORD"}
PATHS = {name for name, field in FIELDS.items() if "Path" in str(field.annotation)}
