"""The settings, by the part that they belong to.

A section is a part of the outside world. None of its required variables set: the part is off.
Some set: each missing one is a problem. An empty value counts as unset, as `.env.example` has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from etl.models.errors import SettingProblem
from etl.settings.values import (
    EmailAddress,
    EmailAddresses,
    HttpsUrl,
    MailPassword,
    MailSecurity,
    Port,
    Security,
    SpreadsheetId,
    Url,
    Zone,
    is_address,
    usual_security,
)


class Section(BaseModel):
    """Settings of one part. `required` is what switches the part on."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
    required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def has(cls, problem: SettingProblem) -> bool:
        """Whether the problem is one of this section's variables."""
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

    host: str = Field(alias="DB_HOST")
    name: str = Field(alias="DB_NAME")
    user: str = Field(alias="DB_USER")
    password: SecretStr = Field(alias="DB_PASSWORD")
    port: Port = Field(5432, alias="DB_PORT")
    sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] = Field(
        "prefer", alias="DB_SSLMODE"
    )


class SheetSettings(Section):
    required = ("GOOGLE_SHEETS_CREDENTIALS_BASE64", "SPREADSHEET_ID")

    credentials_base64: SecretStr = Field(alias="GOOGLE_SHEETS_CREDENTIALS_BASE64")
    spreadsheet_id: SpreadsheetId = Field(alias="SPREADSHEET_ID")
    worksheet_title: str | None = Field(None, alias="WORKSHEET_TITLE")
    api_url: HttpsUrl = Field("https://sheets.googleapis.com", alias="GOOGLE_SHEETS_API_URL")


class MailSettings(Section):
    required = ("SMTP_SERVER", "SENDER_EMAIL", "SENDER_PASSWORD", "RECIPIENTS_EMAILS")

    server: str = Field(alias="SMTP_SERVER")
    port: Port = Field(465, alias="SMTP_PORT")
    security_asked: MailSecurity | None = Field(None, alias="SMTP_SECURITY")
    sender: EmailAddress = Field(alias="SENDER_EMAIL")
    password: MailPassword = Field(alias="SENDER_PASSWORD")
    addresses: EmailAddresses = Field(alias="RECIPIENTS_EMAILS")
    ca_file: Path | None = Field(None, alias="SSL_CERT_FILE")

    @property
    def security(self) -> Security:
        return self.security_asked or usual_security(self.port)

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(address for address in self.addresses if is_address(address))

    @property
    def unusable_recipients(self) -> tuple[str, ...]:
        """Entries that no server could deliver to; the others still get their letters."""
        return tuple(address for address in self.addresses if not is_address(address))


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
    dashboard_url: Url | None = Field(None, alias="DASHBOARD_URL")
    healthcheck_url: HttpsUrl | None = Field(None, alias="HEALTHCHECK_URL", repr=False)

    def local(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The clock in the settings' time zone, for log and letter."""
        return lambda: now().astimezone(self.zone)

    def dashboard_in(self, root: Path) -> Path | None:
        """A relative path is one from the project, wherever the program is started."""
        return root / self.dashboard_file if self.dashboard_file else None


SECTIONS = (ApiSettings, DatabaseSettings, SheetSettings, MailSettings, RunSettings)
SECRETS = (
    "API_CLIENT_KEY",
    "DB_PASSWORD",
    "GOOGLE_SHEETS_CREDENTIALS_BASE64",
    "SENDER_PASSWORD",
    "HEALTHCHECK_URL",  # with it anyone can report success
)
NAMES = tuple(str(field.alias) for section in SECTIONS for field in section.model_fields.values())
