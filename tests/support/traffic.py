"""What runs over a line in virtual time: a call under our rate control, one under plain GCC, a TCP-like flow."""

import random
from collections.abc import Callable
from typing import Protocol

from tests.support.lines import Line, World
from vidphone.media.rate.estimator import BandwidthEstimator
from vidphone.media.rate.history import Arrival
from vidphone.media.rate.model import PacketReport
from vidphone.media.rate.pacer import Pacer, Priority
from vidphone.media.rate.trend import Trend

HEADERS_BYTES = 28 + 12 + 16 + 8
PACKET_BYTES = 1100
FRAME_S = 1 / 30


class Traffic(Protocol):
    delivered: list[tuple[float, int]]


def delivered_bps(flow: Traffic, begin_s: float, end_s: float) -> float:
    return sum(size for at_s, size in flow.delivered if begin_s <= at_s < end_s) * 8 / (end_s - begin_s)


class Receiver:
    """Notes arrivals and reports them every `interval_s` over the line back."""

    def __init__(
        self, world: World, back: Line, report: Callable[[list[PacketReport]], None], interval_s: float
    ) -> None:
        self._world, self._back, self._report, self._interval_s = world, back, report, interval_s
        self._arrivals: dict[int, float] = {}
        self._next = 0
        world.at(interval_s, self._send)

    def arrived(self, number: int) -> None:
        self._arrivals.setdefault(number, round(self._world.now_s / 0.00025) * 0.00025 + 1000.0)

    def _send(self) -> None:
        self._world.at(self._world.now_s + self._interval_s, self._send)
        if not self._arrivals:
            return
        last = max(self._arrivals)
        reports = [PacketReport(n, self._arrivals.get(n)) for n in range(min(self._next, *self._arrivals), last + 1)]
        self._arrivals.clear()
        self._next = last + 1
        due_s = self._back.due_s(60 + 2 * len(reports), self._world.now_s)
        if due_s is not None:
            self._world.at(due_s, lambda: self._report(reports))


