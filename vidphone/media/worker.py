"""Threads that end when asked to, and a clock to work by."""

import threading
import time
from collections.abc import Callable


class Worker:
    """One named thread at a time; `work` gets an event and returns soon after it is set."""

    def __init__(self, name: str, work: Callable[[threading.Event], None]) -> None:
        self._name = name
        self._work = work
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread lives."""
        thread = self._thread
        return thread is not None and thread.is_alive()

    def start(self) -> None:
        """Start the thread; does nothing while it runs."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive() and not self._stopping.is_set():
                return
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self._work, args=(self._stopping,), name=self._name, daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> bool:
        """Ask the thread to end and wait for it, `timeout_s` at most; True when it has ended."""
        with self._lock:
            thread = self._thread
            self._stopping.set()
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout_s)
        return not thread.is_alive()


class Ticker:
    """Beats every `period_s`, without drift; after a long pause it goes on from now instead of catching up."""

    CATCH_UP_BEATS = 5

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._next_s = time.monotonic()

    def wait(self, stopping: threading.Event) -> bool:
        """Wait for the next beat; False when `stopping` was set."""
        self._next_s += self._period_s
        left_s = self._next_s - time.monotonic()
        if left_s > 0:
            return not stopping.wait(left_s)
        if left_s < -self.CATCH_UP_BEATS * self._period_s:
            self._next_s = time.monotonic()
        return not stopping.is_set()
