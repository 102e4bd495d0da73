"""What an encoder makes, and what encoders and decoders are to the rest of the pipeline."""

from dataclasses import dataclass
from typing import Protocol

import av


class EncodeError(Exception):
    """An encoder could not be opened or failed on a picture; another implementation may still do."""


class DecodeError(Exception):
    """The data is damaged, or no keyframe has been decoded yet: a keyframe is wanted."""


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """One picture as a codec writes it.

    `data` is an Annex B access unit for H264, a frame for VP8 and VP9, a temporal unit of OBUs with sizes for AV1.
    `encode_s` is the wall time the encoder took.
    """

    data: bytes
    keyframe: bool
    width: int
    height: int
    encode_s: float


class VideoEncoder(Protocol):
    """Makes one encoded picture of one picture. Belongs to one thread at a time."""

    @property
    def name(self) -> str:
        """The codec as SDP names it: "AV1", "H264", "VP9", "VP8"."""

    @property
    def implementation(self) -> str:
        """The library, as W3C's `encoderImplementation` wants it."""

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        """Encode at that rate from this picture on.

        A new size of picture begins with a keyframe. `now_s` is the monotonic time of the picture, by which the rate
        is counted; without it pictures come at the nominal frame rate.

        Returns:
            None where the picture is left out because what was encoded has outrun the rate.

        Raises:
            EncodeError: the library refused; this encoder is of no more use.
        """

    def close(self) -> None:
        """Give the library's memory and threads back; the encoder is of no more use."""


class VideoDecoder(Protocol):
    """Makes pictures of what came over the line. Belongs to one thread at a time."""

    def decode(self, data: bytes) -> list[av.VideoFrame]:
        """Decode one picture; sizes may change from one to the next.

        Raises:
            DecodeError: damage, or there was no keyframe yet.
        """

    def close(self) -> None:
        """Give the library's memory back; the decoder is of no more use."""
