"""What a channel offers: push, promote, rollout, halt, rollback."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from vidphone.release import roles
from vidphone.release.bench import Bench
from vidphone.release.building import Build, Built, open_build
from vidphone.release.said import refused, say
from vidphone.release.signing import sign_waiting
from vidphone.wire.release_staff import Action, HoldChange, Stored, Wanted
from vidphone.wire.releases import Channel, Manifest, Notes, Rollout, Step, target_path


class Storing(Protocol):
    """Where contents lie (`release.Desk`)."""

    def stored(self, wanted: Wanted) -> Stored:
        """What of a build is there."""

    def upload(self, path: str, file: Path) -> None:
        """Send a packed content or a delta."""


def push(bench: Bench) -> None:
    """Offer a build to accounts, or to everyone who follows the channel.

    Raises:
        Refused: the build is none, the key may not sign for the channel, or the service does not take it over.
    """
    asked, built = bench.arguments, open_build(bench.arguments.build)
    channel = Channel(asked.channel)
    if channel is Channel.TEST and not asked.accounts:
        raise refused("name-accounts")
    _may_sign(bench, channel)
    build = upload(bench.desk, built)
    manifest = _validated(
        build.model_dump(by_alias=True)
        | {
            "channel": channel,
            "sequence": roles.next_sequence(bench.view.channels.values(), build.platform),
            "min_version": asked.min_version or "0.0.0",
            "accounts": asked.accounts,
            "created_at": bench.now.timestamp(),
            "notes": _notes(bench, build),
            "rollout": _rollout(bench, build.build_id),
        }
    )
    _offer(bench, Action.PUSH, manifest)


def promote(bench: Bench) -> None:
    """Offer the very bytes of one channel to another.

    Raises:
        Refused: the one channel offers nothing, or as `push`.
    """
    asked = bench.arguments
    if asked.sign:
        sign_waiting(bench)
        return
    if asked.to is None:
        raise refused("name-channel")
    to = Channel(asked.to)
    source = Channel(asked.source or ("test" if to is Channel.BETA else "beta"))
    manifest = _current(bench, source)
    changed: dict[str, object] = {
        "channel": to,
        "accounts": asked.accounts,
        "created_at": bench.now.timestamp(),
        "halted": False,
        "rollout": _rollout(bench, manifest.build_id),
    }
    if asked.min_version:
        changed["min_version"] = asked.min_version
    _offer(bench, Action.PROMOTE, _with(manifest, **changed))


def rollout(bench: Bench) -> None:
    """Another share of installations, from now on. Raises as `push`."""
    manifest = _current(bench, Channel(bench.arguments.channel))
    changed = {"created_at": bench.now.timestamp(), "rollout": _rollout(bench, manifest.build_id)}
    _offer(bench, Action.ROLLOUT, _with(manifest, **changed))


def halt(bench: Bench) -> None:
    """Offer what a channel offers to nobody any more, at once; or, with `--lift`, again.

    The hold needs no signature and works at once. The signature, where two are needed, may come later.

    Raises:
        Refused: as `push`.
    """
    asked = bench.arguments
    manifest = _current(bench, Channel(asked.channel))
    bench.desk.hold(HoldChange(build_id=manifest.build_id, held=not asked.lift, reason=asked.reason))
    say("hold-lifted" if asked.lift else "held", build=manifest.build_id)
    if manifest.halted == asked.lift:
        action = Action.RESUME if asked.lift else Action.HALT
        _offer(bench, action, _with(manifest, halted=not asked.lift))


def rollback(bench: Bench) -> None:
    """Offer an older build of the channel again, under the next sequence.

    Raises:
        Refused: the channel never offered it, keys that count today did not sign it, or as `push`.
    """
    asked = bench.arguments
    channel, now = Channel(asked.channel), _current(bench, Channel(asked.channel))
    older = [
        offer
        for offer in bench.desk.offers().offers
        if (offer.channel, offer.platform) == (channel, asked.platform)
        and (offer.build_id == asked.to if asked.to else offer.build_id != now.build_id)
    ]
    if not older:
        raise refused("never-offered", channel=channel.value, platform=asked.platform)
    before = bench.view.offered(older[0])
    changed = {
        "sequence": roles.next_sequence(bench.view.channels.values(), asked.platform),
        "created_at": bench.now.timestamp(),
        "halted": False,
        "accounts": asked.accounts or before.accounts,
        "rollout": _rollout(bench, before.build_id),
    }
    _offer(bench, Action.ROLLBACK, _with(before, **changed))


def _offer(bench: Bench, action: Action, manifest: Manifest) -> None:
    _may_sign(bench, manifest.channel)
    metadata, content = roles.with_manifest(bench.view.channels[manifest.channel], manifest, bench.now)
    path = target_path(manifest.channel, manifest.platform)
    say("offers", channel=manifest.channel.value, build=manifest.build_id, sequence=manifest.sequence)
    bench.publish(action, {manifest.channel.value: metadata}, [bench.signer], {path: content})


def _may_sign(bench: Bench, channel: Channel) -> None:
    if bench.signer.public_key.keyid not in bench.view.key_ids(channel):
        raise refused("may-not-sign", role=channel.value)


def _current(bench: Bench, channel: Channel) -> Manifest:
    manifest = bench.view.manifest(channel, bench.arguments.platform)
    if manifest is None:
        raise refused("offers-nothing", channel=channel.value, platform=bench.arguments.platform)
    return manifest


def upload(desk: Storing, built: Built) -> Build:
    """Send what the service lacks; the build as it lies there, with the deltas whose old content is there, too.

    Another version of the library packs the same content to other bytes, and whoever was first stays.
    """
    build = built.build
    deltas = {f"{one.from_}-{one.to}": one for one in build.deltas}
    blobs = tuple({*build.blobs, *(one.from_ for one in build.deltas)})
    stored = desk.stored(Wanted(blobs=blobs, deltas=tuple(deltas)))
    missing = [digest for digest in build.blobs if digest not in stored.blobs]
    for digest in missing:
        desk.upload(f"blobs/{digest}", built.blob(digest))
    known = stored.blobs.keys() | build.blobs.keys()
    usable = {name: one for name, one in deltas.items() if one.from_ in known}
    for name, one in usable.items():
        if name not in stored.deltas:
            desk.upload(f"deltas/{name}", built.delta(one))
    say("uploaded", count=len(missing), kilobytes=sum(build.blobs[one].size for one in missing) // 1000)
    there = {
        digest: blob.model_copy(update={"size": stored.blobs.get(digest, blob.size)})
        for digest, blob in build.blobs.items()
    }
    lying = tuple(
        one.model_copy(update=stored.deltas[name].model_dump()) if name in stored.deltas else one
        for name, one in usable.items()
    )
    return build.model_copy(update={"blobs": there, "deltas": lying})


def _notes(bench: Bench, build: Build) -> Notes:
    asked = bench.arguments
    return Notes(zh=asked.notes_zh or build.notes.zh, en=asked.notes_en or build.notes.en)


def _rollout(bench: Bench, build_id: str) -> Rollout:
    asked = bench.arguments
    salt = sha256(build_id.encode()).hexdigest()[:16]  # the same on every channel, and other for every build
    steps = tuple(Step(percent=percent, after_s=after_s) for percent, after_s in asked.step)
    try:
        return Rollout(salt=salt, percent=asked.percent, steps=steps)
    except ValueError as error:
        raise refused("bad-manifest", detail=str(error).splitlines()[-2].strip()) from None


def _with(manifest: Manifest, **changed: object) -> Manifest:
    return _validated(manifest.model_dump(by_alias=True) | changed)


def _validated(body: Mapping[str, object]) -> Manifest:
    try:
        return Manifest.model_validate(dict(body))
    except ValueError as error:
        raise refused("bad-manifest", detail=str(error).splitlines()[2].strip()) from None
