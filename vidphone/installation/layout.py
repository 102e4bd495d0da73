"""Where things are in an installed tree, and which versions in it can be started. Reads only.

launcher/  launcher.json  current  state.json  altered.json  launcher.log  locks/
versions/<build>/…  versions/<build>/.release/manifest.json
staging/<build>/…  trash/…
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vidphone.installation.errors import InstallationError
from vidphone.installation.manifest import (
    MANIFEST,
    MAX_MANIFEST_BYTES,
    Release,
    is_build_id,
    is_safe_path,
    read_manifest,
)

_MAX_POINTER_BYTES = 256
_MAX_SMALL_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Rules:
    """How versions are started here (`launcher.json`, which a package may bring)."""

    program: str = "vidphone"
    """The program's file in a version, on Windows without `.exe`."""
    healthy_within_s: float = 60.0
    starts: int = 3
    """Failed starts after which a new build is given up."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one installed tree."""

    root: Path

    @property
    def pointer(self) -> Path:
        """The file that names the version to start."""
        return self.root / "current"

    @property
    def state(self) -> Path:
        """What is remembered of versions."""
        return self.root / "state.json"

    @property
    def check(self) -> Path:
        """What the last check of installed files found."""
        return self.root / "altered.json"

    @property
    def versions(self) -> Path:
        """The folder of whole versions."""
        return self.root / "versions"

    @property
    def staging(self) -> Path:
        """The folder of versions being made."""
        return self.root / "staging"

    @property
    def trash(self) -> Path:
        """The folder of what is being removed."""
        return self.root / "trash"

    def lock(self, name: str) -> Path:
        """The file of a lock: `state`, `install` or `trial`."""
        return self.root / "locks" / name

    def version(self, build_id: str) -> Path:
        """The folder of a version."""
        return self.versions / build_id

    def manifest(self, build_id: str) -> Path:
        """The list of a version's files; also what says that the version is in use (`locks.share`)."""
        return self.version(build_id) / MANIFEST

    def program(self, build_id: str) -> Path:
        """What is started of a version."""
        return self.version(build_id) / (self.rules().program + (".exe" if os.name == "nt" else ""))

    def rules(self) -> Rules:
        """How versions are started here; what is not said, or cannot be read, is as usual."""
        usual = Rules()
        try:
            read = json.loads(read_small(self.root / "launcher.json") or b"{}")
            program = str(read.get("program", usual.program))
            within, starts = float(read.get("healthy_within_s", usual.healthy_within_s)), int(read.get("starts", 3))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return usual
        sound = 0 < within <= 3600 and 1 <= starts <= 100 and is_safe_path(program) and "/" not in program
        return Rules(program, within, starts) if sound else usual

    def pointed(self) -> str | None:
        """The build that the pointer names; None: it is damaged or missing."""
        content = read_small(self.pointer, _MAX_POINTER_BYTES)
        text = content.decode("ascii", "replace").strip() if content else ""
        return text if is_build_id(text) else None

    def release(self, build_id: str) -> Release | None:
        """What a version's list says; None: there is no version of that name, or its list is damaged."""
        content = read_small(self.manifest(build_id), MAX_MANIFEST_BYTES)
        try:
            release = read_manifest(content) if content else None
        except InstallationError:
            return None
        return release if release and release.build_id == build_id else None

    def is_usable(self, build_id: str) -> bool:
        """Whether a version can be tried: its program is there."""
        return self.manifest(build_id).is_file() and self.program(build_id).is_file()

    def is_whole(self, build_id: str) -> bool:
        """Whether a version has all its files in their sizes; what is in them is for `altered`."""
        release = self.release(build_id)
        return release is not None and self.is_usable(build_id) and all(_sizes_fit(self.version(build_id), release))

    def builds(self) -> tuple[str, ...]:
        """Names of all folders that are versions, the newest first: by sequence, then by when they came."""
        try:
            names = [entry.name for entry in os.scandir(self.versions) if entry.is_dir() and is_build_id(entry.name)]
        except OSError:
            return ()
        return tuple(sorted(names, key=self._newness, reverse=True))

    def _newness(self, build_id: str) -> tuple[int, float, str]:
        release = self.release(build_id)
        try:
            came = self.manifest(build_id).stat().st_mtime
        except OSError:
            came = 0.0
        return (release.sequence if release else -1, came, build_id)


def read_small(path: Path, limit: int = _MAX_SMALL_BYTES) -> bytes | None:
    """A small file's content; None: it is not there, cannot be read, or is too large to be what it should be."""
    try:
        with path.open("rb") as opened:
            content = opened.read(limit + 1)
    except OSError:
        return None
    return content if len(content) <= limit else None


def _sizes_fit(folder: Path, release: Release) -> Iterator[bool]:
    for entry in release.files:
        try:
            yield os.lstat(folder / entry.path).st_size == entry.size
        except OSError:
            yield False
