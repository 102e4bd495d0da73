"""Loss: how much, in what runs, and whether it is the line's nature or our doing. Pure.

The model is that of libwebrtc's second loss-based estimator: a line loses `inherent` of its packets whatever is sent
and, above a bandwidth, all that exceeds it. The likeliest pair explains the last seconds; more bandwidth is believed
unless the losses speak clearly against it, so constant loss that does not grow with the rate costs no rate.
"""

from collections import deque
from collections.abc import Sequence
from math import log

from vidphone.media.rate.history import Outcome

_OBSERVATION_S = 0.25
_OBSERVATIONS = 32
_AGEING = 0.95
_INHERENT = (0.0005, 0.003, 0.01, 0.02, 0.035, 0.05, 0.07, 0.09, 0.11, 0.135, 0.16, 0.19)
_CONVINCED = 4.0
"""By how many nats a bandwidth limit must explain the losses better than no limit."""
_STEPS = (1.08, 1.0, 0.95, 0.9)
_HALF_LIFE_PACKETS = 150.0
_LEAST_LIFE_S = 2.0


class LossStatistics:
    """Share of packets lost and the mean length of runs, ageing with about two seconds."""

    def __init__(self) -> None:
        self._packets = self._lost = self._runs = 0.0
        self._long_packets = self._long_lost = self._long_runs = 0.0
        self._last_lost = -10
        self._at_s: float | None = None

    @property
    def fraction(self) -> float:
        """Of packets."""
        return min(max(self._lost / self._packets, 0.0), 1.0) if self._packets > 0 else 0.0

    @property
    def burst(self) -> float:
        """Mean number of packets lost in a row, at least 1; over about ten seconds, as runs are rare."""
        return max(self._long_lost / self._long_runs, 1.0) if self._long_runs > 0.5 else 1.0

    def add(self, outcome: Outcome, now_s: float) -> None:
        """Count one feedback."""
        elapsed_s = now_s - self._at_s if self._at_s is not None else 0.0
        self._at_s = now_s
        short, long = 0.5 ** (elapsed_s / 1.4), 0.5 ** (elapsed_s / 7.0)
        runs = 0
        for packet in outcome.lost:
            runs += packet.number != self._last_lost + 1
            self._last_lost = packet.number
        lost = len(outcome.lost) - outcome.found
        packets = len(outcome.arrivals) + lost
        self._packets = self._packets * short + packets
        self._lost = max(self._lost * short + lost, 0.0)
        self._runs = self._runs * short + runs
        self._long_packets = self._long_packets * long + packets
        self._long_lost = max(self._long_lost * long + lost, 0.0)
        self._long_runs = self._long_runs * long + runs

    def set(self, fraction: float) -> None:
        """Take a receiver report's word, for peers without transport-wide feedback."""
        self._packets, self._lost = 100.0, 100.0 * fraction


class LossModel:
    """The likeliest inherent loss and bandwidth limit; `bound_bps` is None while no limit is needed to explain it."""

    def __init__(self) -> None:
        self.bound_bps: float | None = None
        self.inherent = 0.0
        self._observations: deque[tuple[int, int, float]] = deque(maxlen=_OBSERVATIONS)
        self._open: list[float] = [0.0, 0.0, 0.0]
        self._since_s: float | None = None

    def reset(self) -> None:
        """Forget the bound: other evidence shows that more gets through. The inherent loss is kept."""
        self.bound_bps = None
        self._observations.clear()
        self._since_s = None

    def add(self, outcome: Outcome, burst: float, now_s: float) -> None:
        """Take one feedback from a time without a queue of our own."""
        times = [packet.sent_s for packet in outcome.arrivals] + [packet.sent_s for packet in outcome.lost]
        if not times:
            return
        if self._since_s is None:
            self._since_s, self._open = max(times), [0.0, 0.0, 0.0]
            return
        self._open[0] += len(outcome.arrivals) + len(outcome.lost)
        self._open[1] += len(outcome.lost)
        self._open[2] += sum(p.size_bytes for p in outcome.arrivals) + sum(p.size_bytes for p in outcome.lost)
        elapsed_s = max(times) - self._since_s
        if elapsed_s < _OBSERVATION_S or self._open[0] < 8:
            return
        self._observations.append((int(self._open[0]), int(self._open[1]), self._open[2] * 8 / elapsed_s))
        self._since_s, self._open = max(times), [0.0, 0.0, 0.0]
        self._decide(max(burst, 1.0))

    def _decide(self, burst: float) -> None:
        newest_first = list(reversed(self._observations))
        weights = [_AGEING**age / burst for age in range(len(newest_first))]
        free, self.inherent = _likeliest(newest_first, weights, None)
        if not any(lost for _, lost, _ in newest_first):
            self.bound_bps = self.bound_bps * _STEPS[0] if self.bound_bps else None
        base = self.bound_bps or newest_first[0][2]
        arrived = newest_first[0][2] * (1 - newest_first[0][1] / newest_first[0][0]) / (1 - self.inherent)
        best, bound, inherent = free + _CONVINCED, None, self.inherent
        for candidate in (*(base * step for step in _STEPS), arrived):
            likelihood, loss = _likeliest(newest_first, weights, candidate)
            if likelihood > best:
                best, bound, inherent = likelihood, candidate, loss
        if bound is None and self.bound_bps is not None:
            self.bound_bps *= _STEPS[0]
            if self.bound_bps > 2 * max(rate for _, _, rate in newest_first):
                self.bound_bps = None
            return
        self.bound_bps, self.inherent = bound, inherent


def _likeliest(
    observations: Sequence[tuple[int, int, float]], weights: Sequence[float], bound_bps: float | None
) -> tuple[float, float]:
    """Log-likelihood and inherent loss that go best with this bandwidth."""
    best = (-1e30, 0.0)
    for inherent in _INHERENT:
        total = 0.0
        for (packets, lost, rate), weight in zip(observations, weights, strict=True):
            beyond = 1 - bound_bps / rate if bound_bps is not None and rate > bound_bps else 0.0
            loss = min(inherent + (1 - inherent) * beyond, 0.999)
            total += weight * (lost * log(loss) + (packets - lost) * log(1 - loss))
        if total > best[0]:
            best = (total, inherent)
    return best
