"""Where the embedded server's files are, beside its data."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from etl.postgres.embedded.account import Account

# A socket's address has 104 bytes on macOS, 108 on Linux (unix(7)), its end included.
ADDRESS_BYTES = 103
SOCKET_NAME = "/.s.PGSQL.5432"
SHORT_PLACES = ("/tmp", "/var/tmp")  # noqa: S108 - the folder made there is private


@dataclass(frozen=True)
class Place:
    """`data` is the data folder; locks, and the socket if its address fits, are in `beside`."""

    data: Path

    @property
    def beside(self) -> Path:
        return self.data.with_name(f"{self.data.name}-run")

    @property
    def log(self) -> Path:
        return self.beside / "log"

    def make(self, account: Account) -> None:
        """What is made is the account's alone."""
        for folder, mode in ((self.data.parent, 0o755), (self.beside, 0o700)):
            with suppress(FileExistsError):  # another run may make it at the same moment
                folder.mkdir(mode, parents=True)
                account.give(folder)

    def socket_directory(self, account: Account) -> Path:
        """Private and short enough. libpq takes a comma for the next host's beginning."""
        address = f"{self.beside}{SOCKET_NAME}"
        if len(address.encode()) <= ADDRESS_BYTES and "," not in address:
            return self.beside
        shared = next(Path(place) for place in SHORT_PLACES if Path(place).is_dir())
        made = Path(mkdtemp(prefix="lms-etl-", dir=shared))
        account.give(made)
        return made


def remove_sockets(directory: Path, account: Account) -> None:
    """After the server: its socket, and the folder if nothing else is in it.

    Never more than that, nor as root: a file that the account can write named the folder.
    """
    with account.acting(), suppress(OSError):
        for suffix in ("", ".lock"):
            Path(f"{directory}{SOCKET_NAME}{suffix}").unlink(missing_ok=True)
        directory.rmdir()
