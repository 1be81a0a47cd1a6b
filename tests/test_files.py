"""Files in folders where others may write: nothing that they lay there is followed or believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.models.files import PUBLIC, open_own, replacing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such owners and modes")
STRANGER = 54321
as_root = os.name == "posix" and os.geteuid() == 0


def linked(path: Path, precious: Path) -> None:
    path.symlink_to(precious)


def strangers(path: Path, precious: Path) -> None:
    path.write_bytes(precious.read_bytes())
    os.chown(path, STRANGER, -1)


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


LAID = [linked, Path.hardlink_to, pipe, *([strangers] if as_root else [])]


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "precious"
    file.write_bytes(b"precious")
    return file


@pytest.mark.parametrize("mode", ["rb", "ab"])
@pytest.mark.parametrize("lay", LAID)
def test_s11_neither_log_nor_letter_is_what_others_laid_in_its_place(
    lay: Callable[[Path, Path], None], mode: str, precious: Path
) -> None:
    laid = precious.with_name("laid")
    lay(laid, precious)
    with pytest.raises(OSError, match="laid"):
        open(laid, mode, opener=open_own).close()
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("is_strangers", [False, *([True] if as_root else [])])
def test_s11_xv6_a_links_target_is_written_unless_the_link_is_a_strangers(
    is_strangers: bool, precious: Path
) -> None:
    link, second = precious.with_name("page.html"), precious.with_name("second")
    link.symlink_to(second.name)
    second.symlink_to(precious.name)
    if is_strangers:
        os.chown(second, STRANGER, -1, follow_symlinks=False)
        with pytest.raises(PermissionError), replacing(link):
            pytest.fail("it would be written")
    else:
        with replacing(link, PUBLIC) as stream:
            stream.write(b"page")
        assert stat.S_IMODE(precious.stat().st_mode) == PUBLIC
    assert precious.read_bytes() == (b"precious" if is_strangers else b"page")
    assert {link.is_symlink(), second.is_symlink()} == {True}
    assert len(list(precious.parent.iterdir())) == 3


def test_xv6_what_is_no_file_is_left_alone(precious: Path) -> None:
    circle, device = precious.with_name("circle"), Path("/dev/null")
    circle.symlink_to(circle.name)
    for path in (circle, device):
        with pytest.raises(OSError, match=path.name), replacing(path):
            pytest.fail("it would be written")
