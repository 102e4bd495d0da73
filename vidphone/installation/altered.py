"""Installed files held against the list they were installed by (clause 3).

Hashing is the only check that counts: size and time of a file are easily kept. 300 MB take about a second of one
core where nothing else is wanted (benchmarked in docs/adr/0015), so it is done in the background, slowed down.
"""

import json
import math
import stat
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from os import DirEntry
from pathlib import Path

from vidphone.installation import disk
from vidphone.installation.manifest import RELEASE_FOLDER, ListedFile

MAX_NAMED = 100
"""More files are not named: the installation is to be made anew anyway."""


class How(StrEnum):
    """In which way a file is not what was installed."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"
    MODE = "mode"


@dataclass(frozen=True, slots=True)
class Altered:
    """A file that is not what was installed."""

    path: str
    how: How


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found."""

    build_id: str
    at: float
    """UTC seconds since 1970."""
    altered: tuple[Altered, ...]
    complete: bool
    """False: it was stopped before its end."""


class Stopped(Exception):
    """The check was asked to end."""


class Pace:
    """Keeps reading below a rate, and asks between pieces whether to stop."""

    def __init__(self, bytes_per_s: float | None, stopped: Callable[[], bool]) -> None:
        self._rate = bytes_per_s
        self._stopped = stopped
        self._begun = time.monotonic()
        self._read = 0

    def __call__(self, read: int) -> None:
        """So many bytes were read.

        Raises:
            Stopped: it was asked for.
        """
        if self._stopped():
            raise Stopped
        self._read += read
        if self._rate:
            ahead = self._read / self._rate - (time.monotonic() - self._begun)
            if ahead > 0:
                time.sleep(ahead)


def find_altered(folder: Path, files: Iterable[ListedFile], pace: Pace) -> tuple[Altered, ...]:
    """What is not as listed below a version's folder, by path, at most `MAX_NAMED`.

    Raises:
        Stopped: `pace` said so.
        OSError: the folder cannot be read.
    """
    present = {path: entry for path, entry in disk.files_below(folder) if not path.startswith(f"{RELEASE_FOLDER}/")}
    found: list[Altered] = []
    for file in sorted(files, key=lambda listed: listed.path):
        entry = present.pop(file.path, None)
        how = How.MISSING if entry is None else _how(entry, file, pace)
        if how is not None:
            found.append(Altered(file.path, how))
            if len(found) >= MAX_NAMED:
                return tuple(found)
    found.extend(Altered(path, How.EXTRA) for path in present)
    return tuple(sorted(found, key=lambda one: one.path)[:MAX_NAMED])


def _how(entry: "DirEntry[str]", file: ListedFile, pace: Pace) -> How | None:
    pace(0)
    try:
        known = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(known.st_mode) or known.st_size != file.size:
            return How.CHANGED
        if disk.hash_file(Path(entry.path), pace) != file.sha256:
            return How.CHANGED
    except OSError:  # what cannot be read cannot be what was installed
        return How.CHANGED
    return How.MODE if mode_differs(known.st_mode, file.mode) else None


def mode_differs(mode: int, listed: int) -> bool:
    """Whether a file may be run, or written by others, otherwise than listed; Windows has no such modes."""
    return disk.HAS_MODES and (mode & 0o133) != (listed & 0o133)


def write_check(check: Check) -> bytes:
    """The content of `altered.json`."""
    return json.dumps({"format": 1, **asdict(check)}, sort_keys=True).encode()


def read_check(content: bytes) -> Check | None:
    """What `altered.json` says; None: it is damaged."""
    try:
        read = json.loads(content)
        altered = tuple(Altered(str(one["path"]), How(one["how"])) for one in read["altered"])
        at = float(read["at"])
        return Check(str(read["build_id"]), at, altered, read["complete"] is True) if math.isfinite(at) else None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
