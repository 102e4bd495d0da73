"""Measures: each transport to the relay, probes through it, then the rates to the service and back."""

import asyncio
import ssl
import time
from collections.abc import Callable

from vidphone.account.asking import tls_context
from vidphone.account.network_client import NetworkClient
from vidphone.media.rtc.relay_probe import Refused, Server, Times, ask_stun, servers_of, through_relay
from vidphone.phone.network_events import Step
from vidphone.phone.network_test.result import NetworkResult, Reach, Trips, Way

PROBES = 150
PROBE_EVERY_S = 0.02
"""3 s at the pace of sound."""
FEW_PROBES = 10
"""Of a transport that another one is measured in place of."""
MAX_SERVERS = 2
"""Of one transport, which are tried."""
TRANSPORTS = ("udp", "tcp", "tls")
Tell = Callable[[Step], None]


async def measure(client: NetworkClient, tell: Tell) -> NetworkResult:
    """The whole test, some ten seconds; `tell` hears of each step as it begins.

    Raises:
        VidphoneError: the service cannot be asked, or was too often.
    """
    tell(Step.REACH)
    ice = await client.ice_servers()
    trusted = await asyncio.to_thread(tls_context)
    servers = servers_of(ice.servers)
    reaches, way, trips = await _probe(servers, trusted, tell)
    tell(Step.DOWN)
    down_bps = await client.rate_down()
    tell(Step.UP)
    up_bps = await client.rate_up()
    return NetworkResult(
        time.time(), reaches["udp"], reaches["tcp"], reaches["tls"], way, trips, down_bps, up_bps, ice.relay_only
    )


async def _probe(
    servers: tuple[Server, ...], trusted: ssl.SSLContext, tell: Tell
) -> tuple[dict[str, Reach], Way, Trips | None]:
    """Whether each transport reaches, and what the best of them is like."""
    relays = {
        transport: [each for each in servers if each.transport == transport and each.scheme != "stun"][:MAX_SERVERS]
        for transport in TRANSPORTS
    }
    stuns = [each for each in servers if each.scheme == "stun" and each.transport == "udp"][:MAX_SERVERS]
    reaches: dict[str, Reach] = {}
    times: dict[str, Times] = {}
    tell(Step.DELAY)
    for transport in TRANSPORTS:  # one after another: they would be in each other's way
        count = FEW_PROBES if times else PROBES
        reaches[transport], found = await _relay(relays[transport], count, trusted)
        if found:
            times[transport] = found
    if "udp" in times:
        return reaches, Way.RELAY, Trips.of(times["udp"])
    asked = await _stun([*stuns, *relays["udp"]])  # a relay answers what a STUN server does
    if asked and reaches["udp"] is Reach.NOT_OFFERED:
        reaches["udp"] = Reach.YES
    elif stuns and reaches["udp"] is Reach.NOT_OFFERED:
        reaches["udp"] = Reach.NO
    for transport in ("tcp", "tls"):
        if transport in times:
            return reaches, Way.STREAM, Trips.of(times[transport])
    return reaches, Way.STUN if asked else Way.NONE, Trips.of(asked) if asked else None


async def _relay(servers: list[Server], count: int, trusted: ssl.SSLContext) -> tuple[Reach, Times]:
    """How the first server does that relays."""
    reach = Reach.NO if servers else Reach.NOT_OFFERED
    for server in servers:
        try:
            times = await through_relay(server, count, PROBE_EVERY_S, trusted)
        except Refused:
            reach = Reach.REFUSED
        except (OSError, TimeoutError):
            continue
        else:
            if times and any(each is not None for each in times):
                return Reach.YES, times
            reach = Reach.REFUSED
    return reach, ()


async def _stun(servers: list[Server]) -> Times:
    for server in servers:
        try:
            times = await ask_stun(server, PROBES, PROBE_EVERY_S)
        except (OSError, TimeoutError):
            continue
        if any(each is not None for each in times):
            return times
    return ()
