"""What waits for a signature is told whole, and refused where its signature would do for something else."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from tests.support.releases import PLATFORM, Releases, manifest_of
from vidphone.release import proposed, roles
from vidphone.release.said import Refused
from vidphone.release.view import View
from vidphone.wire.release_staff import ROOT, TARGETS, Action, Publication
from vidphone.wire.releases import Channel, Rollout, Step, target_path

STABLE = target_path(Channel.STABLE, PLATFORM)


class Stage:
    """A repository with builds on two channels, as a keeper sees it."""

    def __init__(self, folder: Path) -> None:
        self.releases = Releases(folder)
        for number in range(3):
            self.releases.push({"bin/a": b"%d" % number}, f"0.1.{number}", channel="stable")
        self.releases.push({"bin/a": b"next"}, "0.2.0")
        (folder / "root.json").write_bytes(self.releases.root)
        self.view = View(folder / "root.json", self.fetch)

    def fetch(self, path: str) -> bytes | None:
        file = self.releases.folder / path
        return file.read_bytes() if file.exists() else None

    def told(self, metadata: Mapping[str, Metadata[Any]], manifests: Mapping[str, bytes] | None = None) -> str:
        publication = Publication(
            action=Action.EXPIRE,
            reason="it runs out",
            metadata={name: one.to_bytes().decode() for name, one in metadata.items()},
            manifests={path: content.decode() for path, content in (manifests or {}).items()},
        )
        read = proposed.read(self.view, publication, self.releases.now)
        return "\n".join(proposed.changes(self.view, publication, read))

    def refused(self, metadata: Mapping[str, Metadata[Any]], manifests: Mapping[str, bytes] | None = None) -> str:
        with pytest.raises(Refused) as refusal:
            self.told(metadata, manifests)
        return str(refusal.value)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("proposed"))


def next_of(stage: Stage, role: str) -> Metadata[Any]:
    return roles.renewed(stage.view.role(role), role, stage.releases.now)


def test_delegations_shown_as_a_channel_are_not_signed(stage: Stage) -> None:
    stranger = roles.named(CryptoSigner.generate_ed25519().public_key, "li")
    made = roles.with_key(stage.view.targets, stranger, ("stable", "test"), stage.releases.now)
    made.signed.version = stage.view.channels["stable"].signed.version + 1
    made.signed.targets = dict(stage.view.channels["stable"].signed.targets)  # so that no offer seems to change
    keepers = [stage.releases.signers[name] for name in ("targets1", "targets2")]
    signed = Metadata[Any].from_bytes(roles.sign(made, keepers))
    stage.view.root.signed.verify_delegate(TARGETS, signed.signed_bytes, signed.signatures)  # it would do for them
    assert "stable" in stage.refused({"stable": made})


def test_a_key_that_would_sign_for_a_channel_and_above_it_is_not_agreed_to(stage: Stage) -> None:
    theirs = roles.named(stage.releases.signers["targets1"].public_key, "zhao")
    made = roles.with_key(stage.view.targets, theirs, ("test",), stage.releases.now)
    assert "zhao" in stage.refused({TARGETS: made})
    root = next_of(stage, ROOT)
    root.signed.add_key(stage.releases.signers["wang"].public_key, TARGETS)
    assert "wang" in stage.refused({ROOT: root})


@pytest.mark.parametrize(("shown", "made"), [(ROOT, TARGETS), (TARGETS, "beta"), ("stable", ROOT), (TARGETS, ROOT)])
def test_metadata_of_another_role_is_not_signed(stage: Stage, shown: str, made: str) -> None:
    other = next_of(stage, made)
    other.signed.version = stage.view.role(shown).signed.version + 1
    assert shown in stage.refused({shown: other})


def test_metadata_that_holds_longer_than_its_role_does_is_not_signed(stage: Stage) -> None:
    made = next_of(stage, "test")
    made.signed.expires += timedelta(days=30)
    assert "test" in stage.refused({"test": made})


def test_fewer_signatures_than_before_are_not_agreed_to(stage: Stage) -> None:
    targets, root = next_of(stage, TARGETS), next_of(stage, ROOT)
    targets.signed.delegations.roles["stable"].threshold = 1
    root.signed.roles[TARGETS].threshold = 1
    for name, made in ((TARGETS, targets), (ROOT, root)):
        assert name in stage.refused({name: made})


def test_who_may_sign_what_from_now_on_is_told_by_name_and_key(stage: Stage) -> None:
    new = roles.named(CryptoSigner.generate_ed25519().public_key, "zhao")
    made = roles.with_key(stage.view.targets, new, ("beta", "test"), stage.releases.now)
    made, _ = roles.without_key(made, stage.releases.signers["wang"].public_key.keyid, stage.releases.now)
    made.signed.version = stage.view.targets.signed.version + 1
    told = stage.told({TARGETS: made})
    assert f"zhao ({new.keyid[:16]})" in told
    assert "beta, test" in told
    assert "wang" in told
    assert "li (" not in told


def test_another_key_under_a_known_id_is_told(stage: Stage) -> None:
    made = next_of(stage, TARGETS)
    keyid = stage.releases.signers["li"].public_key.keyid
    made.signed.delegations.keys[keyid].keyval["public"] = "0" * 64
    assert stage.told({TARGETS: made}).count("li (") == 2


def test_an_offer_is_told_with_all_that_decides_whom_it_reaches(stage: Stage) -> None:
    built = stage.releases.build({"bin/a": b"next"}, "0.2.0")
    rollout = Rollout(salt="s", percent=5, steps=(Step(percent=100, after_s=3600),))
    fields = {"min_version": "0.2.0", "rollout": rollout, "accounts": ("1002",)}
    manifest = manifest_of(built.build, "stable", 9, (), stage.releases.now)
    manifest = manifest.model_validate(manifest.model_dump(by_alias=True) | fields)
    made, content = roles.with_manifest(stage.view.channels["stable"], manifest, stage.releases.now)
    told = stage.told({"stable": made}, {STABLE: content})
    for wanted in (built.build.build_id, "5 % → 100 % (1 h)", "1002", "0.2.0 customer", "offered on: test"):
        assert wanted in told, wanted
    assert STABLE in stage.refused({"stable": made}, {STABLE: content + b" "})


def test_a_manifest_of_another_channel_is_not_signed(stage: Stage) -> None:
    built = stage.releases.build({"bin/a": b"elsewhere"}, "0.2.0")
    manifest = manifest_of(built.build, "stable", 9, (), stage.releases.now)
    made, content = roles.with_manifest(stage.view.channels["beta"], manifest, stage.releases.now)
    made.signed.expires = next_of(stage, "beta").signed.expires
    assert STABLE in stage.refused({"beta": made}, {STABLE: content})
