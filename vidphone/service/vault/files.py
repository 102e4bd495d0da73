"""Files that hold secrets: their owner's alone, and whole or absent whatever happens meanwhile."""

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_secret(path: Path, data: bytes) -> None:
    """Replace a file at once; after a crash the old or the new one is there, whole.

    Raises:
        OSError: the folder cannot be written.
    """
    with _written_beside(path, data) as made:
        made.replace(path)
    sync_folder(path.parent)


def create_secret(path: Path, data: bytes) -> bool:
    """Make a file that is not there yet, and its folder; False where somebody else was first, whose file stays.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _written_beside(path, data) as made:
        try:
            path.hardlink_to(made)  # unlike a rename, it fails where there is one
        except FileExistsError:
            return False
    sync_folder(path.parent)
    return True


def open_to_others(path: Path) -> bool:
    """Whether other users than the owner have any right to the file. Windows' rights are inherited and not judged.

    Raises:
        OSError: there is no such file.
    """
    return sys.platform != "win32" and bool(path.stat().st_mode & OTHERS)


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """A file in the same folder with the data on the disk; gone at the end, unless it was renamed."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield made
    finally:
        made.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    if sys.platform == "win32":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
