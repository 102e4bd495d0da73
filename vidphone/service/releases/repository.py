"""The repository on disk, as phones read it: `metadata/`, `targets/`, `blobs/`, `deltas/`.

Publishing has two steps. `stage` writes all that is new into a folder of its own. `finish` moves it to where it
belongs, `timestamp.json` last: until that has its name, phones see the old state, whole, and from then on the new
one. A service that is stopped between the two finishes at its next start, or throws the folder away.
"""

import gzip
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from vidphone.service.releases.chain import CHANNELS, Checked, Trusted, check
from vidphone.service.releases.contents import INCOMING, Contents
from vidphone.service.releases.manifests import check_highest, check_sequence
from vidphone.service.releases.online import OnlineKeys
from vidphone.service.vault.files import sync_folder
from vidphone.wire.packing import pack
from vidphone.wire.release_staff import ROOT, SNAPSHOT_DAYS, TARGETS, TIMESTAMP_DAYS
from vidphone.wire.releases import Manifest

METADATA, STAGED = "metadata", "staged"
TIMESTAMP = "timestamp.json"
PACKED: Mapping[str, tuple[str, Callable[[bytes], bytes]]] = {
    "zstd": (".zst", pack),
    "gzip": (".gz", lambda content: gzip.compress(content, mtime=0)),
}
"""By the name of a content coding (RFC 9110), the better first: the ending of a manifest's packed copy, and its maker.

A manifest of 1200 files takes 285 kB; zstd makes 46 kB of it, gzip 100 kB: its window is shorter than the way from a
hash to its second place. Copies are made once, at publication.
"""


