"""VP8 over RTP (RFC 7741).

Written: a 15-bit picture id in every packet and no partition boundaries, which is what libwebrtc writes too. Read: all
of the descriptor; its fields for temporal layers are passed over, since every layer is decoded.
"""

from collections.abc import Sequence

from vidphone.media.payload.format import Piece, check, even_sizes, picture_numbers

_EXTENDED, _START = 0x80, 0x10
_PICTURE_ID, _TL0_PICTURE_INDEX, _TEMPORAL_ID, _KEY_INDEX = 0x80, 0x40, 0x20, 0x10
_LONG_PICTURE_ID = 0x80
_DESCRIPTOR_BYTES = 4
_KEYFRAME_HEADER_BYTES = 10


class Vp8Packetizer:
    """Cuts VP8 frames; numbers pictures from `picture_id` on, without gaps, as libwebrtc's receiver requires."""

    def __init__(self, picture_id: int = 0) -> None:
        self._picture_id = picture_id & 0x7FFF

    def packetize(self, frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
        """See `Packetizer.packetize`; whether it is a keyframe the receiver reads from the frame itself."""
        check(frame, limit_bytes)
        tail = bytes((_PICTURE_ID, _LONG_PICTURE_ID | self._picture_id >> 8, self._picture_id & 0xFF))
        self._picture_id = (self._picture_id + 1) & 0x7FFF
        payloads = []
        at = 0
        for size in even_sizes(len(frame), limit_bytes - _DESCRIPTOR_BYTES):
            first = _EXTENDED | (0 if at else _START)
            payloads.append(bytes((first,)) + tail + frame[at : at + size])
            at += size
        return payloads


class Vp8Depacketizer:
    """Reads VP8 packets."""

    def piece(self, payload: bytes) -> Piece:
        """See `Depacketizer.piece`."""
        at, picture, before = _descriptor(payload)
        data = payload[at:]
        if not data:
            raise ValueError("a VP8 packet without data")
        starts = payload[0] & (_START | 0x07) == _START
        keyframe = starts and not data[0] & 1
        if keyframe and len(data) < _KEYFRAME_HEADER_BYTES:
            raise ValueError("a VP8 keyframe's header is cut off")
        return Piece(data, starts, keyframe, picture, before)

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        """See `Depacketizer.assemble`."""
        if not pieces or not pieces[0].starts_frame:
            raise ValueError("a VP8 frame without its first packet")
        return b"".join(piece.data for piece in pieces)


def _descriptor(payload: bytes) -> tuple[int, int | None, int | None]:
    """Length of the payload descriptor (RFC 7741 section 4.2), the picture's number and that of the one before.

    Raises:
        ValueError: the packet ends inside it.
    """
    picture = before = None
    try:
        if not payload[0] & _EXTENDED:
            return 1, None, None
        flags, at = payload[1], 2
        if flags & _PICTURE_ID:
            picture, before = picture_numbers(payload, at)
            at += 2 if payload[at] & _LONG_PICTURE_ID else 1
    except IndexError:
        raise ValueError("a VP8 payload descriptor is cut off") from None
    return at + bool(flags & _TL0_PICTURE_INDEX) + bool(flags & (_TEMPORAL_ID | _KEY_INDEX)), picture, before
