"""What is published, as a member of staff may believe it: every signature checked from the root that they trust.

Nobody signs what a service merely says: the older manifest that a rollback offers again, and the test build that a
promotion takes over, were signed by keys that count today.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization import DeserializationError

from vidphone.account.profile import write_bytes_whole
from vidphone.release.roles import CHANNELS
from vidphone.release.said import refused
from vidphone.wire.release_staff import ROOT, TARGETS, Offer
from vidphone.wire.releases import Channel, Manifest, target_path

MAX_ROOTS = 1024
Fetch = Callable[[str], bytes | None]


class View:
    """The newest metadata of all roles, checked. Expired metadata is shown, since staff is who signs it anew."""

    def __init__(self, root_file: Path, fetch: Fetch) -> None:
        """Fetch and check; a newer root takes the place of the file.

        Args:
            root_file: The root that is trusted.
            fetch: A file of the repository by its path; None where there is none.

        Raises:
            Refused: something has no good signature, or is missing.
        """
        self._fetch = fetch
        try:
            self.root = self._newest_root(root_file)
            stamp: Metadata[Timestamp] = self._verified("timestamp", "metadata/timestamp.json", self.root.signed)
            version = stamp.signed.snapshot_meta.version
            snap: Metadata[Snapshot] = self._verified(
                "snapshot", f"metadata/{version}.snapshot.json", self.root.signed, version
            )
            versions = {name.removesuffix(".json"): one.version for name, one in snap.signed.meta.items()}
            self.targets: Metadata[Targets] = self._role(TARGETS, versions[TARGETS], self.root.signed)
            self.channels: dict[str, Metadata[Targets]] = {
                name: self._role(name, versions[name], self.targets.signed) for name in CHANNELS
            }
        except (RepositoryError, DownloadError, DeserializationError, KeyError, ValueError, OSError) as error:
            raise refused("not-trusted", detail=str(error) or type(error).__name__) from error

    def role(self, name: str) -> Metadata[Any]:
        """The newest metadata of a role."""
        if name == ROOT:
            return self.root
        return self.targets if name == TARGETS else self.channels[name]

    def key_ids(self, name: str) -> tuple[str, ...]:
        """The ids of the keys that may sign a role."""
        above = self.targets if name in CHANNELS else self.root
        return tuple(above.signed.get_delegated_role(name).keyids)

    def manifest(self, channel: Channel, platform: str) -> Manifest | None:
        """What a channel offers a platform.

        Raises:
            Refused: the manifest is not the one that was signed.
        """
        path = target_path(channel, platform)
        target = self.channels[channel].signed.targets.get(path)
        return None if target is None else self._manifest(path, target)

    def offered(self, offer: Offer) -> Manifest:
        """A manifest that was offered once, where keys that count today signed for it.

        Raises:
            Refused: they did not.
        """
        try:
            then = self._role(offer.channel, offer.role_version, self.targets.signed)
        except (RepositoryError, DownloadError, DeserializationError, ValueError) as error:
            raise refused("not-trusted", detail=str(error)) from error
        path = target_path(offer.channel, offer.platform)
        target = then.signed.targets.get(path)
        if target is None or target.hashes.get("sha256") != offer.manifest:
            raise refused("not-trusted", detail=path)
        return self._manifest(path, target)

    def _manifest(self, path: str, target: TargetFile) -> Manifest:
        folder, _, name = path.rpartition("/")
        content = self._fetch(f"targets/{folder}/{target.hashes['sha256']}.{name}")
        try:
            if content is None:
                raise ValueError(path)
            target.verify_length_and_hashes(content)
            return Manifest.model_validate_json(content)
        except (RepositoryError, ValidationError, ValueError) as error:
            raise refused("not-trusted", detail=path) from error

    def _newest_root(self, file: Path) -> Metadata[Root]:
        root: Metadata[Root] = Metadata.from_file(str(file))
        root.signed.verify_delegate(ROOT, root.signed_bytes, root.signatures)
        for version in range(root.signed.version + 1, root.signed.version + MAX_ROOTS):
            content = self._fetch(f"metadata/{version}.root.json")
            if content is None:
                break
            newer: Metadata[Root] = Metadata.from_bytes(content)
            for above in (root.signed, newer.signed):
                above.verify_delegate(ROOT, newer.signed_bytes, newer.signatures)
            if newer.signed.version != version:
                raise ValueError("version")
            root = newer
            write_bytes_whole(file, content)
        return root

    def _role(self, name: str, version: int, above: Root | Targets) -> Metadata[Targets]:
        return self._verified(name, f"metadata/{version}.{name}.json", above, version)

    def _verified(self, name: str, path: str, above: Root | Targets, version: int | None = None) -> Metadata[Any]:
        content = self._fetch(path)
        if content is None:
            raise ValueError(path)
        found: Metadata[Any] = Metadata.from_bytes(content)
        above.verify_delegate(name, found.signed_bytes, found.signatures)
        if version is not None and found.signed.version != version:
            raise ValueError(path)
        return found


def days_left(metadata: Metadata[Any]) -> float:
    """How long metadata still holds; below 0 it has run out."""
    left: float = (metadata.signed.expires - datetime.now(UTC)).total_seconds() / 86_400
    return left
