"""What whoever stands between, holds a key too many, or set the clock cannot do."""

import json
import resource
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, TargetFile, Targets

from tests.integration.test_upgrades import NEW, World, world_at
from tests.support import mirror as bad
from tests.support.releases import manifest_of
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.packing import pack
from vidphone.wire.releases import Channel, blob_path, target_path

STABLE = target_path(Channel.STABLE, "linux-x86_64")
TEST = target_path(Channel.TEST, "linux-x86_64")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_at(tmp_path) as made:
        yield made


def publish_unchecked(world: World, role: str, name: str, content: bytes, signers: tuple[str, ...]) -> None:
    """As a service would that checks nothing: whoever holds the online keys and some others."""
    target = TargetFile.from_data(name, content, ["sha256"])
    place = world.releases.folder / "targets" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_name(f"{sha256(content).hexdigest()}.{place.name}").write_bytes(content)
    made = Metadata[Targets].from_file(str(latest(world, role)))
    made.signed.targets[name] = target
    made.signed.version += 1
    serve_unchecked(world, role, made, signers)


def latest(world: World, role: str) -> Path:
    folder = world.releases.folder / "metadata"
    return max(folder.glob(f"*.{role}.json"), key=lambda path: int(path.name.partition(".")[0]))


def serve_unchecked(world: World, role: str, made: Metadata[Targets], signers: Iterable[str]) -> None:
    """Metadata with these signatures as those of a role, of a version of their own."""
    folder = world.releases.folder / "metadata"
    online = world.releases.signers

    def write(metadata: Metadata[Any], path: str) -> None:
        (folder / path).write_bytes(metadata.to_bytes())

    made.signatures.clear()
    for signer in signers:
        made.sign(online[signer], append=True)
    write(made, f"{made.signed.version}.{role}.json")
    snapshot = Metadata[Any].from_file(str(latest(world, "snapshot")))
    snapshot.signed.meta[f"{role}.json"].version = made.signed.version
    snapshot.signed.meta[f"{role}.json"].length = None
    snapshot.signed.meta[f"{role}.json"].hashes = None
    snapshot.signed.version += 1
    snapshot.sign(online["snapshot"])
    write(snapshot, f"{snapshot.signed.version}.snapshot.json")
    timestamp = Metadata[Any].from_file(str(folder / "timestamp.json"))
    timestamp.signed.snapshot_meta.version = snapshot.signed.version
    timestamp.signed.snapshot_meta.length = None
    timestamp.signed.snapshot_meta.hashes = None
    timestamp.signed.version += 1
    timestamp.sign(online["timestamp"])
    write(timestamp, "timestamp.json")


def stable_manifest(world: World, **changes: object) -> bytes:
    """Of another build for everyone; what one who signs may write, sound or not."""
    build = world.releases.build(NEW)
    world.releases.upload(build)
    manifest = manifest_of(build.build, "stable", 9, (), world.releases.now)
    body = manifest.model_dump(mode="json", by_alias=True)
    return json.dumps(body | changes).encode()


async def test_a_test_key_signs_no_stable_build(world: World) -> None:
    publish_unchecked(world, "stable", STABLE, stable_manifest(world), ("li",))
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED


async def test_two_keys_sign_a_stable_build(world: World) -> None:
    publish_unchecked(world, "stable", STABLE, stable_manifest(world), ("li", "wang"))
    assert (await world.found()).channel is Channel.STABLE


async def test_two_signatures_of_one_key_are_one(world: World) -> None:
    publish_unchecked(world, "stable", STABLE, stable_manifest(world), ("li", "li"))
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED


async def test_the_role_of_tests_names_no_stable_target(world: World) -> None:
    publish_unchecked(world, "test", STABLE, stable_manifest(world), ("li",))
    assert await world.upgrades.check() is None


