"""A folder of a packaged program becomes a build: its list of files, each content packed, deltas from earlier builds.

    OUT/<build id>/build.json            what is in it
    OUT/<build id>/blobs/<aa>/<hash>.zst each content, packed
    OUT/<build id>/deltas/<old>-<new>.zst

The same folder, version, number and time make the same bytes. Contents that an earlier build packed are taken from it.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from vidphone.release.said import refused
from vidphone.wire.packing import MAX_DELTA_INPUT_BYTES, delta, pack, unpack
from vidphone.wire.release_paths import fault_of_paths
from vidphone.wire.releases import (
    FILE_MODE,
    MAX_FILE_BYTES,
    PROGRAM_MODE,
    Blob,
    BuildId,
    Delta,
    Epoch,
    File,
    Notes,
    Platform,
    Version,
    blob_path,
    build_id,
    delta_path,
)

BUILD_FILE = "build.json"
NO_NOTES = Notes(zh="", en="")
DELTA_WORTH = 0.5
"""A delta is kept where it is smaller than that share of the packed content."""


class Build(BaseModel):
    """A build before it is offered to anybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    build_id: BuildId
    platform: Platform
    version: Version
    created_at: Epoch
    notes: Notes
    files: tuple[File, ...]
    blobs: dict[str, Blob]
    deltas: tuple[Delta, ...]


@dataclass(frozen=True)
class Wish:
    """What is to be made; `created_at` UTC seconds since 1970, `number` counts the builds of a day from 1."""

    version: str
    platform: str
    created_at: float
    number: int = 1
    notes: Notes = NO_NOTES


@dataclass(frozen=True)
class Built:
    """A build in its folder."""

    folder: Path
    build: Build

    def blob(self, digest: str) -> Path:
        """A packed content."""
        return self.folder / blob_path(digest)

    def delta(self, one: Delta) -> Path:
        """A delta."""
        return self.folder / delta_path(one.from_, one.to)


def build(tree: Path, wish: Wish, into: Path, previous: Sequence[Built] = ()) -> Built:
    """Make a build of a folder.

    Raises:
        Refused: something in the folder cannot be in a build, or the version or platform is none.
        OSError: it cannot be read or written.
    """
    found = list(_files(tree))
    files = tuple(file for file, _ in found)
    if fault := fault_of_paths([file.path for file in files]):
        raise refused("bad-path", detail=fault)
    if not files:
        raise refused("empty-folder", path=str(tree))
    day = datetime.fromtimestamp(wish.created_at, UTC).strftime("%Y%m%d")
    name = build_id(wish.version, day, wish.number, files)
    made = Built(into / name, _empty(name, wish, files))
    blobs: dict[str, Blob] = {}
    deltas: list[Delta] = []
    before = {file.path: file for earlier in previous for file in earlier.build.files}
    packed = {digest: earlier for earlier in previous for digest in earlier.build.blobs}
    for file, path in found:
        if file.sha256 in blobs:
            continue
        blob = made.blob(file.sha256)
        if file.sha256 in packed:
            _link(packed[file.sha256].blob(file.sha256), blob)
        else:
            _write(blob, pack(path.read_bytes()))
            old = before.get(file.path)
            if old is not None and (one := _delta(made, packed[old.sha256], old, file, path, blob.stat().st_size)):
                deltas.append(one)
        blobs[file.sha256] = Blob(size=blob.stat().st_size)
    whole = made.build.model_copy(update={"blobs": blobs, "deltas": tuple(deltas)})
    _write(made.folder / BUILD_FILE, whole.model_dump_json(by_alias=True).encode())
    return Built(made.folder, whole)


def open_build(folder: Path) -> Built:
    """A build that was made before.

    Raises:
        Refused: there is none in that folder.
    """
    try:
        return Built(folder, Build.model_validate_json((folder / BUILD_FILE).read_bytes()))
    except (OSError, ValidationError):
        raise refused("no-build", path=str(folder)) from None


def _empty(name: str, wish: Wish, files: tuple[File, ...]) -> Build:
    try:
        return Build(
            build_id=name,
            platform=wish.platform,
            version=wish.version,
            created_at=wish.created_at,
            notes=wish.notes,
            files=files,
            blobs={},
            deltas=(),
        )
    except ValidationError as error:
        raise refused("bad-build", detail=".".join(map(str, error.errors()[0]["loc"]))) from None


def _files(tree: Path) -> Iterator[tuple[File, Path]]:
    """Every file below a folder in the order of their paths; a link stands for what it points to inside of it."""
    whole = tree.resolve()
    if not whole.is_dir():
        raise refused("empty-folder", path=str(tree))
    for path in sorted(_walk(whole), key=lambda one: one.relative_to(whole).as_posix()):
        relative = path.relative_to(whole).as_posix()
        target = path.resolve()
        if not target.is_relative_to(whole) or not target.is_file():
            raise refused("link-outside", path=relative)
        size, mode = target.stat().st_size, target.stat().st_mode
        if size > MAX_FILE_BYTES:
            raise refused("file-too-large", path=relative)
        program = bool(mode & stat.S_IXUSR)
        digest = sha256(target.read_bytes()).hexdigest()
        try:
            file = File(path=relative, mode=PROGRAM_MODE if program else FILE_MODE, size=size, sha256=digest)
        except ValidationError:  # of what is asked here, the length of the path alone
            raise refused("bad-path", detail=relative) from None
        yield file, target


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)
        elif entry.is_dir():
            raise refused("link-outside", path=entry.name)
        else:
            yield entry


def _delta(made: Built, earlier: Built, old: File, new: File, path: Path, packed_size: int) -> Delta | None:
    if max(old.size, new.size) > MAX_DELTA_INPUT_BYTES:
        return None
    packed = earlier.blob(old.sha256).read_bytes()
    content = delta(b"".join(unpack([packed], old.size)), path.read_bytes())
    if content is None or len(content) > packed_size * DELTA_WORTH:
        return None
    one = Delta.model_validate(
        {"from": old.sha256, "to": new.sha256, "size": len(content), "sha256": sha256(content).hexdigest()}
    )
    _write(made.delta(one), content)
    return one


def _link(from_path: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    try:
        path.hardlink_to(from_path)
    except OSError:  # another disk
        _write(path, from_path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    made.write_bytes(content)
    made.replace(path)
