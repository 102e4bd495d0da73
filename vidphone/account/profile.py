"""The folder of one phone: its settings, contacts, history and log."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from vidphone.wire.errors import ErrorCode, VidphoneError

LOCK_NAME = "in-use.lock"
_SET_ASIDE = ".damaged"


def default_directory() -> Path:
    """Where this system keeps a person's data of a program."""
    import platformdirs  # noqa: PLC0415 - not needed where a folder was named

    return platformdirs.user_data_path("vidphone", appauthor=False, roaming=False)


class Profile:
    """A profile in use by this process, and by no other until `close`."""

    def __init__(self, directory: Path, lock: int) -> None:
        self.directory = directory
        self._lock: int | None = lock

    @classmethod
    def open(cls, directory: Path | None = None) -> Self:
        """Take a profile, made where there is none; its folder is readable by its owner alone.

        Raises:
            VidphoneError: `PROFILE_IN_USE`, another phone has it; `BAD_FILE`, it cannot be made or written.
        """
        path = (directory or default_directory()).expanduser().absolute()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
            lock = os.open(path / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
        try:
            _lock(lock)
        except OSError as error:
            os.close(lock)
            raise VidphoneError(ErrorCode.PROFILE_IN_USE, {"path": str(path)}) from error
        return cls(path, lock)

    def close(self) -> None:
        """Let others have it. The system does the same when a process dies."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def set_aside(path: Path) -> Path:
    """Move a damaged file out of the way, keeping what it holds; where it is now."""
    aside = path.with_name(path.name + _SET_ASIDE)
    path.replace(aside)
    return aside


def files_set_aside(directory: Path) -> tuple[Path, ...]:
    """The damaged files that were found in a profile and not used."""
    return tuple(sorted(directory.glob(f"*{_SET_ASIDE}")))


def write_whole(path: Path, content: str) -> None:
    """Replace a file by this text in UTF-8. As `write_bytes_whole`."""
    write_bytes_whole(path, content.encode("utf-8"))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Replace a file, readable by its owner alone, so that a crash leaves the old one or the new one.

    Raises:
        OSError: the folder cannot be written, or the disk is full; the old file is untouched.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # 0600, a name nobody foresees
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