@pytest.mark.parametrize("channel", ["stable", "beta", "test"])
async def test_what_a_channel_s_keys_signed_does_not_say_whose_keys_count(world: World, channel: str) -> None:
    """It names no role, and has none of the delegations: believed, it would keep every build from this phone."""
    targets = Metadata[Targets].from_file(str(latest(world, "targets")))
    may_sign = targets.signed.get_delegated_role(channel).keyids
    made = Metadata[Targets].from_file(str(latest(world, channel)))
    made.signed.version = targets.signed.version + 1
    names = [name for name, signer in world.releases.signers.items() if signer.public_key.keyid in may_sign]
    assert len(names) == 5
    serve_unchecked(world, "targets", made, names)
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED


async def test_a_stable_manifest_is_no_test_build(world: World) -> None:
    publish_unchecked(world, "test", TEST, stable_manifest(world), ("li",))
    assert await world.upgrades.check() is None  # and the other channels are heard all the same


@pytest.mark.parametrize(
    "evil",
    [
        {"path": "../../current", "mode": 0o644},
        {"path": "/tmp/evil", "mode": 0o755},
        {"path": "a", "mode": 0o120777},
        {"path": "a", "mode": 0o644, "link": "/etc/passwd"},
        {"path": ".release/manifest.json", "mode": 0o644},
    ],
)
async def test_a_manifest_that_leaves_its_folder_is_refused_whoever_signed_it(
    world: World, evil: dict[str, object]
) -> None:
    files = [evil | {"size": 1, "sha256": "a" * 64}]
    content = stable_manifest(world, files=files, blobs={"a" * 64: {"size": 20}})
    publish_unchecked(world, "stable", STABLE, content, ("li", "wang"))
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED
    assert not Path("/tmp/evil").exists()


async def test_a_manifest_of_the_future_is_refused(world: World) -> None:
    content = stable_manifest(world, created_at=world.releases.now.timestamp() + 40 * 365 * 86_400)
    publish_unchecked(world, "stable", STABLE, content, ("li", "wang"))
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED


async def test_a_manifest_too_large_is_not_fetched(world: World) -> None:
    publish_unchecked(world, "stable", STABLE, b" " * 5_000_000, ("li", "wang"))
    assert await world.refused() is ErrorCode.UPGRADE_NOT_TRUSTED
    assert world.asked("targets/") == []


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (bad.endless, ErrorCode.UPGRADE_NOT_TRUSTED),
        (bad.other_bytes, ErrorCode.UPGRADE_NOT_TRUSTED),
        (bad.longer, ErrorCode.UPGRADE_NOT_TRUSTED),
        (bad.half, ErrorCode.SERVICE_UNREACHABLE),
        (bad.elsewhere, ErrorCode.SERVICE_UNREACHABLE),
    ],
)
@pytest.mark.parametrize("where", ["timestamp", r"targets/stable", "blobs/"])
async def test_whatever_is_answered_nothing_but_the_build_is_installed(
    tmp_path: Path, where: str, deed: bad.Misdeed, code: ErrorCode
) -> None:
    with world_at(tmp_path) as world:
        world.releases.push(NEW, channel="stable")
        if where != "blobs/":
            world.mirror.misdeeds[where] = deed
            assert await world.refused() is code
            return
        found = await world.found()
        world.mirror.misdeeds[where] = deed
        with pytest.raises(VidphoneError) as failed:
            await world.get(found)
        assert failed.value.code is code
        assert world.installation.versions() == (world.installation.current(),)
        assert world.upgrades.received < 2_000_000
        world.mirror.misdeeds.clear()
        await world.get(found)  # and what came of it stands in nobody's way
        assert world.content(found) == NEW


async def test_a_blob_of_other_content_is_not_installed(world: World) -> None:
    world.releases.push(NEW, channel="stable")
    found = await world.found()
    digest = sha256(NEW["lib/module"]).hexdigest()
    size = found.manifest.blobs[digest].size
    forged = pack(bytes(len(NEW["lib/module"])))
    (world.releases.folder / blob_path(digest)).write_bytes(forged + bytes(size - len(forged)))
    with pytest.raises(VidphoneError) as failed:
        await world.get(found)
    assert failed.value.code is ErrorCode.UPGRADE_NOT_TRUSTED
    assert world.installation.versions() == (world.installation.current(),)


