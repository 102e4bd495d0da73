"""VP9 over RTP (RFC 9628).

Written: non-flexible mode, one layer, a 15-bit picture id in every packet, and the scalability structure (size, one
frame that refers to the one before) with every keyframe. Layer indices are left out: then libwebrtc's receiver takes
each picture to refer to the one before, and needs no more bookkeeping to be right. Read: both modes, all fields.
"""

from collections.abc import Sequence

from vidphone.media.payload.format import Piece, check, even_sizes, picture_numbers

_PICTURE_ID, _INTER_PREDICTED, _LAYERS, _FLEXIBLE = 0x80, 0x40, 0x20, 0x10
_BEGINS, _ENDS, _STRUCTURE = 0x08, 0x04, 0x02
_LONG_PICTURE_ID = 0x80
_DESCRIPTOR_BYTES = 3
_MOST_REFERENCES = 3
_SYNC_CODE = 0x498342
_SRGB = 7


class Vp9Packetizer:
    """Cuts VP9 frames (or superframes) of one layer; numbers pictures from `picture_id` on, without gaps."""

    def __init__(self, picture_id: int = 0) -> None:
        self._picture_id = picture_id & 0x7FFF

    def packetize(self, frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
        """See `Packetizer.packetize`; whether it is a keyframe is read from the frame itself."""
        check(frame, limit_bytes)
        size = keyframe_size(frame)
        flags = _PICTURE_ID if size else _PICTURE_ID | _INTER_PREDICTED
        structure = _scalability_structure(*size) if size else b""
        identity = bytes((_LONG_PICTURE_ID | self._picture_id >> 8, self._picture_id & 0xFF))
        self._picture_id = (self._picture_id + 1) & 0x7FFF
        payloads = []
        at = 0
        for part in even_sizes(len(frame), limit_bytes - _DESCRIPTOR_BYTES, len(structure)):
            first = flags | (0 if at else _BEGINS | (_STRUCTURE if structure else 0))
            if at + part == len(frame):
                first |= _ENDS
            payloads.append(bytes((first,)) + identity + (b"" if at else structure) + frame[at : at + part])
            at += part
        return payloads


class Vp9Depacketizer:
    """Reads VP9 packets of both modes. Of several spatial layers the frames are joined in order, without an index."""

    def piece(self, payload: bytes) -> Piece:
        """See `Depacketizer.piece`."""
        at, base_layer, picture, before = _descriptor(payload)
        data = payload[at:]
        if not data:
            raise ValueError("a VP9 packet without data")
        starts = bool(payload[0] & _BEGINS) and base_layer
        keyframe = starts and not payload[0] & _INTER_PREDICTED and keyframe_size(data) is not None
        return Piece(data, starts, keyframe, picture, before)

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        """See `Depacketizer.assemble`."""
        if not pieces or not pieces[0].starts_frame:
            raise ValueError("a VP9 frame without its first packet")
        return b"".join(piece.data for piece in pieces)


def keyframe_size(frame: bytes) -> tuple[int, int] | None:
    """Width and height of a VP9 keyframe, None of any other frame (VP9 bitstream 7.2, the uncompressed header)."""
    header = int.from_bytes(frame[:16].ljust(16, b"\0"))
    left = 128

    def bits(count: int) -> int:
        nonlocal left
        left -= count
        return header >> left & ((1 << count) - 1)

    if bits(2) != 2:
        return None
    profile = bits(1) | bits(1) << 1
    if profile == 3:
        bits(1)
    show_existing, inter = bits(1), bits(1)
    bits(2)  # show_frame, error_resilient_mode
    if show_existing or inter or bits(24) != _SYNC_CODE:
        return None
    if profile >= 2:
        bits(1)  # ten or twelve bits
    if bits(3) != _SRGB:
        bits(4 if profile & 1 else 1)  # range; subsampling and a reserved bit where the profile leaves it open
    elif profile & 1:
        bits(1)
    width, height = bits(16) + 1, bits(16) + 1
    return (width, height) if len(frame) * 8 >= 128 - left else None


def _scalability_structure(width: int, height: int) -> bytes:
    """One spatial layer of that size; a group of one frame, which refers to the frame before (RFC 9628 4.2.1)."""
    size = (width & 0xFFFF).to_bytes(2) + (height & 0xFFFF).to_bytes(2)
    return b"\x18" + size + b"\x01\x14\x01"


def _descriptor(payload: bytes) -> tuple[int, bool, int | None, int | None]:
    """Length of the payload descriptor, whether the packet is of the lowest spatial layer, the picture's number and
    that of the one before (RFC 9628 section 4.2).

    Raises:
        ValueError: the packet ends inside it, or it names more references than there can be.
    """
    base_layer = True
    picture = before = None
    try:
        flags, at = payload[0], 1
        if flags & _PICTURE_ID:
            picture, before = picture_numbers(payload, at)
            at += 2 if payload[at] & _LONG_PICTURE_ID else 1
        if flags & _LAYERS:
            base_layer = not payload[at] & 0x0F
            at += 1 if flags & _FLEXIBLE else 2
        if flags & _FLEXIBLE and flags & _INTER_PREDICTED:
            references = 1
            while payload[at] & 1:
                at, references = at + 1, references + 1
            if references > _MOST_REFERENCES:
                raise ValueError("a VP9 packet with too many references")
            at += 1
        if flags & _STRUCTURE:
            at = _after_structure(payload, at)
    except IndexError:
        raise ValueError("a VP9 payload descriptor is cut off") from None
    return at, base_layer, picture, before


def _after_structure(payload: bytes, at: int) -> int:
    """Where the scalability structure that begins at `at` ends; IndexError past the packet's end."""
    first = payload[at]
    at += 1
    if first & 0x10:
        at += 4 * ((first >> 5) + 1)
    if first & 0x08:
        frames = payload[at]
        at += 1
        for _ in range(frames):
            at += 1 + (payload[at] >> 2 & 3)
    return at
