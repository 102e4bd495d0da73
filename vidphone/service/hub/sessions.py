"""Connections and sessions: who is there, and messages that survive a lost connection. Pure.

A connection is a WebSocket of a signed-in device; its `hello` begins a session or resumes one. A device has one
session, a session at most one connection. A session without connection lives on for `RESUME_S` and keeps what is
sent to it; then it is gone, and whoever was called through it with it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Protocol

from vidphone.service.hub import limits
from vidphone.service.hub.deadlines import Deadlines
from vidphone.service.hub.effects import Address, Close, CloseCode, Effect, Pause, Send
from vidphone.service.hub.frames import Incoming, Refusal, Unreadable, not_now
from vidphone.texts import Language, text
from vidphone.wire.errors import ErrorCode, explain
from vidphone.wire.reliable import LinkOverflow, ReliableLink, Verdict
from vidphone.wire.signaling import (
    PROTOCOL_VERSION,
    RESUME_S,
    Ack,
    CallMessage,
    Error,
    Hello,
    Message,
    Notice,
    Standing,
    Topic,
    Welcome,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a connection's token stands for."""

    number: str
    device: str
    token: int

    @property
    def address(self) -> Address:
        """The device."""
        return Address(self.number, self.device)


@dataclass(slots=True)
class _Connection:
    id: int
    identity: Identity
    language: Language
    frames_left: float = limits.BURST_FRAMES
    refilled_at: float = 0.0
    session: "_Session | None" = None


@dataclass(slots=True)
class _Session:
    id: str
    address: Address
    token: int
    link: ReliableLink = field(default_factory=ReliableLink)
    connection: _Connection | None = None
    lost_at: float = 0.0
    acknowledged: int = 0
    """The last message that the client knows to have arrived."""
    expected: bool = False
    """After a restart: stands for the session that the device had, and keeps what is posted to it."""
    noticed: set[Topic] = field(default_factory=set)
    """What there was to notice while there was no connection."""


class SessionListener(Protocol):
    """What sessions tell the rules of calls."""

    def arrived(
        self, device: Address, *, claimed: bool, waiting: tuple[CallMessage | Standing, ...], now: float
    ) -> None:
        """A device has a new session; `claimed` if it had asked to resume one that is not there.

        `waiting` is what was posted to it since a restart.
        """

    def gone(self, device: Address, now: float) -> None:
        """A device stayed away for too long, or stopped listening."""

    def delivered(self, device: Address, body: CallMessage | Standing) -> None:
        """A device acknowledged a message."""

    def message(self, sender: Address, body: CallMessage | Standing, now: float) -> Refusal | None:
        """A device sent a message, for the first time and in order."""


