"""How much the line to the other side carries, from transport-wide feedback. Pure.

Fed with every packet sent and every feedback, ticked every 20 to 50 ms. Without transport-wide feedback the receiver's
own estimate (REMB) and its reports of loss steer, as draft-ietf-rmcat-gcc-02 section 6 has it.
"""

from collections.abc import Sequence

from vidphone.media.rate.control import RateControl, Signals, State
from vidphone.media.rate.history import History, Outcome, Sent
from vidphone.media.rate.loss import LossModel, LossStatistics
from vidphone.media.rate.model import Estimate, PacketReport, Probe
from vidphone.media.rate.probing import Prober
from vidphone.media.rate.queueing import QueueMonitor
from vidphone.media.rate.trains import Trains
from vidphone.media.rate.trend import Trend

_FIRST_ROUND_TRIP_S = 0.1
_LONGEST_ROUND_TRIP_S = 1.0
_PACING = 2.5
"""Burst rate over target before the line's own rate is known (libwebrtc's pacing factor)."""
_LEAST_PACING = 1.25
_OVER_CAPACITY = 1.1
"""What a probe has shown to be the line's limit, with a margin for its error."""
_SILENCE_S = 0.35
_SILENT_BACK_OFF = 0.7
_LAG_S = 0.08
"""A queue above the threshold for this long is a standing one."""
_GREW = 1.4
_LINE_KNOWN_S = 5.0
_ALONE_S, _SHARED_S = 3.0, 20.0
"""How long after the line was full to see whether there is more."""
_PROBE_SHARE = 0.9
_COUNTED_S = 0.1
_REPORT_LOW, _REPORT_HIGH = 0.02, 0.10


