"""The state machine of one call.

A call is an agreement between two people (do we talk?) with a medium under it (do we hear each other?), and two ways
of being unreachable: the signaling link may be down, and media may be lost. Four rules keep these apart.

1.  **The state is what the user sees.** It has one name for each thing that a screen has to show, and nothing else.
    Who offers, which transport is the newest, whether the link is up: that is data of the call (`record`), which the
    steps (`steps`, `media_steps`) look at.

2.  **The link decides nothing.** Messages are delivered once and in order, or the hub says that its session is new
    (`wire.reliable`). So no transition waits for the link, hanging up takes effect at once, and a call whose media
    flows goes on without it. Only a new transport has to wait: it cannot be negotiated before the link is up.

3.  **Each side judges its own reception.** A side is `RECONNECTING` while it receives nothing itself. What the other
    side says about its own reception makes a new transport, but no state. Both sides therefore agree again without
    any message as soon as packets flow, on whichever transport, and neither ends a call that the other one hears:
    it ends when one side has heard nothing for 30 s, and that side says so.

4.  **Every state but the talking ones has a deadline**, so that a call whose other side, hub or media falls silent ends
    by itself: dialling and ringing when nobody answers, connecting and reconnecting when media does not come.

How calls go (names of messages in quotes; the caller is on the left, the user's own acts in capitals):

    DIALLING --"ringing"--> RINGING --"accept"--> CONNECTING --media--> ACTIVE <--HOLD--> HELD
                 INCOMING --ANSWER--> CONNECTING --media--> ACTIVE <--HOLD--> HELD
    ACTIVE, HELD --media lost--> RECONNECTING --media, on the old or a new transport--> ACTIVE, HELD
    all --HANG UP, "reject", "retract", "end", a deadline--> ENDED, which is final

The table below gives the step for each state and event. An event without a step is, from the user, refused
(`NOT_POSSIBLE_NOW`); from anywhere else it is late or a duplicate, and nothing happens. Time is an argument: whoever
drives a call hands it a `Deadline` when `deadline` has come. The states before the answer are those of XEP-0353 and
RFC 3261 section 13; offers and answers are RFC 8829's, one pair a transport.
"""

from collections.abc import Callable, Mapping
from typing import Any

from vidphone.call import beginning, media_steps, metering, steps
from vidphone.call import events as ev
from vidphone.call.effects import Effect, MakeOffer, OpenMedia
from vidphone.call.record import CallRecord
from vidphone.call.view import CallState, CallView
from vidphone.wire import signaling as wire
from vidphone.wire.errors import ErrorCode, VidphoneError

Step = Callable[[CallRecord, Any, float], CallState]
Row = Mapping[type[object], Step]

USER = (
    ev.TakeCall | ev.Refuse | ev.HangUpCall | ev.HoldCall | ev.SwitchMicrophone | ev.SwitchCamera
    | ev.SwitchRecording | ev.PressKeys
)  # fmt: skip
"""The events of the user: refused with an error where the table has no step."""

ALIVE: Row = {
    ev.HangUpCall: steps.hang_up,
    ev.SwitchMicrophone: steps.switch,
    ev.SwitchCamera: steps.switch,
    ev.CameraWorks: steps.camera_works,
    ev.LinkUp: steps.link_up,
    ev.LinkDown: steps.link_down,
    ev.NotListed: steps.not_listed,
    wire.End: steps.peer_ends,
    wire.Charging: metering.charging,
}

DIALLED: Row = {
    **ALIVE,
    ev.OfferMade: steps.propose,
    ev.CandidatesFound: media_steps.found,
    ev.MediaBroke: media_steps.media_broke,
    ev.GlareLost: steps.glare_lost,
    ev.Folded: steps.fold,
    ev.Deadline: steps.nobody_answered,
    wire.Ringing: steps.peer_rings,
    wire.Accept: steps.peer_accepts,
    wire.Reject: steps.peer_ends,
}

