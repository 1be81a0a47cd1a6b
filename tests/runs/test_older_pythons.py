"""A Python that is too old gets a sentence and the exit code of wrong settings, no traceback."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

MAIN = Path(__file__).resolve().parents[2] / "etl" / "main.py"
OLDER = re.compile(r"python3\.(?:[6-9]|10)")


def older_pythons() -> list[Path]:
    """One of each version on PATH and under pyenv."""
    pyenv = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    # Those of pyenv replace its shims on PATH, which run no version that is not chosen.
    folders = [*map(Path, os.get_exec_path()), *pyenv]
    files = [file for folder in folders for file in folder.glob("python3.*")]
    return list({file.name: file for file in files if OLDER.fullmatch(file.name)}.values())


@pytest.mark.parametrize("minor", [7, 8, 9, 10])
def test_main_has_no_syntax_that_an_older_python_cannot_read(minor: int) -> None:
    source = MAIN.read_text("ascii")
    ast.parse(source, feature_version=(3, minor))
    assert "from __future__ import annotations" not in source  # a SyntaxError for Python 3.6


def test_an_older_python_says_what_is_needed() -> None:
    for python in older_pythons():
        done = subprocess.run(
            [python, MAIN, "--demo"], capture_output=True, encoding="utf-8", timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (2, ""), python
        version = python.name.removeprefix("python")
        sentence = f"lms-etl needs Python 3.11 or newer; this is Python {version}."
        assert done.stderr.startswith(sentence)
        assert str(python) in done.stderr
        assert "python3.13 -m venv .venv" in done.stderr
        assert done.stderr.count("\n") == 1