async def test_a_server_that_was_rolled_back_is_not_believed(world: World) -> None:
    shutil.copytree(world.releases.folder, world.folder / "backup")
    world.releases.push(NEW, channel="stable")
    found = await world.found()
    world.mirror.folder = world.folder / "backup"
    assert await world.refused() is ErrorCode.UPGRADE_STALE
    world.mirror.folder = world.releases.folder
    assert (await world.found()).build_id == found.build_id


async def test_metadata_of_two_states_do_not_mix(world: World) -> None:
    folder = world.releases.folder / "metadata"
    old = {path.name: path.read_bytes() for path in folder.glob("*.stable.json")}
    latest = max(old, key=lambda name: int(name.partition(".")[0]))
    world.releases.push(NEW, channel="stable")
    newest = f"{int(latest.partition('.')[0]) + 1}.stable.json"
    (folder / newest).write_bytes(old[latest])
    assert await world.refused() in {ErrorCode.UPGRADE_NOT_TRUSTED, ErrorCode.UPGRADE_STALE}


async def test_a_frozen_mirror_is_told_from_a_fresh_one(tmp_path: Path) -> None:
    with world_at(tmp_path, datetime.now(UTC) - timedelta(days=3)) as world:
        world.mirror.date = datetime.now(UTC).timestamp()
        assert await world.refused() is ErrorCode.UPGRADE_STALE


async def test_with_a_clock_a_year_ahead_nothing_is_taken_and_the_clock_is_named(tmp_path: Path) -> None:
    with world_at(tmp_path, datetime.now(UTC) - timedelta(days=365)) as world:  # where it is a year ago
        assert await world.refused() is ErrorCode.CLOCK_WRONG


async def test_with_a_clock_a_year_behind_a_build_is_taken_all_the_same(tmp_path: Path) -> None:
    with world_at(tmp_path, datetime.now(UTC) + timedelta(days=365)) as world:  # where it is a year later
        world.releases.push(NEW, channel="stable")
        found = await world.found()
        await world.get(found)
        assert world.content(found) == NEW


async def test_a_clock_set_back_makes_no_old_mirror_fresh(tmp_path: Path) -> None:
    with world_at(tmp_path, datetime.now(UTC) + timedelta(days=300)) as world:
        world.mirror.date = (datetime.now(UTC) + timedelta(days=365)).timestamp()
        assert await world.refused() is ErrorCode.CLOCK_WRONG
        world.mirror.date = None  # which says the wrong time, too
        (tmp_path / "upgrades" / "metadata" / "latest-seen").write_text(
            repr((datetime.now(UTC) + timedelta(days=365)).timestamp())
        )
        assert await world.refused() in {ErrorCode.CLOCK_WRONG, ErrorCode.UPGRADE_STALE}


async def test_a_clock_set_back_makes_no_lapsed_stable_role_fresh(tmp_path: Path) -> None:
    with world_at(tmp_path) as world:
        world.releases.push(NEW, channel="stable")
        later = datetime.now(UTC) + timedelta(days=200)  # nobody has signed for stable since; the online keys go on
        world.releases.repository.refresh(later)
        world.mirror.date = later.timestamp()
        assert await world.refused() is ErrorCode.CLOCK_WRONG


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The disk is full after so much of one file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_named_and_what_came_is_gone_on_with(world: World) -> None:
    world.releases.push(NEW, channel="stable")
    found = await world.found()
    with pytest.raises(VidphoneError) as failed, files_no_larger_than(150_000):
        await world.get(found)
    assert failed.value.code is ErrorCode.DISK_FULL
    assert world.installation.versions() == (world.installation.current(),)
    await world.get(found)
    assert world.content(found) == NEW


async def test_a_lapsed_test_role_does_not_stop_stable_builds(tmp_path: Path) -> None:
    with world_at(tmp_path) as world:
        world.releases.push(NEW, channel="stable")
        folder = world.releases.folder / "metadata"
        for path in folder.glob("*.test.json"):
            path.write_bytes(b"{}")
        assert (await world.found()).channel is Channel.STABLE
