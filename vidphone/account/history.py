"""The calls that were."""

from dataclasses import dataclass

from vidphone.wire.reasons import EndReason


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One call of the past."""

    id: str
    number: str
    name: str
    incoming: bool
    video: bool
    started_at_epoch_s: float
    talked_s: float
    reason: EndReason
    missed: bool
    seen: bool
