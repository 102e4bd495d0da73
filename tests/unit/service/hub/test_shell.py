"""The hub's shell over a real database and WebSockets without a network."""

import asyncio
import contextlib
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.billing import CONDITIONS
from tests.support.metered import add_metered, plan
from tests.unit.service.hub.bench import call_id, propose
from vidphone.service.bus import LocalBus
from vidphone.service.hub.effects import CloseCode
from vidphone.service.hub.sessions import Identity
from vidphone.service.hub.shell import HubShell
from vidphone.service.metrics import Metrics
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.journal import StoredJournal
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import FRAME, PROTOCOL_VERSION, CallMessage, Hello, Message, Propose, Reject, Standing


class Listener:
    """A client that says nothing."""

    def __init__(self) -> None:
        self.closed_with: int | None = None

    async def receive(self) -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send_text(self, text: str) -> None: ...

    async def close(self, code: int) -> None:
        self.closed_with = code


@pytest.mark.parametrize(
    ("code", "close"),
    [(ErrorCode.NOT_SIGNED_IN, CloseCode.SIGNED_OUT), (ErrorCode.ACCOUNT_DISABLED, CloseCode.DISABLED)],
)
async def test_a_token_revoked_while_its_connection_opens_is_signed_out(
    tmp_path: Path, code: ErrorCode, close: int
) -> None:
    async def confirm() -> None:
        raise VidphoneError(code)

    engine = open_database(tmp_path)
    gates = StoredGates(engine, (), CONDITIONS)
    shell = HubShell(StoredCustomers(engine), StoredJournal(engine), LocalBus(), Metrics(), lambda: None, gates)
    await shell.start()
    listener = Listener()
    identity = Identity("1001", "a" * 32, 1)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(5):
            await shell.serve(cast("Any", listener), identity, Language.ENGLISH, confirm)
    await shell.stop()
    engine.dispose()
    assert listener.closed_with == close


class Talker:
    """A client that says what it is told to, and keeps what it hears."""

    def __init__(self, told: asyncio.Event) -> None:
        self.told = told
        self.frames: asyncio.Queue[str] = asyncio.Queue()
        self.heard: list[CallMessage | Standing] = []

    def say(self, *bodies: CallMessage) -> None:
        """All at once, so that the hub takes them as one batch."""
        for seq, body in enumerate(bodies, 1):
            self.frames.put_nowait(Message(seq=seq, ack=0, body=body).model_dump_json())

    async def receive(self) -> dict[str, Any]:
        return {"type": "websocket.receive", "text": await self.frames.get()}

    async def send_text(self, text: str) -> None:
        if isinstance(frame := FRAME.validate_json(text), Message):
            self.heard.append(frame.body)
            self.told.set()

    async def close(self, code: int) -> None: ...


POOR, PAYEE, FREE, CALL = "2000", "2001", "2009", call_id(1)
TO_PAYEE, TO_FREE = propose(CALL, PAYEE), propose(CALL, FREE)
VOICE, VIDEO = propose(CALL, PAYEE, video=False), TO_PAYEE


async def _propose_at_once(tmp_path: Path, *proposals: Propose) -> dict[str, Talker]:
    """Have the one without credit propose these in one batch; all clients by number."""

    async def confirm() -> None: ...

    engine = open_database(tmp_path)
    prices = plan(6000, voice_e4_yuan=0, rent_fen=0)
    for day, number in enumerate((POOR, PAYEE, FREE), 1):
        add_metered(engine, [number], prices, 0, date(2026, 1, day), 0.0)
    gates = StoredGates(engine, (FREE,), CONDITIONS)
    shell = HubShell(
        StoredCustomers(engine), StoredJournal(engine), LocalBus(), Metrics(), lambda: None, gates, (FREE,)
    )
    await shell.start()
    told = asyncio.Event()
    talkers, serving = {number: Talker(told) for number in (POOR, PAYEE, FREE)}, []
    for token, (number, talker) in enumerate(talkers.items(), 1):
        identity = Identity(number, str(token) * 32, token)
        serving.append(asyncio.create_task(shell.serve(cast("Any", talker), identity, Language.ENGLISH, confirm)))
        hello = Hello(version=PROTOCOL_VERSION, device=identity.device, session=None, received=0)
        talker.frames.put_nowait(hello.model_dump_json())
    await asyncio.sleep(0.2)
    talkers[POOR].say(*proposals)
    async with asyncio.timeout(5):
        await told.wait()
    await asyncio.sleep(0.1)
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)
    await shell.stop()
    engine.dispose()
    return talkers


@pytest.mark.parametrize("proposals", [(TO_PAYEE, TO_FREE), (VIDEO, VOICE), (VIDEO, TO_FREE, VOICE)])
async def test_a_call_that_costs_is_judged_by_itself_whatever_else_bears_its_id(
    tmp_path: Path, proposals: tuple[Propose, ...]
) -> None:
    talkers = await _propose_at_once(tmp_path, *proposals)
    assert talkers[POOR].heard == [Reject(call=CALL, reason=EndReason.CREDIT_LIMIT)]
    assert not talkers[PAYEE].heard
    assert not talkers[FREE].heard


@pytest.mark.parametrize("proposals", [(TO_FREE, TO_PAYEE), (VOICE, VIDEO)])
async def test_a_call_that_costs_nothing_is_not_refused_for_another_of_its_id(
    tmp_path: Path, proposals: tuple[Propose, ...]
) -> None:
    talkers = await _propose_at_once(tmp_path, *proposals)
    (heard,) = talkers[proposals[0].callee].heard
    assert isinstance(heard, Propose)
    assert heard.video == proposals[0].video
    assert not any(isinstance(body, Reject) for body in talkers[POOR].heard)
