"""Relay-only mode with a real coturn, a real service and real media (clause 9).

The two media ends here are those of changed clients: they hear of the end of their call and go on.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.media_ends import End, Feeder, negotiate, until
from tests.integration.service_bench import Client, accepted_call, make_provider
from tests.support.coturn import CONTROL_PASSWORD, Coturn
from tests.support.provider import Provider
from vidphone.service.coturn import CoturnControl
from vidphone.service.relay_guard import SETUP_S
from vidphone.wire.http import IceServers
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import End as EndOfCall

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
RATES = '[rates]\nsign_in_per_address = "1000/minute"\nrequests_per_address = "100000/minute"\n'
CUT_S = 15.0
STILL_S = 1.5
"""No picture for so long: nothing flows."""


@pytest.fixture
def coturn(tmp_path: Path) -> Iterator[Coturn]:
    with Coturn(tmp_path) as running:
        yield running


@pytest.fixture
def provider(tmp_path: Path, coturn: Coturn) -> Iterator[Provider]:
    made = make_provider(tmp_path / "service", "1001", "1002")
    (made.data / "config.toml").write_text(RATES + coturn.settings, encoding="utf-8")
    with made:
        yield made


def end_of(provider: Provider, client: Client) -> End:
    """The media of a client, with what the service says of ICE."""
    headers = {"Authorization": f"Bearer {client.token}"}
    answer = IceServers.model_validate_json(httpx.get(f"{provider.url}/v1/ice-servers", headers=headers).content)
    assert answer.relay_only
    return End(servers=answer.servers, relay_only=answer.relay_only)


async def silent(end: End) -> None:
    async with asyncio.timeout(CUT_S):
        seen = -1
        while len(end.frames) != seen:
            seen = len(end.frames)
            await asyncio.sleep(STILL_S)


async def test_clients_that_ignore_the_end_are_cut_at_the_relay(provider: Provider, coturn: Coturn) -> None:
    control = CoturnControl(f"127.0.0.1:{coturn.control_port}", CONTROL_PASSWORD)
    async with Client(provider.url, "1001") as caller, Client(provider.url, "1002") as callee:
        call = await accepted_call(caller, callee)
        a, b = end_of(provider, caller), end_of(provider, callee)
        a.other, b.other = b, a
        feeders = [Feeder(end.session, end.session, seed) for seed, end in enumerate((a, b))]
        try:
            await negotiate(a, b)
            await until(lambda: len(a.frames) > 10 < len(b.frames))
            told = [candidate.candidate for entry in a.told if entry[0] == "candidates" for candidate in entry[2]]  # type: ignore[attr-defined]
            assert told
            assert all(" typ relay" in text for text in told)
            assert not any(f"raddr {coturn.address}" in text for text in told)
            held = {one.id for one in await control.allocations()}
            assert held
            await asyncio.sleep(SETUP_S + 2)  # a call that goes on is left alone
            assert held <= {one.id for one in await control.allocations()}
            await callee.say(EndOfCall(call=call, reason=EndReason.HUNG_UP))
            assert await caller.hear() == EndOfCall(call=call, reason=EndReason.HUNG_UP)
            await asyncio.gather(silent(a), silent(b))
            assert not held & {one.id for one in await control.allocations()}
            # The same credentials again, as often as it likes: distrusted, it is cut as soon as it is seen.
            again = [end_of(provider, client) for client in (caller, callee)]
            again[0].other, again[1].other = again[1], again[0]
            try:
                await negotiate(again[0], again[1])
                await asyncio.sleep(3)
                assert await control.allocations() == ()
            finally:
                await asyncio.gather(*(end.session.close() for end in again))
        finally:
            await asyncio.gather(a.session.close(), b.session.close(), control.close())
            for feeder in feeders:
                await asyncio.to_thread(feeder.stop)
