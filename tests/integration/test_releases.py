"""Builds from support staff's command line through a real service to what a phone sees (clause 8)."""

import asyncio
import gzip
import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import httpx
import pytest
from tuf.ngclient.updater import Updater
from websockets.asyncio.client import connect

from tests.integration.service_bench import new_id, sign_in
from tests.support.provider import Provider
from tests.support.release_staff import Staff, release_staff
from vidphone.account.upgrades.pace import Pace
from vidphone.account.upgrades.upgrades import Upgrades
from vidphone.installation.seed import seed
from vidphone.installation.tree import Installation
from vidphone.phone.upgrader import RepositoryUpgrader, Source
from vidphone.wire.errors import ErrorCode
from vidphone.wire.packing import unpack
from vidphone.wire.releases import BuildEvent, Channel, Manifest, blob_path, target_path
from vidphone.wire.signaling import FRAME, PATH, PROTOCOL_VERSION, Hello, Notice, Topic

pytestmark = pytest.mark.slow
PLATFORM = "linux-x86_64"
CONFIG = "[releases]\nhold_failures = 2\nfree_bytes = 0\n"


@dataclass(frozen=True)
class Stage:
    provider: Provider
    li: Staff
    wang: Staff
    tree: Path


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("releases")
    provider = Provider(folder / "data")
    for number in ("1002", "1003"):
        provider.add_customer(number)
    (provider.data / "config.toml").write_text(CONFIG)
    tree = folder / "tree"
    tree.mkdir()
    (tree / "vidphone").write_bytes(b"#!" * 5_000)
    (tree / "vidphone").chmod(0o755)
    with provider:
        li, wang = release_staff(provider, folder)
        yield Stage(provider, li, wang, tree)


def seen(stage: Stage, folder: Path, channel: Channel) -> Manifest | None:
    """What a phone is offered, by the framework's own client."""
    base = f"{stage.provider.url}/v1/releases"
    folder.mkdir(exist_ok=True)
    root = stage.li.root.read_bytes()
    phone = Updater(str(folder), f"{base}/metadata/", str(folder), f"{base}/targets/", bootstrap=root)
    target = phone.get_targetinfo(target_path(channel, PLATFORM))
    return Manifest.model_validate_json(Path(phone.download_target(target)).read_bytes()) if target else None


def changed(stage: Stage, content: bytes, version: str) -> Path:
    (stage.tree / "module.py").write_bytes(content)
    return stage.li.build(stage.tree, version)


def pushed(stage: Stage, content: bytes, version: str) -> None:
    build = changed(stage, content, version)
    stage.li.run("push", "--build", str(build), "--accounts", "1002", "--reason", "test")


def test_build_goes_from_test_to_stable_and_is_halted_and_rolled_back(stage: Stage, tmp_path: Path) -> None:
    assert seen(stage, tmp_path, Channel.TEST) is None
    pushed(stage, b"one", "0.2.0")
    tested = seen(stage, tmp_path, Channel.TEST)
    assert tested is not None
    assert tested.accounts == ("1002",)
    stage.li.run("promote", "--to", "beta", "--reason", "good")
    said = stage.li.run("promote", "--to", "stable", "--percent", "5", "--step", "100@1d", "--reason", "good")
    assert "1 of 2 signatures" in said
    assert seen(stage, tmp_path, Channel.STABLE) is None
    stage.li.run("sign", "--yes", "--reason", "again", "--id", said.split("under ")[1][:32])
    assert seen(stage, tmp_path, Channel.STABLE) is None
    assert "Published" in stage.wang.run("promote", "--sign", "--yes", "--reason", "seen and tried")
    stable = seen(stage, tmp_path, Channel.STABLE)
    assert stable is not None
    assert (stable.files, stable.sequence, stable.rollout.percent) == (tested.files, tested.sequence, 5)

    pushed(stage, b"two", "0.3.0")
    stage.li.run("rollback", "--channel", "test", "--reason", "worse")
    back = seen(stage, tmp_path, Channel.TEST)
    assert back is not None
    assert (back.build_id, back.sequence) == (tested.build_id, 3)

    stage.li.run("halt", "--channel", "stable", "--reason", "false alarm")
    stage.li.run("halt", "--channel", "stable", "--lift", "--reason", "it was the network")
    stage.wang.run("sign", "--yes", "--reason", "late", fails=True)
    stage.li.run("halt", "--channel", "stable", "--reason", "no sound")
    held = httpx.get(f"{stage.provider.url}/v1/releases/held").json()
    assert held["builds"] == [stable.build_id]
    stage.wang.run("sign", "--yes", "--reason", "heard it")
    halted = seen(stage, tmp_path, Channel.STABLE)
    assert halted is not None
    assert halted.halted
    status = stage.li.run("status")
    assert all(word in status for word in ("no sound", "seen and tried", "rollback", "wang", stable.build_id))
    assert "sound" in stage.provider.admin("audit", "verify")


