"""`--export-tasks`: a CSV of all tasks, to be filled in with what people call them."""

from __future__ import annotations

from pathlib import Path

from etl.models.errors import SettingProblem, UsageError
from etl.pipeline.wiring import Parts
from etl.postgres.figures import read_tasks
from etl.settings.reading import Settings
from etl.settings.task_names import UnusableFileError, read_task_names, write_task_names
from etl.texts import EN, catalogue_of

OPTION = "--export-tasks"
WRITTEN = (
    "{file}: {tasks:task|tasks} of {courses:course|courses};"
    " {nameless:line has|lines have} no name yet"
)


def export_tasks(file: Path, settings: Settings, parts: Parts) -> str:
    """Keeps the names that are in the file, and in TASK_NAMES_FILE; says what was written."""
    names = {**settings.names_file.names, **_names_in(file)}
    language = catalogue_of(settings.run.language)
    tasks = read_tasks(parts.database_parameters())
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
