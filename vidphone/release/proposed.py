"""What waits for a signature: held to what could follow, and told in words before anybody signs it.

It is the service that shows it, and metadata does not say of which role it is: what is shown as a channel's could have
the form of delegations, with keys of somebody else's. Keys of channels are others than those of the roles above
(`roles.check_apart`); beyond that, what a channel never has is refused here, and so is whatever could not be told.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError

from vidphone.release import roles
from vidphone.release.said import moment, refused, words
from vidphone.release.view import View
from vidphone.wire.release_staff import LIFETIME_DAYS, ROOT, TARGETS, Publication
from vidphone.wire.releases import Channel, Manifest, target_path

CLOCKS_DIFFER = timedelta(days=1)
SHOWN_ACCOUNTS = 8


def read(view: View, publication: Publication, now: datetime) -> dict[str, Metadata[Any]]:
    """The metadata that waits, if it is the next version of each role, of that role's form, and gives no key both.

    Raises:
        Refused: it is not.
    """
    try:
        found: dict[str, Metadata[Any]] = {
            name: Metadata.from_bytes(text.encode()) for name, text in publication.metadata.items()
        }
    except DeserializationError:
        raise refused("not-trusted", detail=", ".join(publication.metadata)) from None
    for name, metadata in found.items():
        if metadata.signed.version != view.role(name).signed.version + 1:
            raise refused("overtaken", role=name)
        lasts_too_long = metadata.signed.expires > now + timedelta(days=LIFETIME_DAYS[name]) + CLOCKS_DIFFER
        if lasts_too_long or not _has_form(name, metadata.signed, view.role(name).signed):
            raise refused("unusual", role=name)
    root, targets = (found.get(name, view.role(name)).signed for name in (ROOT, TARGETS))
    if {ROOT, TARGETS} & found.keys():
        roles.check_apart(root, roles.delegated_keys(targets))
    return found


def changes(view: View, publication: Publication, metadata: Mapping[str, Metadata[Any]]) -> Iterator[str]:
    """What would change, in sentences; what is not named stays as it is.

    Raises:
        Refused: a manifest is not the one that would be signed.
    """
    for name, one in metadata.items():
        until = moment(one.signed.expires.timestamp())
        yield words("changes-role", role=name, version=one.signed.version, until=until)
        if name in roles.CHANNELS:
            yield from _offers(view, name, one.signed, publication.manifests)
        else:
            yield from _keys(name, view.role(name).signed, one.signed)


def _has_form(name: str, signed: object, before: Root | Targets) -> bool:
    if name == ROOT:
        return (
            isinstance(signed, Root)
            and signed.consistent_snapshot is True
            and _thresholds(signed) == _thresholds(before)
        )
    if not isinstance(signed, Targets):
        return False
    if name == TARGETS:
        return not signed.targets and _delegated(signed) == _delegated(before)
    return signed.delegations is None


def _thresholds(root: object) -> dict[str, int]:
    assert isinstance(root, Root)  # noqa: S101 - what is trusted is one, and the other was looked at
    return {name: role.threshold for name, role in root.roles.items()}


def _delegated(targets: object) -> dict[str, dict[str, Any]] | None:
    """What a role may name and how many must sign it; who is told by `_keys`."""
    assert isinstance(targets, Targets)  # noqa: S101 - as above
    if targets.delegations is None or targets.delegations.roles is None:
        return None
    return {name: role.to_dict() | {"keyids": []} for name, role in targets.delegations.roles.items()}


def _keys(name: str, before: Root | Targets, after: Root | Targets) -> Iterator[str]:
    old, new = _may_sign(before), _may_sign(after)
    for key, there, said in (
        *((key, new[key] - old.get(key, set()), "changes-key") for key in new),
        *((key, old[key] - new.get(key, set()), "changes-key-gone") for key in old),
    ):
        if there:
            keyid, whose, _ = key
            yield words(said, role=name, name=whose, id=keyid[:16], roles=", ".join(sorted(there)))


def _may_sign(signed: Root | Targets) -> dict[tuple[str, str, str], set[str]]:
    """The roles that each key may sign: its id, whose it is, and itself."""
    delegations = signed.roles if isinstance(signed, Root) else (signed.delegations and signed.delegations.roles) or {}
    keys = signed.keys if isinstance(signed, Root) else signed.delegations.keys if signed.delegations else {}
    found: dict[tuple[str, str, str], set[str]] = {}
    for name, role in delegations.items():
        for keyid in role.keyids:
            if keyid in keys:
                key = keyid, roles.name_of(keys[keyid]), repr(sorted(keys[keyid].keyval.items()))
                found.setdefault(key, set()).add(name)
    return found


def _offers(view: View, name: str, signed: Targets, manifests: Mapping[str, str]) -> Iterator[str]:
    before, after = view.channels[name].signed.targets, signed.targets
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) == after.get(path):
            continue
        if path not in after:
            yield words("changes-nothing-left", path=path)
            continue
        content = manifests.get(path, "").encode()
        try:
            after[path].verify_length_and_hashes(content)
            manifest = Manifest.model_validate_json(content)
        except (LengthOrHashMismatchError, ValueError):
            raise refused("not-trusted", detail=path) from None
        if manifest.channel != name or path != target_path(manifest.channel, manifest.platform):
            raise refused("not-trusted", detail=path)
        yield words(
            "changes-offer",
            channel=name,
            build=manifest.build_id,
            sequence=manifest.sequence,
            share=_share(manifest),
            accounts=_accounts(manifest),
            minimum=manifest.min_version,
            elsewhere=", ".join(_elsewhere(view, manifest)) or "-",
        )


def _share(manifest: Manifest) -> str:
    if manifest.halted:
        return words("halted")
    steps = (f"{step.percent:g} % ({step.after_s / 3600:g} h)" for step in manifest.rollout.steps)
    return " → ".join([f"{manifest.rollout.percent:g} %", *steps])


def _accounts(manifest: Manifest) -> str:
    shown = ", ".join(manifest.accounts[:SHOWN_ACCOUNTS]) or words("everyone")
    more = len(manifest.accounts) - SHOWN_ACCOUNTS
    return f"{shown}, +{more}" if more > 0 else shown


def _elsewhere(view: View, manifest: Manifest) -> Iterator[str]:
    """Channels on which the same bytes are offered already."""
    for channel in Channel:
        other = view.manifest(channel, manifest.platform)
        if other is not None and (other.files, other.blobs) == (manifest.files, manifest.blobs):
            yield channel.value
