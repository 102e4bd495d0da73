"""Notices that the last packets of a frame were lost before the next frame's come. Pure.

A gap in the numbers shows a loss only when a later packet has come; behind the last packet of a frame that takes one of
the sender's intervals: 33 ms at 30 frames/s, 125 ms on a line that carries 8. The packets of one frame follow one
another far more closely, so a frame that goes on without its marker for longer than they do has lost its next one.
"""

from vidphone.media.receive.nack import ANSWER_FRACTION, INITIAL_ROUND_TRIP_S

MIN_GAPS = 20
"""So many gaps within frames are measured before anything is concluded from them."""
MIN_WAIT_S = 0.008
DEVIATIONS = 6
SMOOTHING = 1 / 16
MAX_CAUTION = 32.0
CAUTION_GROWTH = 2.0
CAUTION_DECAY = 0.95


class TailWatch:
    """Watches the newest packet of a stream, numbered by growing integers."""

    def __init__(self) -> None:
        self._round_trip_s = INITIAL_ROUND_TRIP_S
        self._newest: int | None = None
        self._timestamp = 0
        self._at_s = 0.0
        self._whole = True
        self._gaps = 0
        self._gap_s = 0.0
        self._deviation_s = 0.0
        self._caution = 1.0
        self._asked: tuple[int, float] | None = None

    def set_round_trip(self, round_trip_s: float) -> None:
        """The line's round trip, as RTCP measures it."""
        self._round_trip_s = round_trip_s

    @property
    def due_at_s(self) -> float | None:
        """When the packet behind the newest is to be taken for lost; None where nothing speaks for one."""
        if self._whole or self._gaps < MIN_GAPS:
            return None
        return self._at_s + max(self._gap_s + DEVIATIONS * self._deviation_s, MIN_WAIT_S) * self._caution

    def received(self, number: int, rtp_timestamp: int, now_s: float, *, ends: bool) -> None:
        """Note a packet; `ends` where it bears the marker, or is padding, behind which no frame goes on."""
        if self._asked is not None and self._asked[0] == number:
            answered = now_s - self._asked[1] >= ANSWER_FRACTION * self._round_trip_s
            self._caution = max(self._caution * CAUTION_DECAY, 1.0) if answered else self._caution * CAUTION_GROWTH
            self._caution = min(self._caution, MAX_CAUTION)
        elif number - 1 == self._newest and rtp_timestamp == self._timestamp and not self._whole:
            gap_s = now_s - self._at_s
            self._gaps += 1
            self._deviation_s += (abs(gap_s - self._gap_s) - self._deviation_s) * SMOOTHING
            self._gap_s += (gap_s - self._gap_s) * SMOOTHING
        if self._newest is None or number > self._newest:
            self._newest, self._timestamp, self._at_s, self._whole = number, rtp_timestamp, now_s, ends

    def take_lost(self, now_s: float) -> int | None:
        """The packet to be taken for lost now, once."""
        due_at_s = self.due_at_s
        if due_at_s is None or self._newest is None or now_s < due_at_s:
            return None
        self._whole = True
        self._asked = self._newest + 1, now_s
        return self._newest + 1
