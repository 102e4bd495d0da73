import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.service_bench import Client, acceptance, accepted_call, make_provider, proposal
from tests.support.provider import Provider
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Dtmf, End, Propose, Retract, Standing

pytestmark = pytest.mark.slow


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with make_provider(tmp_path, "3001", "3002", "3003", "3004") as running:
        yield running


async def test_killed_service_started_again_keeps_accepted_calls(provider: Provider) -> None:
    clients = [Client(provider.url, number) for number in ("3001", "3002", "3003", "3004")]
    async with clients[0] as caller, clients[1] as callee, clients[2] as dialling, clients[3] as ringing:
        call = await accepted_call(caller, callee)
        unanswered = proposal("3004")
        await dialling.say(unanswered)
        assert isinstance(await ringing.hear(), Propose)
        provider.kill()
        await caller.socket.wait_closed()
        await caller.say(Dtmf(call=call, digits="7"))
        provider.start()
        for client in clients:
            await client.connect()
            assert client.welcome
            assert not client.welcome.resumed
        for client in (caller, callee):
            assert await client.hear() == Standing(calls=(call,))
        for client in (dialling, ringing):
            assert await client.hear() == Standing(calls=())
        await ringing.say(acceptance(unanswered.call))
        assert await ringing.hear() == Retract(call=unanswered.call, reason=EndReason.SERVICE_RESTARTED)
        assert await callee.hear() == Dtmf(call=call, digits="7")
        await callee.say(End(call=call, reason=EndReason.HUNG_UP))
        assert await caller.hear() == End(call=call, reason=EndReason.HUNG_UP)


async def test_service_that_cannot_write_its_journal_tells_nobody_and_ends(provider: Provider) -> None:
    async with Client(provider.url, "3001") as caller, Client(provider.url, "3002") as callee:
        with sqlite3.connect(provider.data / "vidphone.db") as database:
            database.execute("DROP TABLE calls")
        database.close()
        await caller.say(proposal("3002"))
        for client in (caller, callee):
            with pytest.raises(ConnectionClosed):
                await client.hear()
        assert provider._process is not None
        assert await asyncio.to_thread(provider._process.wait, 10) == 1


async def test_hanging_up_while_the_service_is_away_counts(provider: Provider) -> None:
    async with Client(provider.url, "3001") as caller, Client(provider.url, "3002") as callee:
        call = await accepted_call(caller, callee)
        provider.kill()
        await caller.socket.wait_closed()
        await caller.say(End(call=call, reason=EndReason.HUNG_UP))
        provider.start()
        await callee.connect()
        assert await callee.hear() == Standing(calls=(call,))
        await caller.connect()
        assert await callee.hear() == End(call=call, reason=EndReason.HUNG_UP)