class Call:
    """Speech and pictures through pacer and estimator, as the sender does it."""

    def __init__(
        self,
        world: World,
        there: Line,
        back: Line,
        *,
        start_s: float = 0.0,
        max_bps: float = 20e6,
        interval_s: float = 0.05,
        wanted_bps: Callable[[float], float] | None = None,
        seed: int = 5,
    ) -> None:
        self.world, self._there = world, there
        self._random = random.Random(seed)
        self._wanted_bps = wanted_bps
        self.estimator = BandwidthEstimator(300_000, 30_000, max_bps)
        self.pacer: Pacer[int] = Pacer(750_000)
        self.receiver = Receiver(world, back, self._feedback, interval_s)
        self.delivered: list[tuple[float, int]] = []
        self.sent: list[tuple[float, int]] = []
        self.targets: list[tuple[float, float]] = []
        self.queueing: list[tuple[float, float]] = []
        self.waits: list[float] = []
        self._number = 0
        self._wake_s = 1e9
        self._waiting: list[float] = []
        for first_s, action in ((0.0, self._tick), (0.001, self._speak), (0.002, self._draw)):
            world.at(start_s + first_s, action)

    def _tick(self) -> None:
        now_s = self.world.now_s
        self.estimator.tick(now_s)
        self.targets.append((now_s, self.estimator.target_bps))
        self._after(now_s)
        self.world.at(now_s + 0.025, self._tick)

    def _speak(self) -> None:
        self._put((60 if self.estimator.target_bps > 100_000 else 40) + HEADERS_BYTES, Priority.AUDIO)
        self.world.at(self.world.now_s + 0.02, self._speak)

    def _draw(self) -> None:
        now_s = self.world.now_s
        self.world.at(now_s + FRAME_S, self._draw)
        target = self.estimator.target_bps
        if self._wanted_bps is not None:
            target = min(target, self._wanted_bps(now_s))
        left = max(target - (60 + HEADERS_BYTES) * 8 / 0.02, 8000.0) * FRAME_S / 8
        size = int(left * self._random.uniform(0.75, 1.25))
        if self.pacer.expected_wait_s > 0.1 or target < 65_000:
            return
        packets = max(-(-size // PACKET_BYTES), 1)
        for _ in range(packets):
            self._put(max(size // packets, HEADERS_BYTES + 20), Priority.VIDEO)

    def _put(self, size: int, priority: Priority) -> None:
        self.pacer.enqueue(size, size, priority, self.world.now_s)
        self._pump()

    def _pump(self) -> None:
        now_s = self.world.now_s
        padding = self.pacer.padding_wanted(now_s)
        while padding > 0:
            size = max(min(padding, PACKET_BYTES), 100)
            self.pacer.enqueue(size, size, Priority.PADDING, now_s)
            padding -= size
        for size, probe in self.pacer.due(now_s):
            self._send(size, probe, now_s)
        next_s = self.pacer.next_at(now_s)
        if next_s is not None and (next_s < self._wake_s or self._wake_s <= now_s):
            self._wake_s = max(next_s, now_s + 0.001)
            self.world.at(self._wake_s, self._pump)

    def _send(self, size: int, probe: int | None, now_s: float) -> None:
        number, self._number = self._number, self._number + 1
        self.estimator.sent(number, size, now_s, probe)
        self.sent.append((now_s, size))
        due_s = self._there.due_s(size, now_s)
        if due_s is None:
            return
        if self._there.queueing:
            self.queueing.append(self._there.queueing[-1])

        def arrive() -> None:
            self.receiver.arrived(number)
            self.delivered.append((self.world.now_s, size))

        self.world.at(due_s, arrive)

    def _feedback(self, reports: list[PacketReport]) -> None:
        self.estimator.feedback(reports, self.world.now_s)
        self._after(self.world.now_s)

    def _after(self, now_s: float) -> None:
        self.pacer.set_rate(self.estimator.pacing_bps)
        for probe in self.estimator.take_probes(now_s):
            self.pacer.probe(probe, now_s)
        self._pump()


class GccCall:
    """The published control (draft-ietf-rmcat-gcc-02) and nothing beyond: stands for a browser."""

    def __init__(
        self, world: World, there: Line, back: Line, *, start_s: float = 0.0, start_bps: float = 300e3
    ) -> None:
        self.world, self._there = world, there
        self._trend = Trend()
        self.receiver = Receiver(world, back, self._feedback, 0.05)
        self.delivered: list[tuple[float, int]] = []
        self._flight: dict[int, tuple[int, float]] = {}
        self._acked: list[tuple[float, int]] = []
        self._number = 0
        self.rate_bps = start_bps
        self._capacity: float | None = None
        self._hold = False
        self._last_s = start_s
        self._begun_s = start_s
        self._cut_s = 0.0
        self._random = random.Random(11)
        world.at(start_s, self._draw)

    def _draw(self) -> None:
        now_s = self.world.now_s
        self.world.at(now_s + FRAME_S, self._draw)
        size = int(self.rate_bps * FRAME_S / 8)
        packets = max(-(-size // PACKET_BYTES), 1)
        encoded_s = now_s + self._random.uniform(0.0, 0.012)
        spread_s = size * 8 / (2.5 * self.rate_bps)
        for index in range(packets):
            self.world.at(encoded_s + spread_s * index / packets, lambda: self._send(size // packets))

    def _send(self, size: int) -> None:
        number, self._number = self._number, self._number + 1
        self._flight[number] = (size, self.world.now_s)
        due_s = self._there.due_s(size, self.world.now_s)
        if due_s is not None:
            self.world.at(due_s, lambda: self._arrive(number, size))

    def _arrive(self, number: int, size: int) -> None:
        self.receiver.arrived(number)
        self.delivered.append((self.world.now_s, size))

    def _feedback(self, reports: list[PacketReport]) -> None:
        now_s, lost = self.world.now_s, 0
        round_trip_s = 0.1
        for report in reports:
            size, sent_s = self._flight.pop(report.number)
            if report.arrival_s is None:
                lost += 1
                continue
            round_trip_s = now_s - sent_s
            self._trend.arrived(Arrival(report.number, size, sent_s, report.arrival_s, None))
            self._acked.append((report.arrival_s, size))
        newest_s = self._acked[-1][0]
        self._acked = [entry for entry in self._acked if entry[0] > newest_s - 0.5]
        acked = sum(size for _, size in self._acked) * 8 / 0.5
        elapsed_s, self._last_s = min(now_s - self._last_s, 0.3), now_s
        if self._trend.overusing:
            if not self._hold or now_s - self._cut_s > round_trip_s:
                self.rate_bps = min(self.rate_bps, 0.85 * acked)
                self._capacity, self._hold, self._cut_s = acked, True, now_s
        elif self._trend.underusing:
            self._hold = False
        else:
            self._hold = False
            near = self._capacity is not None and acked < 1.3 * self._capacity
            first = now_s - self._begun_s < 3 and self._capacity is None
            step = 9600 / (round_trip_s + 0.1) if near else self.rate_bps * (1.0 if first else 0.08)
            self.rate_bps = min(self.rate_bps + step * elapsed_s, max(1.5 * acked + 10e3, self.rate_bps))
        if lost > 0.1 * len(reports):
            self.rate_bps *= 1 - 0.5 * lost / len(reports) * min(elapsed_s / 0.3, 1.0)
        self.rate_bps = max(self.rate_bps, 30e3)


class TcpFlow:
    """A greedy flow with cubic's window (RFC 9438): doubles at first, to 0.7 of it at a loss."""

    SEGMENT = 1500

    def __init__(self, world: World, there: Line, back: Line, start_s: float = 0.0, stop_s: float = 1e9) -> None:
        self.world, self._there, self._back, self._stop_s = world, there, back, stop_s
        self.delivered: list[tuple[float, int]] = []
        self._window, self._threshold, self._flight = 10.0, 1e9, 0
        self._most, self._epoch_s, self._cut_s = 0.0, start_s, -1.0
        self._round_trip_s = 0.1
        world.at(start_s, self._fill)

    def _fill(self) -> None:
        while self._flight < self._window and self.world.now_s < self._stop_s:
            self._flight += 1
            sent_s = self.world.now_s
            due_s = self._there.due_s(self.SEGMENT, sent_s)
            if due_s is None:
                delay_s = self._round_trip_s + 0.01
                self.world.at(sent_s + delay_s, lambda sent_s=sent_s: self._lost(sent_s))  # type: ignore[misc]
                continue
            self.world.at(due_s, lambda sent_s=sent_s: self._arrive(sent_s))  # type: ignore[misc]

    def _arrive(self, sent_s: float) -> None:
        self.delivered.append((self.world.now_s, self.SEGMENT))
        self.world.at(self.world.now_s + self._back.shape.delay_s, lambda: self._acked(sent_s))

    def _acked(self, sent_s: float) -> None:
        now_s = self.world.now_s
        self._flight -= 1
        self._round_trip_s = now_s - sent_s
        if self._window < self._threshold:
            self._window += 1
        else:
            since_s = now_s - self._epoch_s
            turn_s = (self._most * 0.3 / 0.4) ** (1 / 3)
            goal = 0.4 * (since_s + self._round_trip_s - turn_s) ** 3 + self._most
            reno = self._most * 0.7 + 0.53 * since_s / self._round_trip_s
            goal = max(goal, reno)
            self._window += max(min((goal - self._window) / self._window, 0.5), 0.01 / self._window)
        self._fill()

    def _lost(self, sent_s: float) -> None:
        self._flight -= 1
        if sent_s > self._cut_s:
            self._cut_s = self._epoch_s = self.world.now_s
            self._most = self._window
            self._window = self._threshold = max(self._window * 0.7, 2.0)
        self._fill()
