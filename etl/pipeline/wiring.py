"""Builds the components out of the settings: the only place where real parts are chosen.

A part that is off has a stand-in with the same methods, so no stage asks whether it is on. Each
part's libraries are imported here, when it is built: `--help` needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from etl.models.result import Notice, RunResult
from etl.pipeline.healthcheck import Healthcheck
from etl.pipeline.off import DashboardOff, EmailOff, GraderOff, NoHealthcheck, SheetOff
from etl.pipeline.prefetch import prefetch
from etl.settings.reading import Settings
from etl.settings.redaction import Redactor
from etl.settings.sections import ApiSettings, DatabaseSettings, MailSettings, SheetSettings
from etl.texts import Catalogue, catalogue_of

if TYPE_CHECKING:
    from etl.components.api_client import APIClient
    from etl.components.data_processor import DataProcessor
    from etl.components.database_inserter import DatabaseInserter
    from etl.components.email_notifier import EmailNotifier
    from etl.components.google_sheets_reporter import GoogleSheetsReporter
    from etl.dashboard.page import Dashboard
    from etl.mail.letter import Letter


class Parts:
    """The five stages in their order, the page, and the watchdog.

    Each is built when it is first asked for, by whichever thread, and connects to nothing before it
    is used. `var` is the directory for what outlives a run.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        var: Path,
        now: Callable[[], datetime],
        redactor: Redactor,
        dashboard_file: Path | None = None,
        show: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._var = var
        self._now = now
        self._redactor = redactor
        self._dashboard_file = dashboard_file
        self._show = show
        self._catalogue = catalogue_of(settings.run.language)

    @cached_property
    def api(self) -> APIClient | GraderOff:
        api = self._settings.api
        return _api_client(api, self._now, self._redactor) if api else GraderOff()

    @cached_property
    def processor(self) -> DataProcessor:
        from etl.components.data_processor import DataProcessor

        return DataProcessor(max_rejected_share=self._settings.run.max_rejected_share)

    @cached_property
    def database(self) -> DatabaseInserter:
        return _database_inserter(
            self._settings, self._var, self._redactor.hide_secrets, self._show
        )

    def letters_waiting(self) -> int | None:
        from etl.mail.outbox import Outbox

        return Outbox(self._var / "outbox").count()

    def database_parameters(self) -> Mapping[str, str | int]:
        """libpq's; the embedded server is started for them."""
        return _server(self._settings, self._var)()

    @cached_property
    def reporter(self) -> GoogleSheetsReporter | SheetOff:
        sheet = self._settings.sheet
        return _reporter(sheet, self._catalogue) if sheet else SheetOff()

    @cached_property
    def compose(self) -> Callable[[RunResult], Letter]:
        from etl.mail.letter import compose_letter

        return partial(compose_letter, catalogue=self._catalogue)

    @cached_property
    def notifier(self) -> EmailNotifier | EmailOff:
        return _notifier(self._settings.mail, self._var)

    @cached_property
    def dashboard(self) -> Dashboard | DashboardOff:
        if self._dashboard_file is None:
            return DashboardOff()
        from etl.dashboard.page import Dashboard

        return Dashboard(self._dashboard_file, self._catalogue)

    @cached_property
    def healthcheck(self) -> Healthcheck | NoHealthcheck:
        url = self._settings.run.healthcheck_url
        return Healthcheck(url) if url else NoHealthcheck()

    def preload(self) -> None:
        """Imports the later stages' libraries (0.5 s) while the grader prepares its answer."""
        _ = self.processor, self.reporter, self.compose, self.notifier


def notices_of(settings: Settings) -> dict[Notice, dict[str, object]]:
    """What a reader should know of how the parts are chosen."""
    notices: dict[Notice, dict[str, object]] = {}
    if settings.database is None and not any(map(DatabaseSettings.has, settings.problems)):
        notices[Notice.EMBEDDED_DATABASE] = {}
    if settings.sheet is None and not any(map(SheetSettings.has, settings.problems)):
        notices[Notice.SHEET_OFF] = {}
    if settings.mail and (unusable := settings.mail.unusable_recipients):
        notices[Notice.UNUSABLE_RECIPIENTS] = {"addresses": unusable}
    if bad_lines := settings.names_file.bad_lines:
        notices[Notice.UNUSABLE_NAMES] = {"lines": bad_lines}
    return notices


def _notifier(mail: MailSettings | None, var: Path) -> EmailNotifier | EmailOff:
    if mail is None:
        return EmailOff()
    from etl.components.email_notifier import EmailNotifier
    from etl.mail.outbox import Outbox
    from etl.mail.session import MailAccount

    password = mail.password.get_secret_value()
    return EmailNotifier(
        MailAccount(mail.server, mail.port, mail.security, mail.sender, password, mail.ca_file),
        sender=mail.sender,
        recipients=mail.recipients,
        outbox=Outbox(var / "outbox"),
    )


def _api_client(
    api: ApiSettings, now: Callable[[], datetime], redact: Callable[[str], str]
) -> APIClient:
    from etl.components.api_client import APIClient

    return APIClient(
        api.url,
        api.client,
        api.client_key.get_secret_value(),
        timeout_seconds=api.timeout_seconds,
        deadline_seconds=api.deadline_seconds,
        parallel_requests=api.parallel_requests,
        now=now,
        redact=redact,
    )


def _database_inserter(
    settings: Settings, var: Path, redact: Callable[[str], str], show: Callable[[str], None]
) -> DatabaseInserter:
    from etl.components.database_inserter import DatabaseInserter

    return DatabaseInserter(
        _server(settings, var),
        zone=settings.run.zone,
        redact=redact,
        prefetch=prefetch,
        is_embedded=settings.database is None,
        max_rejected_share=settings.run.max_rejected_share,
        rejected_keep_days=settings.run.rejected_keep_days,
        show=show,
    )


def _server(settings: Settings, var: Path) -> Callable[[], Mapping[str, str | int]]:
    database = settings.database
    return partial(_libpq, database) if database else partial(_embedded, var / "postgres")


def _libpq(database: DatabaseSettings) -> Mapping[str, str | int]:
    """The settings under libpq's names (PostgreSQL 34.1.2)."""
    return {
        "host": database.host,
        "port": database.port,
        "dbname": database.name,
        "user": database.user,
        "password": database.password.get_secret_value(),
        "sslmode": database.sslmode,
    }


def _embedded(data_directory: Path) -> Mapping[str, str | int]:
    from etl.postgres.embedded import start_embedded_server

    return start_embedded_server(data_directory)


def _reporter(sheet: SheetSettings, catalogue: Catalogue) -> GoogleSheetsReporter:
    from etl.components.google_sheets_reporter import GoogleSheetsReporter

    return GoogleSheetsReporter(
        sheet.credentials_base64.get_secret_value(),
        sheet.spreadsheet_id,
        catalogue=catalogue,
        worksheet_title=sheet.worksheet_title,
        api_url=sheet.api_url,
    )
