"""RTP payload formats of video, both ways: AV1, VP9, VP8 and H.264. Pure: bytes in, bytes out.

Frames are what encoders and decoders of FFmpeg speak: AV1 temporal units of OBUs with size fields, H.264 in Annex B,
whole VP8 and VP9 frames. A packetizer belongs to one stream, since it counts pictures; a depacketizer keeps nothing.
"""

from collections.abc import Callable, Mapping

from vidphone.media.payload.av1 import Av1Depacketizer, Av1Packetizer
from vidphone.media.payload.format import Depacketizer, Packetizer, Piece
from vidphone.media.payload.h264 import H264Depacketizer, H264Packetizer
from vidphone.media.payload.vp8 import Vp8Depacketizer, Vp8Packetizer
from vidphone.media.payload.vp9 import Vp9Depacketizer, Vp9Packetizer

__all__ = ["DEPACKETIZERS", "PACKETIZERS", "Depacketizer", "Packetizer", "Piece"]

PACKETIZERS: Mapping[str, Callable[[], Packetizer]] = {
    "AV1": Av1Packetizer,
    "VP9": Vp9Packetizer,
    "VP8": Vp8Packetizer,
    "H264": H264Packetizer,
}
DEPACKETIZERS: Mapping[str, Callable[[], Depacketizer]] = {
    "AV1": Av1Depacketizer,
    "VP9": Vp9Depacketizer,
    "VP8": Vp8Depacketizer,
    "H264": H264Depacketizer,
}
