"""The outbox: a directory where letters that could not be sent wait for a later run."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from etl.models.files import open_own, replacing, target_of

# A year of failures every three days. Older letters say nothing any more.
LETTERS_AT_MOST = 120


def aside(path: Path) -> Path:
    """Returns where the letter at `path` is moved after a refusal: no run sends it from there."""
    return path.with_suffix(".refused")


class Outbox:
    """A store of unsent letters: `.eml` files in `directory`, which `keep` creates if missing."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, message: bytes) -> Path:
        """Stores `message` as the newest letter; deletes some if they exceed LETTERS_AT_MOST.

        Refused letters are the first to go. Returns the new file. Raises `OSError` if that fails.
        """
        # Letters are for their readers.
        target_of(self._directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        letters = self._numbered("*.refused") + self.waiting()
        number = max((int(path.stem) for path in letters), default=0) + 1
        path = self._directory / f"{number:06d}.eml"
        with replacing(path) as stream:
            stream.write(message)
        for old in letters[: 1 - LETTERS_AT_MOST]:
            old.unlink()
        return path

    def read(self, path: Path) -> bytes:
        """Returns the letter at `path`. Raises `OSError` also for links and other users' files."""
        with open(path, "rb", opener=open_own) as letter:
            return letter.read()

    def waiting(self) -> list[Path]:
        """Returns unsent letters, oldest first. Raises `OSError` if this user may not see them."""
        return self._numbered("*.eml")

    def count(self) -> int | None:
        """Returns the number of unsent letters; None if this user may not see them."""
        with suppress(OSError):
            return len(self.waiting())
        return None

    def _numbered(self, pattern: str) -> list[Path]:
        """Returns the files whose names are numbers, in their order; others are not ours."""
        with suppress(FileNotFoundError):
            found = [path for path in self._directory.iterdir() if path.match(pattern)]
            numbered = [path for path in found if path.stem.isdecimal() and path.is_file()]
            return sorted(numbered, key=lambda path: int(path.stem))
        return []
