"""A call in figures, named as W3C webrtc-stats names them where it has a name.

Bytes, packets, frames and seconds of one medium count from the start of the transport in use.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InboundStats:
    """What is received (`RTCInboundRtpStreamStats`)."""

    bytes_received: int = 0
    packets_received: int = 0
    packets_lost: int = 0
    packets_discarded: int = 0
    jitter_s: float = 0.0
    retransmitted_packets_received: int = 0
    fec_packets_received: int = 0
    """Repair packets of the pictures; of sound, the earlier copies that were of use."""
    nack_count: int = 0
    pli_count: int = 0
    frames_received: int = 0
    frames_decoded: int = 0
    frames_dropped: int = 0
    key_frames_decoded: int = 0
    frames_per_second: float = 0.0
    frame_width: int = 0
    frame_height: int = 0
    freeze_count: int = 0
    total_freezes_duration_s: float = 0.0
    total_decode_time_s: float = 0.0
    jitter_buffer_delay_s: float = 0.0
    jitter_buffer_target_delay_s: float = 0.0
    jitter_buffer_emitted_count: int = 0
    total_samples_received: int = 0
    concealed_samples: int = 0
    silent_concealed_samples: int = 0
    concealment_events: int = 0
    inserted_samples_for_deceleration: int = 0
    removed_samples_for_acceleration: int = 0
    total_audio_energy: float = 0.0
    """Sum of squared level (full scale is 1) times duration in seconds, over the sound that was received."""
    codec: str = ""


@dataclass(frozen=True, slots=True)
class OutboundStats:
    """What is sent (`RTCOutboundRtpStreamStats`), and what the other side says of it."""

    bytes_sent: int = 0
    packets_sent: int = 0
    retransmitted_packets_sent: int = 0
    retransmitted_bytes_sent: int = 0
    fec_packets_sent: int = 0
    frames_encoded: int = 0
    key_frames_encoded: int = 0
    frames_per_second: float = 0.0
    frame_width: int = 0
    frame_height: int = 0
    total_encode_time_s: float = 0.0
    target_bitrate_bps: int = 0
    nack_count: int = 0
    pli_count: int = 0
    fir_count: int = 0
    encoder_implementation: str = ""
    codec: str = ""
    remote_fraction_lost: float = 0.0
    remote_packets_lost: int = 0
    remote_jitter_s: float = 0.0


@dataclass(frozen=True, slots=True)
class CallStats:
    """One call at one moment."""

    call: str
    round_trip_time_s: float | None
    audio_in: InboundStats = field(default_factory=InboundStats)
    audio_out: OutboundStats = field(default_factory=OutboundStats)
    video_in: InboundStats = field(default_factory=InboundStats)
    video_out: OutboundStats = field(default_factory=OutboundStats)
    available_outgoing_bitrate_bps: int = 0
    """What the way is believed to carry, all in all."""
    sync_error_s: float | None = None
    """How much later the picture is than its sound; None while the other side's clock is not known."""
    audio_gap_p95_ms: float | None = None
    """95th percentile of the time between two audio frames handed to the player, since the last report."""
    picture_latency_p50_ms: float | None = None
    """Median time from a frame made to the frame handed to the viewer; only where the picture tells
    (the test picture carries its time) and both ends share a clock."""
    local_candidate_type: str = ""
    quality: int = 0
    """0 (nothing arrives) to 5 (as good as it gets): the signal bars."""
