"""An installation, a repository with all its keys, and a mirror between them that may lie."""

import asyncio
import errno
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import mirror as bad
from tests.support.mirror import Mirror
from tests.support.releases import PLATFORM, Releases
from vidphone.account.upgrades.found import Found, Progress
from vidphone.account.upgrades.pace import Pace
from vidphone.account.upgrades.proofs import NotProven, proven
from vidphone.account.upgrades.upgrades import Upgrades
from vidphone.installation.seed import seed
from vidphone.installation.tree import Installation
from vidphone.wire.errors import HTTP_STATUS, ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent, BuildReport, Channel, Held

CHANCE = random.Random(6)
MODULE = CHANCE.randbytes(300_000)
CHANGED = MODULE[:100_000] + b"changed" + MODULE[100_000:]
OLD = {"vidphone": b"program", "lib/module": MODULE, "lib/same": CHANCE.randbytes(50_000), "lib/again": b"twice"}
NEW = OLD | {"lib/module": CHANGED, "lib/new": b"twice new", "lib/copy": b"twice new"}
INSTALL_ID = "0123456789abcdef" * 2


@dataclass
class World:
    releases: Releases
    mirror: Mirror
    upgrades: Upgrades
    installation: Installation
    folder: Path

    async def refused(self) -> ErrorCode:
        with pytest.raises(VidphoneError) as refusal:
            await self.upgrades.check()
        return refusal.value.code

    async def found(self) -> Found:
        found = await self.upgrades.check()
        assert found is not None
        return found

    async def get(self, found: Found, pace: Pace | None = None) -> list[Progress]:
        told: list[Progress] = []
        await self.upgrades.download(found, told.append, pace or Pace())
        await asyncio.sleep(0)
        return told

    def content(self, found: Found) -> dict[str, bytes]:
        folder = self.installation.path_of(found.build_id)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and ".release" not in path.parts
        }

    def asked(self, prefix: str) -> list[str]:
        return [path for path in self.mirror.asked if path.startswith(prefix)]


@contextmanager
def world_at(folder: Path, now: datetime | None = None, tree: Mapping[str, bytes] = OLD) -> Iterator[World]:
    releases = Releases(folder / "releases", now)
    first = releases.push(tree, "0.1.0", channel="stable", created_at=releases.now.timestamp() - 60)
    root = folder / "installed"
    environment = {"VIDPHONE_INSTALLATION": str(root), "VIDPHONE_BUILD": first.build_id}
    installation = Installation(root, environment=environment)
    seed(installation, first.model_dump_json(by_alias=True).encode(), folder / "releases" / "tree")
    mirror = Mirror(releases.folder)
    mirror.date = releases.now.timestamp()
    with mirror.serve() as url:
        upgrades = Upgrades(
            folder / "upgrades", url, releases.root, installation, "1002", INSTALL_ID, PLATFORM, tuple(Channel)
        )
        yield World(releases, mirror, upgrades, installation, folder)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_at(tmp_path) as made:
        yield made


async def test_a_build_comes_whole_with_only_what_is_new(world: World) -> None:
    assert await world.upgrades.check() is None
    world.releases.push(NEW, accounts=("1002",))
    found = await world.found()
    told = await world.get(found)
    assert world.content(found) == NEW
    assert len(world.asked("blobs/")) == 2  # what two files share comes once
    assert told[-1] == Progress(found.bytes_to_fetch, found.bytes_to_fetch)
    assert [step.done for step in told] == sorted(step.done for step in told)
    world.installation.switch(found.build_id)
    await world.get(found)  # it is there: nothing to do
    assert world.installation.current() == found.build_id


async def test_a_test_build_is_for_the_accounts_it_names(world: World) -> None:
    world.releases.push(NEW, accounts=("1003",))
    assert await world.upgrades.check() is None
    world.upgrades.account_number = "1003"
    assert (await world.found()).channel is Channel.TEST


async def test_a_delta_is_taken_where_it_is_shorter(world: World) -> None:
    first = world.releases._built[0]
    world.releases.push(NEW, previous=(first,))
    found = await world.found()
    assert found.bytes_to_fetch < 10_000
    await world.get(found)
    assert world.content(found) == NEW
    assert len(world.asked("deltas/")) == 1


async def test_the_blob_comes_where_a_delta_does_not_work(world: World) -> None:
    world.releases.push(NEW, previous=(world.releases._built[0],))
    world.mirror.misdeeds["deltas/"] = bad.other_bytes
    found = await world.found()
    await world.get(found)
    assert world.content(found) == NEW


