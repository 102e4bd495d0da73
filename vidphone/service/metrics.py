"""What Prometheus may know: counts and times, nothing about anybody."""

from collections.abc import Callable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest


class Metrics:
    """The figures of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.sign_ins = Counter("vidphone_sign_ins", "Sign-ins", ["outcome"], registry=self._registry)
        self.calls_proposed = Counter("vidphone_calls_proposed", "Calls that rang", registry=self._registry)
        self.calls_accepted = Counter("vidphone_calls_accepted", "Calls answered", registry=self._registry)
        self.calls_ended = Counter("vidphone_calls_ended", "Calls over", ["reason"], registry=self._registry)
        self.frames_received = Counter("vidphone_frames_received", "Frames read", registry=self._registry)
        self.frames_sent = Counter("vidphone_frames_sent", "Frames sent", registry=self._registry)
        self.refusals = Counter("vidphone_refusals", "Frames refused", ["code"], registry=self._registry)
        self.too_slow = Counter("vidphone_slow_readers", "Connections closed as too slow", registry=self._registry)
        self.journal_s = Histogram("vidphone_journal_seconds", "Time of a journal commit", registry=self._registry)

    def watch_hub(self, counts: Callable[[], tuple[int, int, int, int]]) -> None:
        """Show connections, sessions, ringing and accepted calls as they are when asked."""
        names = ("connections", "sessions", "calls_ringing", "calls_active")
        for index, name in enumerate(names):
            gauge = Gauge(f"vidphone_{name}", f"Now: {name.replace('_', ' ')}", registry=self._registry)
            gauge.set_function(partial(_one_of, counts, index))

    def value(self, name: str) -> float:
        """One figure as it is now, by its name without `vidphone_`; 0 where there is none."""
        return self._registry.get_sample_value(f"vidphone_{name}") or 0.0

    def text(self) -> bytes:
        """The figures in Prometheus's text format."""
        return generate_latest(self._registry)


def _one_of(counts: Callable[[], tuple[int, int, int, int]], index: int) -> float:
    return counts()[index]
