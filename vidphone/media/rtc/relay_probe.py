"""Probes of the way that calls go: datagrams through the provider's relay and back, or to its STUN server and back.

A probe goes from one allocation to another of the same relay, both held here, as the media of two phones do where
all of it is relayed (RFC 8656): its time is that of the way to the relay and back, and what is lost either way counts.
"""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aioice import stun, turn
from aiortc.rtcicetransport import parse_stun_turn_uri

from vidphone.wire.http import IceServer

REACH_S = 4.0
GREET_EVERY_S = 0.1
GREET_S = 2.0
LATE_S = 1.0
LATE_LOOKS = 20
"""What has not come back so long after the last was sent is lost."""
SEQUENCE_BYTES = 4
GIVE_BACK_S = 1.0
PROBE_BYTES = 200
"""Between a packet of sound and one of picture."""
GREETING = b"vidphone"
Times = tuple[float | None, ...]
"""Of each probe in the order sent: seconds to the server and back; None, it was lost."""


@dataclass(frozen=True, slots=True)
class Server:
    """One address of a STUN or TURN server."""

    scheme: str
    host: str
    port: int
    transport: str
    """`udp`, `tcp` or `tls`."""
    username: str | None
    password: str | None


class Refused(Exception):
    """The server answers, and does not do what it is asked for."""


def servers_of(ice_servers: Sequence[IceServer]) -> tuple[Server, ...]:
    """The addresses in order, without those that cannot be used."""
    found = []
    for each in ice_servers:
        for url in each.urls:
            try:
                uri = parse_stun_turn_uri(url)
            except ValueError:
                continue
            transport = "tls" if uri["scheme"] == "turns" else uri.get("transport", "udp")
            if uri["scheme"] in ("stun", "turn", "turns"):
                found.append(Server(uri["scheme"], uri["host"], uri["port"], transport, each.username, each.credential))
    return tuple(found)


class _End(asyncio.DatagramProtocol):
    """Notes what comes, and when."""

    def __init__(self) -> None:
        self.greeted = asyncio.Event()
        self.gone = asyncio.Event()
        self.came_s: dict[int, float] = {}

    def connection_lost(self, _error: Exception | None) -> None:
        self.gone.set()

    def datagram_received(self, data: bytes, _address: object) -> None:
        now_s = time.monotonic()
        if data == GREETING:
            self.greeted.set()
        elif len(data) >= SEQUENCE_BYTES:
            self.came_s.setdefault(int.from_bytes(data[:SEQUENCE_BYTES]), now_s)


async def through_relay(server: Server, count: int, pause_s: float, trusted: ssl.SSLContext) -> Times:
    """Send `count` probes from one allocation to another, one every `pause_s`; empty where no relayed packet arrives.

    Raises:
        Refused: the relay answers and gives no allocation.
        OSError, TimeoutError: it cannot be reached.
    """
    ways: list[tuple[turn.TurnTransport, _End]] = []
    try:
        for _ in range(2):
            ways.append(await asyncio.wait_for(_allocate(server, trusted), REACH_S))
        (one, first), (other, second) = ways
        there, back = other.get_extra_info("sockname"), one.get_extra_info("sockname")
        greet_until_s = time.monotonic() + GREET_S
        while not (first.greeted.is_set() and second.greeted.is_set()) and time.monotonic() < greet_until_s:
            one.sendto(GREETING, there)
            other.sendto(GREETING, back)
            await asyncio.sleep(GREET_EVERY_S)
        if not second.greeted.is_set():
            return ()

        def send(number: int) -> None:
            one.sendto(number.to_bytes(SEQUENCE_BYTES) + bytes(PROBE_BYTES - SEQUENCE_BYTES), there)

        return await _paced(count, pause_s, send, second.came_s)
    finally:
        await asyncio.gather(*(_give_back(way, end) for way, end in ways))


async def _allocate(server: Server, trusted: ssl.SSLContext) -> tuple[turn.TurnTransport, _End]:
    try:
        return await turn.create_turn_endpoint(
            _End,
            (server.host, server.port),
            server.username,
            server.password,
            ssl=trusted if server.transport == "tls" else None,
            transport="udp" if server.transport == "udp" else "tcp",
        )
    except stun.TransactionFailed as error:
        raise Refused from error
    except (stun.TransactionError, EOFError) as error:
        raise TimeoutError from error


async def _give_back(way: turn.TurnTransport, end: _End) -> None:
    way.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(end.gone.wait(), GIVE_BACK_S)


async def ask_stun(server: Server, count: int, pause_s: float) -> Times:
    """Ask a server over UDP who we are, `count` times, one every `pause_s`, each once.

    Raises:
        OSError: it cannot be reached at all.
    """
    numbers: dict[bytes, int] = {}
    came_s: dict[int, float] = {}

    class _Answers(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _address: object) -> None:
            number = numbers.get(data[8:20])
            if number is not None:
                came_s.setdefault(number, time.monotonic())

    loop = asyncio.get_running_loop()
    transport, _ = await asyncio.wait_for(
        loop.create_datagram_endpoint(_Answers, remote_addr=(server.host, server.port)), REACH_S
    )

    def send(number: int) -> None:
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        numbers[request.transaction_id] = number
        transport.sendto(bytes(request))

    try:
        return await _paced(count, pause_s, send, came_s)
    finally:
        transport.close()


async def _paced(count: int, pause_s: float, send: Callable[[int], None], came_s: dict[int, float]) -> Times:
    sent_s = []
    began_s = time.monotonic()
    for number in range(count):
        sent_s.append(time.monotonic())
        send(number)
        await asyncio.sleep(max(0.0, began_s + (number + 1) * pause_s - time.monotonic()))
    for _ in range(LATE_LOOKS):
        if len(came_s) == count:
            break
        await asyncio.sleep(LATE_S / LATE_LOOKS)
    return tuple(came_s[number] - at if number in came_s else None for number, at in enumerate(sent_s))
