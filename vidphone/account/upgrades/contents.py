"""Getting the contents of files that are new in a build: which way each takes, and how it is fetched and gone on with.

Nothing that comes is believed: a content becomes a file only when its hash is that of the manifest.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tuf.api.exceptions import DownloadHTTPError, DownloadLengthMismatchError

from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.pace import Pace
from vidphone.installation.errors import InstallationError, Reason
from vidphone.wire.packing import MAX_DELTA_INPUT_BYTES, PackingError, apply_delta, unpack
from vidphone.wire.releases import Delta, Manifest, blob_path, delta_path

log = logging.getLogger(__name__)

_CHUNK_BYTES = 65_536


class Putting(Protocol):
    """Where files are put (`installation.Staging`)."""

    def put(self, path: str, chunks: Iterable[bytes]) -> None:
        """Write one file and compare its hash."""


@dataclass(frozen=True, slots=True)
class Content:
    """A content that is not here, and the files that have it."""

    sha256: str
    size: int
    paths: tuple[str, ...]
    packed: int
    """Bytes of its blob."""
    delta: Delta | None
    """A shorter way from a content that is here."""

    @property
    def travels(self) -> int:
        """Bytes that come."""
        return self.delta.size if self.delta else self.packed


def plan(manifest: Manifest, missing: Iterable[str], here: Mapping[str, int]) -> tuple[Content, ...]:
    """The contents to get for the paths that are missing; `here`: the sizes of contents that are, by hash. Pure."""
    deltas: dict[str, Delta] = {}
    for delta in manifest.deltas:
        known = deltas.get(delta.to)
        if here.get(delta.from_, MAX_DELTA_INPUT_BYTES + 1) <= MAX_DELTA_INPUT_BYTES:
            deltas[delta.to] = delta if known is None or delta.size < known.size else known
    wanted, paths = set(missing), dict[str, list[str]]()
    sizes = {file.sha256: file.size for file in manifest.files if file.path in wanted}
    for file in manifest.files:
        if file.path in wanted:
            paths.setdefault(file.sha256, []).append(file.path)
    return tuple(
        Content(
            sha256=sha256,
            size=sizes[sha256],
            paths=tuple(paths[sha256]),
            packed=manifest.blobs[sha256].size,
            delta=_worth(deltas.get(sha256), manifest.blobs[sha256].size),
        )
        for sha256 in sorted(paths)
    )


class Getting:
    """Gets contents, one after the other, into a build. What has come is kept in a folder until it is put."""

    def __init__(self, fetcher: Fetcher, base_url: str, folder: Path, here: Mapping[str, Path], pace: Pace) -> None:
        """`here`: files with contents that are on this machine, by hash."""
        folder.mkdir(parents=True, exist_ok=True)
        self._fetcher = fetcher
        self._base_url = base_url.rstrip("/")
        self._folder = folder
        self._here = here
        self._pace = pace

    def forget_others(self, contents: Iterable[Content]) -> None:
        """Throw away what was begun for other builds."""
        names = {name for content in contents for name in _names(content)}
        for path in self._folder.iterdir():
            if path.name not in names:
                path.unlink()

    def get(self, content: Content, staging: Putting, came: Callable[[int], None]) -> None:
        """Get one content and put its files; `came` is told of bytes as they come, less than none if they were bad.

        Raises:
            DownloadError, Stopped: as `Fetcher.rest`.
            InstallationError: as `Staging.put`; `WRONG_CONTENT`, it is not what was signed, nor is a second try.
            PackingError: it is nothing that was packed.
            OSError: the disk is full.
        """
        if content.delta is not None and self._by_delta(content, content.delta, staging, came):
            return
        path = self._folder / _blob_name(content)
        url = f"{self._base_url}/{blob_path(content.sha256)}"
        resumed = self._fetch(url, path, content.packed, came)
        try:
            self._put(content, staging, lambda: unpack(_pieces(path), content.size))
        except (PackingError, InstallationError) as error:
            _throw_away(path, content.packed, came)
            if not resumed or not _is_wrong(error):
                raise
            self._fetch(url, path, content.packed, came)  # what lay here may have been the bad part
            self._put(content, staging, lambda: unpack(_pieces(path), content.size))
        path.unlink()

    def _by_delta(self, content: Content, delta: Delta, staging: Putting, came: Callable[[int], None]) -> bool:
        """Whether it worked: a delta is a favour, the blob is there anyway."""
        path = self._folder / _delta_name(delta)
        try:
            old = self._old(delta)
            self._fetch(f"{self._base_url}/{delta_path(delta.from_, delta.to)}", path, delta.size, came)
            if _sha256(path) != delta.sha256:
                raise PackingError("not the delta that was named")
            self._put(content, staging, lambda: apply_delta(old, _pieces(path), content.size))
        except (PackingError, InstallationError, DownloadHTTPError, DownloadLengthMismatchError) as error:
            if isinstance(error, InstallationError) and not _is_wrong(error):
                raise
            log.info("a delta did not work: %s", error)
            _throw_away(path, delta.size, came)
            return False
        path.unlink()
        return True

    def _old(self, delta: Delta) -> bytes:
        path = self._here[delta.from_]
        try:
            if path.stat().st_size > MAX_DELTA_INPUT_BYTES:
                raise PackingError("too large for a delta")
            old = path.read_bytes()
        except OSError as error:
            raise PackingError("what lies here cannot be read") from error
        if hashlib.sha256(old).hexdigest() != delta.from_:
            raise PackingError("what lies here has been changed")
        return old

    def _put(self, content: Content, staging: Putting, unpacked: Callable[[], Iterator[bytes]]) -> None:
        for path in content.paths:
            staging.put(path, unpacked())

    def _fetch(self, url: str, path: Path, size: int, came: Callable[[int], None]) -> bool:
        """Fetch what is missing of a file; whether some of it was here."""
        begun = path.stat().st_size if path.exists() else 0
        if begun > size:
            path.unlink()
            begun = 0
        came(begun)
        if begun == size:
            return True
        with self._fetcher.rest(url, begun, size, self._pace) as (start, chunks), path.open("ab") as file:
            if start < begun:
                file.truncate(start)
                came(start - begun)
            for chunk in chunks:
                file.write(chunk)
                file.flush()
                came(len(chunk))
        return start > 0


def _worth(delta: Delta | None, blob_bytes: int) -> Delta | None:
    return delta if delta is not None and delta.size < blob_bytes else None


def _is_wrong(error: Exception) -> bool:
    return isinstance(error, PackingError) or (
        isinstance(error, InstallationError) and error.reason is Reason.WRONG_CONTENT
    )


def _throw_away(path: Path, size: int, came: Callable[[int], None]) -> None:
    if path.exists():
        came(-min(path.stat().st_size, size))
        path.unlink()


def _blob_name(content: Content) -> str:
    return f"{content.sha256}.zst"


def _delta_name(delta: Delta) -> str:
    return f"{delta.from_}-{delta.to}.zst"


def _names(content: Content) -> tuple[str, ...]:
    return (_blob_name(content), *((_delta_name(content.delta),) if content.delta else ()))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
