"""What an operator does with the database: look into it, save it, recount it, forget a student."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from etl.models.errors import Stage
from etl.pipeline import console
from etl.pipeline.entry import journal_entry
from etl.pipeline.stages import write_dashboard
from etl.settings.command_line import Options
from etl.settings.modes import Mode
from etl.texts import EN

REMOVED = (
    "Removed: {attempts:attempt|attempts}, what was counted of them on {days:day|days}, and"
    " {rejected:record|records} of the quarantine."
    " The next run, or --report-only, corrects the sheet."
    " Their records are left out from now on."
)
NOTHING_STORED = (
    "Nothing is stored under this id, so nothing was removed: is it the one in attempts.user_id?"
    " Records that come under it are left out from now on."
)

if TYPE_CHECKING:
    from etl.pipeline.diary import Diary
    from etl.pipeline.wiring import Parts
    from etl.settings.reading import Settings


def maintain(options: Options, settings: Settings, parts: Parts, diary: Diary) -> None:
    """After psql the program ends with its exit code."""
    from etl.pipeline.lately import show_history
    from etl.postgres import clients

    if options.mode is Mode.HISTORY:
        show_history(options.runs, settings, parts, diary)
    elif options.student:
        forget_student(options.student, parts, diary)
    elif options.mode is Mode.PSQL:
        sys.exit(clients.open_psql(parts.database_parameters(), options.psql_arguments))
    elif options.mode is Mode.DASHBOARD:
        diary.did = f"the dashboard: {write_dashboard(parts, diary)}"
    elif options.mode is Mode.EXPORT_TASKS and options.file:
        from etl.pipeline.task_names import export_tasks

        with diary.stage(Stage.LOAD, "the tasks") as end:
            diary.did = export_tasks(options.file, settings, parts)
            end(diary.did)
    else:
        about = f"the {options.mode}"
        with diary.stage(Stage.LOAD, about) as end:
            done = _rebuild_or_copy(options, settings, parts, diary)
            end(done)
        diary.did = f"{about}: {done}"


def _rebuild_or_copy(options: Options, settings: Settings, parts: Parts, diary: Diary) -> str:
    from etl.postgres import clients

    if options.mode is Mode.REBUILD:
        return parts.database.rebuild()
    assert options.file
    parameters = parts.database_parameters()
    if options.mode is Mode.BACKUP:
        return clients.back_up(parameters, options.file, diary.show)
    return clients.restore(parameters, options.file, settings.run.zone, diary.show)


def forget_student(student: str, parts: Parts, diary: Diary) -> None:
    """A run of its own in the journal, which names nobody."""
    from etl.grader.record import named_students

    said = ""
    with diary.recording():
        with diary.preparing("opening the database"):
            parts.database.open(diary.started_at, diary.command)
        with diary.stage(Stage.LOAD, "a student's data") as end:
            removed = parts.database.forget(student, named_students)
            facts = {**vars(removed), "days": len(removed.days)}
            said = EN.fill(REMOVED, facts) if any(facts.values()) else NOTHING_STORED
            end(said)
    with diary.recording():
        parts.database.close(journal_entry(diary))
    if said:
        console.say(said)
