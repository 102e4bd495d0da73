"""The phone's calls and the service's hub, both pure, against each other in virtual time."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.signaling import Deliver
from tests.unit.call.simulation import TALKING, Phone, World
from vidphone.call.view import CallState
from vidphone.service.hub.core import Hub
from vidphone.service.hub.directory import OPEN, Dial, Gate, Subscriber
from vidphone.service.hub.effects import AcceptDelivered, CallAccepted, CallEnded, CallProposed, Send, StoredCall
from vidphone.service.hub.sessions import Identity
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import ReliableLink, Verdict
from vidphone.wire.signaling import CallMessage, End, Error, Hello, Message, Welcome

HARMLESS = {ErrorCode.UNKNOWN_CALL, ErrorCode.NOT_POSSIBLE_NOW}
"""What a message may be answered with that crossed the end of its call."""


class _Everyone:
    def find(self, number: str) -> Subscriber:
        return Subscriber(number, "", enabled=True)

    def used(self, call: str) -> bool:
        return False

    def gate(self, dial: Dial) -> Gate:
        return OPEN

    def reserve(self, dial: Dial) -> None:
        return None


class _Client:
    """One phone's end of the link, without a socket."""

    def __init__(self, number: str, deliver: Deliver) -> None:
        self.identity = Identity(number, number * 8, token=1)
        self.deliver = deliver
        self.books = ReliableLink()
        self.session: str | None = None
        self.connection: int | None = None
        self.to_hub: deque[Message] = deque()
        self.from_hub: deque[Message | Error] = deque()


