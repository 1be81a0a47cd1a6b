"""`--export-tasks`: a CSV of all tasks, to be filled in with what people call them."""

from __future__ import annotations

from pathlib import Path

from etl.models.errors import SettingProblem, Stage, UsageError
from etl.pipeline.run import Run
from etl.postgres.figures import read_tasks
from etl.settings.task_names import UnusableFileError, read_task_names, write_task_names
from etl.texts import EN, catalogue_of

OPTION = "--export-tasks"
WRITTEN = (
    "{file}: {tasks:task|tasks} of {courses:course|courses};"
    " {nameless:line has|lines have} no name yet"
)


def export_tasks(run: Run) -> None:
    """Keeps the names that are in the file, and those of TASK_NAMES_FILE."""
    run.require_settings(names=False)  # it may be the very file that is to be written
    assert run.options.file
    with run.stage(Stage.LOAD, "the tasks") as end:
        run.did = _export(run.options.file, run)
        end(run.did)


def _export(file: Path, run: Run) -> str:
    """Returns what was written, in words."""
    settings = run.settings
    names = {**settings.names_file.names, **_names_in(file)}
    language = catalogue_of(settings.run.language)
    tasks = read_tasks(run.components.server())
    try:
        nameless = write_task_names(file, tasks, names, language.dashboard.csv_separator)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError([SettingProblem(OPTION, "unwritable", {"cause": cause})]) from error
    courses = {course for course, _ in tasks}
    facts = {"file": file, "tasks": len(tasks), "courses": len(courses), "nameless": nameless}
    return EN.fill(WRITTEN, facts)


def _names_in(file: Path) -> dict[tuple[str, str], str]:
    """What cannot be read would be lost."""
    try:
        found = read_task_names(file)
    except UnusableFileError as error:
        if error.code == "names_missing":
            return {}
        raise UsageError([SettingProblem(OPTION, error.code)]) from error
    if found.bad_lines:
        raise UsageError([found.problem(OPTION)])
    return found.names
