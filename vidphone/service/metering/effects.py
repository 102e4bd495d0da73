"""What a meter wants done, beside the ledger's `Begin`, `Commit` and `Finish`."""

from dataclasses import dataclass

from vidphone.service.ledger.values import Begin, Commit, Finish, Grant
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Charging


@dataclass(frozen=True, slots=True)
class MeterKept:
    """Journal: what both sides of a call have confirmed, so that a restarted service goes on from it."""

    call: str
    used_ms: int
    behind_s: float
    """How long before now that was."""
    flowing: bool


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the side that pays."""

    charging: Charging


@dataclass(frozen=True, slots=True)
class Cut:
    """End the call."""

    call: str
    reason: EndReason


Emitted = Begin | Commit | Finish | MeterKept | Tell | Cut


@dataclass(frozen=True, slots=True)
class StoredMeter:
    """A meter as database and ledger have it after a restart."""

    rate: Rate
    grant: Grant
    used_ms: int
    behind_s: float
    """How long ago that was confirmed."""
    flowing: bool
