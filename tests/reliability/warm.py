"""Imports what a run needs, so that the process from which runs are forked has it all."""

import etl.components.api_client
import etl.components.data_processor
import etl.components.database_inserter
import etl.components.email_notifier
import etl.components.google_sheets_reporter
import etl.components.logger_configs
import etl.console
import etl.stages
import etl.trial  # noqa: F401 - for the sake of what it imports
