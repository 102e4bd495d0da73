"""Real ICE, DTLS and SRTP between two transports of this machine."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aioice import Candidate as IceCandidate
from aioice import turn

from tests.fakes.media_ends import until
from vidphone.media.rtc import adapter, transport
from vidphone.media.rtc.sdp.agreement import RemoteTransport
from vidphone.media.rtc.transport import MAX_WAITING_BYTES, Transport

RTP = b"\x80\x60\x00\x01" + bytes(8) + b"sound" * 100
RTCP = b"\x80\xc9\x00\x01\x00\x00\x00\x07"


class Side:
    def __init__(self) -> None:
        self.certificate = adapter.new_certificate()
        self.transport = Transport(self.certificate)
        self.packets: list[tuple[bytes, float]] = []
        self.states: list[str] = []
        self.transport.on_packet = lambda data, arrival_s: self.packets.append((data, arrival_s))
        self.transport.on_state = lambda: self.states.append(self.transport.state)

    def remote(self, *, client: bool) -> RemoteTransport:
        """What the other side is to know of this one."""
        print_of = adapter.fingerprint(self.certificate)
        return RemoteTransport(self.transport.credentials, False, print_of, client, (), False, "0", 0)


async def connect(a: Side, b: Side, remote_of_b: RemoteTransport | None = None) -> None:
    a.transport.control()
    for one, other in ((a, b), (b, a)):
        for text in await one.transport.gather_host():
            await other.transport.add_candidate(IceCandidate.from_sdp(text))
    a.transport.start(remote_of_b or b.remote(client=True))
    b.transport.start(a.remote(client=False))


@pytest.fixture
async def sides() -> AsyncIterator[tuple[Side, Side]]:
    a, b = Side(), Side()
    yield a, b
    await asyncio.gather(a.transport.close(), b.transport.close())
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


async def connected(sides: tuple[Side, Side]) -> tuple[Side, Side]:
    a, b = sides
    await connect(a, b)
    await until(lambda: a.transport.connected and b.transport.connected)
    return a, b


async def test_packets_arrive_as_they_were_given(sides: tuple[Side, Side]) -> None:
    a, b = await connected(sides)
    assert a.transport.send(RTP)
    assert a.transport.send(RTCP)
    await until(lambda: len(b.packets) == 2)
    assert [data for data, _ in b.packets] == [RTP, RTCP]
    assert b.packets[0][1] <= b.packets[1][1]
    assert (a.transport.packets_sent, a.transport.bytes_sent) == (2, b.transport.bytes_received)
    assert a.states == ["connecting", "connected"]
    found = a.transport.local_candidate
    assert found is not None
    assert found.type == "host"


@pytest.mark.parametrize("wins", [0, 1])
async def test_checks_that_come_before_the_answer_leave_the_roles_alone(sides: tuple[Side, Side], wins: int) -> None:
    a, b = sides
    for number, side in enumerate(sides):
        side.transport._connection._tie_breaker = int(number == wins)
    a.transport.control()
    found = [[IceCandidate.from_sdp(text) for text in await side.transport.gather_host()] for side in sides]
    for candidate in found[0]:
        await b.transport.add_candidate(candidate)
    b.transport.start(a.remote(client=False))
    await until(lambda: bool(a.transport._connection._early_checks))
    await asyncio.sleep(0.1)  # what a conflict would lead to
    for candidate in found[1]:
        await a.transport.add_candidate(candidate)
    a.transport.start(b.remote(client=True))
    await until(lambda: a.transport.connected and b.transport.connected)
    assert [side.transport._connection.ice_controlling for side in sides] == [True, False]


def lose(side: Side, wanted: Callable[[bytes], bool]) -> list[bytes]:
    """The datagrams that come to this side and are lost: each that is wanted for that, once."""
    lost: list[bytes] = []
    taken = side.transport._datagram

    def datagram(onward: Callable[[bytes, Any], None], data: bytes, address: Any) -> None:
        if wanted(data) and data not in lost:
            lost.append(data)
        else:
            taken(onward, data, address)

    side.transport._datagram = datagram  # type: ignore[method-assign]
    return lost


def dtls(data: bytes) -> bool:
    return 20 <= data[0] <= 63


async def test_a_lost_flight_of_the_handshake_is_sent_again_as_it_was(sides: tuple[Side, Side]) -> None:
    lost = [lose(side, dtls) for side in sides]
    connections = await connected(sides)
    assert all(lost)
    timeouts = [side.transport._dtls._ssl.DTLSv1_get_timeout() for side in connections]
    assert timeouts == [None, None]


async def test_media_that_comes_before_the_end_of_the_handshake_is_kept(sides: tuple[Side, Side]) -> None:
    a, b = sides
    last = [0]

    def server_finished(data: bytes) -> bool:
        last[0] += dtls(data)
        return dtls(data) and last[0] == 2

    lost = lose(a, server_finished)
    await connect(a, b)
    await until(lambda: b.transport.connected)
    assert b.transport.send(RTP)
    await until(lambda: a.transport.connected)
    assert len(lost) == 1
    assert [data for data, _ in a.packets] == [RTP]


async def test_nothing_can_be_sent_before_or_after(sides: tuple[Side, Side]) -> None:
    assert not sides[0].transport.send(RTP)
    a, b = await connected(sides)
    await a.transport.close()
    assert not a.transport.send(RTP)
    await until(lambda: b.transport.state == "closed")
    assert not b.transport.send(RTP)


async def test_a_packet_too_long_is_refused_and_counted(sides: tuple[Side, Side]) -> None:
    a, _ = await connected(sides)
    assert a.transport.send(RTP[:12] + bytes(transport.MAX_PACKET_BYTES - 12))
    assert not a.transport.send(RTP[:12] + bytes(transport.MAX_PACKET_BYTES))
    assert a.transport.send_failures == 1


async def test_another_key_than_the_described_one_fails(sides: tuple[Side, Side]) -> None:
    a, b = sides
    stranger = Side()
    described = dataclasses.replace(b.remote(client=True), fingerprint=adapter.fingerprint(stranger.certificate))
    await connect(a, b, described)
    await until(lambda: a.transport.state == "failed")
    assert not a.transport.send(RTP)
    assert not a.packets
    await stranger.transport.close()


async def test_a_fault_at_the_start_of_media_is_told_as_failure(
    sides: tuple[Side, Side], caplog: pytest.LogCaptureFixture
) -> None:
    a, b = sides

    def stumble() -> None:
        if a.transport.state == "connected":
            raise RuntimeError("no encoder")

    a.transport.on_state = stumble
    await connect(a, b)
    await until(lambda: a.transport.state == "failed")
    assert "no encoder" in caplog.text


async def test_datagrams_of_strangers_change_nothing(sides: tuple[Side, Side]) -> None:
    a, b = await connected(sides)
    found = b.transport.local_candidate
    assert found is not None
    wire, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=(found.host, found.port)
    )
    stun = b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12)
    for junk in (
        b"",
        RTP,
        RTCP,
        b"\x80",
        b"\x16\xfe\xfd" + bytes(30),
        stun + b"\x00\x24\x00\x01\x00\x00\x00\x00",
        b"\x05",
    ):
        wire.sendto(junk)
    wire.close()
    a.transport.send(RTP)
    await until(lambda: len(b.packets) == 1)
    assert b.transport.damaged >= 3
    assert b.transport.connected
    assert b.transport.packets_received == 1


async def test_a_packet_played_back_is_taken_once(sides: tuple[Side, Side]) -> None:
    a, b = await connected(sides)
    taken: list[bytes] = []
    write = a.transport._write

    def write_and_keep(data: bytes) -> bool:
        taken.append(data)
        return write(data)

    a.transport._write = write_and_keep
    a.transport.send(RTP)
    write(taken[0])
    a.transport.send(RTP[:3] + b"\x02" + RTP[4:])
    await until(lambda: len(b.packets) == 2)
    assert b.transport.damaged == 1


class Relay:
    """What a relay's client looks like from above."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.bound: list[int] = []
        self.waiting = 0
        self.fail = False
        self.peer_to_channel = {("192.0.2.7", 5000): 0x4001}
        self.channel_refresh_at = {0x4001: float("inf")}
        self.channel_refresh_time = 500
        self.transport: Any = SimpleNamespace(is_closing=lambda: False, get_write_buffer_size=lambda: self.waiting)

    def _send(self, data: bytes) -> None:
        self.sent.append(data)

    async def channel_bind(self, channel: int, address: tuple[str, int]) -> None:
        self.bound.append(channel)
        if self.fail:
            raise OSError


