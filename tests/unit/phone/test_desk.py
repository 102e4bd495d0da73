"""The desk that loads what answers when first it is needed, and the client of who is signed in."""

import asyncio
import threading

import pytest

from vidphone.phone.desk import Desk, SignedInClient, Who
from vidphone.wire.errors import ErrorCode, VidphoneError


class Answering:
    def __init__(self, done: asyncio.Queue[str]) -> None:
        self.thread = threading.get_ident()
        self.closed = False
        self._done = done

    async def perform(self, command: str, /) -> None:
        await self._done.put(command)

    async def close(self) -> None:
        self.closed = True


async def test_what_answers_is_made_once_beside_the_loop_and_closed() -> None:
    done: asyncio.Queue[str] = asyncio.Queue()
    made: list[Answering] = []

    def make() -> Answering:
        made.append(Answering(done))
        return made[-1]

    desk: Desk[str] = Desk("cases", lambda _: None, make)
    assert made == []
    for command in ("one", "two"):
        desk.perform(command)
    assert [await done.get(), await done.get()] == ["one", "two"]
    await desk.close()
    (answering,) = made
    assert answering.closed
    assert answering.thread != threading.get_ident()


class Client:
    def __init__(self, service: str, token: str) -> None:
        self.named = service, token
        self.closed = False

    async def close(self) -> None:
        self.closed = True


async def test_a_client_lasts_as_long_as_the_sign_in() -> None:
    who: Who | None = None
    way = SignedInClient(lambda: who, Client)
    with pytest.raises(VidphoneError, match=ErrorCode.NOT_SIGNED_IN.value):
        await way.ready()
    who = ("https://phone.example", "1001", "one")
    first = await way.ready()
    assert await way.ready() is first
    who = ("https://phone.example", "1002", "two")
    second = await way.ready()
    assert (first.closed, second.named) == (True, ("https://phone.example", "two"))
    await way.close()
    assert second.closed