async def test_what_was_altered_here_is_no_ground_for_a_delta(world: World) -> None:
    world.releases.push(NEW, previous=(world.releases._built[0],))
    (world.folder / "installed" / "versions" / str(world.installation.current()) / "lib" / "module").write_bytes(b"x")
    found = await world.found()
    await world.get(found)
    assert world.content(found) == NEW


async def test_what_cannot_be_read_here_is_fetched(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.releases.push(NEW, previous=(world.releases._built[0],))
    found, real = await world.found(), Path.open
    module = world.folder / "installed" / "versions" / str(world.installation.current()) / "lib" / "module"

    def broken(self: Path, *given: Any, **more: Any) -> Any:
        if self == module:
            raise OSError(errno.EIO, "a worn disk")
        return real(self, *given, **more)

    monkeypatch.setattr(Path, "open", broken)
    await world.get(found)
    assert world.content(found) == NEW


async def test_a_download_goes_on_where_the_line_broke(world: World) -> None:
    world.releases.push(NEW)
    found = await world.found()
    world.mirror.misdeeds["blobs/"] = bad.half
    for _ in range(2):  # each of the two contents breaks once
        with pytest.raises(VidphoneError) as failed:
            await world.get(found)
        assert failed.value.code is ErrorCode.SERVICE_UNREACHABLE
    world.mirror.misdeeds.clear()
    await world.get(found)
    assert world.mirror.ranges != []
    assert world.content(found) == NEW


async def test_a_download_is_cancelled_while_it_waits_and_gone_on_with(world: World) -> None:
    world.releases.push(NEW)
    found = await world.found()
    world.mirror.misdeeds["blobs/"] = bad.half_and_silence
    began = asyncio.Event()

    def progress(step: Progress) -> None:
        if step.done > 0:
            began.set()

    task = asyncio.create_task(world.upgrades.download(found, progress, Pace()))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.installation.current() != found.build_id
    world.mirror.misdeeds.clear()
    await world.get(found)
    assert world.content(found) == NEW


async def test_a_paused_download_goes_on_when_the_pace_is_set(world: World) -> None:
    world.releases.push(NEW)
    found, pace = await world.found(), Pace(0)
    task = asyncio.create_task(world.get(found, pace))
    done, _ = await asyncio.wait([task], timeout=0.3)
    assert done == set()
    pace.set(None)
    await task
    assert world.content(found) == NEW


async def test_a_build_that_is_held_is_not_offered(world: World) -> None:
    build = world.releases.push(NEW)
    (world.releases.folder / "held").write_text(Held(builds=(build.build_id,)).model_dump_json())
    assert await world.upgrades.check() is None


async def test_below_the_minimum_is_told_with_what_lifts_it(world: World) -> None:
    world.releases.push(NEW, "0.3.0", channel="stable", min_version="0.2.0")
    found = await world.found()
    assert (found.must, world.upgrades.below_minimum) == (True, "0.2.0")


async def test_what_became_of_a_build_is_reported(world: World) -> None:
    build = world.installation.current() or ""
    assert await world.upgrades.report(BuildEvent.CRASHED, build, Channel.TEST, "token", code="exit-139")
    [(path, body)] = world.mirror.posted
    assert path == "reports"
    assert BuildReport.model_validate_json(body).code == "exit-139"


@pytest.mark.parametrize("code", [ErrorCode.NOT_SIGNED_IN, ErrorCode.ACCOUNT_DISABLED, ErrorCode.TOO_MANY_ATTEMPTS])
async def test_a_report_that_may_be_taken_later_is_an_error_and_so_is_kept(world: World, code: ErrorCode) -> None:
    build, world.mirror.post_status = world.installation.current() or "", HTTP_STATUS[code]
    with pytest.raises(VidphoneError) as refused:
        await world.upgrades.report(BuildEvent.CRASHED, build, Channel.TEST, "ended")
    assert refused.value.code is code
    world.mirror.post_status = 422  # never taken: nothing to keep
    assert not await world.upgrades.report(BuildEvent.CRASHED, build, Channel.TEST, "token")


async def test_the_list_of_files_of_a_build_is_proved_without_the_network(world: World) -> None:
    world.releases.push(NEW)
    found = await world.found()
    await world.get(found)
    kept = world.installation.manifest_of(found.build_id)

    def proof(name: str) -> bytes | None:
        return world.installation.proof_of(found.build_id, name)

    assert proven(world.releases.root, kept, proof) == found.manifest
    for altered in (kept.replace(b'"sequence":2', b'"sequence":3'), b"{}"):
        with pytest.raises(NotProven):
            proven(world.releases.root, altered, proof)
    with pytest.raises(NotProven):
        proven(world.releases.root, kept, lambda name: None)
