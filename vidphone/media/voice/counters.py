"""What the audio buffer counts, named as W3C webrtc-stats names it. Times are in seconds. Pure."""

from dataclasses import dataclass


@dataclass(slots=True)
class AudioCounters:
    """All count from the start of the stream."""

    packets_received: int = 0
    bytes_received: int = 0
    packets_discarded: int = 0
    """Packets and frames that came too late to be played, were damaged, or more than there is room for."""
    fec_packets_received: int = 0
    """Frames that came first, or only, as a redundant copy."""
    frames_decoded: int = 0
    total_samples_received: int = 0
    """Samples handed to the player, concealed ones included."""
    concealed_samples: int = 0
    silent_concealed_samples: int = 0
    """Of these, comfort noise."""
    concealment_events: int = 0
    inserted_samples_for_deceleration: int = 0
    removed_samples_for_acceleration: int = 0
    jitter_buffer_delay_s: float = 0.0
    """Sum over emitted samples of the time from arrival to player; so is the target delay."""
    jitter_buffer_target_delay_s: float = 0.0
    jitter_buffer_emitted_count: int = 0
    total_audio_energy: float = 0.0
    """Sum of squared level (full scale is 1) times duration in seconds, of what was handed out."""
    total_samples_duration_s: float = 0.0
