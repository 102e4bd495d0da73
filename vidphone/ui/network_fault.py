"""When a call that is over gives a reason to test the network. Knows no Qt."""

from vidphone.wire.reasons import EndReason

NETWORK_ENDS = frozenset({EndReason.CONNECTION_LOST, EndReason.MEDIA_FAILED})
POOR_BARS = 2
"""A call of so few signal bars on the average, or fewer, was poor: speech is lost, or the picture stands still."""
LEAST_REPORTS = 5
"""Statistics come once a second; a call begins without any bar, so that a shorter one says nothing."""


def network_at_fault(reason: EndReason | None, quality: int | None) -> bool:
    """Whether a call ended by its network, or was poor on it; `quality` in signal bars, None where nobody measured."""
    return reason in NETWORK_ENDS or was_poor(quality)


def was_poor(quality: int | None) -> bool:
    """Whether a call was hard to follow."""
    return quality is not None and quality <= POOR_BARS


class Bars:
    """The signal bars of one call while it lasts."""

    def __init__(self) -> None:
        self._call = ""
        self._sum = self._count = 0

    def add(self, call: str, bars: int) -> None:
        """One report more; another call begins anew."""
        if call != self._call:
            self._call, self._sum, self._count = call, 0, 0
        self._sum += bars
        self._count += 1

    def of(self, call: str) -> int | None:
        """The average, rounded; None where there is too little to judge by."""
        if call != self._call or self._count < LEAST_REPORTS:
            return None
        return round(self._sum / self._count)
