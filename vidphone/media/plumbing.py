"""What runs through the media's pipes, and the shape of their joints.

Producers call their sinks on their own thread (a device's callback, a capture thread, a decoder); a sink returns at
once: it puts into a bounded place and drops the oldest. Sound is mono, 16 bit, 48 kHz, in blocks of 20 ms.
"""

from dataclasses import dataclass
from typing import Protocol

import av
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 48_000
BLOCK_SAMPLES = 960
BLOCK_S = 0.02

Samples = NDArray[np.int16]
"""One-dimensional, mono, 48 kHz."""


@dataclass(frozen=True, slots=True)
class VideoBlock:
    """A captured or decoded picture (yuv420p) and when it was made, in monotonic seconds."""

    frame: av.VideoFrame
    made_at_s: float
    rtp_timestamp: int | None = None
    """Of a received picture: its time on the sender's clock (32 bits, 90 kHz), for lip-sync."""


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """20 ms of sound and when its first sample was made, in monotonic seconds."""

    samples: Samples
    made_at_s: float


class VideoSink(Protocol):
    """Takes pictures."""

    def video(self, block: VideoBlock) -> None:
        """Called on the producer's thread; returns at once."""


class AudioSink(Protocol):
    """Takes sound."""

    def audio(self, block: AudioBlock) -> None:
        """Called on the producer's thread; returns at once."""


class Source(Protocol):
    """A camera, a microphone, or something that stands for one."""

    def start(self) -> None:
        """Begin to produce.

        Raises:
            VidphoneError: the device is missing or busy; `NO_CAMERA`, `CAMERA_BUSY`, `NO_MICROPHONE`, `BAD_FILE`.
        """

    def stop(self) -> None:
        """Produce nothing more; the device is free when this returns."""
