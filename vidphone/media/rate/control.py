"""From what is seen of the line to what may be sent: grow, back off, drain, hold one's own. Pure.

Additive and multiplicative growth around a remembered capacity follow draft-ietf-rmcat-gcc-02 section 5.5. Beyond it:
backing off goes to a share of what the line drained *while it was busy*, so one over-use never costs more than the
excess; the queue is drained at once by going below the line for a moment; and where draining does not help because
others keep the queue full, the delay is let be for a while and losses steer (as TCP-friendly control does).
"""

from dataclasses import dataclass
from enum import Enum

BACK_OFF, _BACK_OFF_SHARED, _YIELDING = 0.92, 0.87, 0.6
_ALONE = 0.9
"""Above this share of what trains show the line to carry nobody else uses it."""
_DRAIN_LEAST = 0.4
_LOSS_BACK_OFF = 0.85
_GROWTH_FREE, _GROWTH_FIRST = 0.10, 0.25
"""Share of the rate per second: far from a known capacity, and before the line was ever full."""
_GROWTH_NEAR_MOST, _GROWTH_FULL = 0.05, 0.01
_FILLED = 0.93
"""Share of what trains show the line to carry above which growth is slowest."""
_PACKET_BITS = 1200 * 8
_NEAR = (0.55, 1.15)
_REMEMBERED_S = 30.0
_OTHERS = 0.85
"""Below this share a queue that stands is somebody else's."""
_CONTESTED = 0.7
"""Share of the rate before to go on with when others fill the line."""
_FORGETS = 0.01
_UNDECIDED_S, _DEEPEST = 0.8, 0.2
"""Until it shows whose queue it is, the rate falls no lower than this share of what it was."""
_OBEYED = 1.25
"""A sender that goes further above what it may send does not drain anything."""
_COMPETING_LEAST_S = 4.0
_YIELDS = 0.3
"""Share of the expected fall of the queue that shows that draining works."""


class State(Enum):
    """What the controller is doing."""

    GROW = "grow"
    DRAIN = "drain"
    COMPETE = "compete"


@dataclass(frozen=True, slots=True)
class Signals:
    """What one feedback shows."""

    queue_s: float
    threshold_s: float
    least_threshold_s: float
    """What the threshold would be without jitter."""
    overusing: bool
    busy_bps: float | None
    delivered_bps: float | None
    round_trip_s: float
    lost_share: float
    """Of the packets of the last feedbacks, beyond what the line loses by nature."""
    inherent: float
    line_bps: float | None
    """What trains showed the line to carry, where they did within the last seconds."""
    peak_bps: float | None
    """The same, of the trains that nobody else's packets came between."""
    blurred: bool
    """Jitter hides what trains would show."""
    sent_bps: float
    """What left of late."""
    stretched: bool
    """Trains come stretched now: the line is no faster than `line_bps`."""


