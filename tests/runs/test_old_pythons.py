"""On a Python that is too old the program says so, and shows no traceback."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

from tests.test_house_rules import PROJECT

MAIN = PROJECT / "etl" / "main.py"
OLDEST, FIRST_SUPPORTED = (3, 6), (3, 11)


def old_pythons() -> list[Path]:
    """Those of this machine, in the system's place and in pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [f"python3.{minor}" for minor in range(OLDEST[1], FIRST_SUPPORTED[1])]
    places = [Path("/usr/bin"), *pyenv.glob("*/bin")]
    return [place / name for place in places for name in names if (place / name).is_file()]


def test_main_can_be_read_by_old_pythons() -> None:
    ast.parse(MAIN.read_text("utf-8"), feature_version=OLDEST)
    assert "__future__" not in MAIN.read_text("utf-8")  # its annotations came with 3.7


def test_main_refuses_them_before_it_imports_anything_of_ours() -> None:
    source = MAIN.read_text("utf-8")
    assert source.index("sys.version_info <") < source.index("from etl")


def test_an_old_python_ends_with_2_and_one_sentence() -> None:
    for python in old_pythons():
        command = [python, MAIN, "--check"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1), python
        assert ended.stderr.startswith("lms-etl needs Python 3.11 or newer")
