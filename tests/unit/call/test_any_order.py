"""Any event in any state, in any order: never two active calls, never stuck, never too much to do."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.unit.call.messages import (
    CALLEE_FINGERPRINT,
    CALLER_FINGERPRINT,
    CALLER_NONCE,
    CANDIDATE,
    accept,
    call_id,
    propose,
)
from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.switchboard import MAX_CALLS, Switchboard
from vidphone.call.view import CallState, CallWaiting
from vidphone.wire import signaling as wire
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

Act = Callable[[], list[fx.Effect]]

TALKING = {CallState.ACTIVE, CallState.HELD}
FOREGROUND = {CallState.DIALLING, CallState.RINGING, CallState.ACTIVE}
MOST_EFFECTS = 12 * MAX_CALLS

ids = st.sampled_from([call_id(n) for n in range(1, 6)])
named = st.one_of(st.just(""), ids)
numbers = st.sampled_from(["1002", "1003"])
generations = st.integers(0, 3)
on = st.booleans()
reasons = st.sampled_from(EndReason)
media_events = st.one_of(
    st.builds(ev.OfferMade, generations, st.just("sdp"), st.just(CALLER_FINGERPRINT)),
    st.builds(ev.AnswerMade, generations, st.just("sdp"), st.just(CALLEE_FINGERPRINT), st.just(CALLER_FINGERPRINT)),
    st.builds(ev.AnswerTaken, generations, st.just(CALLEE_FINGERPRINT)),
    st.builds(ev.CandidatesFound, generations, st.just((CANDIDATE,) * 33), on),
    st.builds(ev.MediaConnected, generations),
    st.builds(ev.TransportFailed, generations),
    st.sampled_from([ev.MediaLost(), ev.MediaRecovered(), ev.FirstFrame(), ev.MediaBroke()]),
)
messages = st.one_of(
    st.builds(propose, ids, numbers, video=on),
    st.builds(accept, ids, video=on),
    st.builds(wire.Ringing, call=ids),
    st.builds(wire.Reject, call=ids, reason=reasons, winner=st.one_of(st.none(), ids)),
    st.builds(wire.Retract, call=ids, reason=reasons),
    st.builds(wire.End, call=ids, reason=reasons),
    st.builds(wire.Reveal, call=ids, nonce=st.sampled_from([CALLER_NONCE, "f" * 32])),
    st.builds(wire.Restart, call=ids),
    st.builds(wire.Offer, call=ids, generation=generations, sdp=st.just("sdp")),
    st.builds(wire.Answer, call=ids, generation=generations, sdp=st.just("sdp")),
    st.builds(wire.Candidates, call=ids, generation=generations, candidates=st.just((CANDIDATE,)), last=on),
    st.builds(wire.Info, call=ids, microphone=on, camera=on, hold=on, recording=on),
    st.builds(wire.Dtmf, call=ids, digits=st.just("1")),
    st.builds(
        wire.Charging,
        call=ids,
        price_e4_yuan=st.sampled_from([0, 1500]),
        minimum_s=st.just(0),
        increment_s=st.just(1),
        spent_fen=st.just(0),
        answered_s=st.integers(0, 100),
        running=on,
        remaining_s=st.one_of(st.none(), st.integers(0, 200)),
        final=on,
        settled=on,
    ),
    st.builds(wire.Standing, calls=st.lists(ids, max_size=3, unique=True).map(tuple)),
)


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.board = Switchboard()
        self.now = 1000.0
        self.next_id = 100
        self.over: set[str] = set()
        self.open: set[str] = set()

    def took(self, effects: list[fx.Effect]) -> None:
        assert len(effects) <= MOST_EFFECTS
        for effect in effects:
            match effect:
                case fx.OpenMedia(call=call):
                    assert call not in self.open
                    self.open.add(call)
                case fx.CloseMedia(call=call):
                    self.open.remove(call)
                case fx.Report(view=view):
                    assert view.call not in self.over
                    # A hub's new session may propose a call again that ended with its old one.
                    if view.state is CallState.ENDED and view.reason is not EndReason.SERVICE_RESTARTED:
                        self.over.add(view.call)
                case fx.MakeOffer(call=call) | fx.TakeOffer(call=call) | fx.SetSending(call=call):
                    assert call in self.open

    @initialize(up=on)
    def begin(self, up: bool) -> None:
        self.took(self.board.set_link(up=up, now=self.now))

    @rule(number=numbers, video=on)
    def dial(self, number: str, video: bool) -> None:
        self.next_id += 1
        call = call_id(self.next_id % 3 + 1) if self.next_id % 2 else call_id(self.next_id)
        if call in self.over or call in {view.call for view in self.board.views}:
            call = call_id(self.next_id)
        self.attempt(lambda: self.board.dial(call, number, video=video, nonce=CALLER_NONCE, now=self.now))

    @rule(call=named, video=on, waiting=st.sampled_from(CallWaiting))
    def answer(self, call: str, video: bool, waiting: CallWaiting) -> None:
        self.attempt(
            lambda: self.board.answer(call, video=video, nonce=CALLER_NONCE, now=self.now, active_call=waiting)
        )

    @rule(
        call=named,
        act=st.sampled_from(["decline", "hang-up", "hold", "resume", "dtmf", "record", "mute", "camera", "broken"]),
    )
    def user(self, call: str, act: str) -> None:
        board, now = self.board, self.now
        acts = {
            "decline": lambda: board.decline(call, now=now),
            "hang-up": lambda: board.hang_up(call, now=now),
            "hold": lambda: board.hold(call, on=True, now=now),
            "resume": lambda: board.hold(call, on=False, now=now),
            "dtmf": lambda: board.dtmf(call, "1#", now=now),
            "record": lambda: board.set_recording(call, on=True, now=now),
            "mute": lambda: board.set_microphone(on=False, now=now),
            "camera": lambda: board.set_camera(on=True, now=now),
            "broken": lambda: board.set_camera_works(on=False, now=now),
        }
        self.attempt(acts[act])

    def attempt(self, act: Act) -> None:
        try:
            self.took(act())
        except VidphoneError as error:
            if error.code not in {ErrorCode.NO_SUCH_CALL, ErrorCode.NOT_POSSIBLE_NOW, ErrorCode.IN_A_CALL}:
                raise

    @rule(message=messages)
    def receive(self, message: wire.CallMessage | wire.Standing) -> None:
        self.took(self.board.receive(message, now=self.now))

    @rule(which=st.integers(0, MAX_CALLS), event=media_events)
    def media(self, which: int, event: object) -> None:
        if calls := sorted(self.open):
            self.took(self.board.media(calls[which % len(calls)], event, now=self.now))

    @rule(which=st.integers(0, MAX_CALLS))
    def connect(self, which: int) -> None:
        """What random events seldom bring about: a call that talks."""
        if calls := sorted(self.open):
            call = calls[which % len(calls)]
            self.took(self.board.media(call, ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), now=self.now))
            self.took(self.board.receive(accept(call), now=self.now))
            self.took(self.board.media(call, ev.MediaConnected(0), now=self.now))

    @rule(up=on, resumed=on)
    def link(self, up: bool, resumed: bool) -> None:
        self.took(self.board.set_link(up=up, resumed=resumed, now=self.now))

    @rule()
    def network_changed(self) -> None:
        self.took(self.board.network_changed(now=self.now))

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 10.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.pass_time(self.now + seconds)

    def pass_time(self, until: float) -> None:
        for _ in range(MAX_CALLS * 60):  # each says every 10 s that it flows
            deadline = self.board.deadline
            if deadline is None or deadline > until:
                self.now = until
                return
            self.now = max(self.now, deadline)
            self.took(self.board.tick(now=self.now))
        raise AssertionError("deadlines without end")

    @invariant()
    def at_most_one_call_is_in_the_foreground(self) -> None:
        states = [view.state for view in self.board.views]
        assert sum(state in FOREGROUND for state in states) <= 1
        assert states.count(CallState.INCOMING) <= 1
        assert len(states) <= MAX_CALLS
        assert CallState.ENDED not in states

    def teardown(self) -> None:
        self.pass_time(self.now + 300)
        assert {view.state for view in self.board.views} <= TALKING
        while self.board.views:
            self.took(self.board.hang_up("", now=self.now))
        assert not self.open
        assert self.board.deadline is None


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
