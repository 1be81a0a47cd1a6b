"""Maps each command to its function, except the ordinary run and the demo."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from etl.commands import check, database, forget, history, report, tasks
from etl.pipeline.run import Run
from etl.settings.command_line import Command

COMMANDS: Mapping[Command, Callable[[Run], None]] = {
    Command.CHECK: check.check,
    Command.DRY_RUN: check.dry_run,
    Command.REPORT_ONLY: report.report_only,
    Command.REPLAY_REJECTED: report.replay_rejected,
    Command.REBUILD: database.rebuild,
    Command.DASHBOARD: report.dashboard,
    Command.HISTORY: history.history,
    Command.FORGET_STUDENT: forget.forget_student,
    Command.EXPORT_TASKS: tasks.export_tasks,
    Command.PSQL: database.psql,
    Command.BACKUP: database.backup,
    Command.RESTORE: database.restore,
}
