"""Imports what a run needs, so that the process from which runs are forked has it all."""

import etl.console
import etl.stages
import etl.trial  # noqa: F401 - for the sake of what it imports
