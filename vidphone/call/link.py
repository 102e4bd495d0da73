"""The signaling link: a WebSocket to the hub that comes back by itself. `docs/signaling.md` tells the protocol.

Messages wait in a `ReliableLink` while there is no connection. A lost connection is tried again at once, then after
0.5 to 8 s, doubled each time, with a quarter more or less by chance so that not all phones of a restarted service
come back in the same instant. A dead one is noticed within `PING_S + PONG_S`. Nothing but a refusal ends the trying.
"""

import asyncio
import contextlib
import logging
import secrets
import ssl
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from vidphone.call.address import is_gone, signaling_url
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.hosts import is_loopback
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import LinkOverflow, ReliableLink, Verdict
from vidphone.wire.signaling import (
    FRAME,
    MAX_FRAME_BYTES,
    PROTOCOL_VERSION,
    Ack,
    CallMessage,
    End,
    Error,
    Hello,
    Message,
    Notice,
    Standing,
    Topic,
    Welcome,
)

__all__ = ["LinkListener", "SignalingLink", "signaling_url"]

OPEN_S = 8.0
"""For TCP, TLS and the WebSocket's handshake."""
WELCOME_S = 8.0
PING_S = 5.0
PONG_S = 4.0
PROBE_S = 2.0
"""How long the pong may take after the network changed."""
ACK_S = 0.5
"""An acknowledgement waits so long for a message to ride on."""
FIRST_RETRY_S, LAST_RETRY_S = 0.5, 8.0
STEADY_S = 5.0
"""A connection that held so long was a good one: the next retry is at once again."""
RESEND_S = 1.0
"""After the hub refused messages for coming too fast, or out of order."""
FLUSH_S = 1.0
MAX_OUTBOX = 1024

REFUSALS = {
    ErrorCode.NOT_SIGNED_IN: ErrorCode.NOT_SIGNED_IN,
    ErrorCode.ACCOUNT_DISABLED: ErrorCode.ACCOUNT_DISABLED,
    ErrorCode.UNKNOWN_VERSION: ErrorCode.SERVICE_INCOMPATIBLE,
}
"""What the hub says that no retry can change, and what that means for this side."""
STATUS_REFUSALS = {401: ErrorCode.NOT_SIGNED_IN, 403: ErrorCode.ACCOUNT_DISABLED}
CLOSE_REFUSALS = {4001: ErrorCode.SUPERSEDED, 4002: ErrorCode.NOT_SIGNED_IN, 4003: ErrorCode.ACCOUNT_DISABLED}
LOST_SESSION = "0" * 16
"""A session that no hub has: asks for a new one and for what stands (`standing`)."""

log = logging.getLogger(__name__)
_library_log = logging.getLogger(f"{__name__}.websocket")
_library_log.setLevel(logging.WARNING)  # in more detail the library logs headers and frames: tokens and numbers
_chance = secrets.SystemRandom()


class LinkListener(Protocol):
    """What the link tells. Called on the loop."""

    def body(self, body: CallMessage | Standing) -> None:
        """A message came in, for the first time and in order."""

    def up(self, resumed: bool) -> None:
        """The link is up, with the session it had or with a new one."""

    def noticed(self, topics: frozenset[Topic]) -> None:
        """The hub says that there is something new on these topics."""

    def down(self, code: ErrorCode) -> None:
        """The link is down and is being tried again: `SERVICE_UNREACHABLE`, or `SERVICE_NOT_SECURE` where the
        service's certificate is not to be trusted. Told once, and again when the code changes.
        """

    def refused(self, code: ErrorCode) -> None:
        """The service will not have this client: `NOT_SIGNED_IN`, `ACCOUNT_DISABLED`, `SERVICE_INCOMPATIBLE`.
        Nothing more is tried.
        """


class _Refused(Exception):
    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.value)
        self.code = code


class _Unusable(Exception):
    """This connection will not do; another one may."""


class _Numbered(BaseModel):
    """What can be told of a message whose body is from a later protocol."""

    seq: Annotated[int, Field(ge=1)]


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc  # the token is for the service the customer named, and for nobody it points to


