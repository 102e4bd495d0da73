"""When to play a little faster or slower: in pauses of speech first, within it as sparingly as delay allows. Pure.

A change in a pause is not heard and may have any length. Within speech it is a whole period of the voice, where the
sound repeats itself well enough; how well it has to depends on how far the delay is off.
"""

from dataclasses import dataclass

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.voice.stretch import FADE, MAX_LAG, MIN_LAG, find_period, lengthen, shorten

_MS = SAMPLE_RATE_HZ // 1000
LOOKAHEAD = MAX_LAG + 2 * FADE
"""How many samples a decision wants to see."""
_TOLERANCE = _MS
"""What is not even corrected in a pause."""
_SPEECH_TOLERANCE = 12 * _MS
_PATIENCE = SAMPLE_RATE_HZ
"""How long a small excess waits for a pause."""
_REST = 50 * _MS
"""Between two changes within speech that are not urgent."""
_URGENT = 120 * _MS


@dataclass(frozen=True, slots=True)
class _Need:
    beyond: int
    likeness: float


_NEEDS = (_Need(250 * _MS, -1.0), _Need(_URGENT, 0.6), _Need(40 * _MS, 0.8), _Need(_SPEECH_TOLERANCE, 0.9))
"""How alike two periods have to be, by how far the delay is off."""


class Stretcher:
    """Changes the sound that is ready to be played, where that brings delay to its target."""

    def __init__(self) -> None:
        self._waited = 0
        self._rest = 0

    def wants(self, excess: int) -> bool:
        """Whether `adjust` would look at the sound at all: `LOOKAHEAD` of it should be there then."""
        return abs(excess) > _TOLERANCE

    def adjust(self, ready: Samples, count: int, excess: int, *, quiet: bool) -> Samples:
        """The sound to be played now, of `count` samples or more.

        Args:
            ready: what would be played.
            count: how much is about to be handed out.
            excess: by how many samples delay is above its target.
            quiet: whether `ready` holds only background.
        """
        self._rest = max(self._rest - count, 0)
        if abs(excess) <= _TOLERANCE:
            self._waited = 0
            return ready
        self._waited += count
        if quiet:
            return self._in_pause(ready, count, excess)
        needed = next((need.likeness for need in _NEEDS if abs(excess) > need.beyond), None)
        if needed is None or (self._rest and abs(excess) < _URGENT):
            return ready
        if 0 < excess < _NEEDS[-2].beyond and self._waited < _PATIENCE:
            return ready
        # Longer than wanted would only be taken back later.
        lag, likeness = find_period(ready, min(MAX_LAG, abs(excess)))
        if lag < MIN_LAG or likeness < needed or (excess > 0 and ready.size - lag < count):
            return ready
        self._rest = _REST
        fade = min(lag, FADE, ready.size - lag)
        return shorten(ready, lag, fade) if excess > 0 else lengthen(ready, lag, fade)

    @staticmethod
    def _in_pause(ready: Samples, count: int, excess: int) -> Samples:
        if excess > 0:
            lag = min(excess, ready.size - max(count, FADE))
            return shorten(ready, lag) if lag > 0 else ready
        lag = min(-excess, ready.size - FADE)
        return lengthen(ready, lag) if lag > 0 else ready
