"""Packets on their way out: numbered, paced, and followed to where the other side says they arrived."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from vidphone.media.rate.estimator import BandwidthEstimator
from vidphone.media.rate.model import Estimate, PacketReport
from vidphone.media.rate.pacer import Pacer, Priority
from vidphone.media.rtp.extensions import pack_abs_send_time, pack_transport_sequence
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.rtp.rtcp import TransportFeedback
from vidphone.media.rtp.transport_feedback import FeedbackReader

START_BPS = 300_000
MIN_BPS = 30_000
MAX_BPS = 20_000_000
TICK_S = 0.03
RATE_OVER_S = 0.5
LIMITED_SHARE = 0.7
"""Who sends less than that of what the line is believed to carry is limited by what there is to send."""
_HEADER_BYTES = 20
"""RTP's fixed header and a header extension with the transport-wide number."""


class PacketWire(Protocol):
    """Where packets leave (`rtc.transport.Transport`, structurally)."""

    overhead_bytes: int

    def send(self, data: bytes) -> bool:
        """Send plaintext RTP or RTCP at once; False where it could not be."""


@dataclass(slots=True)
class SentCounter:
    """What was sent of one SSRC, as sender reports count it (RFC 3550 section 6.4.1)."""

    packets: int = 0
    octets: int = 0
    retransmitted_packets: int = 0
    retransmitted_octets: int = 0


@dataclass(frozen=True, slots=True)
class _Queued:
    packet: RtpPacket
    counter: SentCounter
    retransmission: bool


class Outgoing:
    """Made and used on the loop."""

    def __init__(
        self, wire: PacketWire, *, transport_cc: int | None, abs_send_time: int | None,
        retarget: Callable[[Estimate, float], None], padding: Callable[[int, float], int],
    ) -> None:  # fmt: skip
        """Begin with nothing to send.

        Args:
            wire: the transport.
            transport_cc: id of the extension for transport-wide numbers, where agreed.
            abs_send_time: id of the extension for the time of sending, where agreed and of use.
            retarget: called with every new estimate.
            padding: asked to `send` about so many bytes as PADDING, to fill a probe; how many it gave.
        """
        self._wire = wire
        self._cc_id, self._time_id = transport_cc, abs_send_time
        self._retarget, self._padding = retarget, padding
        self._loop = asyncio.get_running_loop()
        self._estimator = BandwidthEstimator(START_BPS, MIN_BPS, MAX_BPS)
        self._pacer: Pacer[_Queued] = Pacer(self._estimator.estimate.pacing_bps)
        self._reader = FeedbackReader()
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._closed = False
        self.bytes_sent = 0
        self._rate_from = (time.monotonic(), 0)

    @property
    def estimate(self) -> Estimate:
        """What the way carries, as known now."""
        return self._estimator.estimate

    @property
    def waiting_s(self) -> float:
        """How long a picture's packet that is queued now waits for its turn."""
        return self._pacer.expected_wait_s

    @property
    def queued_packets(self) -> int:
        """Packets that wait for their turn."""
        return self._pacer.queued_packets

    def blank_extensions(self) -> dict[int, bytes]:
        """What is filled in as a packet leaves, still nought: as repair packets count it (`fec`'s docstring)."""
        extensions = {}
        if self._cc_id is not None:
            extensions[self._cc_id] = bytes(2)
        if self._time_id is not None:
            extensions[self._time_id] = bytes(3)
        return extensions

    def start(self) -> None:
        """The transport stands: begin to send."""
        self._tick()

    def close(self) -> None:
        """Send nothing more."""
        self._closed = True
        for timer in (self._timer, self._ticker):
            if timer is not None:
                timer.cancel()

    def send(
        self, packet: RtpPacket, priority: Priority, counter: SentCounter, *, retransmission: bool = False
    ) -> None:
        """Queue a packet for its turn."""
        if self._closed:
            return
        size = len(packet.payload) + packet.padding_bytes + _HEADER_BYTES + self._wire.overhead_bytes
        self._pacer.enqueue(_Queued(packet, counter, retransmission), size, priority, time.monotonic())

    def pump(self) -> None:
        """Send what is due; to be called after the last `send` of a batch."""
        if self._closed:
            return
        now_s = time.monotonic()
        wanted = self._pacer.padding_wanted(now_s)
        if wanted > 0:
            self._padding(wanted, now_s)
        for queued, probe in self._pacer.due(now_s):
            self._write(queued, probe)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at_s = self._pacer.next_at(now_s)
        if at_s is not None:
            self._timer = self._loop.call_at(max(at_s, now_s + 0.0005), self.pump)

    def feedback(self, feedback: TransportFeedback, now_s: float) -> None:
        """The other side tells what arrived, and when."""
        reports = [PacketReport(number, at_s) for number, at_s in self._reader.read(feedback, self._number)]
        if reports:
            self._estimator.feedback(reports, now_s)
            self._changed(now_s)

    def receiver_report(self, loss_fraction: float, round_trip_s: float | None, now_s: float) -> None:
        """As RTCP tells it; steers only where there is no transport-wide feedback."""
        self._estimator.receiver_report(loss_fraction, round_trip_s, now_s)

    def round_trip(self, round_trip_s: float, now_s: float) -> None:
        """As RTCP measured it."""
        self._estimator.round_trip(round_trip_s, now_s)

    def remb(self, bits_per_s: int, now_s: float) -> None:
        """The other side's own estimate."""
        self._estimator.remb(bits_per_s, now_s)
        self._changed(now_s)

    def set_useful(self, max_bps: float) -> None:
        """The most that is of use: probing stops there."""
        self._estimator.set_max(min(max_bps, MAX_BPS))

    def _write(self, queued: _Queued, probe: int | None) -> None:
        packet = queued.packet
        now_s = time.monotonic()
        if self._cc_id is not None:
            self._number += 1
            packet.extensions[self._cc_id] = pack_transport_sequence(self._number & 0xFFFF)
        if self._time_id is not None:
            packet.extensions[self._time_id] = pack_abs_send_time(now_s)
        data = packet.serialize()
        if not self._wire.send(data):
            return
        size = len(data) + self._wire.overhead_bytes
        self.bytes_sent += size
        if self._cc_id is not None:
            self._estimator.sent(self._number, size, now_s, probe)
        counter, octets = queued.counter, len(packet.payload)
        counter.packets += 1
        counter.octets += octets
        if queued.retransmission:
            counter.retransmitted_packets += 1
            counter.retransmitted_octets += octets

    def _tick(self) -> None:
        if self._closed:
            return
        self._ticker = self._loop.call_later(TICK_S, self._tick)
        now_s = time.monotonic()
        self._estimator.tick(now_s)
        self._watch_rate(now_s)
        self._changed(now_s)

    def _watch_rate(self, now_s: float) -> None:
        """Tell the estimator whether less is sent than might be: then the line's silence says nothing of its limit."""
        since_s, bytes_then = self._rate_from
        if now_s - since_s < RATE_OVER_S:
            return
        sent_bps = (self.bytes_sent - bytes_then) * 8 / (now_s - since_s)
        self._rate_from = now_s, self.bytes_sent
        self._estimator.application_limited(sent_bps < LIMITED_SHARE * self._estimator.estimate.target_bps, now_s)

    def _changed(self, now_s: float) -> None:
        estimate = self._estimator.estimate
        self._pacer.set_rate(estimate.pacing_bps)
        for probe in self._estimator.take_probes(now_s):
            self._pacer.probe(probe, now_s)
        self._retarget(estimate, now_s)
        self.pump()