async def test_phone_that_runs_hears_of_a_push_within_seconds(stage: Stage) -> None:
    build = await asyncio.to_thread(changed, stage, b"hint", "0.4.0")
    device = new_id()
    token = sign_in(stage.provider.url, "1002", device).json()["token"]
    address = stage.provider.url.replace("http", "ws") + PATH
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}) as link:
        await link.send(Hello(version=PROTOCOL_VERSION, device=device).model_dump_json(exclude_none=True))
        asked = asyncio.create_task(
            asyncio.to_thread(stage.li.run, "push", "--build", str(build), "--accounts", "1002", "--reason", "hint")
        )
        async with asyncio.timeout(60):  # 1.0 s was measured from the command on
            while True:
                frame = FRAME.validate_json(await link.recv())
                if isinstance(frame, Notice) and Topic.RELEASES in frame.topics:
                    break
        assert "Published" in await asked


def test_contents_come_in_parts_and_manifests_packed(stage: Stage, tmp_path: Path) -> None:
    manifest = seen(stage, tmp_path, Channel.TEST)
    assert manifest is not None
    base = f"{stage.provider.url}/v1/releases"
    digest = next(iter(manifest.blobs))
    whole = httpx.get(f"{base}/{blob_path(digest)}")
    part = httpx.get(f"{base}/{blob_path(digest)}", headers={"Range": "bytes=5-"})
    assert (part.status_code, part.content) == (206, whole.content[5:])
    name = next((stage.provider.data / "releases" / "targets" / "test" / PLATFORM).glob("*.zst")).stem
    plain = httpx.get(f"{base}/targets/test/{PLATFORM}/{name}", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for accepted, coding, unpacked in (
        ("gzip, deflate, br, zstd", "zstd", lambda packed: b"".join(unpack([packed], None))),
        ("gzip, zstd;q=0", "gzip", gzip.decompress),
    ):
        asked = {"Accept-Encoding": accepted}
        with httpx.stream("GET", f"{base}/targets/test/{PLATFORM}/{name}", headers=asked) as answer:
            packed = b"".join(answer.iter_raw())
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == (coding, "Accept-Encoding")
        assert unpacked(packed) == plain.content
    assert Manifest.model_validate_json(plain.content).channel is Channel.TEST
    for path in (
        "metadata/../../vidphone.db",
        "metadata/99.root.json",
        "blobs/00/" + "0" * 64 + ".zst",
        "targets/x/y/z",
    ):
        assert httpx.get(f"{base}/{path}").status_code in (404, 422)


async def test_one_changed_module_of_a_program_of_1200_files_travels_in_100_kb(stage: Stage, tmp_path: Path) -> None:
    chance = random.Random(1)
    tree = tmp_path / "tree"
    for number in range(1_200):
        path = tree / f"_internal/vidphone/room{number % 40}/module{number}.pyc"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(100))
    (tree / "vidphone").write_bytes(b"#!")
    (tree / "vidphone").chmod(0o755)
    library = chance.randbytes(4_800_000)
    (tree / "library.so").write_bytes(library)
    with mock.patch("vidphone.wire.packing.PACK_LEVEL", 1):  # random bytes are as long at any
        first = await asyncio.to_thread(stage.li.build, tree, "0.4.1")
        push = ("push", "--accounts", "1002", "--reason", "size")
        await asyncio.to_thread(stage.li.run, *push, "--build", str(first))
        manifest = await asyncio.to_thread(seen, stage, tmp_path / "seen", Channel.TEST)
        assert manifest is not None
        root = tmp_path / "installed"
        environment = {"VIDPHONE_INSTALLATION": str(root), "VIDPHONE_BUILD": manifest.build_id}
        installation = Installation(root, environment=environment)
        await asyncio.to_thread(seed, installation, manifest.model_dump_json(by_alias=True).encode(), tree)
        (tree / "library.so").write_bytes(library[:2_000_000] + b"what is new" + library[2_000_200:])
    second = await asyncio.to_thread(stage.li.build, tree, "0.4.2", "--previous", str(first))
    await asyncio.to_thread(stage.li.run, *push, "--build", str(second))
    root_bytes, base = stage.li.root.read_bytes(), f"{stage.provider.url}/v1/releases"
    phone = Upgrades(tmp_path / "phone", base, root_bytes, installation, "1002", "0" * 32, PLATFORM, (Channel.TEST,))
    found = await phone.check()
    assert found is not None
    await phone.download(found, lambda progress: None, Pace())
    assert installation.altered(found.build_id) == ()
    assert phone.received < 100_000  # 52 kB were measured


