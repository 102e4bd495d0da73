"""What the service takes over, and what not, whoever hands it in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, TargetFile, Targets

from tests.support.releases import Releases, manifest_of
from vidphone.release import roles
from vidphone.service.releases.refusal import Refusal
from vidphone.wire.release_staff import ROOT, TARGETS
from vidphone.wire.releases import Channel, Manifest, target_path

TREE = {"bin/vidphone": b"program", "lib/a.py": b"library"}
PLATFORM = "linux-x86_64"


@pytest.fixture
def made(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


def refused(reason: str, work: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refusal:
        work()
    assert refusal.value.reason == reason


def trusted(made: Releases, role: str) -> Metadata[Any]:
    found = made.repository.trusted
    assert found is not None
    return found.root if role == ROOT else found.targets if role == TARGETS else found.channels[role]


def offered(made: Releases, channel: str = "test", **fields: object) -> tuple[Metadata[Targets], Manifest, bytes]:
    built = made.build(TREE)
    made.upload(built)
    manifest = manifest_of(built.build, channel, 1, ("1002",), made.now, **fields)
    metadata, content = roles.with_manifest(made.channels[channel], manifest, made.now)
    return metadata, manifest, content


def test_promoted_build_keeps_its_bytes_and_its_sequence(made: Releases) -> None:
    pushed = made.push(TREE)
    beta, stable = made.promote("beta"), made.promote("stable", "beta")
    assert [one.sequence for one in (pushed, beta, stable)] == [1, 1, 1]
    assert pushed.files == beta.files == stable.files
    assert made.push(TREE | {"lib/b.py": b"more"}, "0.3.0").sequence == 2


def test_key_of_one_person_does_not_publish_to_stable(made: Releases) -> None:
    metadata, manifest, content = offered(made, "stable")
    text = roles.sign(metadata, [made.signers["li"]])
    checked = made.repository.check({"stable": text}, {target_path(Channel.STABLE, PLATFORM): content}, made.now)
    assert not checked.complete
    assert (checked.signatures["stable"].have, checked.signatures["stable"].need) == (1, 2)
    assert manifest.channel is Channel.STABLE


def test_signatures_twice_by_one_key_count_once(made: Releases) -> None:
    metadata, _, content = offered(made, "stable")
    text = roles.sign(metadata, [made.signers["li"], made.signers["li"]])
    checked = made.repository.check({"stable": text}, {target_path(Channel.STABLE, PLATFORM): content}, made.now)
    assert checked.signatures["stable"].have == 1


def test_stranger_s_key_publishes_nothing(made: Releases) -> None:
    metadata, _, content = offered(made)
    text = roles.sign(metadata, [CryptoSigner.generate_ed25519()])
    path = target_path(Channel.TEST, PLATFORM)
    refused("unsigned", lambda: made.repository.check({"test": text}, {path: content}, made.now))


@pytest.mark.parametrize(("changed", "reason"), [(3, "version"), (1, "version")])
def test_versions_follow_each_other(made: Releases, changed: int, reason: str) -> None:
    metadata, _, content = offered(made)
    metadata.signed.version = changed
    path = target_path(Channel.TEST, PLATFORM)
    refused(reason, lambda: made.publish({"test": metadata}, {path: content}))


@pytest.mark.parametrize("days", [-1, 91])
def test_metadata_neither_run_out_nor_for_ever(made: Releases, days: int) -> None:
    metadata, _, content = offered(made)
    metadata.signed.expires = made.now.replace(microsecond=0) + timedelta(days=days, seconds=1)
    path = target_path(Channel.TEST, PLATFORM)
    refused("expiry", lambda: made.publish({"test": metadata}, {path: content}))


def test_manifest_is_the_one_that_was_signed(made: Releases) -> None:
    metadata, _, content = offered(made)
    path = target_path(Channel.TEST, PLATFORM)
    refused("manifest-missing", lambda: made.publish({"test": metadata}, {path: content.replace(b"0.0.0", b"0.0.1")}))
    refused("manifest-missing", lambda: made.publish({"test": metadata}, {}))
    given = {path: content, "test/other/manifest.json": content}
    refused("manifest-unnamed", lambda: made.publish({"test": metadata}, given))


def test_channel_offers_no_manifest_of_another(made: Releases) -> None:
    _, _, content = offered(made, "beta")
    metadata = roles.renewed(made.channels["test"], "test", made.now)
    path = target_path(Channel.BETA, PLATFORM)
    metadata.signed.targets[path] = TargetFile.from_data(path, content, ["sha256"])
    refused("manifest-elsewhere", lambda: made.publish({"test": metadata}, {path: content}))


def test_contents_must_have_come_before(made: Releases) -> None:
    built = made.build(TREE)
    manifest = manifest_of(built.build, "test", 1, ("1002",), made.now)
    metadata, content = roles.with_manifest(made.channels["test"], manifest, made.now)
    path = target_path(Channel.TEST, PLATFORM)
    refused("content-missing", lambda: made.publish({"test": metadata}, {path: content}))


def test_sequence_never_goes_back(made: Releases) -> None:
    made.push(TREE)
    made.push(TREE | {"lib/b.py": b"more"}, "0.3.0")
    refused("sequence", lambda: made.change(sequence=1))
    built = made._built[0]
    manifest = manifest_of(built.build, "test", 2, ("1002",), made.now)
    metadata, content = roles.with_manifest(made.channels["test"], manifest, made.now)
    refused("sequence", lambda: made.publish({"test": metadata}, {target_path(Channel.TEST, PLATFORM): content}))


def test_root_keeps_the_service_s_own_keys(made: Releases) -> None:
    root = roles.renewed(trusted(made, ROOT), ROOT, made.now)
    root.signed.revoke_key(made.signers["timestamp"].public_key.keyid, "timestamp")
    root.signed.add_key(CryptoSigner.generate_ed25519().public_key, "timestamp")
    refused("not-our-keys", lambda: made.publish({ROOT: root}))


def test_new_root_is_signed_by_the_keys_before_it(made: Releases) -> None:
    root = roles.renewed(trusted(made, ROOT), ROOT, made.now)
    fresh = [CryptoSigner.generate_ed25519() for _ in range(3)]
    for number in (1, 2, 3):
        root.signed.revoke_key(made.signers[f"root{number}"].public_key.keyid, ROOT)
    for signer in fresh:
        root.signed.add_key(signer.public_key, ROOT)
    text = roles.sign(root, fresh)
    refused("unsigned", lambda: made.repository.check({ROOT: text}, {}, made.now))
    both = roles.sign(root, [made.signers["root1"], made.signers["root3"]])
    assert made.repository.check({ROOT: both}, {}, made.now).complete


@pytest.mark.parametrize("change", ["threshold", "paths", "targets", "delegated", "not-terminating"])
def test_roles_are_made_as_designed(made: Releases, change: str) -> None:
    targets = roles.renewed(trusted(made, TARGETS), TARGETS, made.now)
    delegations = targets.signed.delegations
    assert delegations is not None
    assert delegations.roles is not None
    match change:
        case "threshold":
            delegations.roles["stable"].threshold = 1
        case "paths":
            delegations.roles["test"].paths = ["*/*/*"]
        case "targets":
            path = target_path(Channel.STABLE, PLATFORM)
            targets.signed.targets[path] = TargetFile.from_data(path, b"x", ["sha256"])
        case "delegated":
            delegations.roles.pop("beta")
        case _:
            delegations.roles["test"].terminating = False
    with pytest.raises(Refusal) as refusal:
        made.publish({TARGETS: targets})
    assert refusal.value.reason == "shape"


@pytest.mark.parametrize("other", ["root1", "targets2", "snapshot", "timestamp"])
def test_no_key_signs_for_a_channel_and_above_it(made: Releases, other: str) -> None:
    targets = trusted(made, TARGETS)
    key = made.signers[other].public_key
    with_it = roles.with_key(targets, key, ("test",), made.now)
    refused("key-in-both", lambda: made.publish({TARGETS: with_it}))
    again = Key.from_dict("another-id", key.to_dict())
    under_another_id = roles.with_key(targets, again, ("test",), made.now)
    refused("key-in-both", lambda: made.publish({TARGETS: under_another_id}))


def test_no_channel_s_key_comes_into_root(made: Releases) -> None:
    root = roles.renewed(trusted(made, ROOT), ROOT, made.now)
    root.signed.add_key(made.signers["channels1"].public_key, TARGETS)
    refused("key-in-both", lambda: made.publish({ROOT: root}))


def test_withdrawn_key_leaves_nothing_behind_that_it_alone_signed(made: Releases) -> None:
    made.push(TREE)
    keyid = made.signers["li"].public_key.keyid
    targets, could = roles.without_key(trusted(made, TARGETS), keyid, made.now)
    assert could == ("stable", "beta", "test")
    refused("left-unsigned", lambda: made.publish({TARGETS: targets}))
    again = {name: roles.renewed(made.channels[name], name, made.now) for name in ("stable", "beta", "test")}
    offline = dict.fromkeys(again, ("channels1", "channels3")) | {TARGETS: ("targets1", "targets3")}
    made.publish({TARGETS: targets, **again}, signers=offline)
    metadata, _, content = offered(made)
    path = target_path(Channel.TEST, PLATFORM)
    refused("unsigned", lambda: made.publish({"test": metadata}, {path: content}))


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 10_000, b'{"signed": {}}', b"\xff"])
def test_what_is_no_metadata_is_refused(made: Releases, text: bytes) -> None:
    refused("unreadable", lambda: made.repository.check({"test": text}, {}, made.now))


def test_metadata_of_another_kind_is_refused(made: Releases) -> None:
    text = trusted(made, ROOT).to_bytes()
    refused("unreadable", lambda: made.repository.check({"test": text}, {}, made.now))
