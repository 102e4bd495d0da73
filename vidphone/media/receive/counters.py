"""What a receiver of video counted, as W3C webrtc-stats (RTCInboundRtpStreamStats) defines it. Times in seconds."""

from collections import deque
from dataclasses import dataclass

FREEZE_FRAMES = 30
FREEZE_FACTOR = 3
FREEZE_MARGIN_S = 0.15


@dataclass(slots=True)
class StreamCounters:
    """Up to the decoder."""

    packets_received: int = 0
    """Sent packets that came, duplicates and repaired ones left out."""
    packets_expected: int = 0
    packets_discarded: int = 0
    """Came, but too late for their frame."""
    packets_duplicated: int = 0
    packets_repaired: int = 0
    """Came by retransmission or error correction, and were of use."""
    packets_damaged: int = 0
    """Whose payload was no payload of its codec."""
    bytes_received: int = 0
    """Of payload, padding and repair left out."""
    frames_received: int = 0
    frames_assembled_from_multiple_packets: int = 0
    total_assembly_time_s: float = 0.0
    jitter_buffer_delay_s: float = 0.0
    jitter_buffer_emitted_count: int = 0
    nack_count: int = 0
    pli_count: int = 0

    @property
    def packets_lost(self) -> int:
        """As RFC 3550 defines it."""
        return max(self.packets_expected - self.packets_received, 0)


@dataclass(slots=True)
class DecoderCounters:
    """From the decoder on. Written by the decoder's thread, read by any."""

    codec: str = ""
    frames_decoded: int = 0
    key_frames_decoded: int = 0
    frames_skipped: int = 0
    """Never decoded, or decoded and not shown."""
    total_decode_time_s: float = 0.0
    total_processing_delay_s: float = 0.0
    frame_width: int = 0
    frame_height: int = 0


class FreezeMeter:
    """freezeCount and totalFreezesDuration: an interval of at least max(3 d, d + 150 ms), d the mean of the last 30."""

    def __init__(self) -> None:
        self._intervals_s: deque[float] = deque(maxlen=FREEZE_FRAMES)
        self._last_at_s: float | None = None
        self.freeze_count = 0
        self.total_freezes_duration_s = 0.0

    def shown(self, at_s: float) -> None:
        """Note a frame."""
        if self._last_at_s is not None:
            interval_s = at_s - self._last_at_s
            if self._intervals_s:
                mean_s = sum(self._intervals_s) / len(self._intervals_s)
                if interval_s >= max(FREEZE_FACTOR * mean_s, mean_s + FREEZE_MARGIN_S):
                    self.freeze_count += 1
                    self.total_freezes_duration_s += interval_s
            self._intervals_s.append(interval_s)
        self._last_at_s = at_s
