"""Which tone a person hears, from the calls there are. Pure."""

from collections.abc import Iterable

from vidphone.call.charge import Charge
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.sound.tones import Tone
from vidphone.wire.reasons import BARRED, EndReason

BUSY_REASONS = BARRED | {EndReason.BUSY, EndReason.DECLINED, EndReason.NO_ANSWER, EndReason.UNREACHABLE}
IN_CALL = frozenset({CallState.ACTIVE, CallState.HELD, CallState.RECONNECTING, CallState.CONNECTING})


def tone_for(views: Iterable[CallView]) -> Tone | None:
    """The tone that goes on while the calls are as they are; an incoming call comes before an outgoing one."""
    states = [(view.state, view.waiting) for view in views]
    if any(state is CallState.INCOMING for state, _ in states):
        in_call = any(state in IN_CALL for state, _ in states)
        return Tone.CALL_WAITING if in_call else Tone.RINGTONE
    if any(state is CallState.RINGING for state, _ in states):
        return Tone.RINGBACK
    return None


def tone_at_end(view: CallView) -> Tone | None:
    """The short tone at the end of a call: busy where it never began, a falling one where the other side left."""
    if view.direction is Direction.OUTGOING and view.connected_at is None and view.reason in BUSY_REASONS:
        return Tone.BUSY
    if view.connected_at is not None and view.ended_by_peer:
        return Tone.HANG_UP
    return None


def tone_of_charge(charge: Charge) -> Tone | None:
    """The tone that warns the one who pays that the credit is nearly used up (clause 9)."""
    return None if charge.warning is None else Tone.CREDIT_WARNING
