"""All calls of one phone: who may talk when. Pure.

A person has one mouth. At most one call is **foreground**: dialled, ringing at the other side, connecting, talking or
reconnecting, and not held. Everything else follows from that:

- Dialling, with a call in the foreground, is refused (`IN_A_CALL`); with all others held, it is not.
- Resuming a call holds the one in the foreground; one that nobody answered yet cannot be held, so then it is refused.
- Answering holds or ends the one in the foreground; one that nobody answered yet is given up.
- One incoming call rings at a time, beside whatever else there is (call waiting); a further one is told `busy`.

**Glare.** Two people dial each other at the same moment. The hub sees both proposals and decides: it lets one of them
win and rejects the other with `glare`, naming the winner. A proposal from the very number that is being dialled
therefore does not ring, it waits here silently, until our own is decided. If ours lost, it is *folded* into the
winner: that call is answered at once with the choice of media that the user had made when dialling, and is shown as
outgoing, since the user dialled; the other id ends with the reason `glare` and goes on to name the winner. The winner
must come from the number dialled, or else a hub could open anybody's microphone.

Calls that ended are forgotten, but for their last `REMEMBERED` ids: late duplicates must not make them ring again, and
an accept that crossed our hanging up has to be answered with `end`, or else the other side would wait in vain.
"""

import re
from collections import OrderedDict
from dataclasses import replace

from vidphone.call import events as ev
from vidphone.call.effects import Effect, Report, ReportCharge, Send
from vidphone.call.machine import Call
from vidphone.call.metering import charge_of
from vidphone.call.view import CallState, CallView, CallWaiting, Direction
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Accept, CallMessage, Charging, End, Propose, Reject, Standing

MAX_CALLS = 8
"""Held ones included; more than anybody keeps apart, and a bound for what a hub may make this machine hold."""
REMEMBERED = 64

_NUMBER = re.compile(r"[0-9]{3,15}")
_KEYS = re.compile(r"[0-9*#A-D]{1,32}")
_UNANSWERED = frozenset({CallState.DIALLING, CallState.RINGING})
_ANSWERED = frozenset({CallState.CONNECTING, CallState.ACTIVE, CallState.HELD, CallState.RECONNECTING})


