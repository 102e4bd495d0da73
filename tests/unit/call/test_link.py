"""The link against a real `websockets` server that plays the hub."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.unit.call.messages import call_id
from vidphone.call import link as module
from vidphone.call.link import SignalingLink, signaling_url
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import MAX_UNACKNOWLEDGED
from vidphone.wire.signaling import (
    FRAME,
    Ack,
    CallMessage,
    End,
    Error,
    Hello,
    Message,
    Notice,
    Ringing,
    Standing,
    Topic,
    Welcome,
)

DEVICE, TOKEN = "d" * 32, "very-secret-token"
LIMIT_S = 5.0


class Phone:
    """What the link told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def body(self, body: CallMessage | Standing) -> None:
        self._tell(body)

    def up(self, resumed: bool) -> None:
        self._tell(("up", resumed))

    def down(self, code: ErrorCode) -> None:
        self._tell(("down", code))

    def noticed(self, topics: frozenset[Topic]) -> None:
        self._tell(("noticed", topics))

    def refused(self, code: ErrorCode) -> None:
        self._tell(("refused", code))

    def _tell(self, what: object) -> None:
        self.told.append(what)
        task = asyncio.ensure_future(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def hears(self, what: object, times: int = 1) -> None:
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(lambda: self.told.count(what) >= times)


Play = Callable[["Line"], Awaitable[None]]


class Line:
    """One connection, from the hub's end."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        self.authorization = connection.request.headers["Authorization"] if connection.request else ""

    async def hear(self) -> Hello | Message | Ack | Welcome | Notice | Error:
        async with asyncio.timeout(LIMIT_S):
            return FRAME.validate_json(await self.connection.recv())

    async def message(self) -> Message:
        while True:
            frame = await self.hear()
            if isinstance(frame, Message):
                return frame

    async def say(self, frame: Welcome | Message | Ack | Notice | Error) -> None:
        await self.connection.send(frame.model_dump_json())

    async def greet(self, *, resumed: bool = False, received: int = 0, session: str = "s" * 16) -> Hello:
        hello = await self.hear()
        assert isinstance(hello, Hello)
        await self.say(Welcome(version=1, session=session, resumed=resumed, received=received, number="1001"))
        return hello


class Hub:
    """Plays one scene a connection, in order; the last one again and again."""

    def __init__(self) -> None:
        self.scenes: list[Play] = []
        self.lines = 0
        self.status = HTTPStatus.OK
        self.failures: list[BaseException] = []
        self.server: Server | None = None
        self.port = 0

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self.server = await serve(self._play, "127.0.0.1", self.port, process_request=self._request, ssl=tls)
        self.port = next(iter(self.server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        return None if self.status is HTTPStatus.OK else connection.respond(self.status, "")

    async def _play(self, connection: ServerConnection) -> None:
        scene = self.scenes[min(self.lines, len(self.scenes) - 1)]
        self.lines += 1
        with contextlib.suppress(ConnectionClosed):
            try:
                await scene(Line(connection))
            except AssertionError as failure:
                self.failures.append(failure)


async def stay(line: Line) -> None:
    await line.greet()
    await line.connection.wait_closed()


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    hub = Hub()
    await hub.start()
    yield hub
    await hub.stop()
    assert not hub.failures


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
async def link(hub: Hub, phone: Phone) -> AsyncIterator[SignalingLink]:
    link = SignalingLink(signaling_url(f"http://127.0.0.1:{hub.port}"), TOKEN, DEVICE, phone)
    yield link
    await link.close()


def ringing(n: int) -> Ringing:
    return Ringing(call=call_id(n))


async def test_it_greets_with_token_and_device_and_exchanges_messages(
    hub: Hub, phone: Phone, link: SignalingLink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    heard: list[object] = []

    async def scene(line: Line) -> None:
        heard.append(line.authorization)
        heard.append(await line.greet())
        await line.say(Message(seq=1, ack=0, body=ringing(7)))
        heard.append((await line.message()).body)
        while not isinstance(frame := await line.hear(), Ack):
            pass
        heard.append(frame)
        await line.say(Message(seq=2, ack=1, body=ringing(8)))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.send(ringing(1))
    link.start()
    await phone.hears(ringing(8))

    assert phone.told == [("up", False), ringing(7), ringing(8)]
    hello = Hello(version=1, device=DEVICE, session=None, received=0)
    assert heard == [f"Bearer {TOKEN}", hello, ringing(1), Ack(ack=1)]
    assert not [
        record for record in caplog.records if record.name != "websockets.server" and TOKEN in record.getMessage()
    ]


async def test_a_notice_is_told_without_the_topics_of_later_versions(
    hub: Hub, phone: Phone, link: SignalingLink
) -> None:
    async def scene(line: Line) -> None:
        await line.greet()
        for topics in (("of-tomorrow",), ("cases", "of-tomorrow", "releases")):
            await line.say(Notice(topics=topics))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.start()
    await phone.hears(("noticed", frozenset({Topic.CASES, Topic.RELEASES})))
    assert len(phone.told) == 2


async def test_a_lost_connection_is_resumed_at_once_and_nothing_is_lost_or_doubled(
    hub: Hub, phone: Phone, link: SignalingLink
) -> None:
    second: list[object] = []

    async def first_line(line: Line) -> None:
        await line.greet()
        await line.say(Message(seq=1, ack=0, body=ringing(7)))
        await line.message()
        await line.message()
        line.connection.transport.abort()

    async def second_line(line: Line) -> None:
        second.append(await line.greet(resumed=True, received=1))
        await line.say(Message(seq=1, ack=1, body=ringing(7)))
        second.append(await line.message())
        await line.say(Message(seq=2, ack=1, body=ringing(8)))
        await line.connection.wait_closed()

    hub.scenes = [first_line, second_line]
    link.send(ringing(1))
    link.send(ringing(2))
    link.start()
    await phone.hears(ringing(8))

    assert phone.told == [
        ("up", False), ringing(7), ("down", ErrorCode.SERVICE_UNREACHABLE), ("up", True), ringing(8),
    ]  # fmt: skip
    assert second == [
        Hello(version=1, device=DEVICE, session="s" * 16, received=1),
        Message(seq=2, ack=1, body=ringing(2)),
    ]


async def test_a_new_session_gets_what_was_not_acknowledged_numbered_anew(
    hub: Hub, phone: Phone, link: SignalingLink
) -> None:
    second: list[Message] = []

    async def first_line(line: Line) -> None:
        await line.greet()
        await line.message()
        await line.say(Ack(ack=1))
        await line.message()
        line.connection.transport.abort()

    async def second_line(line: Line) -> None:
        await line.greet(session="t" * 16)
        second.append(await line.message())
        await line.say(Message(seq=1, ack=0, body=Standing(calls=())))
        await line.connection.wait_closed()

    hub.scenes = [first_line, second_line]
    link.start()
    await phone.hears(("up", False))
    link.send(ringing(1))
    link.send(ringing(2))
    await phone.hears(Standing(calls=()))

    assert second == [Message(seq=1, ack=0, body=ringing(2))]


async def test_a_peer_that_falls_silent_is_noticed(
    hub: Hub, phone: Phone, link: SignalingLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.PING_S + module.PONG_S <= 10
    monkeypatch.setattr(module, "PING_S", 0.1)
    monkeypatch.setattr(module, "PONG_S", 0.2)

    async def silent(line: Line) -> None:
        await line.greet()
        line.connection.transport.pause_reading()
        await phone.hears(("down", ErrorCode.SERVICE_UNREACHABLE))
        line.connection.transport.abort()

    hub.scenes = [silent, stay]
    link.start()
    await phone.hears(("up", False), times=2)


async def test_a_changed_network_probes_the_connection(
    hub: Hub, phone: Phone, link: SignalingLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PROBE_S", 0.1)

    async def silent(line: Line) -> None:
        await line.greet()
        line.connection.transport.pause_reading()
        await phone.hears(("down", ErrorCode.SERVICE_UNREACHABLE))
        line.connection.transport.abort()

    hub.scenes = [silent, stay]
    link.start()
    await phone.hears(("up", False))
    link.network_changed()
    await phone.hears(("up", False), times=2)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (HTTPStatus.UNAUTHORIZED, ErrorCode.NOT_SIGNED_IN),
        (HTTPStatus.FORBIDDEN, ErrorCode.ACCOUNT_DISABLED),
    ],
)
async def test_who_is_refused_does_not_try_again(
    hub: Hub, phone: Phone, link: SignalingLink, status: HTTPStatus, code: ErrorCode
) -> None:
    hub.status = status
    link.start()
    await phone.hears(("refused", code))
    await asyncio.sleep(0.05)

    assert phone.told == [("refused", code)]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (ErrorCode.UNKNOWN_VERSION, ErrorCode.SERVICE_INCOMPATIBLE),
        (ErrorCode.NOT_SIGNED_IN, ErrorCode.NOT_SIGNED_IN),
        (ErrorCode.ACCOUNT_DISABLED, ErrorCode.ACCOUNT_DISABLED),
    ],
)
@pytest.mark.parametrize("greeted", [False, True])
async def test_a_refusal_in_a_frame_counts_too(
    hub: Hub, phone: Phone, link: SignalingLink, said: ErrorCode, code: ErrorCode, greeted: bool
) -> None:
    async def scene(line: Line) -> None:
        await (line.greet() if greeted else line.hear())
        await line.say(Error(code=said, message="", next_step=""))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.start()
    await phone.hears(("refused", code))

    assert hub.lines == 1


async def test_a_service_that_is_away_is_found_when_it_is_back(hub: Hub, phone: Phone, link: SignalingLink) -> None:
    await hub.stop()
    link.start()
    await phone.hears(("down", ErrorCode.SERVICE_UNREACHABLE))
    link.send(End(call=call_id(1), reason=EndReason.HUNG_UP))
    hub.scenes = [stay]
    await hub.start()
    link.network_changed()
    await phone.hears(("up", False))

    assert phone.told == [("down", ErrorCode.SERVICE_UNREACHABLE), ("up", False)]


async def test_frames_that_make_no_sense_harm_nothing(hub: Hub, phone: Phone, link: SignalingLink) -> None:
    async def scene(line: Line) -> None:
        await line.greet()
        for nonsense in ("{", "[]", '{"type":"later"}', b"\x00\xff"):
            await line.connection.send(nonsense)
        await line.connection.send('{"type":"message","seq":1,"ack":0,"body":{"type":"of-version-2"}}')
        await line.say(Message(seq=2, ack=0, body=ringing(2)))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.start()
    await phone.hears(ringing(2))

    assert hub.lines == 1


async def test_a_call_that_the_hub_does_not_know_is_over(hub: Hub, phone: Phone, link: SignalingLink) -> None:
    async def scene(line: Line) -> None:
        await line.greet()
        await line.message()
        await line.say(Error(code=ErrorCode.UNKNOWN_CALL, message="", next_step="", seq=1, call=call_id(1)))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.send(ringing(1))
    link.start()
    await phone.hears(End(call=call_id(1), reason=EndReason.FAILED))


async def test_what_the_hub_refused_for_its_order_is_sent_again(
    hub: Hub, phone: Phone, link: SignalingLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESEND_S", 0.05)
    again: list[Message] = []

    async def scene(line: Line) -> None:
        await line.greet()
        await line.message()
        await line.message()
        for _ in range(2):
            await line.say(Error(code=ErrorCode.OUT_OF_ORDER, message="", next_step="", seq=2, expected=1))
        again.extend([await line.message(), await line.message()])
        await line.say(Message(seq=1, ack=2, body=ringing(7)))
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.send(ringing(1))
    link.send(ringing(2))
    link.start()
    await phone.hears(ringing(7))

    assert [message.body for message in again] == [ringing(1), ringing(2)]


async def test_a_session_whose_books_overflow_is_given_up_and_the_hub_asked_what_stands(
    hub: Hub, phone: Phone, link: SignalingLink
) -> None:
    hellos: list[Hello] = []

    async def scene(line: Line) -> None:
        hellos.append(await line.greet())
        await line.connection.wait_closed()

    hub.scenes = [scene]
    for n in range(MAX_UNACKNOWLEDGED + 1):
        link.send(ringing(n))
    link.start()
    await phone.hears(("up", False))

    assert hellos == [Hello(version=1, device=DEVICE, session=module.LOST_SESSION, received=0)]


async def test_closing_sends_what_waits(hub: Hub, phone: Phone, link: SignalingLink) -> None:
    heard: asyncio.Queue[Message] = asyncio.Queue()

    async def scene(line: Line) -> None:
        await line.greet()
        heard.put_nowait(await line.message())
        await line.connection.wait_closed()

    hub.scenes = [scene]
    link.start()
    await phone.hears(("up", False))
    link.send(End(call=call_id(1), reason=EndReason.HUNG_UP))
    await link.close()

    async with asyncio.timeout(LIMIT_S):
        assert (await heard.get()).body == End(call=call_id(1), reason=EndReason.HUNG_UP)


async def test_closing_while_connecting_is_prompt(phone: Phone) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        link = SignalingLink(f"ws://127.0.0.1:{silent.getsockname()[1]}/", TOKEN, DEVICE, phone)
        link.start()
        await asyncio.sleep(0.05)
        async with asyncio.timeout(LIMIT_S):
            await link.close()

    assert phone.told == []


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2120, 1, 1, tzinfo=UTC)
    )
    certificate = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    plain = serialization.NoEncryption()
    pem = certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(pem)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


async def test_a_certificate_that_is_not_trusted_gets_no_token(phone: Phone, tmp_path: Path) -> None:
    hub = Hub()
    hub.scenes = [stay]
    await hub.start(self_signed(tmp_path))
    trusted = Phone()
    links = [
        SignalingLink(signaling_url(f"https://localhost:{hub.port}"), TOKEN, DEVICE, listener, tls=tls)
        for listener, tls in (
            (phone, None),
            (trusted, ssl.create_default_context(cafile=tmp_path / "certificate.pem")),
        )
    ]
    for link in links:
        link.start()
    await phone.hears(("down", ErrorCode.SERVICE_NOT_SECURE))
    await trusted.hears(("up", False))
    for link in links:
        await link.close()
    await hub.stop()

    assert hub.lines == 1


def test_the_address_of_the_service_must_be_secure_or_on_this_machine() -> None:
    assert signaling_url("https://phone.example.org") == "wss://phone.example.org/v1/signaling"
    assert signaling_url(" https://phone.example.org:8443/base/ ") == "wss://phone.example.org:8443/base/v1/signaling"
    assert signaling_url("http://localhost:8080") == "ws://localhost:8080/v1/signaling"
    assert signaling_url("http://[::1]:8080") == "ws://[::1]:8080/v1/signaling"
    for address, code in {
        "http://phone.example.org": ErrorCode.SERVICE_NOT_SECURE,
        "http://192.0.2.1": ErrorCode.SERVICE_NOT_SECURE,
        "phone.example.org": ErrorCode.SERVICE_UNREACHABLE,
        "ftp://phone.example.org": ErrorCode.SERVICE_UNREACHABLE,
        "https://[": ErrorCode.SERVICE_UNREACHABLE,
    }.items():
        with pytest.raises(VidphoneError) as raised:
            signaling_url(address)
        assert raised.value.code is code
