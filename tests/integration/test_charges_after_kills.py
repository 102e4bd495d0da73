"""What calls cost when service and clients are killed (SIGKILL) at any moment (clauses 2 and 9)."""

import asyncio
import json
import math
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from tests.integration.service_bench import CONFIG, Client, accepted_call
from tests.support.metered import add_metered, plan
from tests.support.provider import PASSWORD, Provider
from tests.support.thorough import THOROUGH, all_or
from vidphone.service.days import provider_day
from vidphone.service.ledger.check import faults
from vidphone.service.metering.stopwatch import FRESH_S
from vidphone.service.store.engine import open_database
from vidphone.service.store.tables_ledger import call_charges, transfers
from vidphone.terms.money import charge_fen
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import RESUME_S, End, Media

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PRICE = 60_000
LIMIT_FEN = 100_000
RUNS = all_or(8, 40)


def test_calls_are_charged_as_confirmed_once_and_within_the_limit_wherever_anybody_is_killed() -> None:
    """In virtual time; `python -m tests.support.charged_calls 1000` for more runs."""
    command = [sys.executable, "-m", "tests.support.charged_calls", str(RUNS), "5000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert figures["wrong"] == {}
    assert min(figures[what] for what in ("kills of the service", "kills of clients", "to the second")) > 0
    assert done.returncode == 0


@asynccontextmanager
async def talking(call: str, *clients: Client) -> AsyncIterator[None]:
    """Both say each second that media flows, and take what they are told."""

    async def listen(client: Client) -> None:
        while True:
            try:
                await client.hear()
            except TimeoutError:
                continue
            except ConnectionClosed:
                return

    async def speak(client: Client) -> None:
        while True:
            await client.say(Media(call=call, flowing=True))
            await asyncio.sleep(1)

    tasks = [asyncio.create_task(work(client)) for client in clients for work in (listen, speak)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("killed", ["service", "both", *(["client"] if THOROUGH else [])])
async def test_a_call_over_real_sockets_is_charged_what_both_confirmed(tmp_path: Path, killed: str) -> None:
    provider, draw = Provider(tmp_path / "data"), random.Random()
    now = time.time()
    engine = open_database(provider.data)
    add_metered(engine, ("1001", "1002"), plan(PRICE), LIMIT_FEN, provider_day(now), now, PASSWORD)
    (provider.data / "config.toml").write_text(CONFIG, encoding="utf-8")
    with provider:
        async with Client(provider.url, "1001") as caller, Client(provider.url, "1002") as callee:
            call = await accepted_call(caller, callee)
            begun = time.monotonic()
            async with talking(call, caller, callee):
                await asyncio.sleep(draw.uniform(2.5, 5))
            confirmed_s = time.monotonic() - begun - 2.5  # one word a second, and a machine that is busy
            if killed != "client":
                await asyncio.to_thread(provider.kill)
            if killed != "service":
                await caller.cut()
            if killed != "client":
                await asyncio.sleep(draw.uniform(0, 3))
                await asyncio.to_thread(provider.start)
                await callee.connect()
            if killed == "service":
                await caller.connect()
                async with talking(call, caller, callee):
                    await asyncio.sleep(draw.uniform(2.5, 4))
                confirmed_s = time.monotonic() - begun - 2.5
                await caller.say(End(call=call, reason=EndReason.HUNG_UP))
            talked_s = time.monotonic() - begun
            row = None
            async with asyncio.timeout(RESUME_S + 60):
                while row is None:
                    await asyncio.sleep(0.2)
                    with engine.connect() as connection:
                        charged = call_charges.c.charged_at.is_not(None)
                        row = connection.execute(select(call_charges).where(charged)).one_or_none()
    with engine.connect() as connection:
        assert faults(connection) == []
        (moved,) = connection.execute(select(transfers)).all()
    engine.dispose()
    assert math.floor(confirmed_s) <= row.used_s <= math.ceil(talked_s + (0 if killed == "service" else FRESH_S))
    assert (moved.reference, moved.amount_fen) == (f"call:{call}", row.amount_fen)
    assert row.amount_fen == charge_fen(row.used_s, PRICE)
