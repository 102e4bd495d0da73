"""A phone's upgrade over the real client, a signed repository and a real installation."""

import asyncio
from pathlib import Path
from random import Random

from tests.support.releases import Releases
from vidphone.installation.altered import How
from vidphone.installation.seed import seed
from vidphone.installation.tree import Installation
from vidphone.phone.diagnosis.program import platform_name
from vidphone.phone.events import Event, RestartWanted, UpgradeStage, UpgradeState
from vidphone.phone.upgrade_memory import load, save
from vidphone.phone.upgrader import MANIFEST, RepositoryUpgrader, Source, look_through
from vidphone.phone.upgrades import Upgrades
from vidphone.wire.releases import Channel

ONE = {"vidphone": b"one", "lib/same.bin": b"same" * 500}
TWO = ONE | {"vidphone": b"two"}


async def test_a_test_build_reaches_the_account_it_names_and_is_proved_afterwards(tmp_path: Path) -> None:
    releases = Releases(tmp_path / "releases")
    first = releases.push(ONE, accounts=(), channel="stable", platform=platform_name())
    second = releases.push(TWO, "0.3.0", accounts=("1001",), platform=platform_name())
    under = releases.folder / "v1" / "releases"
    under.parent.mkdir()
    under.symlink_to(releases.folder)
    content = tmp_path / "one"
    for path, data in ONE.items():
        (content / path).parent.mkdir(parents=True, exist_ok=True)
        (content / path).write_bytes(data)
    root = tmp_path / "installed"
    seed(Installation(root, environment={}), first.model_dump_json(by_alias=True).encode(), content)
    installation = Installation(
        root, environment={"VIDPHONE_INSTALLATION": str(root), "VIDPHONE_BUILD": first.build_id}
    )
    profile = tmp_path / "profile"
    profile.mkdir()
    number: str | None = None
    with releases.serve() as base:
        source, memory = Source(releases.root, base, Channel.STABLE), load(profile)
        upgrader = RepositoryUpgrader(profile / "upgrades", source, installation, memory.install_id, lambda: None)
        events: list[Event] = []
        upgrades = Upgrades(
            events.append,
            installation,
            lambda: upgrader,
            lambda: number,
            _no_number,
            lambda: False,
            memory,
            lambda known: save(profile, known),
            Random(1),
        )
        upgrades.start()
        upgrades.check()
        assert await _next(events, UpgradeStage.NONE), "the build is for somebody else"
        number = "1001"
        upgrades.check()
        ready = await _next(events, UpgradeStage.READY)
        assert (ready.version, ready.until) == ("0.3.0", None)
        upgrades.install_now()
        async with asyncio.timeout(20):
            while not any(isinstance(event, RestartWanted) for event in events):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        await upgrades.close()
    assert installation.current() == second.build_id
    assert load(profile).build_id == second.build_id
    _look_through_what_was_installed(installation, second.build_id, releases.root)


def _look_through_what_was_installed(installation: Installation, build_id: str, root: bytes) -> None:
    def altered() -> list[tuple[str, How]]:
        return [(one.path, one.how) for one in look_through(installation, build_id, root, lambda: False)]

    assert altered() == []
    program = installation.path_of(build_id) / "vidphone"
    program.write_bytes(b"2wo")
    assert altered() == [("vidphone", How.CHANGED)]
    manifest = installation.path_of(build_id) / MANIFEST
    manifest.write_bytes(manifest.read_bytes().replace(b'"two"', b'"2wo"') + b" ")
    assert altered() == [(MANIFEST, How.CHANGED)], "who changes a file may change the list as well"


async def _no_number() -> tuple[str, ...]:
    return ()


async def _next(events: list[Event], stage: UpgradeStage) -> UpgradeState:
    async with asyncio.timeout(20):
        while True:
            found = [event for event in events if isinstance(event, UpgradeState) and event.stage is stage]
            if found:
                return found[-1]
            failed = [event for event in events if isinstance(event, UpgradeState) and event.code is not None]
            assert not failed, failed
            await asyncio.sleep(0.01)
