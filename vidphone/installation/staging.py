"""A version while it is being made, beside those that run. Nothing of it is started before it is whole."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from vidphone.installation import disk
from vidphone.installation.errors import FULL, InstallationError, Reason, told_as_reasons
from vidphone.installation.locks import Lock
from vidphone.installation.manifest import MANIFEST, RELEASE_FOLDER, FileEntry, Release
from vidphone.installation.steps import Reached, Step


class Staging:
    """One version being made. It holds the lock of installing; what is in it outlives the process and is resumed."""

    def __init__(
        self,
        folder: Path,
        target: Path,
        release: Release,
        records: Mapping[str, bytes],
        sources: Mapping[tuple[str, int], Path],
        lock: Lock,
        reached: Reached,
    ) -> None:
        """`records` are kept in the version's `.release`; `sources`: files of other versions by hash and size."""
        self.release = release
        self._folder = folder
        self._target = target
        self._entries = {entry.path: entry for entry in release.files}
        self._records = records
        self._sources = sources
        self._lock = lock
        self._reached = reached
        self._parts = count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let others install; what was put stays."""
        self._lock.release()

    def missing(self) -> tuple[FileEntry, ...]:
        """Files that are not there yet, or not what the manifest says.

        Raises:
            InstallationError: the disk cannot be read.
        """
        with told_as_reasons():
            return tuple(entry for entry in self.release.files if not self._is_right(entry))

    def copy_unchanged(self) -> tuple[FileEntry, ...]:
        """Copy every file whose content another version here has; what is still missing.

        Raises:
            InstallationError: as `put`.
        """
        return tuple(entry for entry in self.missing() if not self.copy(entry.path))

    def copy(self, path: str) -> bool:
        """Copy one file from another version; False: none has it, it cannot be read, or is not what it should be.

        Raises:
            InstallationError: as `put`.
        """
        entry = self._entry(path)
        source = self._sources.get((entry.sha256, entry.size))
        if source is None or source.is_symlink() or not source.is_file():
            return False
        with told_as_reasons():
            part = self._part()
            try:
                if not _cloned(source, part, entry):
                    return False
                self._reached(Step.FILE_WRITTEN)
                self._place(part, entry)
            finally:
                part.unlink(missing_ok=True)
        return True

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write one file, never more of it than the manifest says. What `chunks` raises goes through.

        Raises:
            InstallationError: `UNSAFE_PATH` for a path that the manifest does not name, `WRONG_CONTENT`, `NO_SPACE`
                and what else a disk may say. Nothing of the file is left, and the rest can be resumed.
        """
        entry = self._entry(path)
        with told_as_reasons():
            part = self._part()
        try:
            with _opened(part) as descriptor:
                for chunk in _checked(entry, chunks):
                    with told_as_reasons():
                        disk.write_all(descriptor, chunk)
            self._reached(Step.FILE_WRITTEN)
            with told_as_reasons():
                self._place(part, entry)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def finish(self) -> None:
        """Make it a version: every file hashed again where it lies, on the disk, then all of it at once by its name.

        Raises:
            InstallationError: `INCOMPLETE` with the path of a file that is not right, or what the disk says.
        """
        with told_as_reasons():
            self._remove_extras()
            self._reached(Step.EXTRAS_REMOVED)
            for entry in self.release.files:
                if not self._is_right(entry):
                    raise InstallationError(Reason.INCOMPLETE, entry.path)
                (self._folder / entry.path).chmod(entry.mode)
            self._reached(Step.HASHED)
            for name, content in self._records.items():
                disk.write_file(self._folder / RELEASE_FOLDER / name, [content], 0o644)
            for path, _ in disk.files_below(self._folder):
                disk.sync_file(self._folder / path)
            self._reached(Step.FILES_SYNCED)
            for folder in disk.folders_below(self._folder):
                disk.sync_folder(folder)
            self._reached(Step.FOLDERS_SYNCED)
            disk.replace(self._folder, self._target)
            self._reached(Step.MOVED)
            for folder in (self._target.parent, self._folder.parent):
                disk.sync_folder(folder)
            self._reached(Step.VERSIONS_SYNCED)

    def discard(self) -> None:
        """Give the version up: nothing of it stays."""
        disk.remove_tree(self._folder)
        self.close()

    def _entry(self, path: str) -> FileEntry:
        if (entry := self._entries.get(path)) is None:
            raise InstallationError(Reason.UNSAFE_PATH, path[:240])
        return entry

    def _part(self) -> Path:
        part = self._folder / RELEASE_FOLDER / f"part-{next(self._parts)}"
        part.unlink(missing_ok=True)
        self._reached(Step.FILE_BEGUN)
        return part

    def _place(self, part: Path, entry: FileEntry) -> None:
        target = self._folder / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        part.chmod(entry.mode)
        disk.replace(part, target)
        self._reached(Step.FILE_PLACED)

    def _is_right(self, entry: FileEntry) -> bool:
        path = self._folder / entry.path
        return (
            path.is_file()
            and not path.is_symlink()
            and path.stat().st_size == entry.size
            and disk.hash_file(path) == entry.sha256
        )

    def _remove_extras(self) -> None:
        named = {*self._entries, *(f"{RELEASE_FOLDER}/{name}" for name in self._records)}
        for path in [path for path, _ in disk.files_below(self._folder) if path not in named]:
            (self._folder / path).unlink()


def records(manifest: bytes, proofs: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a version keeps in its `.release`, by name.

    Raises:
        InstallationError: `UNSAFE_PATH` for a proof whose name is not that of a file.
    """
    kept = {MANIFEST.removeprefix(f"{RELEASE_FOLDER}/"): manifest}
    for name, content in proofs.items():
        if not name.isascii() or not name.replace(".", "").replace("-", "").isalnum() or name[0] == "." or name in kept:
            raise InstallationError(Reason.UNSAFE_PATH, name[:240])
        kept[name] = content
    return kept


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """`disk.opened_new`, so that only opening is told as a reason: what fails within may be no disk."""
    with ExitStack() as stack:
        with told_as_reasons():
            descriptor = stack.enter_context(disk.opened_new(path))
        yield descriptor


def _cloned(source: Path, part: Path, entry: FileEntry) -> bool:
    """Whether a file was copied as it is listed. What a worn disk cannot read is fetched: an upgrade may mend it."""
    try:
        disk.clone(source, part, entry.mode)
        return part.stat().st_size == entry.size and disk.hash_file(part) == entry.sha256
    except OSError as error:
        if error.errno in FULL:
            raise
        return False


def _checked(entry: FileEntry, chunks: Iterable[bytes]) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > entry.size:
            raise InstallationError(Reason.WRONG_CONTENT, entry.path)
        digest.update(chunk)
        yield chunk
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise InstallationError(Reason.WRONG_CONTENT, entry.path)
