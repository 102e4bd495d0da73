"""A version's list of files, as far as an installation needs it.

The whole manifest is checked where it is fetched; here only what keeps files inside their folder, for a launcher has
nothing but Python's library and must not trust a damaged disk.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from vidphone.installation.errors import InstallationError, Reason

RELEASE_FOLDER = ".release"
MANIFEST = f"{RELEASE_FOLDER}/manifest.json"
MAX_FILES = 20_000
MAX_MANIFEST_BYTES = 4_194_304
MAX_PATH = 240
_BUILD_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,99}(?<!\.)\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_MODES = frozenset({0o644, 0o755})
_FORBIDDEN = frozenset('\\:*?"<>|')


class ListedFile(Protocol):
    """What a list of files says of each."""

    @property
    def path(self) -> str:
        """From the folder of the version, parts joined by `/`."""

    @property
    def mode(self) -> int:
        """0o644 or 0o755."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def sha256(self) -> str:
        """Of the content, lower hexadecimal."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a version (`ListedFile`)."""

    path: str
    mode: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """What a version is called, which is newer, and what it is made of."""

    build_id: str
    sequence: int
    files: tuple[FileEntry, ...]


def is_build_id(text: str) -> bool:
    """Whether a text can be the name of a build, and so of a folder."""
    return _BUILD_ID.match(text) is not None


def is_safe_path(path: str) -> bool:
    """Whether a path stays within the folder it is put in, on every system, and out of the manifest's own."""
    parts = path.split("/")
    return (
        len(path) <= MAX_PATH
        and path.isprintable()
        and not _FORBIDDEN & set(path)
        and all(part not in {"", ".", ".."} and not part.endswith((".", " ")) for part in parts)
        and parts[0].casefold() != RELEASE_FOLDER
    )


def read_manifest(content: bytes) -> Release:
    """Take from a manifest what an installation needs.

    Raises:
        InstallationError: `BAD_MANIFEST`, or `UNSAFE_PATH` for a path that leaves its folder.
    """
    if len(content) > MAX_MANIFEST_BYTES:
        raise InstallationError(Reason.BAD_MANIFEST, "it is too large")
    try:
        read = json.loads(content)
        release = Release(read["build_id"], read["sequence"], tuple(_entry(file) for file in read["files"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InstallationError(Reason.BAD_MANIFEST, type(error).__name__) from error
    if not isinstance(release.build_id, str) or not is_build_id(release.build_id):
        raise InstallationError(Reason.BAD_MANIFEST, "the name of the build")
    if type(release.sequence) is not int or not 1 <= len(release.files) <= MAX_FILES:
        raise InstallationError(Reason.BAD_MANIFEST, "a number")
    check_files(release.files)
    return release


def check_files(files: Iterable[ListedFile]) -> None:
    """Refuse a list of files that leaves its folder, or names a file twice where case does not count.

    Raises:
        InstallationError: `UNSAFE_PATH`.
    """
    seen: set[str] = set()
    folders: set[str] = set()
    for file in files:
        folded = file.path.casefold()
        if not is_safe_path(file.path) or folded in seen:
            raise InstallationError(Reason.UNSAFE_PATH, file.path[:MAX_PATH])
        seen.add(folded)
        parts = folded.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    if clash := seen & folders:
        raise InstallationError(Reason.UNSAFE_PATH, min(clash))


def _entry(file: dict[str, object]) -> FileEntry:
    path, mode, size, sha256 = (file[name] for name in ("path", "mode", "size", "sha256"))
    if not isinstance(path, str) or not isinstance(sha256, str) or type(mode) is not int or type(size) is not int:
        raise TypeError
    if mode not in _MODES or size < 0 or not _SHA256.match(sha256):
        raise ValueError("a file's mode, size or hash")
    return FileEntry(path, mode, size, sha256)
