"""The real chain: a frozen program, installed, upgraded by support staff through a real service (clauses 3 and 8).

Build 1 is packaged and installed. Build 2 is good and comes in a call; 3 crashes at its start, 4 hangs: both are gone
back from without anybody doing anything, and the provider knows. Build 5 is good, but halted for a while.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import httpx
import pytest
from tuf.ngclient.updater import Updater

from tests.support.frozen import FrozenProgram, Window, packaging_module, rebuilt
from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import Provider
from tests.support.release_staff import Staff, release_staff
from vidphone import __version__
from vidphone.installation.tree import Installation
from vidphone.phone.diagnosis.program import platform_name
from vidphone.release.building import open_build
from vidphone.wire.releases import Channel, Manifest, target_path

pytest.importorskip("PyInstaller", reason="packaging/setup.sh package")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EPOCH = 1_795_430_000
CONFIG = "[releases]\nhold_failures = 1\nfree_bytes = 0\n"
QUICK_RULES = '{"healthy_within_s": 6}'
WORKS_WITHIN_S = 120.0
SAME = ("--camera", "test", "--mic", "tone", "--speaker", "none", "--size", "320x180")


@dataclass
class World:
    """One customer's machine, and the provider with two of its support staff."""

    folder: Path
    provider: Provider
    li: Staff
    wang: Staff
    root: Path
    program: Path
    environment: dict[str, str]
    stack: ExitStack
    builds: list[Path] = field(default_factory=list)

    @property
    def installation(self) -> Installation:
        return Installation(self.root)

    def phone(self, number: str) -> HeadlessPhone:
        """The installed program without its window, signed in."""
        launcher = str(self.root / "launcher" / "vidphone")
        profile = self.folder / f"profile-{number}"
        phone = HeadlessPhone(self.provider.url, profile, *SAME, environment=self.environment, program=(launcher,))
        return self.stack.enter_context(phone).sign_in(number)

    def window(self) -> Window:
        window = Window(self.root, self.environment)
        self.stack.callback(window.end)
        return window

    def pushed(self, program: Path, version: str) -> str:
        """Built from a frozen program, and offered to 1002 in one command; the name of the build."""
        previous = ("--previous", *map(str, self.builds)) if self.builds else ()
        build = self.li.build(program, version, *previous)
        self.li.run("push", "--build", str(build), "--accounts", "1002", "--reason", f"try {version}")
        self.builds.append(build)
        return open_build(build).build.build_id

    def changed(self, version: str, module: str, edit: tuple[str, str]) -> Path:
        return rebuilt(self.program, self.folder / version, module, edit)

    def offered(self, channel: Channel) -> Manifest:
        """What the channel offers, by the framework's own client."""
        folder = self.folder / f"seen-{channel}"
        folder.mkdir(exist_ok=True)
        base, root = f"{self.provider.url}/v1/releases", self.li.root.read_bytes()
        client = Updater(str(folder), f"{base}/metadata/", str(folder), f"{base}/targets/", bootstrap=root)
        target = client.get_targetinfo(target_path(channel, platform_name()))
        assert target is not None
        return Manifest.model_validate_json(Path(client.download_target(target)).read_bytes())

    def told_of(self, build_id: str) -> str:
        """The line of a build among the figures that `vidphone release status` shows."""
        figures = self.li.run("status").partition("fell back")[2]
        return next(line for line in figures.splitlines() if line.startswith(build_id)).strip()

    def held(self) -> list[str]:
        """Builds that the service offers to nobody after what phones reported of them."""
        builds: list[str] = httpx.get(f"{self.provider.url}/v1/releases/held").json()["builds"]
        return builds


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH))
    trial = packaging_module("trial")
    provider = Provider(tmp_path / "data")
    for number in ("1001", "1002"):
        provider.add_customer(number)
    (provider.data / "config.toml").write_text(CONFIG)
    frozen = FrozenProgram.made(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    with ExitStack() as stack:
        stack.enter_context(provider)
        stack.enter_context(mock.patch("vidphone.wire.packing.PACK_LEVEL", 1))  # half a gigabyte in seconds
        li, wang = release_staff(provider, tmp_path)
        environment = trial.clean_environment(home) | stack.enter_context(trial.screen())
        program = frozen.of_operator(tmp_path, li.root.read_bytes(), provider.url)
        root = tmp_path / "installed"
        world = World(tmp_path, provider, li, wang, root, program, environment, stack)
        first = world.pushed(program, __version__)
        assert frozen.installed(program, EPOCH, root) == first
        yield world


def test_good_build_comes_between_calls_and_bad_ones_go_by_themselves(world: World) -> None:
    first = world.installation.current()
    assert first is not None
    window = world.window()
    window.works_as(first, WORKS_WITHIN_S)
    window.close()

    # Build 2 comes in a call, which goes on; it is installed after it.
    named, other = world.phone("1002"), world.phone("1001")
    call = connect(other, named, "1002")
    second = world.pushed(world.changed("0.2.0", "vidphone", (f'"{__version__}"', '"0.2.0"')), "0.2.0")
    named.has_said("upgrade", stage="found", version="0.2.0")
    named.do("install-upgrade")
    for _ in range(5):
        named.wait_for("stats", call=call)
    assert world.installation.current() == first
    assert not named.heard("upgrade", stage="ready")
    assert not [*named.heard("restart"), *named.heard("ended"), *other.heard("reconnecting")]
    other.do("check-upgrade")
    assert other.wait_for("upgrade")["stage"] == "none"
    other.do("hang-up")
    named.wait_for("ended", call=call)
    named.wait_for("restart")
    named.sign_in("1002")
    assert world.installation.current() == second

    # Promoted, the very same bytes come to who was not named.
    world.li.run("promote", "--to", "beta", "--reason", "good")
    world.li.run("promote", "--to", "stable", "--reason", "good")
    world.wang.run("promote", "--sign", "--yes", "--reason", "seen and tried")
    other.wait_for("upgrade", stage="ready", version="0.2.0")
    other.quit()
    tested, *further = (world.offered(channel) for channel in (Channel.TEST, Channel.BETA, Channel.STABLE))
    assert tested.build_id == second
    same = ("build_id", "sequence", "files", "blobs", "deltas")
    assert all(getattr(one, name) == getattr(tested, name) for one in further for name in same)

    # Builds 3 and 4 are put in place when the program is left, and fail when a person starts it.
    crash = ('"""The desktop\'s composition root', 'raise SystemExit(3)\n"""The desktop\'s composition root')
    hang = ('"""The desktop\'s composition root', 'import time\ntime.sleep(900)\n"""The desktop\'s composition root')
    for version, edit, code in (("0.3.0", crash, "exit-3"), ("0.4.0", hang, "hung")):
        bad = world.pushed(world.changed(version, "vidphone.app", edit), version)
        named.wait_for("upgrade", stage="ready", version=version)
        assert named.quit() == 0
        assert world.installation.current() == bad
        (world.root / "launcher.json").write_text(QUICK_RULES)
        window = world.window()
        window.works_as(second, WORKS_WITHIN_S)
        assert world.installation.current() == second
        assert world.installation.blocked()[bad] == code
        assert world.installation.state().previous != bad
        window.close()
        named = world.phone("1002")
        named.do("check-upgrade")
        assert named.wait_for("upgrade")["stage"] == "none"
        assert bad in world.held()
        assert world.installation.pending_reports() == ()
        # A crash and the way back, each counted once.
        assert world.told_of(bad).split("  ")[-2:] == ["by itself", f"{code} × 2"]

    # Halted, build 5 is offered no more to a phone that had it ready; until the halt is lifted.
    fifth = world.pushed(world.changed("0.5.0", "vidphone", (f'"{__version__}"', '"0.5.0"')), "0.5.0")
    named.wait_for("upgrade", stage="ready", version="0.5.0")
    world.li.run("halt", "--channel", "test", "--reason", "a doubt")
    named.wait_for("upgrade", stage="none")
    assert "halted" in world.li.run("status")
    assert world.offered(Channel.TEST).halted
    assert fifth in world.held()
    world.li.run("halt", "--channel", "test", "--lift", "--reason", "no ground")
    named.wait_for("upgrade", stage="ready", version="0.5.0")
    assert named.quit() == 0
    window = world.window()
    window.works_as(fifth, WORKS_WITHIN_S)
    window.close()
    assert "sound" in world.provider.admin("audit", "verify")
