"""Relayed media, over a real coturn."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.media_ends import End, Feeder, negotiate, until
from vidphone.media.rtc.gathering import host_addresses
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate

pytestmark = pytest.mark.slow


class RelayedEnd(End):
    """Tells the other side of its relayed addresses only."""

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        relayed = tuple(each for each in candidates if " typ relay" in each.candidate)
        super().candidates(generation, relayed, last)
        self.told[-1] = ("candidates", generation, candidates, last)


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[tuple[IceServer, ...]]:
    program = shutil.which("turnserver")
    assert program, "coturn is not installed: packaging/setup.sh test installs it"
    address = next(each for each in host_addresses() if ":" not in each)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((address, 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        program, "-n", "--no-cli", "--no-tls", "--no-dtls", "--lt-cred-mech", "--allow-loopback-peers",
        "--realm=test", "--user=u:p", f"--listening-ip={address}", f"--relay-ip={address}",
        f"--listening-port={port}", f"--pidfile={tmp_path / 'pid'}", f"--userdb={tmp_path / 'db'}",
        f"--log-file={tmp_path / 'log'}", "--simple-log",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def listening() -> bool:
        try:
            _, writer = await asyncio.open_connection(address, port)
        except OSError:
            return False
        writer.close()
        return True

    async with asyncio.timeout(20):
        while not await listening():  # noqa: ASYNC110 - a program of its own, that tells nobody
            await asyncio.sleep(0.05)
    yield (
        IceServer(urls=(f"stun:{address}:{port}",)),
        IceServer(urls=("turn:192.0.2.254:9?transport=udp",), username="u", credential="p"),
        IceServer(urls=(f"turn:{address}:{port}?transport=udp",), username="u", credential="p"),
        IceServer(urls=(f"turn:{address}:{port}?transport=tcp",), username="u", credential="p"),
    )
    process.terminate()
    await process.wait()


async def test_media_flows_over_a_relay_while_another_server_is_dead(servers: tuple[IceServer, ...]) -> None:
    a, b = RelayedEnd(servers=servers), RelayedEnd(servers=servers)
    a.other, b.other = b, a
    feeders = [Feeder(end.session, end.session, seed) for seed, end in enumerate((a, b))]
    try:
        await negotiate(a, b)
        await until(lambda: len(a.frames) > 10 < len(b.frames))
        told = [candidate.candidate for entry in a.told if entry[0] == "candidates" for candidate in entry[2]]  # type: ignore[attr-defined]
        assert " typ host" in told[0]
        assert any(" typ relay" in text for text in told)
        await until(lambda: any(entry[0] == "candidates" and entry[3] for entry in a.told))
    finally:
        await asyncio.gather(a.session.close(), b.session.close())
        for feeder in feeders:
            await asyncio.to_thread(feeder.stop)
