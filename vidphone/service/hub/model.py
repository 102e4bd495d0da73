"""A call as the hub keeps it, and who may say what in it. `calls.py` has the rules. Pure."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from vidphone.service.hub.effects import Address
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import (
    Accept,
    Answer,
    CallMessage,
    Candidates,
    Dtmf,
    Info,
    Offer,
    Propose,
    Restart,
    Reveal,
    Standing,
)


class Phase(Enum):
    """Which of the two machines a call is."""

    RINGING = "ringing"
    ACCEPTED = "accepted"


REFUSALS = frozenset({EndReason.BUSY, EndReason.MEDIA_FAILED, EndReason.INSECURE, EndReason.FAILED})
"""Reasons of `reject` that count for one device only; `declined` is the person's word for all of them."""

ENDINGS = frozenset(
    {
        EndReason.HUNG_UP,
        EndReason.CONNECTION_LOST,
        EndReason.MEDIA_FAILED,
        EndReason.INSECURE,
        EndReason.SERVICE_RESTARTED,
        EndReason.SIGNED_OUT,
        EndReason.FAILED,
    }
)
"""Reasons that a device may give in `end`."""

CALLER_SAYS = (Offer, Reveal, Candidates, Info, Dtmf)
CALLEE_SAYS = (Answer, Restart, Candidates, Info, Dtmf)
"""What is handed to the other side of an accepted call as it is."""


@dataclass(slots=True)
class Call:
    """A call that has not ended."""

    id: str
    caller: Address
    callee_number: str
    phase: Phase
    proposal: Propose | None = None
    early: list[Candidates] = field(default_factory=list)
    ringing: dict[Address, None] = field(default_factory=dict)
    """The devices that were asked and have not refused, in the order asked."""
    refused: dict[Address, EndReason] = field(default_factory=dict)
    told_ringing: bool = False
    callee: Address | None = None
    accept: Accept | None = None
    """Until the caller has acknowledged it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What is remembered of a call that has ended."""

    caller: Address
    callee_number: str | None
    """None where nobody was asked."""
    callee: Address | None
    reason: EndReason
    forget_at: float


class Desk(Protocol):
    """What calls need from sessions."""

    def devices_of(self, number: str) -> tuple[Address, ...]:
        """The devices that are there."""

    def post(self, device: Address, body: CallMessage | Standing) -> None:
        """Send a message to a device, if it is there."""
