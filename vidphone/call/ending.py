"""How a call ends: the last step of every way through the machine. Pure."""

from vidphone.call.effects import CloseMedia
from vidphone.call.record import CallRecord
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason


def due(when: float | None, now: float) -> bool:
    """Whether a deadline has come."""
    return when is not None and now >= when


def end(call: CallRecord, reason: EndReason, now: float) -> CallState:
    """End the call and say so to the other side, in the way that fits how far it had got."""
    if call.accepted:
        call.send(wire.End(call=call.id, reason=reason))
    elif not call.caller:
        call.send(wire.Reject(call=call.id, reason=reason))
    elif call.announced >= 0 and not call.glare_lost:
        call.send(wire.Retract(call=call.id, reason=reason))
    return over(call, reason, now)


def over(call: CallRecord, reason: EndReason, now: float, *, by_peer: bool = False) -> CallState:
    """The call is over and nobody needs to be told."""
    if call.caller or call.answered_at is not None:
        call.out.append(CloseMedia(call.id))
    call.ended_at, call.reason, call.ended_by_peer = now, reason, by_peer
    call.give_up_at = call.retry_at = call.flow_due_at = call.unmetered_until = None
    return CallState.ENDED
