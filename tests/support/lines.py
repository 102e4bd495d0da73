"""A line in virtual time: rate schedule, drop-tail queue, delay, jitter that keeps order, losses in runs.

Behaves as the emulator that calls are measured over, so that what holds here can be checked there.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

Schedule = Sequence[tuple[float, float]]
"""From when (s) which rate (bit/s); 0: unlimited."""


class World:
    """Virtual time: what is to happen, in order."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = count()

    def at(self, when_s: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (max(when_s, self.now_s), next(self._count), action))

    def run(self, until_s: float) -> None:
        while self._events and self._events[0][0] <= until_s:
            self.now_s, _, action = heapq.heappop(self._events)
            action()
        self.now_s = until_s


@dataclass(frozen=True)
class LineShape:
    rate: float | Schedule = 0.0
    delay_s: float = 0.02
    jitter_s: float = 0.0
    loss: float = 0.0
    burst: float = 1.0
    queue_s: float = 0.2


class Line:
    """One direction."""

    def __init__(self, shape: LineShape, seed: int = 1) -> None:
        self.shape = shape
        self._schedule = [(0.0, shape.rate)] if isinstance(shape.rate, int | float) else list(shape.rate)
        self._random = random.Random(seed)
        self._free_at_s = self._last_out_s = 0.0
        self._bad = False
        self.queueing: list[tuple[float, float]] = []
        """Of every packet let in: when, how long it waited (s)."""
        self.dropped = 0

    def rate_bps(self, now_s: float) -> float:
        return next((rate for start_s, rate in reversed(self._schedule) if now_s >= start_s), 0.0)

    def due_s(self, size_bytes: int, now_s: float) -> float | None:
        """When a packet that enters now comes out, or None."""
        if self._lose():
            return None
        rate, start_s = self.rate_bps(now_s), max(now_s, self._free_at_s)
        if rate:
            if start_s - now_s > self.shape.queue_s:
                self.dropped += 1
                return None
            self.queueing.append((now_s, start_s - now_s))
            start_s += size_bytes * 8 / rate
            self._free_at_s = start_s
        jitter_s = self._random.uniform(-1, 1) * self.shape.jitter_s
        self._last_out_s = max(start_s + max(self.shape.delay_s + jitter_s, 0.0), self._last_out_s)
        return self._last_out_s

    def _lose(self) -> bool:
        loss, burst = self.shape.loss, self.shape.burst
        if loss <= 0:
            return False
        if self._bad:
            self._bad = self._random.random() >= 1 / burst
        else:
            self._bad = self._random.random() < loss / (1 - loss) / burst
        return self._bad
