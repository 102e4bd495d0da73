"""What the hub wants done. The shell writes all journal entries of a batch before it performs the rest."""

from dataclasses import dataclass
from typing import NamedTuple

from vidphone.service.ledger.values import Begin, Commit, Finish
from vidphone.service.metering.effects import MeterKept, StoredMeter
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Accept, Ack, Error, Message, Notice, Welcome


class Address(NamedTuple):
    """One device of one number."""

    number: str
    device: str


class CloseCode:
    """WebSocket close codes of the hub's own (RFC 6455, 7.4.2: 4000–4999 are for private use)."""

    SUPERSEDED = 4001
    SIGNED_OUT = 4002
    DISABLED = 4003
    NOT_GREETED = 4004
    TOO_SLOW = 4005
    TOO_MANY_CONNECTIONS = 4006
    COME_AGAIN = 1012
    """IANA's "service restart": clients connect again."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame on a connection."""

    connection: int
    frame: Welcome | Message | Ack | Notice | Error


@dataclass(frozen=True, slots=True)
class Close:
    """Close a connection after what was sent on it."""

    connection: int
    code: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Read nothing from a connection for `limits.PAUSE_S`: it sends too much."""

    connection: int


@dataclass(frozen=True, slots=True)
class CallProposed:
    """Journal: a call rings."""

    call: str
    caller: Address
    callee: str
    video: bool


@dataclass(frozen=True, slots=True)
class CallAccepted:
    """Journal: a device took the call. `accept` is kept until the caller has it, so that no kill loses it."""

    call: str
    callee: Address
    accept: Accept


@dataclass(frozen=True, slots=True)
class AcceptDelivered:
    """Journal: the caller acknowledged `accept`; it need not be kept."""

    call: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """Journal: a call is over."""

    call: str
    reason: EndReason


JournalEntry = CallProposed | CallAccepted | AcceptDelivered | CallEnded | MeterKept
LedgerStep = Begin | Commit | Finish
"""For the ledger, in the transaction of the journal. `Hub.ledger_says` takes the answer to each `Commit`."""
Effect = Send | Close | Pause | JournalEntry | LedgerStep


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as the journal has it after a restart; `reason` is set when it has ended."""

    call: str
    caller: Address
    callee_number: str
    callee_device: str | None
    accept: Accept | None
    reason: EndReason | None
    meter: StoredMeter | None = None
    """Of an accepted call that costs."""
