"""The seconds of a call during which media flowed on both sides, as both sides say. Pure.

The clock is the service's: what clients say is when it changes and that it still is so. A side that has not been heard
for `FRESH_S` may be gone, and what came after its last word is not confirmed. If its next word is that media still
flows, it is confirmed after all; if not, it is not charged. So nobody pays for a client that is dead.
"""

from dataclasses import dataclass
from enum import Enum

from vidphone.wire.signaling import MEDIA_S

FRESH_S = MEDIA_S + 5.0
"""A side's word holds for so long: the interval at which it is repeated, and a slow network."""


class Side(Enum):
    """The two of a call."""

    CALLER = "caller"
    """Who pays."""
    CALLEE = "callee"


@dataclass(slots=True)
class _Word:
    flowing: bool
    at: float


class Stopwatch:
    """Times are seconds of one monotonic clock, results whole milliseconds."""

    def __init__(self, now: float, used_ms: int = 0, *, flowing: bool = False, behind_s: float | None = None) -> None:
        """Of a call just answered; with `behind_s`, of one that went on while the service was away.

        Of that one `used_ms` were used, and media flowed or not, when it was last confirmed `behind_s` before `now`.
        """
        confirmed_at = now - (behind_s or 0.0)
        self._used_ms = self._began_ms = used_ms
        self._words = {side: _Word(flowing, confirmed_at) for side in Side}
        self._since = confirmed_at if flowing else None
        self._began = self._down_since = now
        self._awaited = set() if behind_s is None else set(Side)

    @property
    def running(self) -> bool:
        """Whether both sides' last word is that media flows."""
        return self._since is not None

    @property
    def awaiting(self) -> bool:
        """Whether a side has said nothing since the service came back."""
        return bool(self._awaited)

    def hear(self, side: Side, flowing: bool, now: float) -> None:
        """A side says whether media flows."""
        word = self._words[side]
        if self._since is not None and not flowing:
            self._stop(self._horizon(now), now)
        word.flowing, word.at = flowing, now
        self._awaited.discard(side)
        if self._since is None and all(each.flowing for each in self._words.values()):
            self._since = now

    def stop(self, now: float) -> None:
        """The call is over."""
        self._stop(self._horizon(now), now)

    def confirmed_ms(self, now: float) -> int:
        """What both sides have said was used. Never falls."""
        return self._ms(self._heard_at() if self._since is not None else now)

    def used_ms(self, now: float) -> int:
        """What would be charged if the call ended now."""
        return self._ms(self._horizon(now))

    def provisional_ms(self, now: float) -> int:
        """What may have been used: a silent side is believed for `FRESH_S`, then counting stands until it speaks."""
        return self._ms(min(now, self._heard_at() + FRESH_S))

    def confirmed_at(self, now: float) -> float:
        """Up to when what is confirmed reaches; now while media does not flow, since nothing is used then."""
        return now if self._since is None else max(self._since, self._heard_at())

    def unconfirmed_since(self) -> float:
        """Since when no use has been confirmed, the time without a service left out."""
        return self._down_since if self._since is None else max(self._began, self._heard_at())

    def idle_s(self, now: float) -> float:
        """How long in all the call has lasted without use."""
        return now - self._began + self._began_ms / 1000 - self.provisional_ms(now) / 1000

    def _heard_at(self) -> float:
        return min(word.at for word in self._words.values())

    def _horizon(self, now: float) -> float:
        """Up to now while both sides are fresh, else up to the last word of the one that is not."""
        heard = self._heard_at()
        return now if now - heard <= FRESH_S else heard

    def _ms(self, until: float) -> int:
        if self._since is None:
            return self._used_ms
        return self._used_ms + round(max(0.0, until - self._since) * 1000)

    def _stop(self, at: float, now: float) -> None:
        if self._since is not None:
            self._used_ms = self._ms(at)
            self._since = None
            self._down_since = now