class Sessions:
    """All connections and sessions of the hub."""

    def __init__(
        self,
        listener: SessionListener,
        emit: Callable[[Effect], None],
        deadlines: Deadlines,
        new_session_id: Callable[[], str],
    ) -> None:
        self._listener = listener
        self._emit = emit
        self._deadlines = deadlines
        self._new_session_id = new_session_id
        self._connections: dict[int, _Connection] = {}
        self._numbers: dict[str, dict[Address, _Session]] = {}
        self._connected: dict[str, int] = {}
        self._unacknowledged: dict[int, _Session] = {}
        self._overflowed: set[Address] = set()

    def devices_of(self, number: str) -> tuple[Address, ...]:
        """The devices that are there, those within their `RESUME_S` included."""
        return tuple(self._numbers.get(number, ()))

    def counts(self) -> tuple[int, int]:
        """How many connections and sessions there are."""
        return len(self._connections), sum(len(devices) for devices in self._numbers.values())

    # From the shell.

    def expect(self, device: Address, now: float) -> None:
        """After a restart: a device in a call has `RESUME_S` to come back, and misses nothing meanwhile."""
        if device not in self._numbers.get(device.number, {}):
            session = _Session(self._new_session_id(), device, token=0, expected=True)
            self._numbers.setdefault(device.number, {})[device] = session
            self._lose(session, now)

    def opened(self, connection: int, identity: Identity, language: Language, now: float) -> None:
        """A connection with a valid token came in."""
        if self._connected.get(identity.number, 0) >= limits.MAX_CONNECTIONS_PER_NUMBER:
            self._emit(Close(connection, CloseCode.TOO_MANY_CONNECTIONS))
            return
        self._connected[identity.number] = self._connected.get(identity.number, 0) + 1
        self._connections[connection] = _Connection(connection, identity, language, refilled_at=now)
        self._deadlines.add(now + limits.GREETING_S, lambda at: self._greeting_due(connection, at))

    def closed(self, connection_id: int, now: float) -> None:
        """A connection is no more; its session waits."""
        connection = self._forget(connection_id)
        if connection and connection.session:
            self._lose(connection.session, now)

    def received(self, connection_id: int, incoming: Incoming, now: float) -> None:
        """A frame came in. One of a connection that was closed meanwhile is dropped."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        if not self._take(connection, now):
            self._refuse_flood(connection, incoming)
        elif isinstance(incoming, Hello):
            self._greet(connection, incoming, now)
        elif connection.session is None:
            refusal = incoming if isinstance(incoming, Refusal) else Refusal(ErrorCode.NOT_GREETED)
            self._refuse(connection, refusal, seq=incoming.seq if isinstance(incoming, Message | Unreadable) else None)
        elif isinstance(incoming, Refusal):
            self._refuse(connection, incoming)
        else:
            self._book(connection, connection.session, incoming, now)

    def post(self, device: Address, body: CallMessage | Standing) -> None:
        """Send a message to a device; without a connection it waits. To a device that is gone: nothing."""
        session = self._numbers.get(device.number, {}).get(device)
        if session is None:
            return
        try:
            message = session.link.send(body)
        except LinkOverflow:
            self._overflowed.add(device)
            return
        if session.connection:
            session.acknowledged = message.ack
            self._emit(Send(session.connection.id, message))

    def notice(self, numbers: Collection[str] | None, topic: Topic) -> None:
        """Hint that there is something new to all devices of some numbers, or of all (None)."""
        for number in self._numbers if numbers is None else numbers:
            for session in self._numbers.get(number, {}).values():
                if session.connection:
                    self._emit(Send(session.connection.id, Notice(topics=(topic,))))
                else:
                    session.noticed.add(topic)

    def settle(self, now: float) -> None:
        """After each input: give up on devices that acknowledge nothing any more."""
        while self._overflowed:
            device = self._overflowed.pop()
            session = self._numbers.get(device.number, {}).get(device)
            if session:
                self._end(session, CloseCode.TOO_SLOW)
                self._listener.gone(device, now)

    def flush(self) -> None:
        """At the end of a batch: acknowledge what no message has acknowledged."""
        for session in self._unacknowledged.values():
            if session.connection and session.acknowledged < session.link.received:
                session.acknowledged = session.link.received
                self._emit(Send(session.connection.id, Ack(ack=session.link.received)))
        self._unacknowledged.clear()

    def dismiss(self, number: str, token: int | None, code: ErrorCode) -> None:
        """End sessions and connections: of a token, or all of a number. What was posted to them is sent first."""
        close = CloseCode.DISABLED if code is ErrorCode.ACCOUNT_DISABLED else CloseCode.SIGNED_OUT
        for session in list(self._numbers.get(number, {}).values()):
            if token in (None, session.token):
                self._remove(session)
        for connection in list(self._connections.values()):
            if connection.identity.number == number and token in (None, connection.identity.token):
                self._refuse(connection, Refusal(code))
                self._emit(Close(connection.id, close))
                self._forget(connection.id)

    def send_away(self, number: str) -> None:
        """End all sessions and connections of a number whose clients are to come again."""
        for session in list(self._numbers.get(number, {}).values()):
            self._end(session, CloseCode.COME_AGAIN)
        for connection in list(self._connections.values()):
            if connection.identity.number == number:
                self._emit(Close(connection.id, CloseCode.COME_AGAIN))
                self._forget(connection.id)

    def addresses(self, number: str, token: int | None) -> tuple[Address, ...]:
        """The devices that `dismiss` would end."""
        return tuple(
            address for address, session in self._numbers.get(number, {}).items() if token in (None, session.token)
        )

    # Greeting.

    def _greet(self, connection: _Connection, hello: Hello, now: float) -> None:
        identity = connection.identity
        if hello.version != PROTOCOL_VERSION:
            self._refuse(connection, Refusal(ErrorCode.UNKNOWN_VERSION), versions=(PROTOCOL_VERSION,))
        elif connection.session:
            self._refuse(connection, not_now("greeted"))
        elif hello.device != identity.device:
            self._refuse(connection, Refusal(ErrorCode.NOT_SIGNED_IN))  # the token is another device's
        else:
            session = self._numbers.get(identity.number, {}).get(identity.address)
            if session and session.id == hello.session and session.link.can_resume(hello.received):
                self._resume(connection, session, hello)
            else:
                self._begin(connection, session, hello, now)

    def _resume(self, connection: _Connection, session: _Session, hello: Hello) -> None:
        self._attach(connection, session)
        self._welcome(connection, session, resumed=True)
        for message in session.link.resend(hello.received):
            self._emit(Send(connection.id, message))
        if session.noticed:
            self._emit(Send(connection.id, Notice(topics=tuple(sorted(session.noticed)))))
            session.noticed.clear()

    def _begin(self, connection: _Connection, old: _Session | None, hello: Hello, now: float) -> None:
        devices = self._numbers.setdefault(connection.identity.number, {})
        if old is None and len(devices) >= limits.MAX_SESSIONS_PER_NUMBER:
            self._refuse(connection, not_now("devices"))
            return
        session = _Session(self._new_session_id(), connection.identity.address, connection.identity.token)
        if old and old.connection:
            self._supersede(old)
        devices[session.address] = session
        self._overflowed.discard(session.address)
        self._attach(connection, session)
        self._welcome(connection, session, resumed=False)
        waiting = old.link.waiting() if old and old.expected else ()
        self._listener.arrived(session.address, claimed=hello.session is not None, waiting=waiting, now=now)

    def _attach(self, connection: _Connection, session: _Session) -> None:
        if session.connection:
            self._supersede(session)
        session.connection = connection
        session.token = connection.identity.token
        connection.session = session

    def _supersede(self, session: _Session) -> None:
        if session.connection:
            self._emit(Close(session.connection.id, CloseCode.SUPERSEDED))
            self._forget(session.connection.id)
            session.connection = None

    def _welcome(self, connection: _Connection, session: _Session, *, resumed: bool) -> None:
        session.acknowledged = session.link.received
        frame = Welcome(
            version=PROTOCOL_VERSION,
            session=session.id,
            resumed=resumed,
            received=session.link.received,
            number=session.address.number,
        )
        self._emit(Send(connection.id, frame))

    # Messages.

    def _book(
        self,
        connection: _Connection,
        session: _Session,
        incoming: Message | Unreadable | Ack,
        now: float,
    ) -> None:
        for body in session.link.acknowledge(incoming.ack):
            self._listener.delivered(session.address, body)
        if isinstance(incoming, Ack):
            return
        self._unacknowledged[connection.id] = session
        verdict = session.link.book(incoming.seq)
        if verdict is Verdict.GAP:
            expected = session.link.received + 1
            refusal = Refusal(ErrorCode.OUT_OF_ORDER, {"expected": expected})
            self._refuse(connection, refusal, seq=incoming.seq, expected=expected)
        elif verdict is Verdict.DUPLICATE:
            session.acknowledged = 0  # it is sent again because the acknowledgement was lost: repeat that
        elif isinstance(incoming, Unreadable):
            self._refuse(connection, incoming.refusal, seq=incoming.seq)
        else:
            refused = self._listener.message(session.address, incoming.body, now)
            if refused:
                call = getattr(incoming.body, "call", None)
                self._refuse(connection, replace(refused, call=call), seq=incoming.seq)

    # Refusing.

    def _take(self, connection: _Connection, now: float) -> bool:
        """A token bucket: `BURST_FRAMES` at once, `FRAMES_PER_S` in the long run."""
        earned = (now - connection.refilled_at) * limits.FRAMES_PER_S
        connection.frames_left = min(limits.BURST_FRAMES, connection.frames_left + earned)
        connection.refilled_at = now
        if connection.frames_left < 1:
            return False
        connection.frames_left -= 1
        return True

    def _refuse_flood(self, connection: _Connection, incoming: Incoming) -> None:
        expected = connection.session.link.received + 1 if connection.session else None
        seq = incoming.seq if isinstance(incoming, Message | Unreadable) else None
        self._refuse(connection, Refusal(ErrorCode.TOO_MANY_MESSAGES), seq=seq, expected=expected)
        self._emit(Pause(connection.id))

    def _refuse(
        self,
        connection: _Connection,
        refusal: Refusal,
        *,
        seq: int | None = None,
        expected: int | None = None,
        versions: tuple[int, ...] | None = None,
    ) -> None:
        about = dict(refusal.about)
        if "why" in about:
            about["detail"] = text(f"service.detail.{about.pop('why')}", connection.language)
        explanation = explain(refusal.code, connection.language, about)
        frame = Error(
            code=refusal.code,
            message=explanation.message,
            next_step=explanation.next_step,
            seq=seq,
            call=refusal.call,
            expected=expected,
            versions=versions,
        )
        self._emit(Send(connection.id, frame))

    # Ending.

    def _greeting_due(self, connection_id: int, _now: float) -> None:
        connection = self._connections.get(connection_id)
        if connection and connection.session is None:
            self._emit(Close(connection_id, CloseCode.NOT_GREETED))
            self._forget(connection_id)

    def _resume_due(self, session: _Session, now: float) -> None:
        """The time to resume is over, unless the session was resumed (and lost anew) or ended meanwhile."""
        there = self._numbers.get(session.address.number, {}).get(session.address) is session
        if there and session.connection is None and now >= session.lost_at + RESUME_S:
            self._remove(session)
            self._listener.gone(session.address, now)

    def _lose(self, session: _Session, now: float) -> None:
        session.connection = None
        session.lost_at = now
        self._deadlines.add(now + RESUME_S, lambda at: self._resume_due(session, at))

    def _end(self, session: _Session, code: int) -> None:
        if session.connection:
            self._emit(Close(session.connection.id, code))
            self._forget(session.connection.id)
        self._remove(session)

    def _remove(self, session: _Session) -> None:
        if session.connection:
            session.connection.session = None
        devices = self._numbers.get(session.address.number, {})
        devices.pop(session.address, None)
        if not devices:
            self._numbers.pop(session.address.number, None)

    def _forget(self, connection_id: int) -> _Connection | None:
        connection = self._connections.pop(connection_id, None)
        if connection:
            number = connection.identity.number
            self._connected[number] -= 1
            if not self._connected[number]:
                del self._connected[number]
        return connection