class BandwidthEstimator:
    """Estimate for one transport.

    Args:
        start_bps: what to send before anything is known.
        min_bps: never less than this.
        max_bps: never more, and nothing beyond it is probed for.
    """

    def __init__(self, start_bps: float = 300_000, min_bps: float = 30_000, max_bps: float = 20_000_000) -> None:
        self._min_bps, self._max_bps = min_bps, max_bps
        self._remb_bps: float | None = None
        self._begin(start_bps)

    def _begin(self, start_bps: float) -> None:
        self._start_bps = min(max(start_bps, self._min_bps), self._max_bps)
        self._control = RateControl(self._start_bps, self._min_bps)
        self._history = History()
        self._trend = Trend()
        self._queue = QueueMonitor()
        self._trains = Trains(_PACING * self._start_bps)
        self._losses, self._loss_model = LossStatistics(), LossModel()
        self._prober = Prober()
        self._round_trip_s: float | None = None
        self._rtcp_round_trip_s: float | None = None
        self._feedback_s: float | None = None
        self._silent_since_s: float | None = None
        self._before_silence_bps: float | None = None
        self._started = False
        self._limited = False
        self._over_since_s: float | None = None
        self._overusing = False
        self._carried_when_full: float | None = None
        self._lost_share = 0.0
        self._delivered_bps: float | None = None
        self._report_at_s: float | None = None
        self._sent_bytes, self._sent_bps, self._counted_s = 0, 0.0, 0.0
        self._stretched_s = -1e9
        self._now_s = 0.0

    def set_max(self, max_bps: float) -> None:
        """Nothing above this is of use: neither sent nor probed for."""
        self._max_bps = max(max_bps, self._min_bps)

    def route_changed(self, now_s: float, start_bps: float | None = None) -> None:
        """Another way to the other side: forget what was known of the line."""
        self._begin(start_bps if start_bps is not None else min(self._control.rate_bps, self._start_bps))
        self._now_s = now_s

    def sent(self, number: int, size_bytes: int, now_s: float, probe: int | None = None) -> None:
        """A packet left with this unwrapped transport-wide sequence number, `size_bytes` on the wire."""
        self._history.add(Sent(number, size_bytes, now_s, probe))
        self._sent_bytes += size_bytes

    def application_limited(self, limited: bool, now_s: float) -> None:
        """Less is made than might be sent, by the picture's nature and not by the line."""
        self._limited = limited
        self._now_s = now_s

    def round_trip(self, round_trip_s: float, now_s: float) -> None:
        """What RTCP measured."""
        if 0 <= round_trip_s < 10:
            self._rtcp_round_trip_s = round_trip_s
        self._now_s = now_s

    def remb(self, bps: float, now_s: float) -> None:
        """The receiver's own estimate: a cap, and without transport-wide feedback the only guide upward."""
        self._remb_bps = max(bps, self._min_bps)
        if self._feedback_s is None:
            self._control.jump(min(self._remb_bps, self._max_bps))
        self._now_s = now_s

    def receiver_report(self, loss_fraction: float, round_trip_s: float | None, now_s: float) -> None:
        """A receiver report's figures; they steer only while there is no transport-wide feedback."""
        if round_trip_s is not None:
            self.round_trip(round_trip_s, now_s)
        if self._feedback_s is not None:
            return
        self._losses.set(min(max(loss_fraction, 0.0), 1.0))
        elapsed_s = min(now_s - self._report_at_s, 2.0) if self._report_at_s is not None else 0.0
        self._report_at_s = self._silent_since_s = now_s
        rate = self._control.rate_bps
        if loss_fraction > _REPORT_HIGH:
            rate *= 1 - 0.5 * loss_fraction
        elif loss_fraction < _REPORT_LOW:
            rate *= 1 + 0.08 * elapsed_s
        self._control.jump(min(rate, self._most_bps))

    def feedback(self, reports: Sequence[PacketReport], now_s: float) -> None:
        """Take one transport-wide feedback."""
        self._now_s = now_s
        outcome = self._history.report(reports)
        if not outcome.arrivals and not outcome.lost:
            return
        self._note_sent(now_s)
        self._feedback_s = now_s
        self._silent_since_s = None
        self._losses.add(outcome, now_s)
        if outcome.arrivals:
            self._note_arrivals(outcome, now_s)
        self._note_losses(outcome, now_s)
        if self._delivered_bps is None and not outcome.arrivals:
            return
        seen = self._signals()
        before, mistaken = self._control.state, self._control.mistaken
        self._control.update(seen, now_s, self._most_bps)
        if self._control.mistaken > mistaken:
            self._queue.mistaken()
        if self._control.state is State.DRAIN and before is not State.DRAIN:
            self._carried_when_full = self._trains.carried_bps
            self._prober.overfull(now_s)
        if self._before_silence_bps is not None:
            if not self._overusing and self._lost_share < _REPORT_HIGH:
                self._control.jump(max(self._before_silence_bps, self._control.rate_bps))
            self._before_silence_bps = None
        self._take_probe_results(seen, now_s)

    def _note_sent(self, now_s: float) -> None:
        elapsed_s = now_s - self._counted_s
        if elapsed_s >= _COUNTED_S:
            self._sent_bps += 0.5 * (self._sent_bytes * 8 / elapsed_s - self._sent_bps)
            self._sent_bytes, self._counted_s = 0, now_s

    def _note_arrivals(self, outcome: Outcome, now_s: float) -> None:
        newest = outcome.arrivals[-1]
        sample_s = max(now_s - newest.sent_s, 0.0)
        known_s = self._round_trip_s
        self._round_trip_s = sample_s if known_s is None else known_s + 0.2 * (sample_s - known_s)
        pacing_bps = self.pacing_bps
        for packet in outcome.arrivals:
            self._trend.arrived(packet)
            if packet.probe is None:
                decided = self._trains.arrived(packet, pacing_bps)
                if decided and self._trains.stretched:
                    self._note_line(now_s)
            else:
                self._prober.arrived(packet)
        self._queue.jitter_s, self._queue.clumping = self._trains.noise_s, self._trains.clumping
        received = len(outcome.arrivals) / (len(outcome.arrivals) + len(outcome.lost))
        self._queue.add(
            outcome.arrivals,
            quiet=not self._overusing and self._control.state is State.GROW,
            unseen_bytes=int(outcome.skipped_bytes * received),
            hold=self._control.state is State.COMPETE,
        )
        self._delivered_bps = self._queue.delivered_bps()
        self._detect(newest.arrival_s)

    def _note_line(self, now_s: float) -> None:
        """Trains came stretched; what they show of a full line is what growth is held against."""
        self._stretched_s = now_s
        line_bps, full_bps = self._trains.line_bps, self._carried_when_full
        if line_bps is None or full_bps is None:
            return
        if self._overusing:
            self._carried_when_full = line_bps
        elif line_bps < full_bps:
            self._carried_when_full = full_bps + 0.3 * (line_bps - full_bps)

    def _detect(self, arrival_s: float) -> None:
        """Over-use: a queue that stands, or a trend upward that a queue bears out."""
        threshold_s = self._queue.threshold_s(self._control.rate_bps)
        queue_s = self._queue.queue_s
        if queue_s <= threshold_s:
            self._over_since_s = None
        elif self._over_since_s is None:
            self._over_since_s = arrival_s
        standing = self._over_since_s is not None and (
            arrival_s - self._over_since_s >= _LAG_S or queue_s > 1.5 * threshold_s
        )
        rising = self._trend.overusing and queue_s > 0.6 * threshold_s and not self._trains.blurred
        self._overusing = standing or rising

    def _note_losses(self, outcome: Outcome, now_s: float) -> None:
        packets = len(outcome.arrivals) + len(outcome.lost)
        share = len(outcome.lost) / packets
        excess = max(share - 2 * self._loss_model.inherent - 0.01, 0.0)
        self._lost_share += min(packets / 20, 1.0) * (excess - self._lost_share)
        if self._control.state is State.GROW and not self._overusing:
            self._loss_model.add(outcome, self._losses.burst, now_s)

    def _signals(self) -> Signals:
        busy_bps, peak_bps = self._queue.busy() if self._overusing else (None, None)
        known = self._stretched_s > self._now_s - _LINE_KNOWN_S
        return Signals(
            queue_s=self._queue.queue_s,
            threshold_s=self._queue.threshold_s(self._control.rate_bps),
            least_threshold_s=self._queue.threshold_s(self._control.rate_bps, spreads=0.0),
            overusing=self._overusing,
            busy_bps=busy_bps,
            delivered_bps=self._delivered_bps,
            round_trip_s=self._round_trip_s or _FIRST_ROUND_TRIP_S,
            lost_share=self._lost_share,
            inherent=min(self._loss_model.inherent, 0.2),
            line_bps=self._trains.line_bps if known else None,
            peak_bps=peak_bps,
            blurred=self._trains.blurred,
            sent_bps=self._sent_bps,
            stretched=self._trains.stretched,
        )

    def _take_probe_results(self, seen: Signals, now_s: float) -> None:
        for probe, carried_bps, limit in self._prober.results(self._trains.noise_s):
            reached = _PROBE_SHARE * carried_bps if limit else carried_bps
            gained = reached > 1.03 * self._control.rate_bps
            if gained and not self._overusing and self._control.state is State.GROW:
                self._control.jump(min(reached, self._most_bps))
                self._loss_model.reset()
                if limit:
                    self._control.capacity_bps = carried_bps
            self._prober.judge(probe, gained, limit, self._most_bps, self._trains.noise_s, now_s)
        full = self._carried_when_full
        calm = not self._overusing and seen.queue_s < 0.5 * seen.threshold_s
        grown = full is not None and not self._trains.blurred and self._trains.carried_bps > _GREW * full
        if grown and calm and self._control.state is State.GROW:
            rate = self._control.rate_bps
            goal = min(2 * rate, max(self._trains.carried_bps, 1.5 * rate), self._most_bps)
            if goal > 1.1 * rate and self._prober.provoked(goal, self._trains.noise_s, now_s):
                self._carried_when_full = self._trains.carried_bps / 1.2

    def tick(self, now_s: float) -> None:
        """What happens by itself: the first probes, repeated ones, backing off in silence."""
        self._now_s = now_s
        if not self._started:
            self._started = True
            self._prober.start(self._control.rate_bps, self._max_bps, 0.0, now_s)
        calm = (
            self._control.state is State.GROW
            and not self._overusing
            and (self._limited or now_s - self._control.full_at_s > (_ALONE_S if self._control.alone else _SHARED_S))
            and self._feedback_s is not None
            and not self._line_seen()
        )
        round_trip_s = self._round_trip_s or _LONGEST_ROUND_TRIP_S
        self._prober.tick(self._control.rate_bps, self._most_bps, self._trains.noise_s, round_trip_s, now_s, calm=calm)
        self._watch_silence(now_s)

    def _line_seen(self) -> bool:
        """Trains show right now that the line carries little more than the target: a probe could show no other."""
        line_bps = self._trains.line_bps
        return self._trains.stretched and line_bps is not None and line_bps < _GREW * self._control.rate_bps

    def _watch_silence(self, now_s: float) -> None:
        """Feedback that stays out means a line that carries nothing, or little."""
        waiting_s = self._history.waiting_since_s()
        if waiting_s is None or (self._feedback_s is None and self._report_at_s is not None):
            return
        patience_s = _SILENCE_S + 1.5 * (self._round_trip_s or self._rtcp_round_trip_s or 2 * _FIRST_ROUND_TRIP_S)
        since_s = max(waiting_s, self._silent_since_s or waiting_s, self._feedback_s or waiting_s)
        if now_s - since_s > patience_s:
            self._silent_since_s = now_s
            if self._before_silence_bps is None:
                self._before_silence_bps = self._control.rate_bps
            self._control.jump(self._control.rate_bps * _SILENT_BACK_OFF)

    def take_probes(self, now_s: float) -> list[Probe]:
        """Probes to give to the pacer; after each `feedback` and `tick`."""
        self._now_s = now_s
        return self._prober.take()

    @property
    def _most_bps(self) -> float:
        return min(self._max_bps, self._remb_bps) if self._remb_bps is not None else self._max_bps

    @property
    def target_bps(self) -> float:
        """What may be sent in all."""
        target = min(self._control.sending_bps, self._most_bps)
        if self._loss_model.bound_bps is not None and self._control.state is not State.COMPETE:
            target = min(target, self._loss_model.bound_bps)
        return max(target, self._min_bps)

    @property
    def pacing_bps(self) -> float:
        """How fast a burst may leave: what the line itself takes, as far as it is known."""
        target = self.target_bps
        if self._feedback_s is None:
            return target  # a queue that stands before the first packet is reported would pass for the line's own delay
        if self._control.state is State.DRAIN:
            return _LEAST_PACING * target
        capacity_bps = self._control.capacity_bps
        if self._trains.line_bps is None and capacity_bps is not None and not self._trains.blurred:
            return max(_LEAST_PACING * target, _OVER_CAPACITY * capacity_bps)
        if self._trains.line_bps is None or self._trains.blurred:
            return max(_PACING * target, 0.0 if self._trains.blurred else self._trains.burst_bps)
        return max(_LEAST_PACING * target, self._trains.burst_bps)

    @property
    def estimate(self) -> Estimate:
        """All that is known, now."""
        return Estimate(
            target_bps=self.target_bps,
            pacing_bps=self.pacing_bps,
            loss_fraction=self._losses.fraction,
            loss_burst=self._losses.burst,
            round_trip_s=self._round_trip_s or self._rtcp_round_trip_s or _FIRST_ROUND_TRIP_S,
            jitter_s=self._trains.jitter_s,
            queueing_s=self._queue.queue_s,
            overusing=self._overusing,
            capacity_bps=self._control.capacity_bps,
            acknowledged_bps=self._delivered_bps,
        )
