"""A call as others see it: one frozen snapshot a change."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.wire.reasons import EndReason


class Direction(StrEnum):
    """Who called."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class CallState(StrEnum):
    """Where a call is. `machine.py` has the table of its transitions."""

    DIALLING = "dialling"  # proposed, no device rings yet
    RINGING = "ringing"  # the other side rings
    INCOMING = "incoming"  # this side rings
    CONNECTING = "connecting"  # accepted, media not there yet
    ACTIVE = "active"
    HELD = "held"  # held by this side
    RECONNECTING = "reconnecting"
    ENDED = "ended"


class CallWaiting(StrEnum):
    """What happens to the active call when another one is answered."""

    HOLD = "hold"
    END = "end"


@dataclass(frozen=True, slots=True)
class CallView:
    """Everything about a call that a window, a log line or a history entry needs. Times are monotonic seconds."""

    call: str
    direction: Direction
    peer_number: str
    peer_name: str
    state: CallState
    video: bool
    """Whether video was asked for when the call was proposed."""
    microphone: bool = True
    camera: bool = False
    held_by_peer: bool = False
    peer_microphone: bool = True
    peer_camera: bool = False
    recording: bool = False
    peer_recording: bool = False
    waiting: bool = False
    """An incoming call while another one is active."""
    dialled_at: float | None = None
    """When it was dialled; for an incoming call, when it came in."""
    answered_at: float | None = None
    """When either side answered: setting up the media begins."""
    connected_at: float | None = None
    first_frame_at: float | None = None
    reconnecting_since: float | None = None
    reconnecting_until: float | None = None
    comparison_code: str | None = None
    """Six digits that both sides see alike unless someone sits between them (clause 10)."""
    ended_at: float | None = None
    reason: EndReason | None = None
    ended_by_peer: bool = False
