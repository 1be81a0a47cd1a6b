"""`--export-tasks FILE`: writes a CSV of all tasks, in which people fill in the tasks' names."""

from __future__ import annotations

from pathlib import Path

from etl.models.errors import SettingProblem, Stage, UsageError
from etl.models.peers import root_cause
from etl.pipeline.run import Run
from etl.postgres.figures import read_tasks
from etl.settings.task_names import read_task_names, write_task_names
from etl.texts import EN

OPTION = "--export-tasks"
WRITTEN = (
    "{file}: {tasks:task|tasks} of {courses:course|courses};"
    " {nameless:line has|lines have} no name yet"
)


def export_tasks(run: Run) -> None:
    """Writes all tasks and their names to the CSV `run.options.file`; keeps names that it has."""
    run.require_settings()
    file, separator = run.options.file, run.components.catalogue.dashboard["csv_separator"]
    assert file
    with run.stage(Stage.LOAD, "the tasks") as end:
        names = {**run.settings.names_file.names, **_names_in(file)}
        tasks = read_tasks(run.components.server())
        try:
            nameless = write_task_names(file, tasks, names, separator)
        except OSError as error:
            cause = {"cause": root_cause(error)}
            raise UsageError([SettingProblem(OPTION, "unwritable", cause)]) from error
        courses = {course for course, _ in tasks}
        facts = {"file": file, "tasks": len(tasks), "courses": len(courses), "nameless": nameless}
        run.did = EN.fill(WRITTEN, facts)
        end(run.did)


def _names_in(file: Path) -> dict[tuple[str, str], str]:
    """Returns the file's names; raises `UsageError` if unreadable ones would be overwritten."""
    found = read_task_names(file)
    problems = found.problems(OPTION)
    if problems and found.unusable != "names_missing":
        raise UsageError(problems)
    return found.names