def test_build_that_crashes_is_held_back_by_itself(stage: Stage, tmp_path: Path) -> None:
    pushed(stage, b"crashes", "0.5.0")
    manifest = seen(stage, tmp_path, Channel.TEST)
    assert manifest is not None
    base = f"{stage.provider.url}/v1/releases"
    body = {"build_id": manifest.build_id, "channel": "test", "platform": PLATFORM, "code": "exit-139", "at": 0}
    forged = body | {"install_id": "0" * 32, "event": BuildEvent.FELL_BACK.value}
    refused = httpx.post(f"{base}/reports", json=forged)
    assert (refused.status_code, refused.json()["code"]) == (401, ErrorCode.NOT_SIGNED_IN)
    mine, theirs = (
        {"Authorization": f"Bearer {sign_in(stage.provider.url, number, new_id()).json()['token']}"}
        for number in ("1002", "1003")
    )
    for install, headers in (("0" * 32, mine), ("1" * 32, mine), ("2" * 32, theirs)):
        assert manifest.build_id not in httpx.get(f"{base}/held").json()["builds"]
        told = body | {"install_id": install, "event": BuildEvent.FELL_BACK.value}
        assert httpx.post(f"{base}/reports", json=told, headers=headers).status_code == 204
    assert manifest.build_id in httpx.get(f"{base}/held").json()["builds"]
    assert "by itself" in stage.li.run("status")
    stage.li.run("halt", "--channel", "test", "--lift", "--reason", "their machine")
    assert manifest.build_id not in httpx.get(f"{base}/held").json()["builds"]


async def test_staff_see_where_a_build_could_not_be_installed(stage: Stage, tmp_path: Path) -> None:
    await asyncio.to_thread(pushed, stage, b"too large", "0.5.1")
    manifest = await asyncio.to_thread(seen, stage, tmp_path, Channel.TEST)
    assert manifest is not None
    token = sign_in(stage.provider.url, "1002", new_id()).json()["token"]
    source = Source(stage.li.root.read_bytes(), stage.provider.url, Channel.STABLE)
    phone = RepositoryUpgrader(tmp_path / "phone", source, None, "3" * 32, lambda: token)
    await phone.report(BuildEvent.INSTALL_FAILED, manifest.build_id, "disk-full", manifest.created_at, Channel.TEST)
    figures = (await asyncio.to_thread(stage.li.run, "status")).partition("fell back")[2]
    (line,) = (line.split() for line in figures.splitlines() if line.startswith(manifest.build_id))
    assert line == [manifest.build_id, "test", "1", "0", "0", "0", "1", "disk-full", "×", "1"]