class Repository:
    """One repository. Blocking; one publication at a time."""

    def __init__(self, folder: Path, keys: OnlineKeys, free_bytes: int = 0) -> None:
        """Open it; made where it is not there yet.

        Raises:
            OSError: the folder cannot be written.
        """
        self.folder = folder
        self.contents = Contents(folder, free_bytes)
        self.keys = keys
        self.lock = threading.RLock()
        """Held from the check of a publication to its end."""
        for name in (METADATA, STAGED, "targets", "blobs", "deltas"):
            (folder / name).mkdir(exist_ok=True)
        self._trusted: Trusted | None = None
        self._snapshot: Metadata[Snapshot] | None = None
        self._timestamp: Metadata[Timestamp] | None = None
        self._load()

    @property
    def trusted(self) -> Trusted | None:
        """What is published; None before the first time."""
        return self._trusted

    def check(self, metadata: Mapping[str, bytes], manifests: Mapping[str, bytes], now: datetime) -> Checked:
        """See `chain.check`; and sequences.

        Raises:
            Refusal: it cannot be published.
        """
        online = self.keys.public
        checked = check(self._trusted, metadata, manifests, online, now, self.contents.lacking)
        check_highest(self._trusted.channels if self._trusted else {}, checked.trusted.channels, checked.manifests)
        for path, manifest in checked.manifests.items():
            check_sequence(self.manifest(path), manifest)
        return checked

    def manifest(self, path: str) -> Manifest | None:
        """What is published at a path."""
        channel = path.partition("/")[0]
        if self._trusted is None or channel not in CHANNELS:
            return None
        target = self._trusted.channels[channel].signed.targets.get(path)
        if target is None:
            return None
        return Manifest.model_validate_json(self._target(path, target.hashes["sha256"]).read_bytes())

    def stage(
        self, name: str, metadata: Mapping[str, bytes], manifests: Mapping[str, bytes], after: Checked, now: datetime
    ) -> None:
        """Write a checked publication, with snapshot and timestamp, into a folder of its own."""
        snapshot_version = self._snapshot.signed.version + 1 if self._snapshot else 1
        snapshot = self.keys.snapshot(after.trusted.versions, snapshot_version, now)
        files = {
            f"{METADATA}/{self._version(after.trusted, role)}.{role}.json": text for role, text in metadata.items()
        }
        files[f"{METADATA}/{snapshot_version}.snapshot.json"] = snapshot.to_bytes()
        files[f"{METADATA}/{TIMESTAMP}"] = self._new_timestamp(snapshot_version, now)
        for path, given in manifests.items():
            channel = after.trusted.channels[path.partition("/")[0]]
            kept = self._target(path, channel.signed.targets[path].hashes["sha256"]).relative_to(self.folder).as_posix()
            files[kept] = given
            files |= {kept + ending: made(given) for ending, made in PACKED.values()}
        folder = self.folder / STAGED / name
        for relative, content in files.items():
            _write(folder / relative, content)
        _sync_up({(folder / relative).parent for relative in files}, self.folder / STAGED)

    def staged(self) -> list[str]:
        """The names of those that are not finished."""
        return sorted(path.name for path in (self.folder / STAGED).iterdir())

    def finish(self, name: str) -> None:
        """Move a staged publication to where phones read it; again after an interruption."""
        folder = self.folder / STAGED / name
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in sorted(files, key=lambda one: one.name == TIMESTAMP):
            kept = self.folder / path.relative_to(folder)
            kept.parent.mkdir(parents=True, exist_ok=True)
            if path.name == TIMESTAMP:
                _sync_up({self.folder / one.relative_to(folder).parent for one in files}, self.folder)
            path.replace(kept)
        sync_folder(self.folder / METADATA)
        self.forget(name)
        self._load()

    def forget(self, name: str) -> None:
        """Throw a staged publication away."""
        shutil.rmtree(self.folder / STAGED / name, ignore_errors=True)

    def refresh(self, now: datetime) -> bool:
        """Sign snapshot and timestamp anew once half of their time is over; whether it did."""
        with self.lock:
            if self._trusted is None or self._snapshot is None or self._timestamp is None:
                return False
            version = self._snapshot.signed.version
            if _half_over(self._snapshot, now):
                version += 1
                made = self.keys.snapshot(self._trusted.versions, version, now)
                self._replace(f"{version}.snapshot.json", made.to_bytes())
            elif not _half_over(self._timestamp, now):
                return False
            self._replace(TIMESTAMP, self._new_timestamp(version, now))
            self._load()
            return True

    def _new_timestamp(self, snapshot: int, now: datetime) -> bytes:
        version = self._timestamp.signed.version + 1 if self._timestamp else 1
        return self.keys.timestamp(snapshot, version, now).to_bytes()

    def _replace(self, name: str, content: bytes) -> None:
        made = self.folder / INCOMING / name
        _write(made, content)
        made.replace(self.folder / METADATA / name)
        sync_folder(self.folder / METADATA)

    def _load(self) -> None:
        folder = self.folder / METADATA
        if not (folder / TIMESTAMP).exists():
            return
        timestamp: Metadata[Timestamp] = Metadata.from_file(str(folder / TIMESTAMP))
        version = timestamp.signed.snapshot_meta.version
        snapshot: Metadata[Snapshot] = Metadata.from_file(str(folder / f"{version}.snapshot.json"))
        versions = {name.removesuffix(".json"): meta.version for name, meta in snapshot.signed.meta.items()}
        root = max(int(path.name.partition(".")[0]) for path in folder.glob(f"*.{ROOT}.json"))

        def read(name: str, number: int) -> Metadata[Any]:
            return Metadata.from_file(str(folder / f"{number}.{name}.json"))

        newest: Metadata[Root] = read(ROOT, root)
        targets: Metadata[Targets] = read(TARGETS, versions[TARGETS])
        channels = {name: read(name, versions[name]) for name in CHANNELS}
        self._trusted, self._snapshot, self._timestamp = Trusted(newest, targets, channels), snapshot, timestamp

    def _target(self, path: str, sha256: str) -> Path:
        folder, _, name = path.rpartition("/")
        return self.folder / "targets" / folder / f"{sha256}.{name}"

    @staticmethod
    def _version(trusted: Trusted, role: str) -> int:
        if role == ROOT:
            return trusted.root.signed.version
        return (trusted.targets if role == TARGETS else trusted.channels[role]).signed.version


def _half_over(metadata: Metadata[Any], now: datetime) -> bool:
    days = {"snapshot": SNAPSHOT_DAYS, "timestamp": TIMESTAMP_DAYS}[metadata.signed.type]
    return bool((metadata.signed.expires - now).total_seconds() < days * 43_200)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_up(folders: set[Path], top: Path) -> None:
    """Have the names in folders on the disk, and those of the folders themselves up to `top`."""
    for folder in {top, *folders, *(above for one in folders for above in one.parents if above.is_relative_to(top))}:
        sync_folder(folder)
