"""A clock that stands still until a test moves it (`call.ports.Clock`)."""

import heapq
import itertools

from vidphone.call.ports import Callback


class FakeTimer:
    def __init__(self, callback: Callback) -> None:
        self.callback: Callback | None = callback

    def cancel(self) -> None:
        self.callback = None


class FakeClock:
    """Timers run in `advance_to`, in order, each at its own time."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._order = itertools.count()
        self._timers: list[tuple[float, int, FakeTimer]] = []

    def now(self) -> float:
        return self._now

    def call_at(self, when: float, callback: Callback) -> FakeTimer:
        timer = FakeTimer(callback)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    @property
    def pending(self) -> int:
        """How many timers wait."""
        return sum(timer.callback is not None for _, _, timer in self._timers)

    def advance_to(self, when: float) -> None:
        while self._timers and self._timers[0][0] <= when:
            due, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, due)
            if timer.callback is not None:
                timer.callback()
        self._now = max(self._now, when)

    def advance(self, seconds: float) -> None:
        self.advance_to(self._now + seconds)