class RateControl:
    """`rate_bps` is the steady figure, `sending_bps` the one for now (lower while a queue drains)."""

    def __init__(self, rate_bps: float, min_bps: float) -> None:
        self.rate_bps = rate_bps
        self.sending_bps = rate_bps
        self.capacity_bps: float | None = None
        self.state = State.GROW
        self.full_at_s = -1e9
        """When the line last was full."""
        self.mistaken = 0
        """How often a queue had gone before slowing down could have reached it."""
        self._min_bps = min_bps
        self._updated_s: float | None = None
        self._drain: tuple[float, float, float] | None = None
        """Begin, queue at the begin, rate before."""
        self._drained_s = 0.0
        self._backed_off_s = -1e9
        self._competing_since_s = 0.0
        self._calm_since_s: float | None = None
        self.share = 1.0
        """What arrives of ours while the line is full, of what it carries."""

    @property
    def alone(self) -> bool:
        """Nobody else used the line when it last was full."""
        return self.share > _ALONE

    def update(self, seen: Signals, now_s: float, most_bps: float) -> None:
        """Follow one feedback."""
        elapsed_s = min(now_s - self._updated_s, 0.3) if self._updated_s is not None else 0.0
        self._updated_s = now_s
        if seen.blurred:
            self.share += 0.0 if seen.overusing else _FORGETS * (1.0 - self.share)
        elif seen.overusing and seen.busy_bps is not None and seen.peak_bps is not None:
            self.share += 0.25 * (min(seen.busy_bps / seen.peak_bps, 1.0) - self.share)
        if self.state is State.COMPETE:
            self._compete(seen, elapsed_s, now_s)
        elif seen.overusing:
            self._back_off(seen, now_s)
        elif self.state is not State.DRAIN and seen.queue_s < seen.threshold_s - 0.4 * seen.least_threshold_s:
            self._grow(seen, elapsed_s, now_s)
        if self.state is State.DRAIN:
            self._keep_draining(seen, elapsed_s, now_s)
        self.rate_bps = min(max(self.rate_bps, self._min_bps), most_bps)
        if self.state is not State.DRAIN:
            self.sending_bps = self.rate_bps
        self.sending_bps = min(max(self.sending_bps, self._min_bps), self.rate_bps)

    def jump(self, rate_bps: float) -> None:
        """Go to what a probe showed."""
        self.rate_bps = max(rate_bps, self._min_bps)
        if self.state is not State.DRAIN:
            self.sending_bps = self.rate_bps

    def _grow(self, seen: Signals, elapsed_s: float, now_s: float) -> None:
        if seen.delivered_bps is not None and self.rate_bps > 1.5 * seen.delivered_bps / (1 - seen.inherent) + 20_000:
            return
        capacity = self.capacity_bps
        if capacity is None:
            growth_bps = self.rate_bps * _GROWTH_FIRST
        elif now_s - self.full_at_s < _REMEMBERED_S and _NEAR[0] < self.rate_bps / capacity < _NEAR[1]:
            growth_bps = min(_PACKET_BITS / (seen.round_trip_s + 0.1), self.rate_bps * _GROWTH_NEAR_MOST)
            if self.share < _ALONE:
                growth_bps *= 0.5 if self.share > 0.5 else 1.5
        else:
            growth_bps = self.rate_bps * _GROWTH_FREE
        if seen.line_bps is not None and seen.stretched and self.rate_bps > _FILLED * seen.line_bps:
            growth_bps = min(growth_bps, self.rate_bps * _GROWTH_FULL)
        self.rate_bps += growth_bps * elapsed_s

    def _back_off(self, seen: Signals, now_s: float) -> None:
        drained = seen.busy_bps or seen.delivered_bps
        if drained is None:
            return
        lossless = drained / (1 - seen.inherent)
        self._note_capacity(lossless, now_s)
        again = now_s - self._backed_off_s > seen.round_trip_s + 0.15
        lower = self._kept() * lossless
        if self._drain is not None and self.state is State.DRAIN and now_s - self._drain[0] < _UNDECIDED_S:
            lower = max(lower, _DEEPEST * self._drain[2])
        if lower < self.rate_bps and (again or lower < 0.85 * self.rate_bps):
            before = self.rate_bps
            self.rate_bps = lower
            self._backed_off_s = now_s
            if self.state is State.DRAIN and self._drain is not None:
                before = max(before, self._drain[2]) if lower > 0.6 * self._drain[2] else before
        else:
            before = self.rate_bps
        if self.state is not State.DRAIN:
            self.state = State.DRAIN
            self._drain, self._drained_s = (now_s, seen.queue_s, before), 0.0

    def _kept(self) -> float:
        """Share of the rate that is kept in backing off: who holds more than half of a shared line yields more."""
        if self.alone:
            return BACK_OFF
        return _BACK_OFF_SHARED - _YIELDING * max(self.share - 0.5, 0.0)

    def _keep_draining(self, seen: Signals, elapsed_s: float, now_s: float) -> None:
        if self._drain is None:
            return
        begun_s, queue_s, before_bps = self._drain
        capacity = self.capacity_bps or self.rate_bps
        lasted_s = now_s - begun_s
        if not seen.overusing and seen.queue_s < seen.threshold_s - 0.6 * seen.least_threshold_s:
            self.state = State.GROW
            if lasted_s < 0.9 * seen.round_trip_s and self.alone:
                self.mistaken += 1
                self.rate_bps = max(self.rate_bps, before_bps)
            return
        time_s = max(0.25, seen.round_trip_s)
        share = max(1 - max(seen.queue_s - seen.threshold_s + 0.7 * seen.least_threshold_s, 0.0) / time_s, _DRAIN_LEAST)
        self.sending_bps = min(self.rate_bps, capacity * share)
        if lasted_s > seen.round_trip_s + 0.1 and seen.sent_bps < _OBEYED * self.sending_bps:
            self._drained_s += elapsed_s * (1 - min(self.sending_bps / capacity, 1.0))
        if lasted_s < max(_UNDECIDED_S, 3 * seen.round_trip_s) or seen.queue_s < seen.threshold_s:
            return
        expected_s = min(self._drained_s, queue_s)
        unyielding = expected_s > 0.05 and queue_s - seen.queue_s < _YIELDS * expected_s
        if unyielding or self.share < _OTHERS:
            self.state = State.COMPETE
            self.rate_bps = max(self.rate_bps, _CONTESTED * before_bps)
            self._competing_since_s, self._calm_since_s = now_s, None
        elif queue_s - seen.queue_s > 0.02:
            self._drain, self._drained_s = (now_s, seen.queue_s, before_bps), 0.0

    def _compete(self, seen: Signals, elapsed_s: float, now_s: float) -> None:
        """Others keep the queue full: grow and yield by losses until the queue is seen empty again."""
        if seen.lost_share > 0.01:
            if now_s - self._backed_off_s > seen.round_trip_s + 0.2:
                self._backed_off_s = now_s
                self.rate_bps *= _LOSS_BACK_OFF
        elif seen.delivered_bps is None or self.rate_bps < 1.5 * seen.delivered_bps + 20_000:
            packet_bps = _PACKET_BITS / (seen.round_trip_s + 0.1)
            self.rate_bps += elapsed_s * min(2 * packet_bps + 0.03 * self.rate_bps, 0.25 * self.rate_bps)
        if seen.queue_s > seen.threshold_s:
            self._calm_since_s = None
            if self.alone and not seen.blurred and now_s - self._competing_since_s > _COMPETING_LEAST_S:
                self.state = State.DRAIN
                self._drain, self._drained_s = (now_s, seen.queue_s, self.rate_bps), 0.0
            return
        if self._calm_since_s is None:
            self._calm_since_s = now_s
        if now_s - self._calm_since_s > 0.5 and now_s - self._competing_since_s > _COMPETING_LEAST_S:
            self.state = State.GROW

    def _note_capacity(self, measured_bps: float, now_s: float) -> None:
        known = self.capacity_bps
        if known is None or abs(measured_bps - known) > 0.25 * known or now_s - self.full_at_s > _REMEMBERED_S:
            self.capacity_bps = measured_bps
        else:
            self.capacity_bps = known + 0.3 * (measured_bps - known)
        self.full_at_s = now_s
