"""RTCP of one transport: what is told of sound and pictures, and what is heard of them (RFC 3550, 4585, 3611)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vidphone.media.flow.audio_out import AudioOut
from vidphone.media.flow.incoming import AudioIn, VideoIn
from vidphone.media.flow.outgoing import Outgoing
from vidphone.media.flow.video_out import VideoOut
from vidphone.media.plan import MediaPlan, SessionPlan
from vidphone.media.receive.pressure import DecodePressure
from vidphone.media.rtp import rtcp
from vidphone.media.rtp.application import ANY_SIZE, MOST_PRESSURE
from vidphone.media.rtp.clock import VIDEO_CLOCK_HZ
from vidphone.media.rtp.ntp import compact, ntp_timestamp, unix_seconds
from vidphone.media.rtp.reception import round_trip_s

INTERVAL_S = 1.0
EARLY_S, EARLY = 0.1, 3
"""The first report tells that we hear, the next ones our clock, which lip-sync needs."""
VIEW_S = 0.5
"""Least time between two reports on the size that is shown: a window being drawn larger has another all the time."""
LOOK_FRAMES = 60
"""A window opens with the first picture: that nobody looks is no news before so many were decoded."""
_MAX_REMEMBERED = 8


@dataclass(slots=True)
class RemoteView:
    """What the other side's reports say of one of our streams."""

    fraction_lost: float = 0.0
    packets_lost: int = 0
    jitter_s: float = 0.0


