"""Things to do at a later time. Pure: time is an argument."""

import heapq
from collections.abc import Callable

Action = Callable[[float], None]


class Deadlines:
    """Actions by time. None can be taken back: each looks for itself whether it still applies."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Action]] = []
        self._count = 0

    def add(self, at: float, action: Action) -> None:
        """Do `action` at `at`, in the seconds of the caller's clock."""
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, action))

    def next(self) -> float | None:
        """The time of the first one."""
        return self._heap[0][0] if self._heap else None

    def run(self, now: float) -> None:
        """Do what is due, in the order of time."""
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2](now)
