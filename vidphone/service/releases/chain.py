"""Whether new metadata may follow what is trusted (The Update Framework 1.0.34, sections 4 and 5). No file, no clock.

The service is not what phones trust: they check every signature themselves. It checks all the same, so that what it
publishes can be used, and so that a token without keys publishes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from securesystemslib.signer import Key
from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.api.metadata import DelegatedRole, Metadata, Root, Targets, VerificationResult
from tuf.api.serialization import DeserializationError, SerializationError

from vidphone.service.releases.manifests import check_manifests
from vidphone.service.releases.refusal import Refusal
from vidphone.wire.release_staff import KEEPERS, LIFETIME_DAYS, ROOT, TARGETS, THRESHOLDS, Signatures, shared_keys
from vidphone.wire.releases import Channel, Manifest

CHANNELS = tuple(channel.value for channel in Channel)
Signed = TypeVar("Signed", Root, Targets)


@dataclass(frozen=True)
class Trusted:
    """The newest metadata of each role, all of them signed by enough."""

    root: Metadata[Root]
    targets: Metadata[Targets]
    channels: Mapping[str, Metadata[Targets]]

    @property
    def versions(self) -> dict[str, int]:
        """As the snapshot lists them."""
        channels = {f"{name}.json": one.signed.version for name, one in self.channels.items()}
        return {f"{TARGETS}.json": self.targets.signed.version, **channels}


@dataclass(frozen=True)
class Checked:
    """What would be trusted after it."""

    trusted: Trusted
    signatures: Mapping[str, Signatures]
    signers: tuple[str, ...]
    """The ids of all keys whose signatures are good, by the beginning."""
    manifests: Mapping[str, Manifest] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every role has signatures enough."""
        return all(one.have >= one.need for one in self.signatures.values())


def check(
    trusted: Trusted | None,
    metadata: Mapping[str, bytes],
    manifests: Mapping[str, bytes],
    online: tuple[Key, Key],
    now: datetime,
    stored: Callable[[Manifest], str | None],
) -> Checked:
    """What would be trusted after new metadata, some of which may want further signatures.

    Args:
        trusted: What is trusted now; None where nothing is yet, and all roles must come.
        metadata: The new metadata by role.
        manifests: The manifests that it names, by their paths.
        online: The service's own keys of snapshot and timestamp.
        now: With a time zone.
        stored: What of a manifest's blobs and deltas is missing.

    Raises:
        Refusal: something in it is not as it must be.
    """
    if trusted is None and metadata.keys() != THRESHOLDS.keys():
        raise Refusal("not-begun")
    root = _read(Root, ROOT, metadata) or _kept(trusted).root
    targets = _read(Targets, TARGETS, metadata) or _kept(trusted).targets
    channels = {name: _read(Targets, name, metadata) or _kept(trusted).channels[name] for name in CHANNELS}
    after = Trusted(root, targets, channels)
    _check_shape(after, online)
    _check_order(trusted, after, metadata, now)
    results = _verify(trusted, after, metadata)
    read = check_manifests(trusted.channels if trusted else {}, channels, metadata, manifests, stored)
    signers = sorted({key[:16] for name in metadata for one in results[name] for key in one.signed})
    counted = {name: _counted(results[name]) for name in metadata}
    return Checked(after, counted, tuple(signers), read)


def _kept(trusted: Trusted | None) -> Trusted:
    assert trusted is not None  # noqa: S101 - `check` saw to it
    return trusted


def _read(kind: type[Signed], name: str, metadata: Mapping[str, bytes]) -> Metadata[Signed] | None:
    if name not in metadata:
        return None
    try:
        found: Metadata[Any] = Metadata.from_bytes(metadata[name])
    except (DeserializationError, RecursionError):
        raise Refusal("unreadable", role=name) from None
    if not isinstance(found.signed, kind):
        raise Refusal("unreadable", role=name)
    return found


def _check_shape(after: Trusted, online: tuple[Key, Key]) -> None:
    """Roles are what the design says, whoever signed them: a mistake of a ceremony is found before phones see it."""
    root = after.root.signed
    own = {"snapshot": online[0], "timestamp": online[1]}
    for name, key in own.items():
        if root.roles[name].keyids != [key.keyid] or root.keys.get(key.keyid) != key:
            raise Refusal("not-our-keys")
    if not root.consistent_snapshot:
        raise Refusal("shape", role=ROOT)
    for name in (ROOT, TARGETS):
        role = root.roles[name]
        if role.threshold != THRESHOLDS[name] or len(role.keyids) < KEEPERS:
            raise Refusal("shape", role=name)
    delegations = after.targets.signed.delegations
    if after.targets.signed.targets or delegations is None or delegations.roles is None:
        raise Refusal("shape", role=TARGETS)
    if tuple(delegations.roles) != CHANNELS:
        raise Refusal("shape", role=TARGETS)
    if shared_keys(root.keys.values(), delegations.keys.values()):
        raise Refusal("key-in-both")
    for name, delegated in delegations.roles.items():
        if not _is_channel(delegated) or not set(delegated.keyids) <= delegations.keys.keys():
            raise Refusal("shape", role=name)
    for name, channel in after.channels.items():
        if channel.signed.delegations is not None:
            raise Refusal("shape", role=name)


def _is_channel(role: DelegatedRole) -> bool:
    enough = role.threshold == THRESHOLDS[role.name] and len(role.keyids) >= role.threshold
    return enough and role.terminating and role.paths == [f"{role.name}/*/*"] and not role.path_hash_prefixes


def _check_order(trusted: Trusted | None, after: Trusted, names: Mapping[str, bytes], now: datetime) -> None:
    for name in names:
        new = _role(after, name).signed
        wanted = _role(trusted, name).signed.version + 1 if trusted else 1
        if new.version != wanted:
            raise Refusal("version", role=name, wanted=wanted, found=new.version)
        left = new.expires - now
        if left.total_seconds() <= 0 or left.days > LIFETIME_DAYS[name]:
            raise Refusal("expiry", role=name, days=LIFETIME_DAYS[name])


def _verify(trusted: Trusted | None, after: Trusted, names: Mapping[str, bytes]) -> dict[str, list[VerificationResult]]:
    """The signatures of every role, old and new: what stays must hold under what is new above it."""
    results: dict[str, list[VerificationResult]] = {}
    for name in THRESHOLDS:
        role = _role(after, name)
        above: list[Root | Targets] = [after.targets.signed if name in CHANNELS else after.root.signed]
        if name == ROOT and trusted is not None and name in names:
            above.append(trusted.root.signed)
        results[name] = [_result(one, name, role) for one in above]
        if name not in names and not all(results[name]):
            raise Refusal("left-unsigned", role=name)
        if name in names and not results[name][-1].signed:  # by a key that is trusted before it
            raise Refusal("unsigned", role=name)
    return results


def _result(above: Root | Targets, name: str, role: Metadata[Any]) -> VerificationResult:
    try:
        return above.get_verification_result(name, role.signed_bytes, role.signatures)
    except (ValueError, RepositoryError, DownloadError, SerializationError):
        raise Refusal("unsigned", role=name) from None


def _counted(results: list[VerificationResult]) -> Signatures:
    weakest = min(results, key=lambda one: len(one.signed) - one.threshold)
    return Signatures(have=len(weakest.signed), need=weakest.threshold)


def _role(trusted: Trusted, name: str) -> Metadata[Any]:
    if name == ROOT:
        return trusted.root
    return trusted.targets if name == TARGETS else trusted.channels[name]
