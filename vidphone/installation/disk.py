"""Files and folders that are on the disk when it is said that they are, and the few things systems do differently.

The order that survives a power cut (write, sync, rename, sync the folder) is that of T. S. Pillai et al., "All File
Systems Are Not Created Equal" (OSDI 2014). Windows syncs no folders, and does not replace a file that somebody
reads just now: that is tried again for a second.
"""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vidphone.installation.steps import Reached, Step

CHUNK = 1_048_576
"""Bytes read, hashed and written at once."""
HAS_MODES = os.name == "posix"
_FICLONE = 0x40049409
_REPLACE_TRIES = 20
_REPLACE_WAIT_S = 0.05


def write_small(path: Path, content: bytes, reached: Reached) -> None:
    """Put a small file in force: whoever reads it, at any moment, reads the old one or the new one, whole.

    Raises:
        OSError: it could not be; the old one stays.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        write_file(beside, [content], 0o644)
        reached(Step.SMALL_WRITTEN)
        sync_file(beside)
        reached(Step.SMALL_SYNCED)
        replace(beside, path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    reached(Step.SMALL_SWAPPED)
    sync_folder(path.parent)
    reached(Step.SMALL_KEPT)


def write_file(path: Path, content: Iterable[bytes], mode: int) -> None:
    """Write a file that is not synced yet.

    Raises:
        OSError: it could not be written; it stays as far as it was.
    """
    with opened_new(path) as descriptor:
        for piece in content:
            write_all(descriptor, piece)
    path.chmod(mode)


@contextmanager
def opened_new(path: Path) -> Iterator[int]:
    """A file to be written from its beginning, by nobody else.

    Raises:
        OSError: it cannot be opened.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of it.

    Raises:
        OSError: it could not be written.
    """
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def clone(source: Path, target: Path, mode: int) -> None:
    """Copy a file, sharing its blocks where the file system can (reflink); never by a hard link.

    Raises:
        OSError: it could not be copied.
    """
    if not _cloned(source, target):
        with source.open("rb") as opened:
            write_file(target, iter(lambda: opened.read(CHUNK), b""), mode)
    target.chmod(mode)


def _cloned(source: Path, target: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl  # noqa: PLC0415 - not on every system

    with source.open("rb") as opened, target.open("wb") as made, suppress(OSError):
        fcntl.ioctl(made.fileno(), _FICLONE, opened.fileno())
        return True
    return False


def sync_file(path: Path) -> None:
    """Have the system write a file's content to the disk.

    Raises:
        OSError: the disk refused.
    """
    descriptor = os.open(path, os.O_RDONLY if HAS_MODES else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Have the system write the names in a folder to the disk, where there is such a thing.

    Raises:
        OSError: the disk refused.
    """
    if HAS_MODES:
        sync_file(path)


def replace(source: Path, target: Path) -> None:
    """Rename a file over another.

    Raises:
        OSError: it could not be renamed.
    """
    for _ in range(_REPLACE_TRIES if os.name == "nt" else 0):
        with suppress(PermissionError):
            source.replace(target)
            return
        time.sleep(_REPLACE_WAIT_S)
    source.replace(target)


def remove_tree(path: Path) -> bool:
    """Remove a folder with all that is in it; whether it is gone. What cannot be removed stays for another time."""
    shutil.rmtree(path, ignore_errors=True)
    return not path.exists()


def hash_file(path: Path, pace: Callable[[int], None] = lambda _read: None) -> str:
    """SHA-256 of a file's content; `pace` hears of each piece's bytes and may wait, or raise to stop.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as opened:
        while piece := opened.read(CHUNK):
            digest.update(piece)
            pace(len(piece))
    return digest.hexdigest()


def files_below(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below a folder that is no folder, with its path in parts joined by `/`; links are not followed.

    Raises:
        OSError: a folder cannot be read.
    """
    waiting = [(folder, "")]
    while waiting:
        place, prefix = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), f"{prefix}{entry.name}/"))
                else:
                    yield f"{prefix}{entry.name}", entry


def folders_below(folder: Path) -> Iterator[Path]:
    """The folder and every folder in it, inner ones first.

    Raises:
        OSError: a folder cannot be read.
    """
    with os.scandir(folder) as entries:
        inner = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    for path in inner:
        yield from folders_below(path)
    yield folder


def free_bytes(path: Path) -> int:
    """What may still be written to the disk that a folder is on.

    Raises:
        OSError: the folder is not there.
    """
    return shutil.disk_usage(path).free
