"""Two phones, a hub and a network, all simulated in virtual time: what happens between two switchboards."""

import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

from tests.fakes.signaling import Deliver, FakeHub
from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.switchboard import Switchboard
from vidphone.call.view import CallState, CallView
from vidphone.wire.signaling import CallMessage, Standing

HANDSHAKE_S = 0.2
NOTICED_S = 1.2
ICE_GIVES_UP_S = 5.0
TALKING = {CallState.ACTIVE, CallState.HELD}


class Hub(Protocol):
    """What the world needs of a hub: the fake one, or the service's own core."""

    def attach(self, number: str, deliver: Deliver) -> None: ...
    def send(self, sender: str, message: CallMessage) -> None: ...
    def set_link(self, number: str, *, up: bool) -> bool: ...
    def pump(self) -> bool: ...
    def deadline(self) -> float | None: ...
    def tick(self) -> None: ...


class Phone:
    def __init__(self, world: "World", number: str) -> None:
        self.world = world
        self.number = number
        self.switchboard = Switchboard()
        self.media: set[str] = set()
        self.ended: list[CallView] = []
        self.perform(self.switchboard.set_link(up=True, now=world.now))
        world.hub.attach(number, self.receive)

    def receive(self, body: CallMessage | Standing) -> None:
        self.perform(self.switchboard.receive(body, now=self.world.now))

    def tell(self, call: str, event: object) -> None:
        self.perform(self.switchboard.media(call, event, now=self.world.now))

    def later(self, delay_s: float, call: str, event: object) -> None:
        self.world.later(delay_s, lambda: self.tell(call, event))

    def perform(self, effects: list[fx.Effect]) -> None:
        mine = f"{self.number}-key"
        for effect in effects:
            match effect:
                case fx.Send(message=message):
                    self.world.hub.send(self.number, message)
                case fx.OpenMedia(call=call):
                    self.media.add(call)
                case fx.CloseMedia(call=call):
                    self.media.discard(call)
                case fx.MakeOffer(call=call, generation=generation):
                    self.later(0.05, call, ev.OfferMade(generation, f"{mine} offer", mine))
                case fx.TakeOffer(call=call, generation=generation, sdp=sdp):
                    theirs = sdp.split(maxsplit=1)[0]
                    self.later(0.05, call, ev.AnswerMade(generation, f"{mine} answer", mine, theirs))
                case fx.TakeAnswer(call=call, generation=generation, sdp=sdp):
                    self.later(0.01, call, ev.AnswerTaken(generation, sdp.split(maxsplit=1)[0]))
                    self.world.later(HANDSHAKE_S, lambda: self.world.handshake(call, generation))
                case fx.Report(view=view) if view.state is CallState.ENDED:
                    self.ended.append(view)

    def states(self) -> dict[str, CallState]:
        return {view.call: view.state for view in self.switchboard.views}


class World:
    """`a` and `b` are the phones. The media's path can be cut, and may come back with other addresses."""

    def __init__(self, make_hub: Callable[[Callable[[], float]], Hub] = lambda now: FakeHub()) -> None:
        self.now = 1000.0
        self.hub = make_hub(lambda: self.now)
        self.path = True
        self.carrying: dict[str, int] = {}
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._ids = itertools.count(1)
        self.a, self.b = Phone(self, "1001"), Phone(self, "1002")
        self.phones = (self.a, self.b)

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"

    def later(self, delay_s: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + delay_s, next(self._order), happen))

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        for _ in range(20_000):
            while self.hub.pump():
                pass
            deadlines = [at for phone in self.phones if (at := phone.switchboard.deadline) is not None]
            hub_deadline = self.hub.deadline()
            others = [] if hub_deadline is None else [hub_deadline]
            due = min([until, *deadlines, *others, *(event[0] for event in self._events[:1])])
            self.now = max(self.now, due)
            if self._events and self._events[0][0] <= self.now:
                heapq.heappop(self._events)[2]()
            elif any(at <= self.now for at in deadlines):
                for phone in self.phones:
                    phone.perform(phone.switchboard.tick(now=self.now))
            elif hub_deadline is not None and hub_deadline <= self.now:
                self.hub.tick()
            elif self.now >= until:
                return
        raise AssertionError("time stands still")

    def dial(self, phone: Phone, *, video: bool = True) -> str:
        other = self.b if phone is self.a else self.a
        call = self.new_id()
        phone.perform(phone.switchboard.dial(call, other.number, video=video, nonce=call, now=self.now))
        return call

    def answer(self, phone: Phone, *, video: bool = True) -> None:
        phone.perform(phone.switchboard.answer("", video=video, nonce=self.new_id(), now=self.now))

    def link(self, phone: Phone, *, up: bool) -> None:
        resumed = self.hub.set_link(phone.number, up=up)
        phone.perform(phone.switchboard.set_link(up=up, resumed=resumed, now=self.now))

    def cut(self) -> None:
        if self.path:
            self.path = False
            self.later(NOTICED_S, self._notice)

    def mend(self, *, moved: bool) -> None:
        """The path is there again; `moved`: with other addresses, so that old transports are of no use."""
        if self.path:
            return
        self.path = True
        if moved:
            self.carrying.clear()
        for call in self.carrying:
            self._tell_both(call, ev.MediaRecovered())

    def handshake(self, call: str, generation: int) -> None:
        if not all(call in phone.media for phone in self.phones):
            return
        if self.path:
            self.carrying[call] = generation
            self._tell_both(call, ev.MediaConnected(generation))
        else:
            self.later(ICE_GIVES_UP_S, lambda: self._tell_both(call, ev.TransportFailed(generation)))

    def _notice(self) -> None:
        if not self.path:
            for call in self.carrying:
                self._tell_both(call, ev.MediaLost())

    def _tell_both(self, call: str, event: object) -> None:
        for phone in self.phones:
            if call in phone.media:
                phone.tell(call, event)
