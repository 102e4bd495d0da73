"""A hub core with devices around it, in one thread and with time as a number."""

from itertools import count

from vidphone.service.hub.core import Hub
from vidphone.service.hub.directory import OPEN, Dial, Gate, Subscriber
from vidphone.service.hub.effects import (
    Address,
    CallProposed,
    Close,
    Effect,
    JournalEntry,
    Pause,
    Send,
)
from vidphone.service.hub.frames import Incoming
from vidphone.service.hub.sessions import Identity
from vidphone.service.ledger.books import Books, Credit
from vidphone.service.ledger.values import Begin, Commit, Finish, Outcome, Reserve, Step
from vidphone.service.metering.effects import MeterKept
from vidphone.texts import Language
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import ReliableLink, Verdict
from vidphone.wire.signaling import (
    PROTOCOL_VERSION,
    Accept,
    Ack,
    CallMessage,
    Candidate,
    Candidates,
    End,
    Error,
    Hello,
    Message,
    Notice,
    Propose,
    Reject,
    Retract,
    Ringing,
    Standing,
    Welcome,
)

Body = CallMessage | Standing


def call_id(number: int) -> str:
    return f"{number:032x}"


def propose(call: str, callee: str, **more: object) -> Propose:
    return Propose.model_validate(
        {"call": call, "callee": callee, "video": True, "sdp": "v=0", "commitment": "a" * 64} | more
    )


def accept(call: str) -> Accept:
    return Accept(call=call, video=True, sdp="v=0", nonce="b" * 32)


def candidates(call: str, port: int = 5000) -> Candidates:
    line = f"candidate:1 1 udp 2130706431 192.0.2.1 {port} typ host"
    return Candidates(call=call, generation=0, candidates=(Candidate(candidate=line, mid="0", line=0),))


def end(call: str) -> End:
    return End(call=call, reason=EndReason.HUNG_UP)


class Device:
    """A client, with the same books as the real one."""

    def __init__(self, bench: "Bench", number: str, device: str, token: int) -> None:
        self.bench = bench
        self.address = Address(number, device)
        self.token = token
        self.link = ReliableLink()
        self.session: str | None = None
        self.connection: int | None = None
        self.heard: list[Body] = []
        self.errors: list[Error] = []
        self.notices: list[tuple[str, ...]] = []
        self.welcomes: list[Welcome] = []
        self.closed_with: int | None = None
        self.acked = 0

    def open(self) -> "Device":
        """Connect without greeting."""
        self.connection = next(self.bench.connections)
        self.closed_with = None
        self.bench.devices[self.connection] = self
        identity = Identity(*self.address, self.token)
        self.bench.hub.opened(self.connection, identity, Language.ENGLISH, self.bench.now)
        self.bench.perform()
        return self

    def connect(self, *, fresh: bool = False) -> "Device":
        if fresh:
            self.session, self.link = None, ReliableLink()
        self.open()
        received = self.link.received
        self.give(Hello(version=PROTOCOL_VERSION, device=self.address.device, session=self.session, received=received))
        return self

    def drop(self) -> None:
        if self.connection is not None:
            self.bench.devices.pop(self.connection, None)
            self.bench.hub.closed(self.connection, self.bench.now)
            self.connection = None
            self.bench.perform()

    def say(self, body: Body) -> None:
        """Send; without a connection it is kept until there is one."""
        message = self.link.send(body)
        if self.connection is not None:
            self.give(message)

    def give(self, frame: Incoming) -> None:
        assert self.connection is not None
        self.bench.hub.received(self.connection, frame, self.bench.now)
        self.bench.perform()

    def take(self, frame: Welcome | Message | Ack | Notice | Error) -> None:
        match frame:
            case Welcome():
                self.welcomes.append(frame)
                self.session = frame.session
                again = self.link.resend(frame.received) if frame.resumed else self.link.renumber()
                for message in again:
                    self.bench.later(self, message)
            case Message():
                if self.link.receive(frame) is Verdict.DELIVER:
                    self.heard.append(frame.body)
            case Ack():
                self.link.acknowledge(frame.ack)
            case Notice():
                self.notices.append(frame.topics)
            case Error():
                self.errors.append(frame)

    def news(self) -> list[Body]:
        heard, self.heard = self.heard, []
        return heard

    def reasons(self) -> list[tuple[str, EndReason]]:
        """What it heard of ends since it was last asked."""
        return [(body.type, body.reason) for body in self.news() if isinstance(body, Reject | Retract | End)]


