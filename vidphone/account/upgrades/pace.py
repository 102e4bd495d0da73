"""How fast an upgrade may be fetched, and how its fetching is stopped, from another thread and at any time."""

import math
import threading
import time
from collections.abc import Callable

BURST_S = 0.1
"""Of what was not used, so much is saved up: a call feels no more at once."""


class Stopped(Exception):
    """Somebody wanted no more of it."""


class Pace:
    """A limit in bytes a second that may be changed while it is kept; None: no limit, 0: a pause. Thread-safe."""

    def __init__(self, bytes_per_s: float | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._changed = threading.Condition()
        self._rate = bytes_per_s
        self._clock = clock
        self._saved = 0.0
        self._at = clock()

    def set(self, bytes_per_s: float | None) -> None:
        """Keep another limit from now on."""
        with self._changed:
            self._save()
            self._rate = bytes_per_s
            self._changed.notify_all()

    def wake(self) -> None:
        """Let whoever waits look whether it should still."""
        with self._changed:
            self._changed.notify_all()

    def take(self, size: int, stopped: Callable[[], bool]) -> None:
        """Wait until `size` more bytes may be read.

        Raises:
            Stopped: `stopped` said so; `wake` makes it be asked.
        """
        with self._changed:
            while True:
                if stopped():
                    raise Stopped
                wait_s = self._wait_s(size)
                if wait_s <= 0:
                    return
                self._changed.wait(None if math.isinf(wait_s) else wait_s)

    def _wait_s(self, size: int) -> float:
        """How long to wait for `size` bytes; 0: they are taken."""
        if self._rate is None:
            return 0.0
        self._save()
        if self._rate <= 0:
            return math.inf
        # More than a burst at once is had on credit: the next one waits for it.
        missing = min(size, self._rate * BURST_S) - self._saved
        if missing > 1e-6:
            return missing / self._rate
        self._saved -= size
        return 0.0

    def _save(self) -> None:
        now = self._clock()
        rate = self._rate or 0.0
        self._saved = min(rate * BURST_S, self._saved + (now - self._at) * rate)
        self._at = now


class Stop:
    """Ends one piece of work in another thread, also where it waits. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._wakers: list[Callable[[], None]] = []

    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def check(self) -> None:
        """Raise `Stopped` where it was."""
        if self._stopped:
            raise Stopped

    def wakes(self, waker: Callable[[], None]) -> None:
        """Call this when it is stopped: it ends a wait."""
        with self._lock:
            self._wakers.append(waker)
            stopped = self._stopped
        if stopped:
            waker()

    def stop(self) -> None:
        """Stop now; once and for all."""
        with self._lock:
            self._stopped = True
            wakers = list(self._wakers)
        for waker in wakers:
            waker()
