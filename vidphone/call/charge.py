"""What a call costs the one who pays for it, and how long the credit lasts (clause 9). Pure."""

import math
from dataclasses import dataclass

from vidphone.terms.money import charge_fen


@dataclass(frozen=True, slots=True)
class Charge:
    """As the hub last told it. While it is running the figures go on by the clock, as the hub counts them too."""

    price_e4_yuan: int
    """Of a minute; 0 where the call is free."""
    spent_fen: int
    answered_s: int
    """Charged seconds at `at`."""
    remaining_s: int | None
    """How long the credit lasts from `at`; None where it lasts for ever."""
    final: bool
    """The call ends when that time has passed, unless something is paid meanwhile."""
    warning: int | None
    """60, 30 or 10 seconds: this word of the hub was a warning."""
    at: float
    """Monotonic seconds."""
    running: bool = True
    """Seconds are being counted; they are not before the answer, nor while media is down."""
    settled: bool = False
    """The call is over, and this is what it cost."""
    minimum_s: int = 0
    increment_s: int = 1

    def spent_at(self, now: float) -> int:
        """The cost in fen, to be drawn anew each second; never less than the hub said, never more than it will say.

        The second that `answered_s` ends with had begun at `at`, so only whole ones are added.
        """
        seconds = self.answered_s + math.floor(self._passed_s(now))
        return max(self.spent_fen, charge_fen(seconds, self.price_e4_yuan, self.minimum_s, self.increment_s))

    def remaining_at(self, now: float) -> int | None:
        """Whole seconds, begun ones counted, that the credit still lasts."""
        return None if self.remaining_s is None else math.ceil(self.remaining_s - self._passed_s(now))

    @property
    def used_up_at(self) -> float | None:
        """When the credit is used up if nothing is paid meanwhile, in monotonic seconds; None: not by this call."""
        counts = self.running and not self.settled
        return None if self.remaining_s is None or not counts else self.at + self.remaining_s

    def _passed_s(self, now: float) -> float:
        """Counted since `at`, up to the end of the credit."""
        if not self.running or self.settled:
            return 0.0
        passed = max(0.0, now - self.at)
        return passed if self.remaining_s is None else min(passed, float(self.remaining_s))