class SignalingLink:
    """The signaling of one signed-in device (`ports.Signaling`)."""

    def __init__(
        self, url: str, token: str, device: str, listener: LinkListener, *, tls: ssl.SSLContext | None = None
    ) -> None:
        """`url` is that of `signaling_url`, `device` the id that the token was given to, `tls` trust of one's own.

        Raises:
            VidphoneError: `SERVICE_NOT_SECURE`, the address is neither `wss://` nor on this machine.
        """
        self._secure = url.startswith("wss://")
        self._local = is_loopback(urlsplit(url).hostname or "")
        if not (self._secure or self._local):
            raise VidphoneError(ErrorCode.SERVICE_NOT_SECURE, {"service": url})
        self._url = url
        self._token = token
        self._device = device
        self._listener = listener
        self._tls = tls
        self._books = ReliableLink()
        self._session: str | None = None
        self.number: str | None = None
        """Whom the hub greeted last: the provider may change a customer's number."""
        self._connection: ClientConnection | None = None
        self._outbox: asyncio.Queue[str] | None = None
        self._up_at: float | None = None
        self._said_down: ErrorCode | None = None
        self._acknowledged = 0
        self._ack_timer: asyncio.TimerHandle | None = None
        self._resend_timer: asyncio.TimerHandle | None = None
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._probe: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether the hub can be reached now."""
        return self._outbox is not None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._run(), name="signaling")

    def send(self, message: CallMessage) -> None:
        """Queue a message; it is delivered once, in order, across lost connections."""
        try:
            framed = self._books.send(message)
        except LinkOverflow:
            self._start_over()
            framed = self._books.send(message)
        self._put(framed)

    def network_changed(self) -> None:
        """The machine's addresses or routes changed: see at once whether the connection lives, or connect at once."""
        self._hurry.set()
        if self._connection is not None and (self._probe is None or self._probe.done()):
            self._probe = asyncio.create_task(self._check(self._connection), name="signaling-probe")

    async def close(self) -> None:
        """Send what waits, as far as that goes within `FLUSH_S`, and end."""
        if self._outbox is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self._outbox.join()
        tasks = [task for task in (self._task, self._probe) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # Connecting.

    async def _run(self) -> None:
        attempt = 0
        while True:
            code = ErrorCode.SERVICE_UNREACHABLE
            self._hurry.clear()
            try:
                await self._connect()
            except _Refused as refusal:
                self._listener.refused(refusal.code)
                return
            except ssl.SSLCertVerificationError:
                code = ErrorCode.SERVICE_NOT_SECURE
            except (OSError, WebSocketException, ValueError, _Unusable) as error:
                log.info("signaling connection: %s", type(error).__name__)
            if self._said_down is not code:
                self._said_down = code
                self._listener.down(code)
            up_at, self._up_at = self._up_at, None
            if up_at is not None and asyncio.get_running_loop().time() - up_at >= STEADY_S:
                attempt = 0
            await self._pause(attempt)
            attempt += 1

    async def _pause(self, attempt: int) -> None:
        if attempt == 0:
            return
        pause_s = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(attempt - 1, 10))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s * _chance.uniform(0.75, 1.25)):
                await self._hurry.wait()

    async def _connect(self) -> None:
        """One connection, from its beginning to its end."""
        try:
            connection = await _Connect(
                self._url,
                ssl=(self._tls or ssl.create_default_context()) if self._secure else None,
                proxy=None if self._local else True,
                additional_headers={"Authorization": f"Bearer {self._token}"},
                max_size=MAX_FRAME_BYTES,
                open_timeout=OPEN_S,
                ping_interval=PING_S,
                ping_timeout=PONG_S,
                close_timeout=1,
                logger=_library_log,
            )
        except InvalidStatus as answer:
            if (refusal := STATUS_REFUSALS.get(answer.response.status_code)) is not None:
                raise _Refused(refusal) from None
            raise
        outbox: asyncio.Queue[str] = asyncio.Queue(MAX_OUTBOX)
        writer = asyncio.create_task(_write(connection, outbox), name="signaling-writer")
        self._connection = connection
        try:
            await self._greet(connection, outbox)
            async for data in connection:
                self._take(data)
        except ConnectionClosed as closed:
            if closed.rcvd is not None and closed.rcvd.code in CLOSE_REFUSALS:
                raise _Refused(CLOSE_REFUSALS[closed.rcvd.code]) from None
            raise
        finally:
            self._connection = self._outbox = None
            self._stop_timers()
            writer.cancel()
            await asyncio.wait([writer])
            await connection.close()

    async def _greet(self, connection: ClientConnection, outbox: asyncio.Queue[str]) -> None:
        hello = Hello(
            version=PROTOCOL_VERSION, device=self._device, session=self._session, received=self._books.received
        )
        await connection.send(hello.model_dump_json(exclude_none=True))
        async with asyncio.timeout(WELCOME_S):
            answer = FRAME.validate_json(await connection.recv())
        if isinstance(answer, Error):
            raise _Refused(REFUSALS[answer.code]) if answer.code in REFUSALS else _Unusable
        if not isinstance(answer, Welcome):
            raise _Unusable
        if answer.version != PROTOCOL_VERSION:
            raise _Refused(ErrorCode.SERVICE_INCOMPATIBLE)
        if answer.resumed and not self._books.can_resume(answer.received):
            self._start_over()
            raise _Unusable
        self._session, self.number = answer.session, answer.number
        again = self._books.resend(answer.received) if answer.resumed else self._books.renumber()
        self._acknowledged = self._books.received
        for message in again:
            outbox.put_nowait(message.model_dump_json(exclude_none=True))
        self._outbox = outbox
        self._up_at = asyncio.get_running_loop().time()
        self._said_down = None
        self._listener.up(answer.resumed)

    async def _check(self, connection: ClientConnection) -> None:
        if is_gone(connection.local_address[0]):
            connection.transport.abort()
            return
        try:
            async with asyncio.timeout(PROBE_S):
                await (await connection.ping())
        except (TimeoutError, ConnectionClosed):
            connection.transport.abort()

    def _start_over(self) -> None:
        """The books are worthless: begin new ones, and let the hub say what stands."""
        self._books = ReliableLink()
        self._session = LOST_SESSION
        self._drop()

    def _drop(self) -> None:
        self._outbox = None
        if self._connection is not None:
            self._connection.transport.abort()

    # Frames.

    def _take(self, data: str | bytes) -> None:
        try:
            frame = FRAME.validate_json(data)
        except ValidationError:
            self._take_unreadable(data)
            return
        match frame:
            case Message(seq=seq, ack=ack, body=body):
                self._books.acknowledge(ack)
                if self._book(seq):
                    self._deliver(body)
            case Ack(ack=ack):
                self._books.acknowledge(ack)
            case Notice(known=topics):
                if topics:
                    self._listener.noticed(topics)
            case Error():
                self._take_error(frame)
            case _:
                log.warning("signaling: a frame that is not the hub's to send")

    def _take_unreadable(self, data: str | bytes) -> None:
        """A message of a later protocol is passed over, but booked, or else everything behind it would wait."""
        log.warning("signaling: a frame that cannot be read")
        with contextlib.suppress(ValidationError):
            self._book(_Numbered.model_validate_json(data).seq)

    def _take_error(self, error: Error) -> None:
        log.warning("signaling: the hub refused a frame: %s", error.code)
        if error.code in REFUSALS:
            raise _Refused(REFUSALS[error.code])
        if error.expected is not None and self._resend_timer is None:
            loop = asyncio.get_running_loop()
            self._resend_timer = loop.call_later(RESEND_S, self._resend, error.expected - 1)
        if error.code is ErrorCode.UNKNOWN_CALL and error.call is not None:
            # What the hub does not know cannot go on: it is over, whatever this side holds it for.
            with contextlib.suppress(ValidationError):
                self._deliver(End(call=error.call, reason=EndReason.FAILED))

    def _book(self, seq: int) -> bool:
        verdict = self._books.book(seq)
        if verdict is Verdict.GAP:
            raise _Unusable
        if verdict is Verdict.DUPLICATE:
            self._acknowledged = -1  # it comes again because our acknowledgement was lost
        if self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_S, self._acknowledge)
        return verdict is Verdict.DELIVER

    def _deliver(self, body: CallMessage | Standing) -> None:
        try:
            self._listener.body(body)
        except Exception:
            log.exception("signaling: a message was not taken")

    def _put(self, frame: Message | Ack) -> None:
        if self._outbox is None:
            return
        self._acknowledged = frame.ack
        try:
            self._outbox.put_nowait(frame.model_dump_json(exclude_none=True))
        except asyncio.QueueFull:
            self._drop()  # what waits is sent again when the session is resumed

    def _acknowledge(self) -> None:
        self._ack_timer = None
        if self._acknowledged < self._books.received:
            self._put(Ack(ack=self._books.received))

    def _resend(self, ack: int) -> None:
        self._resend_timer = None
        for message in self._books.resend(ack):
            self._put(message)

    def _stop_timers(self) -> None:
        for timer in (self._ack_timer, self._resend_timer):
            if timer is not None:
                timer.cancel()
        self._ack_timer = self._resend_timer = None


async def _write(connection: ClientConnection, outbox: asyncio.Queue[str]) -> None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.send(await outbox.get())
            outbox.task_done()
