"""How hard the decoder has it, for the sender's choice of size. Pure."""

_OVER_S = 1.0
_FREE, _BUSY = 0.4, 0.7
"""Shares of its time: below the first a larger picture could be decoded, from the second on smaller ones are wanted."""
_LOW, _HIGH = 0.05, 0.3
"""What is told at those two shares: `codec.adaptation` goes by these."""


class DecodePressure:
    """From 0, nothing to do, by 0.3, smaller pictures are wanted, to 0.55, it does nothing else."""

    def __init__(self) -> None:
        self._before: tuple[float, float] | None = None
        self.value = 0.0

    def update(self, total_decode_time_s: float, now_s: float) -> float:
        """Take the time spent on decoding so far; the pressure over the last second or more."""
        if self._before is None or total_decode_time_s < self._before[0]:  # a decoder that began anew
            self._before = total_decode_time_s, now_s
        elapsed_s = now_s - self._before[1]
        if elapsed_s >= _OVER_S:
            busy = (total_decode_time_s - self._before[0]) / elapsed_s
            self._before = total_decode_time_s, now_s
            self.value = min(max(_LOW + (busy - _FREE) * (_HIGH - _LOW) / (_BUSY - _FREE), 0.0), 1.0)
        return self.value
