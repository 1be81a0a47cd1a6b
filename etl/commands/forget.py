"""`--forget-student ID`: deletes a student's data; later runs drop new records of theirs."""

from __future__ import annotations

from etl.models.errors import Stage
from etl.pipeline import terminal
from etl.pipeline.run import Run
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


def forget_student(run: Run) -> None:
    """Deletes all data of the student with id `run.options.student`; the journal omits the id."""
    from etl.grader.record import named_students  # brings pandas, which most commands spare

    database = run.components.database_inserter
    said = ""
    with run.recording():
        run.require_settings()
        assert run.options.student
        with run.step("opening the database"):
            database.open(run.result.started_at, str(run.options))
        with run.stage(Stage.LOAD, "a student's data") as end:
            removed = database.forget(run.options.student, named_students)
            facts = {**vars(removed), "days": len(removed.days)}
            said = EN.fill(REMOVED, facts) if any(facts.values()) else NOTHING_STORED
            end(said)
    with run.recording():
        database.close(run.journal_row())
    if said:
        terminal.say(said)
