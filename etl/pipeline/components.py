"""Builds a run's components from the settings.

A component is None if its settings are not set. Libraries are imported when a component is built,
since `--help` needs none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from etl.pipeline.fetching import prefetch
from etl.pipeline.watchdog import Watchdog
from etl.settings.reading import Settings
from etl.settings.redaction import Redactor
from etl.texts import Catalogue, catalogue_of

if TYPE_CHECKING:
    from etl.components.api_client import APIClient
    from etl.components.data_processor import DataProcessor
    from etl.components.database_inserter import DatabaseInserter
    from etl.components.email_notifier import EmailNotifier
    from etl.components.google_sheets_reporter import GoogleSheetsReporter
    from etl.dashboard.page import Dashboard
    from etl.mail.outbox import Outbox
    from etl.pipeline.terminal import Display


@dataclass
class Components:
    """The objects that do a run's work, such as those of its five stages and the dashboard.

    Each is built when first used, by any thread, and opens no connection then. `root` contains
    `var`, the folder for data that outlives a run; `now` returns the time in TIME_ZONE; `show`
    displays progress; `page` replaces DASHBOARD_FILE unless None; psql gets `environ`.
    """

    settings: Settings
    root: Path
    now: Callable[[], datetime]
    redact: Redactor
    show: Display
    page: Path | None
    environ: Mapping[str, str]

    @cached_property
    def catalogue(self) -> Catalogue:
        return catalogue_of(self.settings.run.language)

    @cached_property
    def api_client(self) -> APIClient | None:
        api = self.settings.api
        if api is None:
            return None
        from etl.components.api_client import APIClient

        return APIClient(
            api.url,
            api.client,
            api.client_key.get_secret_value(),
            timeout_seconds=api.timeout_seconds,
            deadline_seconds=api.deadline_seconds,
            parallel_requests=api.parallel_requests,
            network=self.settings.network,
            now=self.now,
            redact=self.redact,
        )

    @cached_property
    def data_processor(self) -> DataProcessor:
        from etl.components.data_processor import DataProcessor

        return DataProcessor(max_rejected_share=self.settings.run.max_rejected_share)

    @cached_property
    def database_inserter(self) -> DatabaseInserter:
        from etl.components.database_inserter import DatabaseInserter

        return DatabaseInserter(
            self.server,
            zone=self.settings.run.zone,
            redact=self.redact.hide_secrets,
            prefetch=prefetch,
            is_embedded=self.settings.database is None,
            max_rejected_share=self.settings.run.max_rejected_share,
            rejected_keep_days=self.settings.run.rejected_keep_days,
            show=self.show,
        )

    @cached_property
    def google_sheets_reporter(self) -> GoogleSheetsReporter | None:
        sheet = self.settings.sheet
        if sheet is None:
            return None
        from etl.components.google_sheets_reporter import GoogleSheetsReporter

        return GoogleSheetsReporter(
            sheet.credentials_base64.get_secret_value(),
            sheet.spreadsheet_id,
            catalogue=self.catalogue,
            worksheet_title=sheet.worksheet_title,
            api_url=sheet.api_url,
            network=self.settings.network,
        )

    @cached_property
    def email_notifier(self) -> EmailNotifier | None:
        mail = self.settings.mail
        if mail is None:
            return None
        from etl.components.email_notifier import EmailNotifier
        from etl.mail.session import MailAccount

        password = mail.password.get_secret_value() if mail.password else None
        return EmailNotifier(
            MailAccount(mail.server, mail.port, mail.security, mail.sender, password, mail.ca_file),
            sender=mail.sender,
            recipients=mail.recipients,
            outbox=self.outbox,
        )

    @cached_property
    def outbox(self) -> Outbox:
        from etl.mail.outbox import Outbox

        return Outbox(self.root / "var" / "outbox")

    @cached_property
    def dashboard(self) -> Dashboard | None:
        file = self.page or self.settings.run.dashboard_file
        if file is None:
            return None
        from etl.dashboard.page import Dashboard

        return Dashboard(file, self.catalogue)

    @cached_property
    def watchdog(self) -> Watchdog | None:
        url = self.settings.run.healthcheck_url
        return Watchdog(url, self.settings.network) if url else None

    def preload(self) -> None:
        """Imports libraries of later stages (0.5 s); a thread calls it during the first request."""
        _ = self.data_processor, self.google_sheets_reporter, self.email_notifier

    def server(self) -> Mapping[str, str | int]:
        """Returns libpq's connection parameters; starts the embedded server if no other is set."""
        database = self.settings.database
        if database is None:
            from etl.postgres.embedded import start_embedded_server

            return start_embedded_server(self.root / "var" / "postgres")
        return {
            "host": database.host,
            "port": database.port,
            "dbname": database.name,
            "user": database.user,
            "password": database.password.get_secret_value(),
            **{name: str(value) for name, value in database if name.startswith("ssl") and value},
        }


def off(*variables: str) -> str:
    """Returns a line saying that a component is off because the settings `variables` are unset."""
    return f"off ({', '.join(variables)} {'is' if len(variables) == 1 else 'are'} not set)"