def test_lost_key_is_withdrawn_with_the_offline_keys_alone(stage: Stage, tmp_path: Path) -> None:
    offline = stage.li.offline("targets", "channels")
    stage.li.run("keys", "withdraw", "--name", "wang", "--leaked", "--offline", *offline, "--reason", "lost")
    build = changed(stage, b"three", "0.6.0")
    refused = stage.wang.run("push", "--build", str(build), "--accounts", "1002", "--reason", "x", fails=True)
    assert "may sign test" in refused
    pushed(stage, b"three", "0.6.0")
    assert seen(stage, tmp_path, Channel.TEST) is not None
    assert seen(stage, tmp_path, Channel.STABLE) is not None
    both = stage.li.offline("targets", "root")
    stage.li.run("expire", "--roles", "root", "targets", "--offline", *both, "--reason", "x")
    listed = stage.wang.run("keys", "list")
    assert "365" in listed
    for number in (1, 2, 3):
        assert f"channels-{number}  stable, beta, test" in listed
    assert "targets-1" not in listed
    assert "\nwang" not in listed


def test_lost_key_of_a_keeper_for_channels_is_replaced_and_no_key_serves_both(stage: Stage, tmp_path: Path) -> None:
    targets, channels = stage.li.offline("targets"), stage.li.offline("targets", "channels")
    stage.li.run("keys", "make", "--name", "channels-4")
    add = ("keys", "add", "--channels", "test", "beta", "stable", "--offline", *targets, "--reason", "lost", "--public")
    stage.li.run(*add, str(stage.li.folder / "keys" / "channels-4.json"))
    stage.li.run("keys", "withdraw", "--name", "channels-3", "--offline", *channels, "--reason", "lost")
    listed = stage.li.run("keys", "list")
    assert "channels-4" in listed
    assert "channels-3" not in listed
    for other in ("targets-1", "root-2"):
        refused = stage.li.run(*add, str(stage.li.folder / "offline" / f"{other}.json"), fails=True)
        assert f"The key of {other} signs" in refused
    assert stage.li.run("keys", "list") == listed
    assert seen(stage, tmp_path, Channel.TEST) is not None


def announced(stage: Stage, size: int) -> str:
    """What is said to who announces an upload of so many bytes."""
    with socket.create_connection(("127.0.0.1", stage.provider.port), timeout=20) as link:
        head = f"PUT /v1/releases/staff/blobs/{'0' * 64} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
        link.sendall(f"{head}Authorization: Bearer {stage.li.token}\r\n\r\n".encode())
        return link.recv(64).decode()


def test_nobody_without_token_or_size_hands_in_anything(stage: Stage) -> None:
    base = f"{stage.provider.url}/v1/releases/staff"
    for method, path in (("GET", "status"), ("PUT", "publications"), ("PUT", f"blobs/{'0' * 64}"), ("PUT", "hold")):
        answer = httpx.request(method, f"{base}/{path}", headers={"Authorization": "Bearer no"})
        assert (answer.status_code, answer.json()["code"]) == (401, ErrorCode.NOT_SIGNED_IN)
    mine = {"Authorization": f"Bearer {stage.li.token}"}
    sent = httpx.put(f"{base}/blobs/{'0' * 64}", content=b"x", headers=mine)
    assert (sent.status_code, sent.json()["code"]) == (422, ErrorCode.RELEASE_REFUSED)
    assert "413" in announced(stage, 9_999_999_999_999)
    assert httpx.put(f"{base}/publications", content=b"{}", headers=mine).status_code == 422
    stage.provider.admin("release-staff", "remove", "--name", "wang")
    assert "knows no such token" in stage.wang.run("status", fails=True)
