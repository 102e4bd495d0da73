"""Why something could not be done to an installation."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class Reason(StrEnum):
    """What went wrong; the words for people stand in the rooms above."""

    NO_SPACE = "no-space"
    BUSY = "busy"
    READ_ONLY = "read-only"
    BAD_MANIFEST = "bad-manifest"
    UNSAFE_PATH = "unsafe-path"
    WRONG_CONTENT = "wrong-content"
    INCOMPLETE = "incomplete"
    UNKNOWN_BUILD = "unknown-build"
    BLOCKED = "blocked"
    ALREADY_THERE = "already-there"
    IN_USE = "in-use"
    DISK = "disk"


class InstallationError(Exception):
    """An installation refused, or could not do, what was asked; it is as whole as it was before."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How a disk says that it has no room."""
_REASONS = {
    **dict.fromkeys(FULL, Reason.NO_SPACE),
    errno.EROFS: Reason.READ_ONLY,
    errno.EACCES: Reason.READ_ONLY,
    errno.EPERM: Reason.READ_ONLY,
}


@contextmanager
def told_as_reasons() -> Iterator[None]:
    """Turn what the system says about a disk into a `Reason`.

    Raises:
        InstallationError: an OSError occurred within.
    """
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, Reason.DISK)
        raise InstallationError(reason, error.strerror or type(error).__name__) from error
