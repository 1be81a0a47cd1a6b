"""The only reader of the environment and of `.env`: typed, complained about all together.

A section is a part of the outside world. None of its required variables set: the part is off.
Some set: each missing one is a problem. An empty value counts as unset, as `.env.example` has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from etl.env_file import misspelt, read_env_file
from etl.errors import ConfigurationError, SettingProblem
from etl.setting_types import (
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
from etl.windows import Window

SECRETS = (
    "API_CLIENT_KEY",
    "DB_PASSWORD",
    "GOOGLE_SHEETS_CREDENTIALS_BASE64",
    "SENDER_PASSWORD",
    "HEALTHCHECK_URL",  # whoever has it can say that we are well
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
    dashboard_file: Path | None = Field(None, alias="DASHBOARD_FILE")
    dashboard_url: Url | None = Field(None, alias="DASHBOARD_URL")
    healthcheck_url: HttpsUrl | None = Field(None, alias="HEALTHCHECK_URL", repr=False)

    def local(self, now: Callable[[], datetime]) -> Callable[[], datetime]:
        """The clock in the settings' time zone, in which log and letter tell the time."""
        return lambda: now().astimezone(self.zone)

    def dashboard_in(self, root: Path) -> Path | None:
        """A relative path is one from the project, wherever the program is started."""
        return root / self.dashboard_file if self.dashboard_file else None

    def due_window(self, now: datetime, watermark: datetime | None) -> Window:
        """What a run without days to ask for should load."""
        return Window.due(now, self.window_days, watermark, self.zone)


SECTIONS = (ApiSettings, DatabaseSettings, SheetSettings, MailSettings, RunSettings)
NAMES = tuple(str(field.alias) for section in SECTIONS for field in section.model_fields.values())


@dataclass(frozen=True)
class Settings:
    """`None` stands for a part that is off (for the database: the embedded one)."""

    api: ApiSettings | None
    database: DatabaseSettings | None
    sheet: SheetSettings | None
    mail: MailSettings | None
    run: RunSettings
    secrets: tuple[str, ...] = field(default=(), repr=False)
    problems: tuple[SettingProblem, ...] = ()

    def require(self, *, api: bool) -> None:
        """Raise everything that is wrong at once; with `api`, that it is off is wrong as well."""
        off = api and self.api is None and not any(map(ApiSettings.has, self.problems))
        missing = [SettingProblem(name, "missing") for name in ApiSettings.required if off]
        if problems := [*missing, *self.problems]:
            raise ConfigurationError(problems)


S = TypeVar("S", bound=Section)


def read_settings(env_file: Path, environ: Mapping[str, str]) -> Settings:
    """Settings out of `.env` and the environment, which wins; wrong ones are in `problems`."""
    in_file, problems = read_env_file(env_file)
    both = (*in_file.items(), *environ.items())
    values = {name: value for name, value in both if value and value.strip()}
    unset = [name for name in NAMES if name not in values]
    problems += misspelt((name for name in in_file if name not in NAMES), unset)

    def read(section: type[S]) -> S | None:
        if section.required and not any(name in values for name in section.required):
            return None
        try:
            return section.model_validate(values)
        except ValidationError as error:
            problems.extend(_problems(error))
            return None

    def read_run() -> RunSettings:
        """What is right of it, since the letter about the rest needs language and time zone."""
        if run := read(RunSettings):
            return run
        wrong = {problem.variable for problem in problems}
        return RunSettings.model_validate({n: v for n, v in values.items() if n not in wrong})

    return Settings(
        run=read_run(),
        api=read(ApiSettings),
        database=read(DatabaseSettings),
        sheet=read(SheetSettings),
        mail=read(MailSettings),
        secrets=tuple(value for name in SECRETS if (value := values.get(name))),
        problems=tuple(problems),
    )


def _problems(error: ValidationError) -> list[SettingProblem]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        facts = {name: str(value) for name, value in detail.get("ctx", {}).items()}
        found.append(SettingProblem(str(detail["loc"][0]), detail["type"], facts))
    return found
