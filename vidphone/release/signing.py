"""Signatures below what others handed in, and signing anew before it runs out."""

from collections.abc import Mapping
from typing import Any

from securesystemslib.signer import Signer
from tuf.api.exceptions import LengthOrHashMismatchError
from tuf.api.metadata import Metadata, Targets
from tuf.api.serialization import DeserializationError

from vidphone.release import roles
from vidphone.release.bench import Bench
from vidphone.release.said import refused, say, words
from vidphone.release.view import days_left
from vidphone.wire.release_staff import LIFETIME_DAYS, THRESHOLDS, Action, Proposal
from vidphone.wire.releases import Channel, Manifest

SOON = 1 / 3
"""`expire` signs anew what has less than that share of its time left."""


def sign_waiting(bench: Bench) -> None:
    """Put one's signature below what others handed in, once one has seen what it is.

    Raises:
        Refused: nothing waits for this key, or it is not what could follow.
    """
    wanted: str | None = bench.arguments.id
    found = [one for one in bench.desk.proposals().proposals if wanted is None or one.id == wanted]
    signed = False
    for proposal in found:
        signers = bench.offline() or [bench.signer]
        fit = {name: _fit(bench, name, signers) for name in proposal.publication.metadata}
        if not any(fit.values()):
            continue
        metadata = _read(bench, proposal)
        _show(bench, proposal, metadata)
        if not bench.arguments.yes and input(words("ask-sign")).strip().lower() not in {"y", "yes", "是"}:
            continue
        texts = {name: roles.sign(one, fit[name]).decode() for name, one in metadata.items()}
        changes = {"metadata": texts, "reason": bench.arguments.reason}
        bench.hand_in(proposal.publication.model_copy(update=changes))
        signed = True
    if not signed:
        raise refused("nothing-waits")


def expire(bench: Bench) -> None:
    """Sign anew what runs out soon and this person's keys may sign: by `--offline` also root and targets.

    Raises:
        Refused: the service does not take it over.
    """
    asked, view = bench.arguments, bench.view
    names = asked.roles or [name for name in THRESHOLDS if days_left(view.role(name)) < LIFETIME_DAYS[name] * SOON]
    signers = bench.offline() or [bench.signer]
    mine = [name for name in names if _fit(bench, name, signers)]
    for name in (name for name in names if name not in mine):
        say("may-not-sign", role=name)
    if not mine:
        say("nothing-expires")
        return
    bench.publish(Action.EXPIRE, {name: roles.renewed(view.role(name), name, bench.now) for name in mine}, signers)


def _fit(bench: Bench, role: str, signers: list[Signer]) -> list[Signer]:
    return [signer for signer in signers if signer.public_key.keyid in bench.view.key_ids(role)]


def _read(bench: Bench, proposal: Proposal) -> dict[str, Metadata[Any]]:
    """What waits, if it is the next version of each role and its manifests are those that it names."""
    try:
        found: dict[str, Metadata[Any]] = {
            name: Metadata.from_bytes(text.encode()) for name, text in proposal.publication.metadata.items()
        }
    except DeserializationError:
        raise refused("not-trusted", detail=proposal.id) from None
    for name, metadata in found.items():
        if metadata.signed.version != bench.view.role(name).signed.version + 1:
            raise refused("overtaken", role=name)
    return found


def _show(bench: Bench, proposal: Proposal, metadata: Mapping[str, Metadata[Any]]) -> None:
    """Say what would change; what is not named here stays as it is."""
    given = proposal.publication
    say("waits", id=proposal.id, staff=proposal.staff, action=given.action.value, reason=given.reason)
    for name, one in metadata.items():
        if name in roles.CHANNELS:
            _show_channel(bench, name, one, given.manifests)
        else:
            say("changes-role", role=name)


def _show_channel(bench: Bench, name: str, metadata: Metadata[Targets], manifests: Mapping[str, str]) -> None:
    before = bench.view.channels[name].signed.targets
    after = metadata.signed.targets
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) == after.get(path):
            continue
        if path not in after:
            say("changes-nothing-left", path=path)
            continue
        content = manifests.get(path, "").encode()
        try:
            after[path].verify_length_and_hashes(content)
            manifest = Manifest.model_validate_json(content)
        except (LengthOrHashMismatchError, ValueError):
            raise refused("not-trusted", detail=path) from None
        elsewhere = [
            channel.value
            for channel in Channel
            if (other := bench.view.manifest(channel, manifest.platform)) and _same_bytes(other, manifest)
        ]
        say(
            "changes-offer",
            channel=name,
            build=manifest.build_id,
            sequence=manifest.sequence,
            percent=f"{manifest.rollout.percent:g}",
            halted=manifest.halted,
            elsewhere=", ".join(elsewhere) or "-",
        )


def _same_bytes(one: Manifest, other: Manifest) -> bool:
    return (one.files, one.blobs) == (other.files, other.blobs)
