"""Whether the codecs that a call needs work on this machine."""

import av
import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES
from vidphone.media.rtc.encoders import ENCODERS, MIN_BITRATE, OpusDecoder, OpusEncoder, video_decoder

CODECS = ("Opus", *ENCODERS)

_WIDTH, _HEIGHT = 160, 96


def works(codec: str) -> bool:
    """Whether something encoded with it can be decoded again; takes some milliseconds."""
    try:
        return _sound() if codec == "Opus" else _picture(codec)
    except (av.FFmpegError, ValueError):  # ValueError: the library was built without it
        return False


def _sound() -> bool:
    packet = OpusEncoder().encode(np.zeros(BLOCK_SAMPLES, np.int16))
    return len(OpusDecoder().decode(packet)) > 0


def _picture(codec: str) -> bool:
    data = ENCODERS[codec]().encode(av.VideoFrame(_WIDTH, _HEIGHT, "yuv420p"), MIN_BITRATE, keyframe=True)
    frames = video_decoder(codec).decode(av.Packet(data))
    return [(frame.width, frame.height) for frame in frames] == [(_WIDTH, _HEIGHT)]
