"""The rules of calls. Pure.

A call is one of two machines, and one end. RINGING: proposed to every device of the callee's number; each device
leaves it by refusing or going away, and the call ends when none is left. ACCEPTED: exactly one device of each side
is in it, and nobody else can say anything in it. The first `accept` moves a call from the one to the other; nothing
moves it back. Every call in RINGING has a deadline; every call in ACCEPTED ends when one of its devices ends it or
stays away for `RESUME_S`. So every call ends.

An ended call is remembered for a while: what crossed its end on the way is ignored or answered, not refused.

The states are those of XEP-0353 and RFC 3261; the forking of a call to several devices is that of RFC 3261, 16.7.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable

from vidphone.service.hub import limits
from vidphone.service.hub.deadlines import Deadlines
from vidphone.service.hub.directory import Dial, Directory, Gate
from vidphone.service.hub.effects import (
    AcceptDelivered,
    Address,
    CallAccepted,
    CallEnded,
    CallProposed,
    Effect,
    StoredCall,
)
from vidphone.service.hub.frames import Refusal, not_now
from vidphone.service.hub.metered import Metered
from vidphone.service.hub.model import CALLEE_SAYS, CALLER_SAYS, ENDINGS, REFUSALS, Call, Desk, Ended, Phase
from vidphone.service.ledger.values import Grant, Outcome, Refused
from vidphone.service.metering.stopwatch import Side
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import (
    NO_ANSWER_S,
    Accept,
    CallMessage,
    Candidates,
    End,
    Media,
    Propose,
    Reject,
    Retract,
    Ringing,
    Standing,
)


class Calls:
    """All calls of the hub."""

    def __init__(
        self,
        desk: Desk,
        directory: Directory,
        journal: Callable[[Effect], None],
        deadlines: Deadlines,
        free_numbers: Collection[str] = (),
    ) -> None:
        self._free_numbers = frozenset(free_numbers)
        self._desk = desk
        self._directory = directory
        self._journal = journal
        self._deadlines = deadlines
        self._metered = Metered(desk, journal, deadlines, self._cut)
        self._calls: dict[str, Call] = {}
        self._by_device: defaultdict[Address, dict[str, None]] = defaultdict(dict)
        self._by_number: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """Ringing calls by the callee's number."""
        self._ended: OrderedDict[str, Ended] = OrderedDict()

    def counts(self) -> dict[Phase, int]:
        """How many calls there are in each phase."""
        ringing = sum(map(len, tuple(self._by_number.values())))  # at once: the core may be at work in its thread
        return {Phase.RINGING: ringing, Phase.ACCEPTED: len(self._calls) - ringing}

    def devices(self) -> frozenset[Address]:
        """Those that have a part in a call, or ring."""
        return frozenset(self._by_device)

    # Devices come and go.

    def restore(self, stored: Iterable[StoredCall], now: float) -> set[Address]:
        """After a restart: calls of the journal. Returns the devices that have to come back for them."""
        expected: set[Address] = set()
        for one in stored:
            callee = Address(one.callee_number, one.callee_device) if one.callee_device else None
            if one.reason:
                self._remember(one.call, Ended(one.caller, one.callee_number, callee, one.reason, self._forget(now)))
            elif callee:
                call = Call(one.call, one.caller, one.callee_number, Phase.ACCEPTED, callee=callee, accept=one.accept)
                self._calls[call.id] = call
                for device in (call.caller, callee):
                    self._by_device[device][call.id] = None
                    expected.add(device)
                if one.meter:
                    self._metered.restore(call.id, call.caller, one.meter, now)
        return expected

    def arrived(
        self, device: Address, *, claimed: bool, waiting: tuple[CallMessage | Standing, ...], now: float
    ) -> None:
        """A device has a new session, so it knows of no call that rings; `claimed` if it may be in accepted ones.

        `waiting` is what was posted to it since a restart: of accepted calls it gets that now.
        """
        if claimed:
            self._stand(device, waiting, now)
        else:
            for call in self._of(device):
                if call.phase is Phase.ACCEPTED or call.caller == device:
                    self._leave(call, device, None, EndReason.CONNECTION_LOST, now)
        for call_id in list(self._by_number.get(device.number, ())):
            call = self._calls[call_id]
            if device not in call.refused:
                self._ring(call, device)

    def _stand(self, device: Address, waiting: tuple[CallMessage | Standing, ...], now: float) -> None:
        for call in self._of(device):
            if call.phase is Phase.RINGING and call.caller == device:
                self._leave(call, device, None, EndReason.CONNECTION_LOST, now)
        for body in waiting:
            if isinstance(body, End):  # before `standing`, which would end the call for a less true reason
                self._desk.post(device, body)
        accepted = {call.id: call for call in self._of(device) if call.phase is Phase.ACCEPTED}
        self._desk.post(device, Standing(calls=tuple(accepted)))
        for call in accepted.values():
            if call.accept and call.caller == device:
                self._desk.post(device, call.accept)
            self._metered.tell_again(call.id, device, now)
        for body in waiting:
            if not isinstance(body, Standing) and body.call in accepted:
                self._desk.post(device, body)

    def gone(self, device: Address, now: float) -> None:
        """A device stayed away for too long."""
        self.leave(device, None, EndReason.CONNECTION_LOST, now)

    def leave(self, device: Address, own: EndReason | None, other: EndReason, now: float) -> None:
        """Take a device out of all its calls; it is told `own`, the other side `other`."""
        for call in self._of(device):
            self._leave(call, device, own, other, now)

    def pause(self, devices: Iterable[Address], now: float) -> None:
        """The service of these devices is paused as the law asks (clause 10): only free numbers go on."""
        for device in devices:
            for call in self._of(device):
                if not {call.caller.number, call.callee_number} & self._free_numbers:
                    self._leave(call, device, EndReason.SERVICE_PAUSED, EndReason.NUMBER_DISABLED, now)

    def reauthorise(self, number: str, now: float) -> None:
        """The money of a number changed: its calls that cost go on with what there is now."""
        self._metered.reauthorise(number, now)

    def ledger_says(self, call: str, outcome: Outcome, now: float) -> None:
        """The answer to a `Commit`."""
        self._metered.ledger_says(call, outcome, now)

    def delivered(self, device: Address, body: CallMessage | Standing) -> None:
        """A device acknowledged a message."""
        if isinstance(body, Accept):
            call = self._calls.get(body.call)
            if call and call.caller == device and call.accept:
                call.accept = None
                self._journal(AcceptDelivered(call.id))

    # Messages.

    def message(self, sender: Address, body: CallMessage | Standing, now: float) -> Refusal | None:
        """Act upon a message, or say why not."""
        if isinstance(body, Standing):
            return not_now("hub-only")
        if isinstance(body, Propose):
            return self._propose(sender, body, now)
        call = self._calls.get(body.call)
        if call is None:
            return self._after_the_end(sender, body)
        if sender == call.caller:
            if call.phase is Phase.RINGING:
                return self._caller_while_ringing(call, body, now)
            return self._in_call(call, sender, body, now)
        if sender.number != call.callee_number:
            return Refusal(ErrorCode.UNKNOWN_CALL)
        if call.phase is Phase.RINGING:
            return self._callee_while_ringing(call, sender, body, now)
        if sender == call.callee:
            if isinstance(body, Accept | Ringing):
                return None  # sent again after a restart
            return self._in_call(call, sender, body, now)
        if isinstance(body, Accept):
            self._desk.post(sender, Retract(call=call.id, reason=EndReason.ANSWERED_ELSEWHERE))
        return None  # it rang there too, and does not know yet that another device was faster

    def _after_the_end(self, sender: Address, body: CallMessage) -> Refusal | None:
        ended = self._ended.get(body.call)
        if ended is None or not (sender == ended.caller or sender.number == ended.callee_number):
            return Refusal(ErrorCode.UNKNOWN_CALL)
        if isinstance(body, Accept) and sender not in (ended.caller, ended.callee):
            reason = EndReason.ANSWERED_ELSEWHERE if ended.callee else ended.reason
            self._desk.post(sender, Retract(call=body.call, reason=reason))
        return None

    def _propose(self, sender: Address, body: Propose, now: float) -> Refusal | None:
        known = self._calls.get(body.call) or self._ended.get(body.call)
        if known:
            return None if known.caller == sender else Refusal(ErrorCode.UNKNOWN_CALL)
        if self._directory.used(body.call):
            return Refusal(ErrorCode.UNKNOWN_CALL)
        dial = Dial(sender.number, body.callee, body.call, body.video)
        gate = self._directory.gate(dial)
        if (callee := self._directory.find(body.callee)) is not None and callee.number != body.callee:
            body = body.model_copy(update={"callee": callee.number})
        winner = self._glare(sender, body.callee)
        obstacle = self._obstacle(sender, body.callee, gate) or (EndReason.GLARE if winner else None)
        grant = None if obstacle else self._directory.reserve(dial)
        if isinstance(grant, Refused):
            obstacle = EndReason(grant.refusal.value)
        if obstacle:
            self._reject(sender, body, obstacle, now, winner if obstacle is EndReason.GLARE else None)
            return None
        caller = self._directory.find(sender.number)
        name = caller.name if caller else ""
        proposal = body.model_copy(update={"caller": sender.number, "caller_name": name})
        call = Call(body.call, sender, body.callee, Phase.RINGING, proposal=proposal)
        self._calls[call.id] = call
        self._by_device[sender][call.id] = None
        self._by_number[call.callee_number][call.id] = None
        self._journal(CallProposed(call.id, sender, body.callee, body.video))
        if gate.rate is not None and isinstance(grant, Grant):
            self._metered.proposed(call.id, sender, gate.rate, grant, now)
        for device in self._desk.devices_of(body.callee):
            self._ring(call, device)
        self._deadlines.add(now + NO_ANSWER_S, lambda at: self._no_answer(call, at))
        return None

    def _obstacle(self, sender: Address, number: str, gate: Gate) -> EndReason | None:
        """Why a call cannot be, before anyone is asked."""
        caller, callee = self._directory.find(sender.number), self._directory.find(number)
        devices = self._desk.devices_of(number)
        if caller is None or not caller.enabled:
            return EndReason.CALLER_DISABLED
        if caller.number != sender.number:
            return EndReason.FAILED  # its number was changed a moment ago: it is about to come again with the new one
        if number == sender.number:
            return EndReason.OWN_NUMBER
        free = bool({number, sender.number} & self._free_numbers)
        refusal = caller.barred or gate.refusal
        if refusal and not free:
            return refusal
        if callee is None:
            return EndReason.UNKNOWN_NUMBER
        if not callee.enabled or (gate.callee_closed and not free):
            return EndReason.NUMBER_DISABLED
        if not devices:
            return EndReason.UNREACHABLE
        if self._is_full(sender):
            return EndReason.FAILED
        if all(self._is_full(device) for device in devices):
            return EndReason.BUSY
        return None

    def _reject(self, sender: Address, body: Propose, reason: EndReason, now: float, winner: str | None = None) -> None:
        self._desk.post(sender, Reject(call=body.call, reason=reason, winner=winner))
        self._remember(body.call, Ended(sender, None, None, reason, self._forget(now)))

    def _glare(self, sender: Address, callee: str) -> str | None:
        """The call from `callee` that rings at the sender, which is calling `callee` at the same time."""
        for call_id in self._by_number.get(sender.number, ()):
            call = self._calls[call_id]
            if call.caller.number == callee and sender in call.ringing:
                return call.id
        return None

    def _is_full(self, device: Address) -> bool:
        return len(self._by_device.get(device, ())) >= limits.MAX_CALLS_PER_DEVICE

    def _ring(self, call: Call, device: Address) -> None:
        if call.proposal is None or (device not in call.ringing and self._is_full(device)):
            return
        call.ringing[device] = None
        self._by_device[device][call.id] = None
        self._desk.post(device, call.proposal)
        for candidates in call.early:
            self._desk.post(device, candidates)

    def _caller_while_ringing(self, call: Call, body: CallMessage, now: float) -> Refusal | None:
        if isinstance(body, Retract):
            self._stop_ringing(call, EndReason.CANCELLED)
            self._finish(call, EndReason.CANCELLED, now)
        elif isinstance(body, Candidates):
            if len(call.early) >= limits.MAX_EARLY_CANDIDATE_MESSAGES:
                return not_now("candidates")
            call.early.append(body)
            for device in call.ringing:
                self._desk.post(device, body)
        else:
            return not_now("ringing")
        return None

    def _callee_while_ringing(self, call: Call, sender: Address, body: CallMessage, now: float) -> Refusal | None:
        if sender not in call.ringing:
            return not_now("refused")
        if isinstance(body, Ringing):
            if not call.told_ringing:
                call.told_ringing = True
                self._desk.post(call.caller, body)
        elif isinstance(body, Accept):
            self._accept(call, sender, body, now)
        elif isinstance(body, Reject):
            if body.reason is EndReason.DECLINED:
                self._stop_ringing(call, EndReason.DECLINED_ELSEWHERE, but=sender)
                self._desk.post(call.caller, Reject(call=call.id, reason=EndReason.DECLINED))
                self._finish(call, EndReason.DECLINED, now)
            elif body.reason in REFUSALS:
                self._refuse(call, sender, body.reason, now)
            else:
                return not_now("reason")
        else:
            return not_now("ringing")
        return None

    def _accept(self, call: Call, callee: Address, body: Accept, now: float) -> None:
        self._stop_ringing(call, EndReason.ANSWERED_ELSEWHERE, but=callee)
        for device in call.ringing:
            if device != callee:
                self._detach(device, call.id)
        self._unlist(call)
        call.phase, call.callee, call.accept = Phase.ACCEPTED, callee, body
        call.proposal = None
        call.ringing.clear()
        call.refused.clear()
        call.early.clear()
        self._journal(CallAccepted(call.id, callee, body))
        self._desk.post(call.caller, body)
        self._metered.answered(call.id, now)

    def _in_call(self, call: Call, sender: Address, body: CallMessage, now: float) -> Refusal | None:
        calling = sender == call.caller
        other, says = (call.callee, CALLER_SAYS) if calling else (call.caller, CALLEE_SAYS)
        if other is None:
            return Refusal(ErrorCode.UNKNOWN_CALL)
        if isinstance(body, End):
            if body.reason not in ENDINGS:
                return not_now("reason")
            self._metered.ended(call.id, now)
            self._desk.post(other, body)
            self._finish(call, body.reason, now)
        elif isinstance(body, Media):
            self._metered.hear(call.id, Side.CALLER if calling else Side.CALLEE, body.flowing, now)
        elif isinstance(body, Retract) and calling:
            # It gave up before it heard of the answer: for the other side, who answered, that is a hang-up.
            self._desk.post(other, End(call=call.id, reason=EndReason.HUNG_UP))
            self._finish(call, EndReason.HUNG_UP, now)
        elif isinstance(body, says):
            self._desk.post(other, body)
        else:
            return not_now("accepted")
        return None

    # Ends.

    def _no_answer(self, call: Call, now: float) -> None:
        if self._calls.get(call.id) is call and call.phase is Phase.RINGING:
            self._stop_ringing(call, EndReason.NO_ANSWER)
            self._desk.post(call.caller, Reject(call=call.id, reason=EndReason.NO_ANSWER))
            self._finish(call, EndReason.NO_ANSWER, now)

    def _leave(self, call: Call, device: Address, own: EndReason | None, other: EndReason, now: float) -> None:
        if call.phase is Phase.ACCEPTED:
            self._metered.ended(call.id, now)
            for party in (call.caller, call.callee):
                reason = own if party == device else other
                if party and reason:
                    self._desk.post(party, End(call=call.id, reason=reason))
            self._finish(call, other, now)
        elif device == call.caller:
            if own:
                self._desk.post(device, Reject(call=call.id, reason=own))
            self._stop_ringing(call, EndReason.CANCELLED)
            self._finish(call, other, now)
        else:
            if own:
                self._desk.post(device, Retract(call=call.id, reason=own))
            unreachable = other if other is EndReason.NUMBER_DISABLED else EndReason.UNREACHABLE
            self._refuse(call, device, unreachable, now)
            call.refused.pop(device, None)  # should it come back while the call rings, it rings again

    def _cut(self, call_id: str, reason: EndReason, now: float) -> None:
        """The meter ends a call. That the caller's credit is used up is not the callee's business."""
        call = self._calls[call_id]
        self._metered.ended(call.id, now)
        told = EndReason.HUNG_UP if reason is EndReason.CREDIT_LIMIT else reason
        self._desk.post(call.caller, End(call=call.id, reason=reason))
        if call.callee:
            self._desk.post(call.callee, End(call=call.id, reason=told))
        self._finish(call, reason, now)

    def _refuse(self, call: Call, device: Address, reason: EndReason, now: float) -> None:
        call.ringing.pop(device, None)
        call.refused[device] = reason
        self._detach(device, call.id)
        if not call.ringing:
            reasons = call.refused.values()
            outcome = EndReason.BUSY if EndReason.BUSY in reasons else reason
            self._desk.post(call.caller, Reject(call=call.id, reason=outcome))
            self._finish(call, outcome, now)

    def _stop_ringing(self, call: Call, reason: EndReason, but: Address | None = None) -> None:
        for device in call.ringing:
            if device != but:
                self._desk.post(device, Retract(call=call.id, reason=reason))

    def _finish(self, call: Call, reason: EndReason, now: float) -> None:
        self._metered.ended(call.id, now)
        self._journal(CallEnded(call.id, reason))
        del self._calls[call.id]
        self._unlist(call)
        call.proposal = call.accept = None  # the deadline of its ringing still holds on to the call
        call.early.clear()
        for device in (call.caller, call.callee, *call.ringing):
            if device:
                self._detach(device, call.id)
        ended = Ended(call.caller, call.callee_number, call.callee, reason, self._forget(now))
        self._remember(call.id, ended)

    def _unlist(self, call: Call) -> None:
        ringing = self._by_number.get(call.callee_number)
        if ringing is not None:
            ringing.pop(call.id, None)
            if not ringing:
                del self._by_number[call.callee_number]

    def _detach(self, device: Address, call_id: str) -> None:
        calls = self._by_device.get(device)
        if calls is not None:
            calls.pop(call_id, None)
            if not calls:
                del self._by_device[device]

    def _of(self, device: Address) -> list[Call]:
        return [self._calls[call_id] for call_id in self._by_device.get(device, ())]

    @staticmethod
    def _forget(now: float) -> float:
        return now + limits.ENDED_MEMORY_S

    def _remember(self, call_id: str, ended: Ended) -> None:
        """Times only grow, so the first one is the first to be forgotten."""
        self._ended[call_id] = ended
        newest = ended.forget_at - limits.ENDED_MEMORY_S
        while self._ended:
            oldest = next(iter(self._ended.values()))
            if oldest.forget_at > newest and len(self._ended) <= limits.MAX_ENDED_CALLS:
                break
            self._ended.popitem(last=False)
