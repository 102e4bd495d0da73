"""What the test of a microphone makes of its levels. Knows no Qt; time is an argument, in monotonic seconds.

The bounds are ours: speech at arm's length from a notebook's microphone has some -35 to -20 dBFS in the mean, a quiet
room -70 to -55, and a muted microphone gives nothing but zeros.
"""

from collections import deque
from enum import StrEnum

from vidphone.media.sound.levels import SILENCE_DBFS, SoundLevel

VOICE_DBFS = -45.0
MUTED_DBFS = -85.0
CUT_OFF_DBFS = -0.5
FLOOR_DBFS = -60.0
"""The meter's left end."""
MEMORY_S = 3.0
"""What was heard counts for so long."""
VOICE_S = 0.25
"""So much of it must be as loud as a voice: a knock on the table is shorter."""
CUT_OFFS = 3
PATIENCE_S = 5.0
"""Nobody is told that they are not heard before that."""
LOST_S = 1.5
"""So long without a level, and the microphone gives no sound at all."""
HOLD_S = 1.2
FALL_DB_PER_S = 24.0


class Hearing(StrEnum):
    """What a person is told, worst news last."""

    WAITING = "waiting"
    HEARD = "heard"
    HEARD_BEFORE = "heard-before"
    TOO_LOUD = "too-loud"
    QUIET = "quiet"
    MUTED = "muted"
    NO_SOUND = "no-sound"


class MicrophoneTrial:
    """Judges a stream of levels, and holds the peak for the meter."""

    def __init__(self, now_s: float) -> None:
        self.heard_once = False
        self.begin(now_s)

    def begin(self, now_s: float) -> None:
        """Listen afresh: the microphone was opened, or another one was chosen."""
        self._began_s = self._latest_s = now_s
        self._levels: deque[tuple[float, float, SoundLevel]] = deque()
        self._level = SoundLevel(SILENCE_DBFS, SILENCE_DBFS)
        self._loudest_dbfs = SILENCE_DBFS
        self._held_dbfs, self._held_at_s = SILENCE_DBFS, now_s
        self.heard_once = False

    def take(self, level: SoundLevel, now_s: float) -> None:
        """A level has come."""
        span_s = min(now_s - self._latest_s, VOICE_S / 2)
        self._levels.append((now_s, span_s, level))
        self._level, self._latest_s = level, now_s
        self._loudest_dbfs = max(self._loudest_dbfs, level.peak_dbfs)
        if level.peak_dbfs >= self.peak_dbfs(now_s):
            self._held_dbfs, self._held_at_s = level.peak_dbfs, now_s
        self.heard_once |= self.hearing(now_s) in (Hearing.HEARD, Hearing.TOO_LOUD)

    def hearing(self, now_s: float) -> Hearing:
        """What is to be said now."""
        if now_s - self._latest_s > (LOST_S if self._levels else PATIENCE_S):
            return Hearing.NO_SOUND
        while self._levels and now_s - self._levels[0][0] > MEMORY_S:
            self._levels.popleft()
        cut_off = sum(level.peak_dbfs >= CUT_OFF_DBFS for _, _, level in self._levels)
        voice_s = sum(span_s for _, span_s, level in self._levels if level.rms_dbfs >= VOICE_DBFS)
        if cut_off >= CUT_OFFS:
            return Hearing.TOO_LOUD
        if voice_s >= VOICE_S:
            return Hearing.HEARD
        if self.heard_once:
            return Hearing.HEARD_BEFORE
        if now_s - self._began_s < PATIENCE_S:
            return Hearing.WAITING
        return Hearing.MUTED if self._loudest_dbfs <= MUTED_DBFS else Hearing.QUIET

    def shown(self, now_s: float) -> float:
        """How far the meter is filled, 0 to 1; empty once no levels come any more."""
        return 0.0 if now_s - self._latest_s > LOST_S else _share(self._level.rms_dbfs)

    def peak(self, now_s: float) -> float:
        """Where the meter's peak stands, 0 to 1: it is held, and falls."""
        return _share(self.peak_dbfs(now_s))

    def peak_dbfs(self, now_s: float) -> float:
        """The same in dBFS."""
        return self._held_dbfs - FALL_DB_PER_S * max(0.0, now_s - self._held_at_s - HOLD_S)


def _share(dbfs: float) -> float:
    return min(1.0, max(0.0, 1 - dbfs / FLOOR_DBFS))
