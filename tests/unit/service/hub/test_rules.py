"""Random messages in any order, of devices that come and go: what always holds."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.unit.service.hub.bench import Bench, accept, call_id, candidates, end, propose
from vidphone.service.hub import limits
from vidphone.service.hub.effects import Address, CallAccepted, CallEnded, CallProposed
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Ack, Dtmf, Offer, Propose, Reject, Restart, Retract, Ringing, Standing

NUMBERS = ("1001", "1002", "1003")
DEVICES = st.integers(0, 5)
CALLS = st.integers(1, 6).map(call_id)
MESSAGES = st.one_of(
    st.builds(propose, CALLS, st.sampled_from(NUMBERS)),
    st.builds(accept, CALLS),
    st.builds(end, CALLS),
    st.builds(candidates, CALLS),
    st.builds(Ringing, call=CALLS),
    st.builds(Reject, call=CALLS, reason=st.sampled_from(EndReason)),
    st.builds(Retract, call=CALLS, reason=st.just(EndReason.CANCELLED)),
    st.builds(Dtmf, call=CALLS, digits=st.just("1")),
    st.builds(Restart, call=CALLS),
    st.builds(Offer, call=CALLS, generation=st.just(1), sdp=st.just("v=0")),
)


class HubRules(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench()
        self.devices = [self.bench.stranger(NUMBERS[index % 3], index // 3 + 1) for index in range(6)]
        for device in self.devices[:4]:
            device.connect()

    @rule(device=DEVICES, body=MESSAGES)
    def say(self, device: int, body: Propose) -> None:
        if self.devices[device].connection is not None:
            self.devices[device].say(body)

    @rule(caller=DEVICES, callee=DEVICES, call=CALLS)
    def call_and_answer(self, caller: int, callee: int, call: str) -> None:
        self.say(caller, propose(call, NUMBERS[callee % 3]))
        self.devices[callee].say(accept(call))

    @rule(device=DEVICES)
    def drop(self, device: int) -> None:
        self.devices[device].drop()

    @rule(device=DEVICES, fresh=st.booleans())
    def connect(self, device: int, fresh: bool) -> None:
        self.devices[device].connect(fresh=fresh)

    @rule(device=DEVICES)
    def acknowledge(self, device: int) -> None:
        if self.devices[device].connection is not None:
            self.devices[device].give(Ack(ack=self.devices[device].link.received))

    @rule(seconds=st.sampled_from([0.1, 5, 20, 31, 46]))
    def wait(self, seconds: float) -> None:
        self.bench.advance(seconds)

    @rule(number=st.sampled_from(NUMBERS))
    def sign_out(self, number: str) -> None:
        self.bench.hub.signed_out(number, None, self.bench.now)
        self.bench.perform()

    @invariant()
    def one_device_accepts_and_one_end_comes(self) -> None:
        story = [(type(entry), entry.call) for entry in self.bench.journal]
        assert max(Counter(story).values(), default=1) == 1
        for kind, call in story:
            if kind in (CallAccepted, CallEnded):
                assert story.index((CallProposed, call)) < story.index((kind, call))

    @invariant()
    def only_parties_hear_of_a_call(self) -> None:
        parties: dict[str, tuple[Address, str]] = {}
        for entry in self.bench.journal:
            if isinstance(entry, CallProposed):
                parties[entry.call] = (entry.caller, entry.callee)
        for device in self.devices:
            for body in device.news():
                if isinstance(body, Standing | Reject):
                    continue  # a reject goes to whoever proposed, also where no call came of it
                caller, callee = parties[body.call]
                assert device.address == caller or device.address.number == callee

    @invariant()
    def everything_is_bounded(self) -> None:
        connections, sessions, ringing, accepted = self.bench.hub.counts()
        assert sessions <= len(self.devices)
        assert connections <= limits.MAX_CONNECTIONS_PER_NUMBER * len(NUMBERS)
        assert ringing + accepted <= limits.MAX_CALLS_PER_DEVICE * len(self.devices)

    def teardown(self) -> None:
        for device in self.devices:
            device.drop()
        self.bench.advance(46)
        self.bench.advance(46)
        assert self.bench.hub.counts()[1:] == (0, 0, 0)
        proposed = {entry.call for entry in self.bench.journal if isinstance(entry, CallProposed)}
        assert proposed == {entry.call for entry in self.bench.journal if isinstance(entry, CallEnded)}


TestHubRules = HubRules.TestCase
TestHubRules.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
