"""What this side says about its media so that a call can be charged, and what it is told of the charge (clause 9).

Pure. The hub counts the seconds in which both sides said that media flows: each says so when that changes, every
`MEDIA_S` while it does, and when the link is up again. The link's queue is not filled with it meanwhile.

The hub ends a call whose credit is used up. While the link is down nobody can, so this side does it: when the credit
it was last told of is used up, and otherwise after `UNMETERED_S`, since a charged call must not go on for ever because
the service is gone. Other calls do go on without the link.
"""

from vidphone.call.charge import Charge
from vidphone.call.effects import ReportCharge
from vidphone.call.record import CallRecord
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason

FLOWING = frozenset({CallState.ACTIVE, CallState.HELD})
"""A held call flows: reports go on, and the line is kept for it."""
UNMETERED_S = 120.0
"""The quota of 60 s that the hub may have reserved, and as much again for it to come back."""


def charge_of(message: wire.Charging, now: float) -> Charge:
    """What the hub told, as of now."""
    return Charge(
        price_e4_yuan=message.price_e4_yuan,
        spent_fen=message.spent_fen,
        answered_s=message.answered_s,
        remaining_s=message.remaining_s,
        final=message.final,
        warning=message.warning,
        at=now,
        running=message.running,
        settled=message.settled,
        minimum_s=message.minimum_s,
        increment_s=message.increment_s,
    )


def charging(call: CallRecord, event: wire.Charging, now: float) -> CallState:
    """The hub told what the call costs so far, and how long the credit lasts."""
    call.charge = charge_of(event, now)
    call.out.append(ReportCharge(call.id, call.charge))
    return call.state


def tell_flow(call: CallRecord, now: float) -> None:
    """Say whether media flows, where that is another than was said or it was said long enough ago."""
    if not call.link_up or call.state is CallState.ENDED:
        call.flow_due_at = None
        return
    flowing = call.state in FLOWING
    again = flowing and call.flow_due_at is not None and now >= call.flow_due_at
    if flowing != call.flow_told or again:
        call.flow_told = flowing
        call.flow_due_at = now + wire.MEDIA_S if flowing else None
        call.send(wire.Media(call=call.id, flowing=flowing))


def link_changed(call: CallRecord, now: float) -> None:
    """The link came or went: what was said of the flow has to be said anew; without it a charged call is bounded."""
    call.flow_told = False if call.connected_at is None else None
    charged = call.charge is not None and call.charge.price_e4_yuan > 0 and call.charge.running
    call.unmetered_until = now + UNMETERED_S if charged and not call.link_up else None


def over_for(call: CallRecord, now: float) -> EndReason | None:
    """Why a charged call cannot go on without the link, if it cannot."""
    due = alone_until(call)
    if due is None or now < due:
        return None
    return EndReason.CONNECTION_LOST if due == call.unmetered_until else EndReason.CREDIT_LIMIT


def alone_until(call: CallRecord) -> float | None:
    """When a charged call ends unless the link comes back."""
    if call.link_up or call.unmetered_until is None:
        return None
    used_up_at = call.charge.used_up_at if call.charge is not None else None
    return call.unmetered_until if used_up_at is None else min(call.unmetered_until, used_up_at)