ANSWERED: Row = {
    **ALIVE,
    ev.HoldCall: steps.hold,
    ev.CandidatesFound: media_steps.found,
    ev.OfferMade: media_steps.offer_made,
    ev.AnswerMade: media_steps.answer_made,
    ev.AnswerTaken: media_steps.answer_taken,
    ev.MediaConnected: media_steps.connected,
    ev.TransportFailed: media_steps.transport_failed,
    ev.FirstFrame: media_steps.first_frame,
    ev.MediaBroke: media_steps.media_broke,
    ev.NetworkChanged: media_steps.network_changed,
    ev.Deadline: media_steps.repair_due,
    wire.Reveal: media_steps.reveal,
    wire.Offer: media_steps.peer_offers,
    wire.Answer: media_steps.peer_answers,
    wire.Candidates: media_steps.peer_candidates,
    wire.Restart: media_steps.peer_asks_restart,
    wire.Info: steps.info,
    wire.Dtmf: steps.peer_keys,
}

ESTABLISHED: Row = {**ANSWERED, ev.SwitchRecording: steps.switch, ev.PressKeys: steps.press_keys}

TABLE: Mapping[CallState, Row] = {
    CallState.DIALLING: DIALLED,
    CallState.RINGING: DIALLED,
    CallState.INCOMING: {
        **ALIVE,
        ev.Ring: steps.ring,
        ev.TakeCall: steps.take_call,
        ev.Refuse: steps.refuse,
        ev.Deadline: steps.nobody_answered,
        wire.Candidates: steps.keep_candidates,
        wire.Retract: steps.peer_ends,
    },
    CallState.CONNECTING: {
        **ANSWERED,
        wire.Retract: steps.peer_ends,  # another device's accept was first
    },
    CallState.ACTIVE: {**ESTABLISHED, ev.MediaLost: media_steps.lost},
    CallState.HELD: {**ESTABLISHED, ev.MediaLost: media_steps.lost},
    CallState.RECONNECTING: {**ESTABLISHED, ev.MediaRecovered: media_steps.recovered},
    CallState.ENDED: {},
}


class Call:
    """One call: events in, effects out."""

    def __init__(self, record: CallRecord) -> None:
        self._record = record

    @classmethod
    def dial(
        cls, call: str, number: str, *, video: bool, microphone: bool, nonce: str, link_up: bool, now: float
    ) -> tuple["Call", list[Effect]]:
        """A call that the user dials, and what that asks for."""
        record = beginning.outgoing(
            call, number, video=video, microphone=microphone, nonce=nonce, link_up=link_up, now=now
        )
        record.out.append(OpenMedia(call, video))
        record.apply_sending()
        record.out.append(MakeOffer(call, 0))
        return cls(record), _drain(record)

    @classmethod
    def proposed(cls, proposal: wire.Propose, *, microphone: bool, link_up: bool, now: float) -> "Call":
        """A call that another side proposes; it rings with the event `Ring`."""
        return cls(beginning.incoming(proposal, microphone=microphone, link_up=link_up, now=now))

    def handle(self, event: object, now: float) -> list[Effect]:
        """Let something happen.

        Raises:
            VidphoneError: `NOT_POSSIBLE_NOW`, the user asks for what the state does not allow.
        """
        record = self._record
        step = TABLE[record.state].get(type(event))
        if step is None:
            if isinstance(event, USER):
                raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": f"call.state.{record.state.value}"})
            return []
        record.state = step(record, event, now)
        metering.tell_flow(record, now)
        return _drain(record)

    @property
    def deadline(self) -> float | None:
        """When a `Deadline` is due, if nothing happens before."""
        record = self._record
        times = (record.give_up_at, record.retry_at, record.flow_due_at, metering.alone_until(record))
        return min((when for when in times if when is not None), default=None)

    @property
    def id(self) -> str:
        """The call's id."""
        return self._record.id

    @property
    def state(self) -> CallState:
        """Where the call is."""
        return self._record.state

    @property
    def held(self) -> bool:
        """Whether this side holds the call, or will when it is connected."""
        return self._record.held

    @property
    def caller(self) -> bool:
        """Whether this side offers transports."""
        return self._record.caller

    @property
    def nonce(self) -> str:
        """This side's nonce of the comparison code."""
        return self._record.nonce

    def view(self) -> CallView:
        """The snapshot for others."""
        return self._record.view()


def _drain(record: CallRecord) -> list[Effect]:
    effects, record.out = record.out, []
    return effects