class Reports:
    """Made and used on the loop."""

    def __init__(
        self, plan: SessionPlan, send: Callable[[bytes], bool], outgoing: Outgoing, *,
        audio_out: AudioOut | None, video_out: VideoOut | None, audio_in: AudioIn | None, video_in: VideoIn | None,
    ) -> None:  # fmt: skip
        self._plan, self._send, self._outgoing = plan, send, outgoing
        self._audio_out, self._video_out = audio_out, video_out
        self._audio_in, self._video_in = audio_in, video_in
        self._wall_s = time.time() - time.monotonic()  # one offset for the whole call: a clock set anew is no jump
        self._due_s = 0.0
        self._sent = 0
        self._receiver_times: dict[int, tuple[int, float]] = {}
        self._fir_number = 0
        self.round_trip_s: float | None = None
        self.remote: dict[int, RemoteView] = {}
        self.rtcp_damaged = 0
        self._shown: tuple[int, int] | None = None
        self._pressure = DecodePressure()
        self._view_told: rtcp.ViewerReport | None = None
        self._view_at_s = 0.0

    @property
    def own_ssrc(self) -> int:
        """The SSRC that speaks for us."""
        media = self._plan.video or self._plan.audio
        return media.local_ssrc if media is not None else 0

    def wall_s(self, at_s: float) -> float:
        """A monotonic time of ours as our sender reports have it (Unix seconds)."""
        return self._wall_s + at_s

    def _ntp(self, now_s: float) -> int:
        return ntp_timestamp(self.wall_s(now_s))

    # Out.

    def due(self, now_s: float) -> bool:
        """Send a report if it is time; whether one was sent."""
        if now_s < self._due_s:
            self._tell_view(now_s)
            return False
        self._sent += 1
        self._due_s = now_s + (EARLY_S if self._sent < EARLY else INTERVAL_S)
        return self._send(rtcp.serialize(self._compound(now_s)))

    def _compound(self, now_s: float) -> list[rtcp.RtcpPacket]:
        blocks = [
            part.stream.statistics.report(now_s)
            for part in (self._audio_in, self._video_in)
            if part is not None and part.stream is not None
        ]
        ntp = self._ntp(now_s)
        packets: list[rtcp.RtcpPacket] = []
        for out in (self._video_out, self._audio_out):
            timestamp = out.rtp_timestamp(now_s) if out is not None else None
            if out is not None and timestamp is not None and out.counter.packets:
                counts = out.counter.packets & 0xFFFFFFFF, out.counter.octets & 0xFFFFFFFF
                told = tuple(blocks) if not packets else ()
                packets.append(rtcp.SenderReport(out.plan.local_ssrc, ntp, timestamp, *counts, told))
        if not packets:
            packets.append(rtcp.ReceiverReport(self.own_ssrc, tuple(blocks)))
        for media in self._plan.media:
            packets.append(rtcp.SourceDescription(media.local_ssrc, media.cname))
        delays = tuple(
            rtcp.ReceiverDelay(ssrc, compact(their_ntp), min(int((now_s - at_s) * 65536), 0xFFFFFFFF))
            for ssrc, (their_ntp, at_s) in self._receiver_times.items()
        )
        packets.append(rtcp.ExtendedReport(self.own_ssrc, ntp, delays))
        if (view := self._view(now_s)) is not None:
            packets.append(view)
        return packets

    def set_shown(self, shown: tuple[int, int] | None) -> None:
        """The box, in pixels, in which the other side's picture is shown; (0, 0): not at all; None: not known."""
        self._shown = None if shown is None else (min(shown[0], ANY_SIZE - 1), min(shown[1], ANY_SIZE - 1))

    def _view(self, now_s: float) -> rtcp.ViewerReport | None:
        """What there is to say of how the picture is seen: nothing as long as nothing is known."""
        if self._video_in is None:
            return None
        decoder = self._video_in.receiver.decoder_counters
        pressure = round(MOST_PRESSURE * self._pressure.update(decoder.total_decode_time_s, now_s))
        shown = self._shown
        if self._view_told is None and shown == (0, 0) and decoder.frames_decoded < LOOK_FRAMES:
            shown = None
        if shown is None and not pressure and self._view_told is None:
            return None
        width, height = shown if shown is not None else (ANY_SIZE, ANY_SIZE)
        self._view_told = rtcp.ViewerReport(self.own_ssrc, width, height, pressure)
        self._view_at_s = now_s
        return self._view_told

    def _tell_view(self, now_s: float) -> None:
        """Tell of another size before the next report is due."""
        told = (self._view_told.width, self._view_told.height) if self._view_told is not None else None
        if self._shown in (None, told) or now_s - self._view_at_s < VIEW_S:
            return
        if (view := self._view(now_s)) is not None:
            self._feedback(view)

    def nack(self, plan: MediaPlan, ssrc: int, lost: Sequence[int]) -> None:
        """Ask for packets again."""
        if plan.nack:
            self._feedback(rtcp.Nack(plan.local_ssrc, ssrc, tuple(lost)))

    def keyframe(self, plan: MediaPlan, ssrc: int) -> None:
        """Ask for a key frame."""
        if plan.pli or not plan.fir:
            self._feedback(rtcp.PictureLossIndication(plan.local_ssrc, ssrc))
        else:
            self._fir_number = (self._fir_number + 1) & 0xFF
            self._feedback(rtcp.FullIntraRequest(plan.local_ssrc, ((ssrc, self._fir_number),)))

    def transport_feedback(self, packets: Sequence[rtcp.TransportFeedback]) -> None:
        """Tell what arrived, and when."""
        for packet in packets:
            self._feedback(packet)

    def bye(self) -> None:
        """Say that our streams end (RFC 3550 section 6.6)."""
        ssrcs = tuple(media.local_ssrc for media in self._plan.media)
        self._send(rtcp.serialize([rtcp.ReceiverReport(self.own_ssrc), rtcp.Bye(ssrcs)]))

    def _feedback(self, packet: rtcp.RtcpPacket) -> None:
        packets: list[rtcp.RtcpPacket] = [packet]
        if not all(media.reduced_rtcp for media in self._plan.media):
            packets.insert(0, rtcp.ReceiverReport(self.own_ssrc))
        self._send(rtcp.serialize(packets))

    # In.

    def received(self, data: bytes, now_s: float) -> None:
        """Take an RTCP packet; a damaged one is counted and forgotten."""
        try:
            packets = rtcp.parse(data)
        except ValueError:
            self.rtcp_damaged += 1
            return
        for packet in packets:
            self._take(packet, now_s)

    def _take(self, packet: rtcp.RtcpPacket, now_s: float) -> None:
        match packet:
            case rtcp.TransportFeedback():
                self._outgoing.feedback(packet, now_s)
            case rtcp.Nack():
                if self._video_out is not None and packet.media_ssrc == self._video_out.plan.local_ssrc:
                    self._video_out.nack(packet.lost, now_s)
            case rtcp.PictureLossIndication():
                if self._video_out is not None and packet.media_ssrc == self._video_out.plan.local_ssrc:
                    self._video_out.pli_count += 1
                    self._video_out.keyframe_wanted(now_s)
            case rtcp.FullIntraRequest():
                for ssrc, number in packet.entries:
                    if self._video_out is not None and ssrc == self._video_out.plan.local_ssrc:
                        self._video_out.full_intra(number, now_s)
            case rtcp.ViewerReport():
                if self._video_out is not None:
                    self._video_out.viewed(packet.width, packet.height, packet.pressure)
            case rtcp.Remb():
                self._outgoing.remb(packet.bitrate_bps, now_s)
            case rtcp.SenderReport():
                for part in (self._audio_in, self._video_in):
                    if part is not None and part.stream is not None and part.stream.ssrc == packet.ssrc:
                        part.stream.statistics.sender_report(packet.ntp, now_s)
                        part.stream.clock.report(unix_seconds(packet.ntp), packet.rtp_timestamp)
                self._blocks(packet.blocks, now_s)
            case rtcp.ReceiverReport():
                self._blocks(packet.blocks, now_s)
            case rtcp.ExtendedReport():
                if packet.receiver_ntp is not None:
                    self._receiver_times[packet.ssrc] = (packet.receiver_ntp, now_s)
                    while len(self._receiver_times) > _MAX_REMEMBERED:
                        del self._receiver_times[next(iter(self._receiver_times))]
                for delay in packet.delays:
                    if delay.ssrc == self.own_ssrc:
                        self._measured(
                            round_trip_s(delay.last_report, delay.delay_since_last_report, self._ntp(now_s)), now_s
                        )
            case _:
                return

    def _blocks(self, blocks: Sequence[rtcp.ReportBlock], now_s: float) -> None:
        for block in blocks:
            for out, clock_hz in ((self._audio_out, 48_000), (self._video_out, VIDEO_CLOCK_HZ)):
                if out is None or block.ssrc != out.plan.local_ssrc:
                    continue
                measured_s = round_trip_s(block.last_report, block.delay_since_last_report, self._ntp(now_s))
                self.remote[block.ssrc] = RemoteView(block.loss_fraction, block.packets_lost, block.jitter / clock_hz)
                self._outgoing.receiver_report(block.loss_fraction, measured_s, now_s)
                self._measured(measured_s, now_s)

    def _measured(self, measured_s: float | None, now_s: float) -> None:
        if measured_s is None or measured_s < 0:
            return
        self.round_trip_s = measured_s if self.round_trip_s is None else 0.7 * self.round_trip_s + 0.3 * measured_s
        self._outgoing.round_trip(measured_s, now_s)
        if self._video_in is not None:
            self._video_in.receiver.set_round_trip(self.round_trip_s)