class HubCore:
    """The service's hub, its journal and the connections to it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._clients: dict[str, _Client] = {}
        self._stored: dict[str, StoredCall] = {}
        self._connections = 0
        self._sessions = 0
        self.errors: list[ErrorCode] = []
        self._hub = Hub(_Everyone(), self._new_session)

    def attach(self, number: str, deliver: Deliver) -> None:
        self._clients[number] = _Client(number, deliver)
        self.set_link(number, up=True)

    def send(self, sender: str, message: CallMessage) -> None:
        client = self._clients[sender]
        framed = client.books.send(message)
        if client.connection is not None:
            client.to_hub.append(framed)

    def set_link(self, number: str, *, up: bool) -> bool:
        client = self._clients[number]
        if up == (client.connection is not None):
            return True
        client.to_hub.clear()
        client.from_hub.clear()
        if not up:
            assert client.connection is not None
            self._hub.closed(client.connection, self._now())
            client.connection = None
            self._perform()
            return False
        self._connections += 1
        client.connection = self._connections
        self._hub.opened(client.connection, client.identity, Language.ENGLISH, self._now())
        device = client.identity.device
        hello = Hello(version=1, device=device, session=client.session, received=client.books.received)
        self._hub.received(client.connection, hello, self._now())
        welcome = self._perform()
        assert welcome is not None
        client.session = welcome.session
        client.to_hub.extend(client.books.resend(welcome.received) if welcome.resumed else client.books.renumber())
        return welcome.resumed

    def kill_and_restart(self) -> None:
        """All sessions are gone; what the journal has is taken up."""
        self._hub = Hub(_Everyone(), self._new_session)
        self._hub.restore(list(self._stored.values()), self._now())
        for client in self._clients.values():
            client.connection = None

    def pump(self) -> bool:
        for client in self._clients.values():
            if client.from_hub:
                self._arrive(client, client.from_hub.popleft())
                return True
            if client.to_hub and client.connection is not None:
                self._hub.received(client.connection, client.to_hub.popleft(), self._now())
                self._perform()
                return True
        return False

    def deadline(self) -> float | None:
        return self._hub.next_deadline()

    def tick(self) -> None:
        self._hub.advance(self._now())
        self._perform()

    def _arrive(self, client: _Client, frame: Message | Error) -> None:
        if isinstance(frame, Error):
            self.errors.append(frame.code)
            if frame.code is ErrorCode.UNKNOWN_CALL and frame.call is not None:
                client.deliver(End(call=frame.call, reason=EndReason.FAILED))  # as `call.link` does
        elif client.books.receive(frame) is Verdict.DELIVER:
            client.deliver(frame.body)

    def _new_session(self) -> str:
        self._sessions += 1
        return f"session-{self._sessions:08d}"

    def _perform(self) -> Welcome | None:
        welcome = None
        for effect in self._hub.take_effects():
            match effect:
                case Send(connection, frame):
                    if isinstance(frame, Welcome):
                        welcome = frame
                    elif isinstance(frame, Message | Error):
                        client = next(one for one in self._clients.values() if one.connection == connection)
                        client.from_hub.append(frame)
                case CallProposed(call, caller, callee):
                    self._stored[call] = StoredCall(call, caller, callee, None, None, None)
                case CallAccepted(call, callee, accept):
                    self._stored[call] = replace(self._stored[call], callee_device=callee.device, accept=accept)
                case AcceptDelivered(call):
                    self._stored[call] = replace(self._stored[call], accept=None)
                case CallEnded(call):
                    self._stored.pop(call, None)
        return welcome


def make_world() -> tuple[World, HubCore]:
    hubs: list[HubCore] = []

    def make_hub(now: Callable[[], float]) -> HubCore:
        hubs.append(HubCore(now))
        return hubs[0]

    return World(make_hub), hubs[0]


def talk() -> tuple[World, HubCore, str]:
    world, hub = make_world()
    call = world.dial(world.a)
    world.pass_time(1)
    world.answer(world.b)
    world.pass_time(2)
    return world, hub, call


def restart(world: World, hub: HubCore) -> None:
    hub.kill_and_restart()
    for phone in world.phones:
        phone.perform(phone.switchboard.set_link(up=False, now=world.now))


def test_a_call_outlives_a_restart_of_the_service_and_can_still_be_hung_up() -> None:
    world, hub, call = talk()
    restart(world, hub)
    world.pass_time(5)
    for phone in world.phones:
        world.link(phone, up=True)
    world.pass_time(60)
    assert [phone.states() for phone in world.phones] == [{call: CallState.ACTIVE}] * 2

    world.a.perform(world.a.switchboard.hang_up("", now=world.now))
    world.pass_time(1)

    assert [one.reason for phone in world.phones for one in phone.ended] == [EndReason.HUNG_UP] * 2
    assert hub.errors == []


def test_a_call_dialled_without_a_link_is_made_when_it_is_back() -> None:
    world, _ = make_world()
    world.link(world.a, up=False)
    call = world.dial(world.a)
    world.pass_time(35)
    world.link(world.a, up=True)
    world.pass_time(1)

    assert world.b.states() == {call: CallState.INCOMING}


def test_both_dialling_at_once_talk_without_ringing() -> None:
    world, hub = make_world()
    won, _ = world.dial(world.a), world.dial(world.b)
    world.pass_time(3)

    assert [phone.states() for phone in world.phones] == [{won: CallState.ACTIVE}] * 2
    assert hub.errors == []


def test_nobody_answering_ends_in_the_same_words_on_both_sides() -> None:
    world, hub = make_world()
    world.dial(world.a)
    world.pass_time(60)

    assert [one.reason for phone in world.phones for one in phone.ended] == [EndReason.NO_ANSWER] * 2
    assert hub.errors == []


WHAT = (
    ["dial", "answer"] * 3
    + ["decline", "hang-up", "hold", "resume", "restart"]
    + ["cut", "mend", "move", "link-down", "link-up", "network-changed"] * 2
)
ACTS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.booleans(), st.sampled_from([0.0, 0.02, 0.1, 0.3, 1.0, 5.0, 20.0])), max_size=25
)


@given(acts=ACTS, talking=st.booleans())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_lost_both_sides_end_in_the_same_state(acts: list[tuple[str, bool, float]], talking: bool) -> None:
    world, hub = talk()[:2] if talking else make_world()
    for act, at_a, wait_s in acts:
        perform(world, hub, world.a if at_a else world.b, act)
        world.pass_time(wait_s)
    for phone in world.phones:
        world.link(phone, up=True)
    world.mend(moved=True)
    world.pass_time(120)

    assert world.a.states().keys() == world.b.states().keys()
    assert set(world.a.states().values()) | set(world.b.states().values()) <= TALKING
    assert world.a.media == world.b.media == set(world.a.states())
    assert set(hub.errors) <= HARMLESS


def perform(world: World, hub: HubCore, phone: Phone, act: str) -> None:
    board, now = phone.switchboard, world.now
    try:
        match act:
            case "dial":
                world.dial(phone)
            case "answer":
                world.answer(phone)
            case "decline":
                phone.perform(board.decline("", now=now))
            case "hang-up":
                phone.perform(board.hang_up("", now=now))
            case "hold" | "resume":
                phone.perform(board.hold("", on=act == "hold", now=now))
            case "restart":
                restart(world, hub)
            case "cut":
                world.cut()
            case "mend" | "move":
                world.mend(moved=act == "move")
            case "link-down" | "link-up":
                world.link(phone, up=act == "link-up")
            case "network-changed":
                phone.perform(board.network_changed(now=now))
    except VidphoneError:
        pass  # the user is told that it is not possible
