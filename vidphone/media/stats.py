"""A call in figures, named as W3C webrtc-stats names them where it has a name."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InboundStats:
    """What is received. Bytes and packets count from the start of the call."""

    bytes_received: int = 0
    packets_received: int = 0
    packets_lost: int = 0
    jitter_s: float = 0.0
    frames_decoded: int = 0
    frames_per_second: float = 0.0
    frame_width: int = 0
    frame_height: int = 0
    freeze_count: int = 0
    total_freezes_duration_s: float = 0.0
    concealment_events: int = 0
    total_audio_energy: float = 0.0
    """Sum of squared level (full scale is 1) times duration in seconds, over the sound that was received."""
    codec: str = ""


@dataclass(frozen=True, slots=True)
class OutboundStats:
    """What is sent."""

    bytes_sent: int = 0
    packets_sent: int = 0
    frames_encoded: int = 0
    frames_per_second: float = 0.0
    frame_width: int = 0
    frame_height: int = 0
    codec: str = ""


@dataclass(frozen=True, slots=True)
class CallStats:
    """One call at one moment."""

    call: str
    round_trip_time_s: float | None
    audio_in: InboundStats = field(default_factory=InboundStats)
    audio_out: OutboundStats = field(default_factory=OutboundStats)
    video_in: InboundStats = field(default_factory=InboundStats)
    video_out: OutboundStats = field(default_factory=OutboundStats)
    audio_gap_p95_ms: float | None = None
    """95th percentile of the time between two audio frames handed to the player, since the last report."""
    picture_latency_p50_ms: float | None = None
    """Median time from a frame made to the frame handed to the viewer; only where the picture tells
    (the test picture carries its time) and both ends share a clock."""
    local_candidate_type: str = ""
    quality: int = 0
    """0 (nothing arrives) to 5 (as good as it gets): the signal bars."""
