"""When each packet leaves: speech at once, the rest spread at the pacing rate, probes as bursts. Pure."""

from collections import deque
from collections.abc import Callable
from enum import IntEnum
from typing import Generic, TypeVar

from vidphone.media.rate.model import Probe

T = TypeVar("T")

BURST_S = 0.002
"""What may leave together; timers are no finer, and each wake-up costs."""
_PROBE_FOR_S = 0.5
_MOST_PROBES = 8


class Priority(IntEnum):
    """Who goes first."""

    AUDIO = 0
    RETRANSMISSION = 1
    VIDEO = 2
    FEC = 3
    PADDING = 4


class _Running:
    """A probe being sent."""

    def __init__(self, probe: Probe, until_s: float) -> None:
        self.probe, self.until_s = probe, until_s
        self.packets = self.bytes = 0
        self.next_s: float | None = None

    @property
    def done(self) -> bool:
        return self.packets >= self.probe.min_packets and self.bytes >= self.probe.min_bytes


class Pacer(Generic[T]):
    """Holds packets until the line can take them.

    Args:
        pacing_bps: rate of a burst.
        limit_bytes: most that waits; more is refused.
        longest_wait_s: where the queue would take longer than this it is sent faster.
    """

    def __init__(self, pacing_bps: float, *, limit_bytes: int = 4_000_000, longest_wait_s: float = 0.25) -> None:
        self._rate_bps = max(pacing_bps, 1000.0)
        self._limit_bytes, self._longest_wait_s = limit_bytes, longest_wait_s
        self._queues: tuple[deque[tuple[T, int, float]], ...] = tuple(deque() for _ in Priority)
        self._debt_bytes = 0.0
        self._at_s: float | None = None
        self._probes: deque[_Running] = deque(maxlen=_MOST_PROBES)
        self.queued_bytes = 0

    @property
    def queued_packets(self) -> int:
        """Packets that wait."""
        return sum(len(queue) for queue in self._queues)

    @property
    def expected_wait_s(self) -> float:
        """How long a picture handed over now would wait for its first packet."""
        ahead = sum(size for queue in self._queues[: Priority.VIDEO + 1] for _, size, _ in queue)
        return (ahead + self._debt_bytes) * 8 / self._rate_bps

    def set_rate(self, pacing_bps: float) -> None:
        """Rate of a burst from now on."""
        self._rate_bps = max(pacing_bps, 1000.0)

    def enqueue(self, item: T, size_bytes: int, priority: Priority, now_s: float) -> bool:
        """Take a packet; False when too much waits already. Audio is always taken, the oldest goes for it."""
        if self.queued_bytes + size_bytes > self._limit_bytes:
            if priority is not Priority.AUDIO:
                return False
            self._make_room(size_bytes)
        self._queues[priority].append((item, size_bytes, now_s))
        self.queued_bytes += size_bytes
        return True

    def _make_room(self, size_bytes: int) -> None:
        for queue in reversed(self._queues):
            while queue and self.queued_bytes + size_bytes > self._limit_bytes:
                self.queued_bytes -= queue.popleft()[1]

    def drop(self, predicate: Callable[[T], bool]) -> int:
        """Throw away what waits and satisfies `predicate`; returns the bytes freed."""
        freed = 0
        for queue in self._queues:
            kept = [entry for entry in queue if not predicate(entry[0])]
            if len(kept) < len(queue):
                freed += sum(entry[1] for entry in queue) - sum(entry[1] for entry in kept)
                queue.clear()
                queue.extend(kept)
        self.queued_bytes -= freed
        return freed

    def probe(self, probe: Probe, now_s: float) -> None:
        """Send the next packets as this burst; without packets `padding_wanted` asks for some."""
        self._probes.append(_Running(probe, now_s + _PROBE_FOR_S))

    def padding_wanted(self, now_s: float) -> int:
        """Bytes to be enqueued as `Priority.PADDING` now because a probe has too little to send; usually 0."""
        running = self._probe_due(now_s)
        if running is None or self.queued_bytes:
            return 0
        packets = max(running.probe.min_packets - running.packets, 1)
        return max(running.probe.min_bytes - running.bytes, packets * 200, 0)

    def due(self, now_s: float) -> list[tuple[T, int | None]]:
        """What leaves now, each with the probe it belongs to."""
        self._settle(now_s)
        leaving: list[tuple[T, int | None]] = []
        audio = self._queues[Priority.AUDIO]
        while audio:
            leaving.append((self._take(audio), None))
        while self.queued_bytes:
            running = self._probe_due(now_s)
            if running is None and (self._probes or self._debt_bytes > self._allowance(now_s)):
                break
            before = self.queued_bytes
            item = self._take(next(queue for queue in self._queues if queue))
            cluster = None
            if running is not None:
                cluster = running.probe.cluster
                self._count(running, before - self.queued_bytes, now_s)
            leaving.append((item, cluster))
        return leaving

    def next_at(self, now_s: float) -> float | None:
        """When `due` or `padding_wanted` next have something; None: not before something is enqueued."""
        if self._queues[Priority.AUDIO]:
            return now_s
        if self._probes:
            next_s = self._probes[0].next_s
            return max(now_s, next_s) if next_s is not None else now_s
        if not self.queued_bytes:
            return None
        self._settle(now_s)
        over_bytes = self._debt_bytes - self._allowance(now_s)
        return now_s + max(over_bytes * 8 / self._pace(now_s), 0.0)

    def _take(self, queue: deque[tuple[T, int, float]]) -> T:
        item, size_bytes, _ = queue.popleft()
        self.queued_bytes -= size_bytes
        self._debt_bytes += size_bytes
        return item

    def _count(self, running: _Running, size_bytes: int, now_s: float) -> None:
        running.packets += 1
        running.bytes += size_bytes
        begin_s = running.next_s if running.next_s is not None else now_s
        running.next_s = max(begin_s, now_s - 0.005) + size_bytes * 8 / running.probe.rate_bps
        if running.done:
            self._probes.popleft()

    def _probe_due(self, now_s: float) -> _Running | None:
        while self._probes and now_s > self._probes[0].until_s:
            self._probes.popleft()
        if not self._probes:
            return None
        running = self._probes[0]
        return running if running.next_s is None or running.next_s <= now_s else None

    def _pace(self, now_s: float) -> float:
        """The pacing rate, or more where what waits would wait too long."""
        oldest_s = min((queue[0][2] for queue in self._queues[1:] if queue), default=now_s)
        left_s = max(self._longest_wait_s - (now_s - oldest_s), 0.02)
        owed_bytes = self.queued_bytes + self._debt_bytes if self.queued_bytes else 0.0
        return max(self._rate_bps, owed_bytes * 8 / left_s)

    def _allowance(self, now_s: float) -> float:
        return self._pace(now_s) * BURST_S / 8

    def _settle(self, now_s: float) -> None:
        if self._at_s is not None and now_s > self._at_s:
            self._debt_bytes = max(self._debt_bytes - self._pace(now_s) * (now_s - self._at_s) / 8, 0.0)
        self._at_s = now_s if self._at_s is None else max(self._at_s, now_s)
