"""Own candidates, one after the other as they are found (RFC 8838), over aioice's private names.

aioice gathers all at once and says nothing for up to 5 s when a STUN server does not answer; it knows one STUN and one
TURN server. Here the host candidates come first, by themselves, and each server is asked on its own. `adapter.check`
sees to it that the names used here exist.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

from aioice import Candidate as IceCandidate
from aioice import Connection, ice, stun
from aiortc.rtcicetransport import parse_stun_turn_uri

from vidphone.wire.http import IceServer

log = logging.getLogger(__name__)

SERVER_S = 5.0
MAX_ADDRESSES = 16
MAX_SERVERS = 6
MAX_RECEIVED = 2048
"""Datagrams that wait for the loop, about a second of video."""
LOOPBACK = "127.0.0.1"

CONNECTION_NAMES = (
    "_protocols", "_local_candidates", "_local_candidates_start", "_local_candidates_end", "_remote_candidates",
    "_queue", "_nominated", "_pair_remote_candidate", "sort_check_list", "get_component_candidates",
    "query_consent", "_closing",
)  # fmt: skip
MODULE_NAMES = ("get_host_addresses", "relayed_candidate", "server_reflexive_candidate", "StunProtocol")


class ReceiveQueue(asyncio.Queue[tuple[bytes, int] | None]):
    """A queue that drops a datagram rather than grow; the end (None) always fits."""

    def put_nowait(self, item: tuple[bytes, int] | None) -> None:
        """Add, unless it is full."""
        if item is None or self.qsize() < MAX_RECEIVED:
            super().put_nowait(item)


def end_consent_with(connection: Connection) -> None:
    """Keep a connection that is closed while it connects from asking for consent for ever after."""
    ask = connection.query_consent

    async def ask_unless_closed() -> None:
        if not connection._closing:
            await ask()

    vars(connection)["query_consent"] = ask_unless_closed


def host_addresses() -> list[str]:
    """Addresses of this machine; the loopback only where there is no other, so that two phones on it still meet.

    Blocks for some milliseconds: not on the loop.
    """
    return ice.get_host_addresses(use_ipv4=True, use_ipv6=True)[:MAX_ADDRESSES] or [LOOPBACK]


def gather_no_host(connection: Connection) -> None:
    """Leave this machine's own addresses out: media is to go by relays only."""
    connection._local_candidates_start = connection._local_candidates_end = True


async def gather_host(connection: Connection) -> list[str]:
    """Open a socket on each address; the candidates, as SDP has them."""
    addresses = await asyncio.to_thread(host_addresses)
    connection._local_candidates_start = True
    found: list[IceCandidate] = await connection.get_component_candidates(component=1, addresses=addresses)
    connection._local_candidates += found
    connection._local_candidates_end = True
    return [candidate.to_sdp() for candidate in found]


async def gather_servers(
    connection: Connection,
    servers: Sequence[IceServer],
    found: Callable[[list[str]], None],
    *,
    relay_only: bool = False,
) -> None:
    """Ask every server at once; `found` hears of each answer. Returns when all have answered or were given up.

    With `relay_only` the other side is told of relays and of no address of this machine (RFC 8828, mode 4).
    """
    tasks = []
    stun_done = False
    for server in servers[:MAX_SERVERS]:
        for url in server.urls[:MAX_SERVERS]:
            try:
                uri = parse_stun_turn_uri(url)
            except ValueError:
                log.warning("the service handed out an ICE server that cannot be used")
                continue
            if uri["scheme"] in ("turn", "turns"):
                tasks.append(_relay(connection, server, uri, found, hide=relay_only))
            elif uri["scheme"] == "stun" and not (stun_done or relay_only):  # a second one would tell the same address
                stun_done = True
                tasks.append(_reflexive(connection, (uri["host"], uri["port"]), found))
    await asyncio.gather(*tasks)


async def _reflexive(connection: Connection, server: tuple[str, int], found: Callable[[list[str]], None]) -> None:
    async def ask(protocol: ice.StunProtocol) -> None:
        try:
            candidate, _ = await asyncio.wait_for(ice.server_reflexive_candidate(protocol, server), SERVER_S)
        except (OSError, TimeoutError, KeyError, stun.TransactionError):
            log.info("a STUN server did not answer")
            return
        connection._local_candidates.append(candidate)
        found([candidate.to_sdp()])

    await asyncio.gather(
        *(
            ask(protocol)
            for protocol in list(connection._protocols)
            if protocol.local_candidate.type == "host" and ":" not in protocol.local_candidate.host
        )
    )


async def _relay(
    connection: Connection, server: IceServer, uri: dict[str, Any], found: Callable[[list[str]], None], *, hide: bool
) -> None:
    try:
        candidate, protocol = await asyncio.wait_for(
            ice.relayed_candidate(
                component=1,
                hide_related_address=hide,
                protocol_factory=lambda: ice.StunProtocol(connection),
                turn_server=(uri["host"], uri["port"]),
                turn_username=server.username,
                turn_password=server.credential,
                turn_ssl=uri["scheme"] == "turns",
                turn_transport=uri["transport"],
            ),
            SERVER_S,
        )
    except (OSError, TimeoutError, ValueError, stun.TransactionError):
        log.info("a TURN server did not answer")
        return
    connection._protocols.append(protocol)
    connection._local_candidates.append(candidate)
    for remote in connection._remote_candidates:
        connection._pair_remote_candidate(remote)
    connection.sort_check_list()
    found([candidate.to_sdp()])