class Switchboard:
    """Events of all calls in, effects out. Times are monotonic seconds; ids and nonces are chosen by the caller."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._told: dict[str, CallView] = {}
        self._silent: set[str] = set()
        self._winners: dict[str, str] = {}  # a winner that is not here yet: our call that waits for it
        self._folded: dict[str, str] = {}  # a call of ours that lost: its winner, while that lives
        self._remembered: OrderedDict[str, EndReason] = OrderedDict()
        self._microphone = True
        self._link_up = False

    @property
    def views(self) -> tuple[CallView, ...]:
        """All calls that the user knows of, in the order in which they came."""
        return tuple(self._told.values())

    @property
    def deadline(self) -> float | None:
        """When `tick` is due, if nothing happens before."""
        return min((at for at in (call.deadline for call in self._calls.values()) if at is not None), default=None)

    # The user.

    def dial(self, call: str, number: str, *, video: bool, nonce: str, now: float) -> list[Effect]:
        """Call a number.

        Raises:
            VidphoneError: `BAD_NUMBER`; `IN_A_CALL` while another call is in the foreground, or too many are held.
        """
        if not _NUMBER.fullmatch(number):
            raise VidphoneError(ErrorCode.BAD_NUMBER, {"number": number})
        if self._foreground() is not None or len(self._calls) >= MAX_CALLS:
            raise VidphoneError(ErrorCode.IN_A_CALL)
        self._calls[call], effects = Call.dial(
            call, number, video=video, microphone=self._microphone, nonce=nonce, link_up=self._link_up, now=now
        )
        return self._settle(effects, now)

    def answer(
        self, call: str, *, video: bool, nonce: str, now: float, active_call: CallWaiting = CallWaiting.HOLD
    ) -> list[Effect]:
        """Answer the incoming call (`call` empty: the only one), and hold or end the one in the foreground.

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `NOT_POSSIBLE_NOW`, it is answered already or not incoming.
        """
        answered = self._one(call, self._incoming())
        if answered.state is not CallState.INCOMING or answered.id in self._silent:
            raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": f"call.state.{answered.state.value}"})
        effects = self._make_room(now, end=active_call == CallWaiting.END)
        effects += answered.handle(ev.TakeCall(video=video, microphone=self._microphone, nonce=nonce), now)
        return self._settle(effects, now)

    def decline(self, call: str, *, now: float) -> list[Effect]:
        """Refuse the incoming call. Raises as `answer`."""
        return self._settle(self._one(call, self._incoming()).handle(ev.Refuse(), now), now)

    def hang_up(self, call: str, *, now: float) -> list[Effect]:
        """End a call in whatever state it is (`call` empty: the foreground one, else a held, else the incoming one).

        Raises:
            VidphoneError: `NO_SUCH_CALL`.
        """
        obvious = self._foreground() or self._last_held() or self._incoming()
        return self._settle(self._one(call, obvious).handle(ev.HangUpCall(), now), now)

    def hold(self, call: str, *, on: bool, now: float) -> list[Effect]:
        """Hold the foreground call, or resume a held one, which holds the other.

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `NOT_POSSIBLE_NOW`, it is not answered yet; `IN_A_CALL`, another call
                that was dialled is not answered yet and so cannot be held.
        """
        chosen = self._one(call, self._foreground() if on else self._last_held())
        other = self._foreground()
        effects: list[Effect] = []
        if not on and chosen.state in _ANSWERED and other is not None and other is not chosen:
            if other.state in _UNANSWERED:
                raise VidphoneError(ErrorCode.IN_A_CALL)
            effects += other.handle(ev.HoldCall(on=True), now)
        effects += chosen.handle(ev.HoldCall(on=on), now)
        return self._settle(effects, now)

    def set_microphone(self, *, on: bool, now: float) -> list[Effect]:
        """Switch the microphone in all calls, also in those to come."""
        self._microphone = on
        return self._all(ev.SwitchMicrophone(on=on), now)

    def set_camera(self, *, on: bool, now: float) -> list[Effect]:
        """Switch the camera in all calls. Calls to come begin as they are dialled or answered: with video or not."""
        return self._all(ev.SwitchCamera(on=on), now)

    def set_camera_works(self, *, on: bool, now: float) -> list[Effect]:
        """The own camera failed, or works again. In calls to come it is tried anew."""
        return self._all(ev.CameraWorks(on=on), now)

    def dtmf(self, call: str, digits: str, *, now: float) -> list[Effect]:
        """Press keys in a call (`call` empty: the foreground one).

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `BAD_COMMAND`, no such keys; `NOT_POSSIBLE_NOW`, it is not connected yet.
        """
        if not _KEYS.fullmatch(digits):
            raise VidphoneError(ErrorCode.BAD_COMMAND, {"detail": "call.keys"})
        return self._settle(self._current(call).handle(ev.PressKeys(digits), now), now)

    def set_recording(self, call: str, *, on: bool, now: float) -> list[Effect]:
        """Tell the other side that this side records, or does no more (clause 10). Raises as `dtmf`."""
        return self._settle(self._current(call).handle(ev.SwitchRecording(on=on), now), now)

    # The hub.

    def receive(self, body: CallMessage | Standing, *, now: float) -> list[Effect]:
        """A message of the hub, or of another side through the hub. One that makes no sense changes nothing."""
        effects: list[Effect] = []
        match body:
            case Standing(calls=known):
                for call in [call for call in self._calls.values() if call.id not in known]:
                    effects += call.handle(ev.NotListed(), now)
                effects += [Send(End(call=call, reason=EndReason.HUNG_UP)) for call in known if call not in self._calls]
            case Propose():
                effects += self._proposed(body, now)
            case Reject(reason=EndReason.GLARE) if body.call in self._calls:
                effects += self._glare(self._calls[body.call], body.winner, now)
            case _ if (known_call := self._calls.get(body.call)) is not None:
                effects += known_call.handle(body, now)
            case Charging(settled=True) if body.call in self._remembered:
                effects.append(ReportCharge(body.call, charge_of(body, now)))
            case Accept() if body.call in self._remembered:
                effects.append(Send(End(call=body.call, reason=EndReason.HUNG_UP)))
        return self._settle(effects, now)

    def set_link(self, *, up: bool, resumed: bool = False, now: float) -> list[Effect]:
        """The link came or went."""
        self._link_up = up
        return self._all(ev.LinkUp(resumed) if up else ev.LinkDown(), now)

    # Media, network and clock.

    def media(self, call: str, event: object, *, now: float) -> list[Effect]:
        """Something happened to a call's media; of a call that is over, nothing."""
        known = self._calls.get(call)
        return [] if known is None else self._settle(known.handle(event, now), now)

    def network_changed(self, *, now: float) -> list[Effect]:
        """The machine's addresses or routes changed."""
        return self._all(ev.NetworkChanged(), now)

    def tick(self, *, now: float) -> list[Effect]:
        """Let the deadlines pass that have come."""
        effects: list[Effect] = []
        for call in list(self._calls.values()):
            if call.deadline is not None and call.deadline <= now:
                effects += call.handle(ev.Deadline(), now)
        return self._settle(effects, now)

    # Inside.

    def _proposed(self, proposal: Propose, now: float) -> list[Effect]:
        # A device that comes back with a new session may be proposed a call that its old session had been.
        over = self._remembered.get(proposal.call, EndReason.SERVICE_RESTARTED) is not EndReason.SERVICE_RESTARTED
        if proposal.call in self._calls or over:
            return []
        if len(self._calls) >= MAX_CALLS:
            return [Send(Reject(call=proposal.call, reason=EndReason.BUSY))]
        call = Call.proposed(proposal, microphone=self._microphone, link_up=self._link_up, now=now)
        if (loser := self._calls.get(self._winners.pop(call.id, ""))) is not None:
            self._calls[call.id] = call
            self._silent.add(call.id)
            return self._glare(loser, call.id, now)
        if self._being_dialled(call):
            if self._silent:
                return call.handle(ev.Refuse(busy=True), now)
            self._calls[call.id] = call
            self._silent.add(call.id)
            return []
        if self._incoming() is not None:
            return call.handle(ev.Refuse(busy=True), now)
        self._calls[call.id] = call
        return call.handle(ev.Ring(), now)

    def _glare(self, loser: Call, winner_id: str | None, now: float) -> list[Effect]:
        if loser.state not in _UNANSWERED:
            return []
        winner = self._calls.get(winner_id or "")
        if winner is None and winner_id is not None and winner_id not in self._remembered:
            self._winners = {winner_id: loser.id}
            return loser.handle(ev.GlareLost(), now)
        lost, won = loser.view(), winner.view() if winner is not None else None
        if winner is None or won is None or won.state is not CallState.INCOMING or won.peer_number != lost.peer_number:
            return loser.handle(Reject(call=loser.id, reason=EndReason.FAILED), now)
        self._silent.discard(winner.id)
        self._folded[loser.id] = winner.id
        # The loser's nonce was shown to nobody, so it serves as the callee's.
        answer = ev.TakeCall(
            video=lost.camera,
            microphone=lost.microphone,
            nonce=loser.nonce,
            direction=Direction.OUTGOING,
            dialled_at=lost.dialled_at,
        )
        return loser.handle(ev.Folded(), now) + winner.handle(answer, now)

    def _being_dialled(self, call: Call) -> bool:
        number = call.view().peer_number
        return any(
            other.state is CallState.DIALLING and other.view().peer_number == number for other in self._calls.values()
        )

    def _release_silent(self, now: float) -> list[Effect]:
        effects: list[Effect] = []
        for call in [self._calls[call] for call in self._silent]:
            if not self._being_dialled(call):
                self._silent.discard(call.id)
                busy = self._incoming(besides=call) is not None
                effects += call.handle(ev.Refuse(busy=True) if busy else ev.Ring(), now)
        return effects

    def _make_room(self, now: float, *, end: bool) -> list[Effect]:
        other = self._foreground()
        if other is None:
            return []
        if end or other.state in _UNANSWERED:
            return other.handle(ev.HangUpCall(), now)
        return other.handle(ev.HoldCall(on=True), now)

    def _foreground(self) -> Call | None:
        background = {CallState.INCOMING, CallState.ENDED}
        return next((call for call in self._calls.values() if call.state not in background and not call.held), None)

    def _last_held(self) -> Call | None:
        return next((call for call in reversed(self._calls.values()) if call.held), None)

    def _incoming(self, besides: Call | None = None) -> Call | None:
        ringing = (call for call in self._calls.values() if call.id not in self._silent and call is not besides)
        return next((call for call in ringing if call.state is CallState.INCOMING), None)

    def _current(self, call: str) -> Call:
        return self._one(call, self._foreground() or self._last_held())

    def _one(self, call: str, obvious: Call | None) -> Call:
        found = self._calls.get(self._folded.get(call, call)) if call else obvious
        if found is None:
            raise VidphoneError(ErrorCode.NO_SUCH_CALL)
        return found

    def _all(self, event: object, now: float) -> list[Effect]:
        effects: list[Effect] = []
        for call in list(self._calls.values()):
            effects += call.handle(event, now)
        return self._settle(effects, now)

    def _settle(self, effects: list[Effect], now: float) -> list[Effect]:
        """Forget the calls that ended, let a silent one ring whose time has come, report what changed."""
        self._forget_silent_ends()
        effects += self._release_silent(now)
        others = sum(call.state not in {CallState.INCOMING, CallState.ENDED} for call in self._calls.values())
        for call in list(self._calls.values()):
            if call.id in self._silent:
                continue
            view = call.view()
            view = replace(view, waiting=view.state is CallState.INCOMING and others > 0)
            if view != self._told.get(call.id):
                self._told[call.id] = view
                effects.append(Report(view))
            if view.state is CallState.ENDED:
                self._forget(call)
        return effects

    def _forget_silent_ends(self) -> None:
        for call in [self._calls[call] for call in self._silent]:
            if call.state is CallState.ENDED:
                self._silent.discard(call.id)
                self._forget(call)

    def _forget(self, call: Call) -> None:
        del self._calls[call.id]
        self._told.pop(call.id, None)
        self._winners = {winner: loser for winner, loser in self._winners.items() if loser != call.id}
        self._folded = {loser: winner for loser, winner in self._folded.items() if winner != call.id}
        self._remembered[call.id] = call.view().reason or EndReason.FAILED
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
