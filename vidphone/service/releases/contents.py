"""What builds are made of, on disk: packed contents and deltas, named by hashes and checked before they are kept."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256 as sha256_of
from pathlib import Path

import zstandard

from vidphone.service.releases.refusal import Refusal
from vidphone.service.vault.files import sync_folder
from vidphone.wire.packing import MAX_DELTA_INPUT_BYTES, PackingError, apply_delta, unpack
from vidphone.wire.release_staff import Stored, StoredDelta, Wanted
from vidphone.wire.releases import MAX_FILE_BYTES, Manifest, blob_path, delta_path

CHUNK_BYTES = 262_144
HEADER_BYTES = 32
"""A frame says within so many bytes how much comes out of it."""
INCOMING = "incoming"


class Contents:
    """Blobs and deltas below a folder. Blocking; safe from several threads, since names follow from contents."""

    def __init__(self, folder: Path, free_bytes: int) -> None:
        """`free_bytes`: what uploads leave of the disk."""
        self._folder = folder
        self._free_bytes = free_bytes
        shutil.rmtree(folder / INCOMING, ignore_errors=True)  # of uploads that a stopped service never ended
        (folder / INCOMING).mkdir(parents=True)

    @contextmanager
    def incoming(self, announced: int) -> Iterator[Path]:
        """A file to write an upload into; gone at the end, unless it was kept.

        Raises:
            Refusal: the disk has no room for so many bytes.
        """
        if shutil.disk_usage(self._folder).free - announced < self._free_bytes:
            raise Refusal("no-room")
        path = self._folder / INCOMING / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep_blob(self, upload: Path, sha256: str) -> None:
        """Take a packed content over.

        Raises:
            Refusal: what comes out of it has another hash.
            OSError: the disk is full.
        """
        if _hash(unpack(_chunks(upload), _size_inside(upload))) != sha256:
            raise Refusal("content-differs")
        _place(upload, self._folder / blob_path(sha256))

    def keep_delta(self, upload: Path, old: str, new: str) -> None:
        """Take a delta over, whose old content is here already.

        Raises:
            Refusal: that is not here, or the delta makes something else of it.
            OSError: the disk is full.
        """
        from_blob = self._folder / blob_path(old)
        if not from_blob.is_file():
            raise Refusal("content-missing", path="-", content=old)
        size = _size_inside(from_blob)
        if size > MAX_DELTA_INPUT_BYTES:  # before it fills memory
            raise Refusal("content-differs")
        try:
            known = b"".join(unpack(_chunks(from_blob), size))
            made = _hash(apply_delta(known, _chunks(upload), _size_inside(upload)))
        except PackingError:
            raise Refusal("content-differs") from None
        if made != new:
            raise Refusal("content-differs")
        _place(upload, self._folder / delta_path(old, new))

    def stored(self, wanted: Wanted) -> Stored:
        """What of it is here."""
        blobs = {sha256: self._size(blob_path(sha256)) for sha256 in wanted.blobs}
        deltas: dict[str, StoredDelta] = {}
        for name in wanted.deltas:
            path = self._folder / delta_path(*name.split("-"))
            if path.is_file():
                deltas[name] = StoredDelta(size=path.stat().st_size, sha256=sha256_of(path.read_bytes()).hexdigest())
        return Stored(blobs={sha256: size for sha256, size in blobs.items() if size is not None}, deltas=deltas)

    def lacking(self, manifest: Manifest) -> str | None:
        """The first blob or delta of a manifest that is not here as the manifest says."""
        for sha256, blob in manifest.blobs.items():
            if self._size(blob_path(sha256)) != blob.size:
                return blob_path(sha256)
        for delta in manifest.deltas:
            path = delta_path(delta.from_, delta.to)
            if self._size(path) != delta.size:
                return path
            if sha256_of((self._folder / path).read_bytes()).hexdigest() != delta.sha256:
                return path
        return None

    def _size(self, path: str) -> int | None:
        try:
            return (self._folder / path).stat().st_size
        except OSError:
            return None


def _size_inside(packed: Path) -> int:
    """How much comes out, as the frame's header says; unpacking holds it to that."""
    with packed.open("rb") as file:
        head = file.read(HEADER_BYTES)
    try:
        size = zstandard.frame_content_size(head)
    except zstandard.ZstdError:
        raise Refusal("content-differs") from None
    if not 0 <= size <= MAX_FILE_BYTES:
        raise Refusal("content-differs")
    return size


def _hash(chunks: Iterator[bytes]) -> str:
    digest = sha256_of()
    try:
        for chunk in chunks:
            digest.update(chunk)
    except PackingError:
        raise Refusal("content-differs") from None
    return digest.hexdigest()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _place(upload: Path, path: Path) -> None:
    """On the disk before it has its name, and by that name before it is answered: a manifest may name it from now on.

    Whoever is second with the same content changes nothing.
    """
    if path.exists():
        return
    with upload.open("rb+") as file:
        os.fsync(file.fileno())
    new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    upload.replace(path)
    sync_folder(path.parent)
    if new:
        sync_folder(path.parent.parent)
