"""The rules of `docs/architecture.md` that a machine can check."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from etl.models.errors import ExitCode
from etl.settings.command_line import Command
from etl.settings.sections import Section

PROJECT = Path(__file__).resolve().parents[1]
MODULES = sorted((PROJECT / "etl").rglob("*.py"))
README = PROJECT / "README.md"
SETTINGS = PROJECT / "docs" / "settings.md"
FIELDS = {
    str(field.alias): field
    for section in Section.__subclasses__()
    for field in section.model_fields.values()
}

# From the bottom upwards; imports run downhill only. A name stands for all modules below it.
LAYERS = (
    ("etl.models",),
    ("etl.texts", "etl.grader", "etl.postgres", "etl.settings"),
    ("etl.sheets", "etl.mail", "etl.dashboard"),
    ("etl.components",),
    ("etl.pipeline",),
    ("etl.commands",),
    ("etl.main",),
)
DEMO = "etl.demo"


def name_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


SOURCES = {name_of(path): path.read_text("utf-8") for path in MODULES}


def setting_names() -> set[str]:
    return {*FIELDS}


def imports_of(text: str) -> Iterator[str]:
    """Modules of ours, also those imported for type checkers."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "etl":
            # `from package import module` means the module; any other name, the package.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from {name if name in SOURCES else str(node.module) for name in names} - {"etl"}


def layer_of(module: str) -> tuple[int, str]:
    for level, rooms in enumerate(LAYERS):
        for room in rooms:
            if f"{module}.".startswith(f"{room}."):
                return level, room
    raise AssertionError(f"{module} has no place in LAYERS")


def modules_with(pattern: str) -> set[str]:
    return {module for module, text in SOURCES.items() if re.search(pattern, text)}


def test_imports_run_downhill() -> None:
    for module, text in SOURCES.items():
        if module == "etl" or module.startswith(DEMO):
            continue
        level, room = layer_of(module)
        for imported in imports_of(text):
            if (module, imported) != ("etl.main", "etl.demo.tour"):
                below, its_room = layer_of(imported)
                assert below < level or its_room == room, f"{module} imports {imported}"


def test_imports_make_no_circle() -> None:
    """The demo included; `CycleError` names the circle."""
    TopologicalSorter({module: set(imports_of(text)) for module, text in SOURCES.items()}).prepare()


def test_components_know_neither_each_other_nor_the_settings() -> None:
    for module, text in SOURCES.items():
        if module.startswith("etl.components."):
            assert not re.findall(r"from etl\.(?:components|settings).*", text), module


def test_the_top_has_few_entries() -> None:
    entries = [path for path in (PROJECT / "etl").iterdir() if not path.name.startswith("__")]
    assert len(entries) <= 13


def test_the_environment_and_the_clock_are_read_in_main_alone() -> None:
    readers = modules_with(
        r"os\.environ|getenv|datetime\.now\(|\.utcnow\(|date\.today\(|\.today\(\)"
    )
    of_windows = "etl.postgres.embedded.windows"  # for its own programs
    assert {one for one in readers if not one.startswith(DEMO)} == {"etl.main", of_windows}


def test_there_is_one_catch_all() -> None:
    """`except Exception` and the like stand only where a bug is turned into a letter.

    And where one thread hands it on to the other, which is what `Future` is for, or where it has
    to get past a driver that would swallow it.
    """
    found = modules_with(r"except(\s+\(?(Base)?Exception\b|:)")
    handing_on = {"etl.pipeline.fetching", "etl.mail.session"}
    assert found == {"etl.pipeline.run", "etl.postgres.copying"} | handing_on


def test_settings_are_read_by_settings_alone() -> None:
    assert modules_with("dotenv") == {"etl.settings.env_file"}


def test_the_architecture_page_names_files_that_exist() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/.]+\.(?:py|sql|js|css|jinja|md))`", text))
    files = [path.relative_to(PROJECT) for path in PROJECT.glob("[etd]*/**/*.*")]
    known = {"/".join(path.parts[-n:]) for path in files for n in range(1, 5)}
    assert len(named) > 20
    assert named <= known


def test_the_first_screen_of_main_shows_the_stages_in_order() -> None:
    screen = "\n".join(SOURCES["etl.main"].splitlines()[:60])
    components = re.findall(r"use\.(\w+)", screen)
    assert list(dict.fromkeys(components[1:])) == [
        "database_inserter",  # opened first
        "api_client",
        "data_processor",
        "google_sheets_reporter",
        "email_notifier",
    ]


def test_every_setting_is_in_the_example_with_its_default_and_on_its_page() -> None:
    example, table = (PROJECT / ".env.example").read_text("utf-8"), SETTINGS.read_text("utf-8")
    assert set(re.findall(r"^([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)) == FIELDS.keys()
    assert set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", table, re.MULTILINE)) == FIELDS.keys()
    for name, value in re.findall(r"^([A-Z][A-Z0-9_]+)=([^#\s]\S*)", example, re.MULTILINE):
        assert name == "SMTP_SECURITY" or value == str(FIELDS[name].default)


def test_every_exit_code_is_in_the_readme_and_every_command_on_its_page() -> None:
    readme, table = README.read_text("utf-8"), SETTINGS.read_text("utf-8")
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} +\|", readme, re.MULTILINE), code
    for command in Command:
        assert command is Command.RUN or f"| `… --{command}" in table, command


def test_every_row_of_the_failure_table_has_its_test() -> None:
    table = (PROJECT / "docs" / "reliability.md").read_text("utf-8")
    ids = re.findall(r"^\| ([A-Z]+\d+) \|", table, re.MULTILINE)
    tests = [path.read_text("utf-8") for path in (PROJECT / "tests").rglob("test_*.py")]
    names = re.findall(r"def test_(\w+)\(", "\n".join(tests))
    parts = {part.upper() for name in names for part in name.split("_")[:3]}
    assert [row for row in ids if row not in parts] == []
    assert len(ids) >= 85
