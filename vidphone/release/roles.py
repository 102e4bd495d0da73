"""Metadata as the tools write it: the first of each role, and what follows from it. Time is an argument; no file.

Keepers have offline keys for channels, which stand in every channel beside the keys of people. That gives their
holders nothing that they could not give themselves, a channel exists before anybody has a key of it, and a lost key is
withdrawn, with all that it signed signed anew, by offline keys alone. They are others than those of targets: metadata
of a channel and of targets have one form, and what is signed for the one would be believed as the other.
"""

from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, TypeVar

from securesystemslib.signer import Key, Signer
from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Role, Root, TargetFile, Targets
from tuf.api.serialization.json import JSONSerializer

from vidphone.release.said import refused
from vidphone.wire.release_staff import HIGHEST, KEY_NAME, LIFETIME_DAYS, ROOT, TARGETS, THRESHOLDS, shared_keys
from vidphone.wire.releases import Channel, Manifest, target_path

CHANNELS = tuple(channel.value for channel in Channel)
Body = TypeVar("Body", Root, Targets)


def begin(
    root_keys: Sequence[Key],
    targets_keys: Sequence[Key],
    channel_keys: Sequence[Key],
    online: tuple[Key, Key],
    now: datetime,
) -> dict[str, Metadata[Any]]:
    """The first metadata of all roles, not signed yet; `online` are the service's keys of snapshot and timestamp.

    Raises:
        Refused: a key of the channels is one of the others as well.
    """
    root = Root(1, expires=expiry(ROOT, now), consistent_snapshot=True)
    for name, keys in ((ROOT, root_keys), (TARGETS, targets_keys)):
        root.roles[name] = Role([], THRESHOLDS[name])
        for key in keys:
            root.add_key(key, name)
    root.add_key(online[0], "snapshot")
    root.add_key(online[1], "timestamp")
    check_apart(root, channel_keys)
    delegations = Delegations({key.keyid: key for key in channel_keys}, {name: _channel(name) for name in CHANNELS})
    for role in (delegations.roles or {}).values():
        role.keyids = [key.keyid for key in channel_keys]
    targets = Targets(1, expires=expiry(TARGETS, now), delegations=delegations)
    channels = {name: Metadata(Targets(1, expires=expiry(name, now))) for name in CHANNELS}
    return {ROOT: Metadata(root), TARGETS: Metadata(targets), **channels}


def check_apart(root: Root, channel_keys: Iterable[Key]) -> None:
    """See to it that no key signs for a channel and for root, targets, snapshot or timestamp as well.

    Raises:
        Refused: one does.
    """
    keys = {key.keyid: key for key in channel_keys}
    for keyid in shared_keys(root.keys.values(), keys.values()):
        raise refused("key-in-both", name=name_of(keys[keyid]))


def renewed(metadata: Metadata[Body], role: str, now: datetime) -> Metadata[Body]:
    """The next version of a role's metadata, of the same content, to be changed and signed."""
    body = deepcopy(metadata.signed)
    body.version += 1
    body.expires = expiry(role, now)
    return Metadata(body)


def with_manifest(channel: Metadata[Targets], manifest: Manifest, now: datetime) -> tuple[Metadata[Targets], bytes]:
    """The channel's next metadata, which names this manifest for its platform, and the manifest's bytes."""
    content = manifest.model_dump_json(by_alias=True).encode()
    made = renewed(channel, manifest.channel.value, now)
    path = target_path(manifest.channel, manifest.platform)
    made.signed.targets[path] = TargetFile.from_data(path, content, ["sha256"])
    known = highest(channel)
    raised = max(known.get(manifest.platform, 0), manifest.sequence)
    made.signed.unrecognized_fields[HIGHEST] = known | {manifest.platform: raised}
    return made, content


def emptied(channel: Metadata[Targets], role: str, now: datetime) -> Metadata[Targets]:
    """The channel's next metadata, which offers nothing."""
    made = renewed(channel, role, now)
    made.signed.targets.clear()
    return made


def highest(channel: Metadata[Targets]) -> dict[str, int]:
    """The highest sequence that a channel ever named, by platform."""
    written: dict[str, int] = channel.signed.unrecognized_fields.get(HIGHEST, {})
    return dict(written)


def next_sequence(channels: Iterable[Metadata[Targets]], platform: str) -> int:
    """The sequence of a platform's next build, over all channels."""
    return max((highest(channel).get(platform, 0) for channel in channels), default=0) + 1


def with_key(targets: Metadata[Targets], key: Key, channels: Collection[str], now: datetime) -> Metadata[Targets]:
    """The next delegations, where this key may sign for these channels too."""
    made = renewed(targets, TARGETS, now)
    for name in channels:
        made.signed.add_key(key, name)
    return made


def without_key(targets: Metadata[Targets], keyid: str, now: datetime) -> tuple[Metadata[Targets], tuple[str, ...]]:
    """The next delegations, where a key may sign for nothing, and the channels where it could.

    Raises:
        KeyError: it could for none.
    """
    made = renewed(targets, TARGETS, now)
    roles = _roles(made)
    could = tuple(name for name, role in roles.items() if keyid in role.keyids)
    if not could:
        raise KeyError(keyid)
    for name in could:
        made.signed.revoke_key(keyid, name)
    return made, could


def key_ids(above: Metadata[Root] | Metadata[Targets], name: str) -> tuple[str, ...]:
    """The ids of the keys that may sign a role, as the metadata above it says."""
    return tuple(above.signed.get_delegated_role(name).keyids)


def holders(targets: Metadata[Targets]) -> dict[str, tuple[Key, tuple[str, ...]]]:
    """Whose keys sign for channels, people's and keepers': the key and its channels, by name."""
    found: dict[str, tuple[Key, tuple[str, ...]]] = {}
    for key in delegated_keys(targets.signed):
        channels = tuple(name for name, role in _roles(targets).items() if key.keyid in role.keyids)
        found[name_of(key)] = key, channels
    return found


def delegated_keys(targets: Targets) -> list[Key]:
    """All keys that the delegations name."""
    return list(targets.delegations.keys.values()) if targets.delegations else []


def name_of(key: Key) -> str:
    """Whose key it is, as the metadata says."""
    return str(key.unrecognized_fields.get(KEY_NAME, key.keyid[:16]))


def named(key: Key, name: str) -> Key:
    """The same key with its owner's name beside it."""
    key.unrecognized_fields[KEY_NAME] = name
    return key


def sign(metadata: Metadata[Any], signers: Iterable[Signer]) -> bytes:
    """The metadata as a file, with these signatures added to those that it has.

    Raises:
        Refused: a key does not sign: hardware was taken away, or its PIN is another.
    """
    for signer in signers:
        try:
            metadata.sign(signer, append=True)
        except UnsignedMetadataError as error:
            fault = error.__cause__ or error
            detail = str(fault) or type(fault).__name__
            raise refused("hardware-failed", named=name_of(signer.public_key), detail=detail) from error
    return metadata.to_bytes(JSONSerializer(compact=True))


def expiry(role: str, now: datetime) -> datetime:
    """Until when a role's metadata holds that is signed now."""
    return now.replace(microsecond=0) + timedelta(days=LIFETIME_DAYS[role])


def _channel(name: str) -> DelegatedRole:
    return DelegatedRole(name, [], THRESHOLDS[name], terminating=True, paths=[f"{name}/*/*"])


def _roles(targets: Metadata[Targets]) -> dict[str, DelegatedRole]:
    delegations = targets.signed.delegations
    return dict(delegations.roles or {}) if delegations else {}
