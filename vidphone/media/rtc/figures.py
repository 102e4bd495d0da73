"""A call in figures, read off its transport."""

import time
from collections import deque
from typing import Any

import numpy as np

from vidphone.media.rtc.generation import Generation
from vidphone.media.stats import CallStats, InboundStats, OutboundStats

AUDIO_CLOCK_HZ = 48_000
VIDEO_CLOCK_HZ = 90_000
MAX_GAPS = 3000
"""A minute of sound between two reports."""


class Figures:
    """Counters of one call. Used on the loop."""

    def __init__(self) -> None:
        self._gaps_s: deque[float] = deque(maxlen=MAX_GAPS)
        self._played_at_s: float | None = None
        self._before: tuple[float, int, int] | None = None

    def played(self, at_s: float) -> None:
        """A block of sound was handed to the player."""
        if self._played_at_s is not None:
            self._gaps_s.append(at_s - self._played_at_s)
        self._played_at_s = at_s

    async def of(self, call: str, generation: Generation | None) -> CallStats:
        """The figures now; rates and gaps are since the last time."""
        if generation is None:
            return CallStats(call, None)
        gaps_s, now_s = list(self._gaps_s), time.monotonic()
        self._gaps_s.clear()
        sent, received = generation.video_out.frames_encoded, generation.video_in.frames_decoded
        then_s, sent_then, received_then = self._before or (now_s, sent, received)
        self._before = (now_s, sent, received)
        elapsed_s = max(now_s - then_s, 0.001)
        reports = await generation.peer.stats()
        round_trips_s = [report.roundTripTime for report in reports if getattr(report, "roundTripTime", None)]
        candidate = generation.peer.local_candidate
        return CallStats(
            call=call,
            round_trip_time_s=min(round_trips_s, default=None),
            audio_in=InboundStats(
                bytes_received=generation.audio_in.bytes_received,
                frames_decoded=generation.audio_in.frames_decoded,
                concealment_events=generation.audio_in.concealment_events,
                total_audio_energy=generation.audio_in.total_energy,
                codec="opus",
                **_inbound(reports, "audio", AUDIO_CLOCK_HZ),
            ),
            audio_out=OutboundStats(
                frames_encoded=generation.audio_out.frames_encoded, codec="opus", **_outbound(reports, "audio")
            ),
            video_in=InboundStats(
                bytes_received=generation.video_in.bytes_received,
                frames_decoded=received,
                frames_per_second=(received - received_then) / elapsed_s,
                codec=generation.video_in.codec,
                **_inbound(reports, "video", VIDEO_CLOCK_HZ),
            ),
            video_out=OutboundStats(
                frames_encoded=sent,
                frames_per_second=(sent - sent_then) / elapsed_s,
                frame_width=generation.video_out.width,
                frame_height=generation.video_out.height,
                codec=generation.video_out.codec,
                **_outbound(reports, "video"),
            ),
            audio_gap_p95_ms=float(np.percentile(gaps_s, 95) * 1000) if gaps_s else None,
            local_candidate_type=candidate.type if candidate else "",
        )


def _inbound(reports: list[Any], kind: str, clock_hz: int) -> dict[str, Any]:
    mine = [report for report in reports if report.type == "inbound-rtp" and report.kind == kind]
    return {
        "packets_received": sum(report.packetsReceived for report in mine),
        "packets_lost": sum(max(report.packetsLost, 0) for report in mine),
        "jitter_s": max((report.jitter for report in mine), default=0) / clock_hz,
    }


def _outbound(reports: list[Any], kind: str) -> dict[str, Any]:
    mine = [report for report in reports if report.type == "outbound-rtp" and report.kind == kind]
    return {
        "packets_sent": sum(report.packetsSent for report in mine),
        "bytes_sent": sum(report.bytesSent for report in mine),
    }
