"""A real service process, and clients that speak its protocol over real sockets."""

import asyncio
import secrets
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.provider import PASSWORD, Provider
from vidphone.service.passwords import hash_password
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database
from vidphone.wire.reliable import ReliableLink, Verdict
from vidphone.wire.signaling import (
    FRAME,
    PATH,
    PROTOCOL_VERSION,
    Accept,
    Ack,
    CallMessage,
    Charging,
    Error,
    Hello,
    Message,
    Notice,
    Propose,
    Ringing,
    Standing,
    Welcome,
)

WAIT_S = 10.0
CONFIG = """
[rates]
sign_in_per_number = "5/minute"
sign_in_per_address = "1000/minute"
requests_per_address = "100000/minute"

[[ice.stun]]
urls = ["stun:stun.example:3478"]

[[ice.turn]]
urls = ["turn:one.example:3478?transport=udp", "turns:one.example:5349"]
secret = "north-and-south"

[[ice.turn]]
urls = ["turn:two.example:3478"]
secret = "east-and-west"
"""


def make_provider(folder: Path, *numbers: str) -> Provider:
    """A service, not started, with customers of these numbers."""
    provider = Provider(folder)
    engine = open_database(folder)
    customers = StoredCustomers(engine)
    password_hash = hash_password(PASSWORD)
    for number in numbers:
        customers.add(number, f"Customer {number}", password_hash, time.time(), paper="TEST")
    engine.dispose()
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return provider


def sign_in(url: str, number: str, device: str, password: str = PASSWORD) -> httpx.Response:
    body = {"number": number, "password": password, "device": device}
    return httpx.post(f"{url}/v1/sign-in", json=body, timeout=WAIT_S)


def new_id() -> str:
    return secrets.token_hex(16)


def proposal(callee: str) -> Propose:
    return Propose(call=new_id(), callee=callee, video=True, sdp="v=0", commitment="a" * 64)


def acceptance(call: str) -> Accept:
    return Accept(call=call, video=True, sdp="v=0", nonce="b" * 32)


class Client:
    """One signed-in device."""

    def __init__(self, url: str, number: str) -> None:
        self.device = new_id()
        self.number = number
        self.token: str = sign_in(url, number, self.device).json()["token"]
        self.link = ReliableLink()
        self.session: str | None = None
        self.welcome: Welcome | None = None
        self._url = url.replace("http://", "ws://") + PATH
        self._socket: ClientConnection | None = None

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    async def open(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self._socket = await connect(self._url, additional_headers=headers, proxy=None)

    async def connect(self) -> Self:
        await self.open()
        hello = Hello(version=PROTOCOL_VERSION, device=self.device, session=self.session, received=self.link.received)
        await self.socket.send(hello.model_dump_json())
        welcome = await self.frame()
        assert isinstance(welcome, Welcome)
        self.welcome, self.session = welcome, welcome.session
        for message in self.link.resend(welcome.received) if welcome.resumed else self.link.renumber():
            await self.socket.send(message.model_dump_json())
        return self

    async def cut(self) -> None:
        """Lose the connection without a word, as a dying network does."""
        self.socket.transport.abort()
        await self.socket.wait_closed()

    async def say(self, body: CallMessage) -> None:
        """Send now, or keep it until there is a connection again."""
        message = self.link.send(body)
        with suppress(ConnectionClosed):
            await self.socket.send(message.model_dump_json())

    async def frame(self) -> Hello | Welcome | Message | Ack | Notice | Error:
        async with asyncio.timeout(WAIT_S):
            return FRAME.validate_json(await self.socket.recv())

    async def hear(self) -> CallMessage | Standing | Error:
        """The next message or error."""
        while True:
            frame = await self.frame()
            if isinstance(frame, Message) and self.link.receive(frame) is Verdict.DELIVER:
                with suppress(ConnectionClosed):
                    await self.socket.send(Ack(ack=self.link.received).model_dump_json())
                return frame.body
            if isinstance(frame, Ack):
                self.link.acknowledge(frame.ack)
            if isinstance(frame, Error):
                return frame

    async def raw(self, text: str | bytes) -> Error:
        """Send something as it is; the error that answers it."""
        await self.socket.send(text)
        while not isinstance(answer := await self.hear(), Error):
            continue
        return answer

    async def close(self) -> None:
        if self._socket:
            await self._socket.close()

    async def __aenter__(self) -> Self:
        return await self.connect()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def accepted_call(caller: Client, callee: Client) -> str:
    offer = proposal(callee.number)
    await caller.say(offer)
    heard = await callee.hear()
    assert isinstance(heard, Propose)
    await callee.say(Ringing(call=offer.call))
    await callee.say(acceptance(offer.call))
    heard_by_caller: list[object] = []
    while len(heard_by_caller) < 2:
        if not isinstance(message := await caller.hear(), Charging):  # what it costs, where it does
            heard_by_caller.append(message)
    assert heard_by_caller == [Ringing(call=offer.call), acceptance(offer.call)]
    return offer.call
