"""Files in folders where others may write: nothing that they lay there is followed or believed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.models.files import PRIVATE, PUBLIC, open_own, replacing

pytest.importorskip("pwd", reason="Windows has no such owners and links")
as_root = os.geteuid() == 0
STRANGER = 54321


def strangers(path: Path, _: Path) -> None:
    path.touch()
    os.chown(path, STRANGER if as_root else -1, -1)


def pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


LAID = [Path.symlink_to, Path.hardlink_to, pipe, *([strangers] if as_root else [])]


@pytest.mark.parametrize("mode", ["rb", "ab"])
@pytest.mark.parametrize("lay", LAID)
def test_s11_neither_log_nor_letter_is_what_others_laid_in_its_place(
    lay: Callable[[Path, Path], None], mode: str, tmp_path: Path
) -> None:
    laid, precious = tmp_path / "laid", tmp_path / "precious"
    precious.touch()
    lay(laid, precious)
    with pytest.raises(OSError, match="laid"):
        open(laid, mode, opener=open_own).close()


@pytest.mark.parametrize("by_stranger", [False, True] if as_root else [False])
def test_xv6_a_links_target_is_written_unless_a_stranger_laid_the_link(
    by_stranger: bool, tmp_path: Path
) -> None:
    link, second, target = (tmp_path / name for name in ("page.html", "second", "target"))
    link.symlink_to("second")
    second.symlink_to("target")
    if by_stranger:
        os.chown(second, STRANGER, -1, follow_symlinks=False)
        with pytest.raises(PermissionError), replacing(link):
            pytest.fail("it would be written")
    else:
        with replacing(link, PUBLIC):
            pass
        assert target.stat().st_mode & 0o777 == PUBLIC
    assert {*tmp_path.iterdir()} == {link, second, *([] if by_stranger else [target])}
    assert link.is_symlink()
    assert second.is_symlink()


@pytest.mark.skipif(not as_root, reason="a stranger's link is made by root")
def test_s11_a_strangers_link_among_the_folders_leads_nowhere(tmp_path: Path) -> None:
    folder, page = tmp_path / "folder", tmp_path / "folder" / "pages" / "page.html"
    (tmp_path / "real" / "pages").mkdir(parents=True)
    folder.symlink_to("real")
    with replacing(page):
        pass
    os.chown(folder, STRANGER, -1, follow_symlinks=False)
    with pytest.raises(PermissionError, match="folder"), replacing(page):
        pytest.fail("it would be written")


def test_xv6_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    circle, folder = tmp_path / "circle", tmp_path / "folder"
    circle.symlink_to("circle")
    folder.mkdir()
    for path in (circle, folder, Path("/dev/null")):
        with pytest.raises(OSError, match=path.name), replacing(path):
            pass
    assert {*tmp_path.iterdir()} == {circle, folder}


@pytest.mark.parametrize(
    ("mode", "old", "new"),
    [
        (PUBLIC, 0o640, 0o640),
        (PUBLIC, 0o666, 0o644),
        (PRIVATE, 0o400, 0o400),
        (PRIVATE, 0o644, 0o600),
    ],
)
def test_xv6_a_file_keeps_mode_and_group_but_gets_no_more_readers(
    mode: int, old: int, new: int, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.touch()
    group = STRANGER if as_root else [*os.getgroups(), os.getegid()][0]
    os.chown(file, -1, group)
    file.chmod(old)
    with replacing(file, mode) as stream:
        stream.write(b"new")
    assert file.read_bytes() == b"new"
    assert (file.stat().st_mode & 0o777, file.stat().st_gid) == (new, group)


def test_xv6_what_a_killed_backup_left_goes_after_a_day_and_nothing_else(tmp_path: Path) -> None:
    killed = tmp_path / ".lms-2026-11-22.sql.gz.0123456789abcdef.unfinished"
    stays = [tmp_path / name for name in (".a.unfinished", ".old", "b.unfinished", ".c.unfinished")]
    for path in (killed, *stays[:3]):
        path.touch()
        if path is not stays[0]:  # another program is still writing it
            os.utime(path, (0, 0))
    stays[3].symlink_to(killed)
    os.utime(stays[3], (0, 0), follow_symlinks=False)
    with replacing(tmp_path / "lms-2026-11-29.sql.gz"):
        pass
    assert {*tmp_path.iterdir()} == {*stays, tmp_path / "lms-2026-11-29.sql.gz"}