FREE_NUMBER = "1000"


class Bench:
    """The world of one test."""

    def __init__(self) -> None:
        self.directory: dict[str, Subscriber] = {}
        self.gates: dict[str, Gate] = {}
        """By the number that is called."""
        self.books = Books([Credit(account_id=1, limit_fen=0)], [])
        """The ledger of the one customer who pays."""
        self.steps: list[Step] = []
        self.now = 1000.0
        self.connections = count(1)
        self.devices: dict[int, Device] = {}
        self.journal: list[JournalEntry] = []
        self.meters: dict[str, MeterKept] = {}
        self.pauses = 0
        self._later: list[tuple[Device, Message]] = []
        self._sessions = count()
        self.hub = self._new_hub()
        for number in ("1001", "1002", "1003"):
            self.customer(number)

    def _new_hub(self) -> Hub:
        return Hub(self, lambda: f"session-{next(self._sessions):012}", free_numbers=(FREE_NUMBER,))

    def find(self, number: str) -> Subscriber | None:
        return self.directory.get(number)

    def used(self, call: str) -> bool:
        return any(isinstance(entry, CallProposed) and entry.call == call for entry in self.journal)

    def gate(self, dial: Dial) -> Gate:
        return self.gates.get(dial.callee, OPEN)

    def reserve(self, dial: Dial) -> Outcome:
        rate = self.gate(dial).rate
        return self._ledger(Reserve(dial.call, 1, dial.callee, rate)) if rate else None

    def _ledger(self, step: Step) -> Outcome:
        self.steps.append(step)
        return self.books.apply(step, self.now)

    def customer(self, number: str, *, enabled: bool = True, barred: EndReason | None = None) -> None:
        self.directory[number] = Subscriber(number, f"Name of {number}", enabled, barred)

    def device(self, number: str, device: int = 1) -> Device:
        """A device that is signed in and connected."""
        return self.stranger(number, device).connect()

    def stranger(self, number: str, device: int = 1) -> Device:
        return Device(self, number, f"{number}{device:028}", token=int(number) * 100 + device)

    def later(self, device: Device, message: Message) -> None:
        self._later.append((device, message))

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.hub.advance(self.now)
        self.perform()

    def perform(self) -> list[Effect]:
        effects, answers = self.hub.take_effects(), []
        for effect in effects:
            match effect:
                case Send(connection, frame):
                    if connection in self.devices:
                        self.devices[connection].take(frame)
                case Close(connection, code):
                    device = self.devices.pop(connection, None)
                    if device and device.connection == connection:
                        device.connection, device.closed_with = None, code
                case Pause():
                    self.pauses += 1
                case Begin() | Commit() | Finish():
                    outcome = self._ledger(effect)
                    if isinstance(effect, Commit):
                        answers.append((effect.call, outcome))
                case MeterKept():
                    self.meters[effect.call] = effect
                case _:
                    self.journal.append(effect)
        for call, outcome in answers:
            self.hub.ledger_says(call, outcome, self.now)
            effects += self.perform()
        while self._later:
            device, message = self._later.pop(0)
            if device.connection is not None:
                device.give(message)
        return effects

    def ringing_call(self, caller: Device, *callees: Device, number: int = 1) -> str:
        call = call_id(number)
        caller.say(propose(call, callees[0].address.number))
        callees[0].say(Ringing(call=call))
        for device in (caller, *callees):
            device.news()
        return call

    def accepted_call(self, caller: Device, callee: Device, number: int = 1) -> str:
        call = self.ringing_call(caller, callee, number=number)
        callee.say(accept(call))
        caller.news()
        return call
