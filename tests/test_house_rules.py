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


def name_of(path: Path) -> str:
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "etl":
            names = {alias.name for alias in node.names} - {"__version__"}
            yield from (f"etl.{name}" for name in names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("etl."):
            yield str(node.module)


def layer_of(module: str) -> tuple[int, str]:
    for level, rooms in enumerate(LAYERS):
        for room in rooms:
            if module == room or module.startswith(f"{room}."):
                return level, room
    raise AssertionError(f"{module} has no place in LAYERS")


def test_imports_run_downhill() -> None:
    for path in MODULES:
        module = name_of(path)
        if module == "etl" or module.startswith("etl.demo"):
            continue
        level, room = layer_of(module)
        for imported in imports_of(path):
            if (module, imported) == ("etl.main", "etl.demo.tour"):
                continue
            below, its_room = layer_of(imported)
            assert below < level or its_room == room, f"{module} imports {imported}"


def test_imports_make_no_circle() -> None:
    """The demo included, and imports for type checkers too; `CycleError` names the circle."""
    modules = {name_of(path) for path in MODULES}
    graph: dict[str, set[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                # `from package import module` means the module; any other name, the package.
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                imported = {name if name in modules else node.module for name in names}
                graph.setdefault(name_of(path), set()).update(imported & modules)
    TopologicalSorter(graph).prepare()


def test_components_do_not_know_each_other() -> None:
    for path in (PROJECT / "etl" / "components").glob("*.py"):
        assert not [name for name in imports_of(path) if name.startswith("etl.components")]


def test_components_do_not_know_the_settings() -> None:
    for path in (PROJECT / "etl" / "components").glob("*.py"):
        assert not [name for name in imports_of(path) if name.startswith("etl.settings")]


def test_the_top_has_few_entries() -> None:
    entries = [path for path in (PROJECT / "etl").iterdir() if not path.name.startswith("__")]
    assert len(entries) <= 13


def test_the_environment_and_the_clock_are_read_in_main_alone() -> None:
    pattern = re.compile(r"os\.environ|getenv|datetime\.now\(|\.utcnow\(|date\.today\(|\.today\(\)")
    program = [path for path in MODULES if "demo" not in path.parts]
    readers = {name_of(path) for path in program if pattern.search(path.read_text("utf-8"))}
    assert readers == {"etl.main"}


def test_there_is_one_catch_all() -> None:
    """`except Exception` and the like stand only where a bug is turned into a letter.

    And where one thread hands it on to the other, which is what `Future` is for, or where it has
    to get past a driver that would swallow it.
    """
    pattern = re.compile(r"except(\s+\(?(Base)?Exception\b|:)")
    found = {name_of(path) for path in MODULES if pattern.search(path.read_text("utf-8"))}
    assert found == {"etl.pipeline.run", "etl.pipeline.fetching", "etl.postgres.copying"}


def test_the_architecture_page_names_files_that_exist() -> None:
    text = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/.]+\.(?:py|sql|js|css|jinja|md))`", text))
    files = [path.relative_to(PROJECT) for path in PROJECT.glob("[etd]*/**/*.*")]
    known = {"/".join(path.parts[-n:]) for path in files for n in range(1, 5)}
    assert len(named) > 20
    assert named <= known


def test_the_first_screen_of_main_shows_the_stages_in_order() -> None:
    text = (PROJECT / "etl" / "main.py").read_text("utf-8")
    screen = "\n".join(text.splitlines()[:60])
    components = re.findall(r"use\.(\w+)", screen)
    assert list(dict.fromkeys(components[1:])) == [
        "database_inserter",  # opened first
        "api_client",
        "data_processor",
        "google_sheets_reporter",
        "email_notifier",
    ]


def sections() -> list[type[Section]]:
    return Section.__subclasses__()


def setting_names() -> set[str]:
    return {str(field.alias) for section in sections() for field in section.model_fields.values()}


def test_every_setting_is_in_the_example_and_on_its_page() -> None:
    example = (PROJECT / ".env.example").read_text("utf-8")
    assert set(re.findall(r"^([A-Z][A-Z0-9_]+)=", example, re.MULTILINE)) == setting_names()
    table = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)`", SETTINGS.read_text("utf-8"), re.MULTILINE))
    assert table == setting_names()


def test_the_example_shows_the_defaults() -> None:
    example = (PROJECT / ".env.example").read_text("utf-8")
    shown = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(\S+)", example, re.MULTILINE))
    shown.pop("SMTP_SECURITY", None)
    for section in sections():
        for field in section.model_fields.values():
            if field.alias in shown and not shown[field.alias].startswith("#"):
                assert shown[field.alias] == str(field.default)


def test_every_exit_code_is_in_the_readme_and_every_command_on_its_page() -> None:
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} +\|", README.read_text("utf-8"), re.MULTILINE), code
    commands = SETTINGS.read_text("utf-8")
    for command in Command:
        assert command is Command.RUN or f"| `… --{command}" in commands, command


def test_settings_are_read_by_settings_alone() -> None:
    users = {name_of(path) for path in MODULES if "dotenv" in path.read_text("utf-8")}
    assert users == {"etl.settings.env_file"}


def test_every_row_of_the_failure_table_has_its_test() -> None:
    table = (PROJECT / "docs" / "reliability.md").read_text("utf-8")
    ids = re.findall(r"^\| ([A-Z]\d+) \|", table, re.MULTILINE)
    tests = [path.read_text("utf-8") for path in (PROJECT / "tests").rglob("test_*.py")]
    names = re.findall(r"def test_(\w+)\(", "\n".join(tests))
    parts = {part.upper() for name in names for part in name.split("_")[:3]}
    assert [row for row in ids if row not in parts] == []
    assert len(ids) == 85
