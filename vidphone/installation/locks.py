"""Locks between processes: the system gives them back when a process ends, however it ends."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vidphone.installation.errors import InstallationError, Reason, told_as_reasons

_WAIT_S = 0.02

_Try = Callable[[int, bool], None]


def _locker() -> _Try:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        def windows(descriptor: int, _shared: bool) -> None:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

        return windows
    import fcntl  # noqa: PLC0415

    def posix(descriptor: int, shared: bool) -> None:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

    return posix


_lock = _locker()


class Lock:
    """A lock that is held until it is given back, or its process ends."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def release(self) -> None:
        """Give it back; again is no harm."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def take(path: Path, wait_s: float = 0.0) -> Lock:
    """Take a lock for this process alone, waiting for others at most `wait_s` seconds.

    Raises:
        InstallationError: `BUSY`, or what the disk says of the lock's file.
    """
    with told_as_reasons():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    until = time.monotonic() + wait_s
    while True:
        try:
            _lock(descriptor, False)
        except OSError as error:
            if time.monotonic() >= until:
                os.close(descriptor)
                raise InstallationError(Reason.BUSY, path.name) from error
            time.sleep(_WAIT_S)
        else:
            return Lock(descriptor)


@contextmanager
def held(path: Path, wait_s: float = 0.0) -> Iterator[None]:
    """`take` for the time of a block.

    Raises:
        InstallationError: as `take`.
    """
    lock = take(path, wait_s)
    try:
        yield
    finally:
        lock.release()


def share(path: Path) -> Lock | None:
    """Say that a file is in use, as many may at once; it is only read, so this works where nothing can be written.

    None: it is just being taken away, or is gone. On Windows the system itself keeps what runs from being touched.
    """
    return _open_and_lock(path, shared=True)


def claim(path: Path) -> Lock | None:
    """Have alone a file that others may say is in use; None: somebody does."""
    return _open_and_lock(path, shared=False)


def _open_and_lock(path: Path, *, shared: bool) -> Lock | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    if sys.platform == "win32":  # an open file would keep its folder from being renamed
        os.close(descriptor)
        return Lock(-1)
    try:
        _lock(descriptor, shared)
    except OSError:
        with suppress(OSError):
            os.close(descriptor)
        return None
    return Lock(descriptor)
