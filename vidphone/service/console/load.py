"""What the service carries now, and carried in the last minutes."""

from collections import deque
from dataclasses import dataclass

from vidphone.service.metrics import Metrics

EVERY_S = 5.0
"""How often a sample is taken."""
MINUTE_S = 60.0
KEPT = 360
"""Samples: half an hour."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. `at`: seconds of a clock that only goes forward."""

    at: float
    phones: int
    calls: int
    set_ups: int
    """Since the service began."""


class LoadMeter:
    """The samples of one service; used on its event loop and read by threads."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._samples: deque[Sample] = deque(maxlen=KEPT)

    def take(self, at: float) -> Sample:
        """Look now, and remember."""
        value = self._metrics.value
        calls = int(value("calls_active"))
        sample = Sample(at, int(value("connections")), calls, int(value("calls_proposed_total")))
        self._samples.append(sample)
        return sample

    def samples(self) -> tuple[Sample, ...]:
        """All that are kept, oldest first."""
        return tuple(self._samples)

    def ringing(self) -> int:
        """Calls that ring now."""
        return int(self._metrics.value("calls_ringing"))


def set_ups_per_minute(samples: tuple[Sample, ...]) -> float:
    """Call set-ups of the last minute, or of as much of it as is known, by the minute. Pure."""
    if not samples:
        return 0.0
    last = samples[-1]
    first = next(one for one in samples if last.at - one.at <= MINUTE_S)
    seconds = last.at - first.at
    return (last.set_ups - first.set_ups) * MINUTE_S / seconds if seconds > 0 else 0.0