@pytest.fixture
async def relayed(sides: tuple[Side, Side]) -> AsyncIterator[tuple[Transport, Relay]]:
    a, _ = await connected(sides)
    client: Any = Relay()
    pair = SimpleNamespace(
        remote_addr=("192.0.2.7", 5000),
        protocol=SimpleNamespace(transport=turn.TurnTransport(client)),
    )
    connection: Any = a.transport._connection
    nominated, connection._nominated = connection._nominated, {1: pair}
    yield a.transport, client
    connection._nominated = nominated


async def test_a_relayed_packet_goes_out_at_once_in_its_channel(relayed: tuple[Transport, Relay]) -> None:
    over, client = relayed
    direct = over.overhead_bytes
    assert over.send(RTP)
    assert client.sent[0][:4] == b"\x40\x01" + (len(RTP) + 16).to_bytes(2, "big")
    assert over.overhead_bytes == direct + 4


async def test_a_relay_that_is_behind_gets_nothing_more(relayed: tuple[Transport, Relay]) -> None:
    over, client = relayed
    client.waiting = MAX_WAITING_BYTES + 1
    assert not over.send(RTP)
    client.waiting = 0
    client.peer_to_channel.clear()
    assert not over.send(RTP)
    assert not client.sent


@pytest.mark.parametrize("fail", [False, True])
async def test_a_channel_is_bound_again_once_while_packets_go_on(relayed: tuple[Transport, Relay], fail: bool) -> None:
    over, client = relayed
    client.fail = fail
    client.channel_refresh_at[0x4001] = 0.0
    assert all(over.send(RTP[:3] + bytes([number]) + RTP[4:]) for number in range(20))
    await until(lambda: bool(client.bound))
    assert len(client.sent) == 20
    assert client.bound == [0x4001]
