"""Whether the codecs that a call needs work on this machine."""

import av
import numpy as np

from vidphone.media.codec import (
    DecodeError,
    EncodeError,
    available_decoders,
    available_encoders,
    make_decoder,
    make_encoder,
)
from vidphone.media.codec.choose import PREFERENCE
from vidphone.media.plumbing import BLOCK_SAMPLES
from vidphone.media.voice.opus import OpusDecoder, OpusEncoder, OpusError
from vidphone.media.voice.opus_library import OpusUnavailable

CODECS = ("Opus", *PREFERENCE)
MAY_LACK_AN_ENCODER = ("H264",)
"""Its encoder is under the GPL: a provider may leave it out (docs/packages.md)."""

_WIDTH, _HEIGHT = 160, 96
_BITRATE_BPS = 250_000


def works(codec: str) -> bool:
    """Whether something encoded with it can be decoded again; takes some milliseconds."""
    try:
        return _sound() if codec == "Opus" else _picture(codec)
    except (EncodeError, DecodeError, OpusError, OpusUnavailable):
        return False


def is_received_only(codec: str) -> bool:
    """Whether this build shows the codec and was made without its encoder."""
    return codec in MAY_LACK_AN_ENCODER and codec in available_decoders() and codec not in available_encoders()


def _sound() -> bool:
    packet = OpusEncoder().encode(np.zeros(BLOCK_SAMPLES, np.int16))
    return len(OpusDecoder().decode(packet)) == BLOCK_SAMPLES


def _picture(codec: str) -> bool:
    encoder, decoder = make_encoder(codec), make_decoder(codec)
    try:
        blank = av.VideoFrame(_WIDTH, _HEIGHT, "yuv420p")
        encoded = encoder.encode(blank, bitrate_bps=_BITRATE_BPS, keyframe=True)
        frames = decoder.decode(encoded.data) if encoded is not None else []
        return [(frame.width, frame.height) for frame in frames] == [(_WIDTH, _HEIGHT)]
    finally:
        encoder.close()
        decoder.close()
