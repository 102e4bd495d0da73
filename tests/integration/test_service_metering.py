"""Calls that cost, over a real service with its real ledger, and clients that speak the protocol."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.integration.service_bench import CONFIG, Client, acceptance, proposal
from tests.support.metered import add_metered, plan
from tests.support.provider import PASSWORD, Provider
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.passwords import hash_password
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.standings import tell
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Charging, End, Media, Propose, Reject, Standing

pytestmark = pytest.mark.slow

FEN_A_SECOND = 6_000
OPERATOR = "2009"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    provider = Provider(tmp_path)
    engine = open_database(tmp_path)
    payers = {"2000": 600, "2001": 0, "2002": 12}
    for number, limit in payers.items():
        add_metered(
            engine, [number], plan(FEN_A_SECOND, rent_fen=0), limit, date(2026, 1, int(number[-1]) + 1), 0.0, PASSWORD
        )
    StoredCustomers(engine).add(OPERATOR, "Other", hash_password(PASSWORD), 0.0, paper="TEST")
    engine.dispose()
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    with provider:
        yield provider


async def metered_call(caller: Client, callee: Client) -> str:
    offer = proposal(callee.number)
    await caller.say(offer)
    told = await caller.hear()
    assert isinstance(told, Charging)
    assert (told.price_e4_yuan, told.running) == (FEN_A_SECOND, False)
    assert isinstance(await callee.hear(), Propose)
    await callee.say(acceptance(offer.call))
    assert await caller.hear() == acceptance(offer.call)
    await flow(offer.call, caller, callee)
    return offer.call


async def flow(call: str, *clients: Client) -> None:
    for client in clients:
        await client.say(Media(call=call, flowing=True))


async def charging(client: Client) -> Charging:
    try:
        heard = await client.hear()
    except TimeoutError:  # the last warning comes as long before the end as it waits
        heard = await client.hear()
    assert isinstance(heard, Charging), heard
    return heard


def charged(provider: Provider) -> list[tuple[int | None, int]]:
    """Of each call what it came to, and what is still reserved."""
    with closing(sqlite3.connect(provider.data / "vidphone.db")) as database:
        return database.execute("SELECT amount_fen, reserved_fen FROM call_charges ORDER BY opened_at").fetchall()


async def test_no_credit_no_call_but_others_can_call(provider: Provider) -> None:
    async with Client(provider.url, "2001") as poor, Client(provider.url, OPERATOR) as other:
        offer = proposal(OPERATOR)
        await poor.say(offer)
        assert await poor.hear() == Reject(call=offer.call, reason=EndReason.CREDIT_LIMIT)
        await other.say(proposal("2001"))
        assert isinstance(await poor.hear(), Propose)


async def test_hanging_up_charges_what_was_said_last(provider: Provider) -> None:
    async with Client(provider.url, "2000") as caller, Client(provider.url, OPERATOR) as callee:
        call = await metered_call(caller, callee)
        assert (await charging(caller)).running
        await asyncio.sleep(1.2)
        await callee.say(End(call=call, reason=EndReason.HUNG_UP))
        last = await charging(caller)
        assert last.settled
        assert last.spent_fen == last.answered_s >= 2
        assert await caller.hear() == End(call=call, reason=EndReason.HUNG_UP)
    assert charged(provider) == [(last.spent_fen, 0)]


async def test_a_call_that_the_caller_gave_up_costs_nothing(provider: Provider) -> None:
    async with Client(provider.url, "2000") as caller:
        offer = proposal(OPERATOR)
        await caller.say(offer)
        assert await caller.hear() == Reject(call=offer.call, reason=EndReason.UNREACHABLE)
    assert charged(provider) == []


async def test_the_limit_ends_the_call_and_a_payment_during_the_countdown_keeps_it(provider: Provider) -> None:
    async with Client(provider.url, "2002") as caller, Client(provider.url, OPERATOR) as callee:
        call = await metered_call(caller, callee)
        warned = await charging(caller)
        while warned.warning != 10:
            warned = await charging(caller)
        assert (warned.final, warned.remaining_s) == (True, 10)
        pay(provider, "2002", 5)
        assert (await charging(caller)).remaining_s is not None
        await flow(call, caller, callee)
        while not (told := await charging(caller)).settled:
            pass
        assert (told.answered_s, told.spent_fen) == (17, 17)
        assert await caller.hear() == End(call=call, reason=EndReason.CREDIT_LIMIT)
        assert await callee.hear() == End(call=call, reason=EndReason.HUNG_UP)
    assert charged(provider) == [(17, 0)]


async def test_killed_service_goes_on_counting_from_where_both_sides_were(provider: Provider) -> None:
    async with Client(provider.url, "2000") as caller, Client(provider.url, OPERATOR) as callee:
        call, began = await metered_call(caller, callee), time.monotonic()
        assert (await charging(caller)).running
        provider.kill()
        assert charged(provider)[0][0] is None
        await asyncio.to_thread(provider.start)
        for client in (caller, callee):
            await client.connect()
            assert await client.hear() == Standing(calls=(call,))
            await flow(call, client)
        await caller.say(End(call=call, reason=EndReason.HUNG_UP))
        told = await charging(caller)
        while not told.settled:
            told = await charging(caller)
        assert 1 <= told.spent_fen <= time.monotonic() - began + 1
    assert charged(provider) == [(told.spent_fen, 0)]


async def test_a_call_that_rang_when_the_service_was_killed_gives_its_reservation_back(provider: Provider) -> None:
    async with Client(provider.url, "2000") as caller, Client(provider.url, OPERATOR) as callee:
        await caller.say(proposal(OPERATOR))
        assert isinstance(await callee.hear(), Propose)
        assert charged(provider) == [(None, 60)]
        provider.kill()
        await asyncio.to_thread(provider.start)
    assert charged(provider) == [(0, 0)]


def pay(provider: Provider, number: str, fen: int) -> None:
    """As another process does: the running service is told through the database."""
    engine = open_database(provider.data)
    with writing(engine) as connection:
        account = connection.exec_driver_sql("SELECT id FROM accounts WHERE number = ?", (number,)).scalar_one()
        Ledger().pay(connection, account, fen, "TEST", time.time(), cash=True)
        tell(connection, [account], time.time())
    engine.dispose()
