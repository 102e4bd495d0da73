"""The hub's shell over a real database and a WebSocket that only listens."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any, cast

import pytest

from vidphone.service.bus import LocalBus
from vidphone.service.hub.effects import CloseCode
from vidphone.service.hub.sessions import Identity
from vidphone.service.hub.shell import HubShell
from vidphone.service.metrics import Metrics
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.journal import StoredJournal
from vidphone.terms.credit import Block
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError


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
    gates = StoredGates(engine, (), Block.PART)
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
