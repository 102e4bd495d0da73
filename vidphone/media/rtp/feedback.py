"""RTCP feedback (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb-03): the body of each, without the common header."""

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct

_SOURCES = Struct("!LL")
_NACK_ITEM = Struct("!HH")
_FIR_ENTRY = Struct("!LL")
_NACK_SPAN = 16
"""Numbers after the first that one item can name."""
_REMB_NAME = b"REMB"
_MANTISSA_BITS, _EXPONENT_MOST = 18, 63


@dataclass(frozen=True, slots=True)
class Nack:
    """These packets are missing and wanted again (RFC 4585 section 6.2.1)."""

    sender_ssrc: int
    media_ssrc: int
    lost: tuple[int, ...]
    """16-bit numbers; in growing order they take the fewest bytes."""

    def body(self) -> tuple[int, bytes]:
        """Format and the bytes after the common header."""
        written = bytearray(_SOURCES.pack(self.sender_ssrc, self.media_ssrc))
        first, following = -1, 0
        for number in self.lost:
            if not 0 <= number <= 0xFFFF:
                raise ValueError("sequence number outside 16 bits")
            distance = (number - first - 1) & 0xFFFF
            if first >= 0 and distance < _NACK_SPAN:
                following |= 1 << distance
            elif number != first:
                if first >= 0:
                    written += _NACK_ITEM.pack(first, following)
                first, following = number, 0
        if first < 0:
            raise ValueError("NACK that names no packet")
        written += _NACK_ITEM.pack(first, following)
        return 1, bytes(written)


@dataclass(frozen=True, slots=True)
class PictureLossIndication:
    """The picture cannot be decoded any more (RFC 4585 section 6.3.1)."""

    sender_ssrc: int
    media_ssrc: int

    def body(self) -> tuple[int, bytes]:
        """Format and the bytes after the common header."""
        return 1, _SOURCES.pack(self.sender_ssrc, self.media_ssrc)


@dataclass(frozen=True, slots=True)
class FullIntraRequest:
    """A keyframe is wanted (RFC 5104 section 4.3.1)."""

    sender_ssrc: int
    entries: tuple[tuple[int, int], ...]
    """Source and number of the request (0 to 255, the same when it is repeated)."""

    def body(self) -> tuple[int, bytes]:
        """Format and the bytes after the common header."""
        written = bytearray(_SOURCES.pack(self.sender_ssrc, 0))
        for ssrc, number in self.entries:
            if not 0 <= number <= 0xFF:
                raise ValueError("number of a keyframe request outside 8 bits")
            written += _FIR_ENTRY.pack(ssrc, number << 24)
        return 4, bytes(written)


@dataclass(frozen=True, slots=True)
class Remb:
    """The most that the receiver believes its line carries, over all these sources."""

    sender_ssrc: int
    bitrate_bps: int
    """On the wire 18 significant bits: rounded down."""
    ssrcs: tuple[int, ...]

    def body(self) -> tuple[int, bytes]:
        """Format and the bytes after the common header."""
        exponent = max(self.bitrate_bps.bit_length() - _MANTISSA_BITS, 0)
        if self.bitrate_bps < 0 or exponent > _EXPONENT_MOST or len(self.ssrcs) > 255:
            raise ValueError("REMB out of range")
        coded = len(self.ssrcs) << 24 | exponent << _MANTISSA_BITS | self.bitrate_bps >> exponent
        head = _SOURCES.pack(self.sender_ssrc, 0) + _REMB_NAME
        return 15, head + Struct(f"!L{len(self.ssrcs)}L").pack(coded, *self.ssrcs)


def read_nack(body: bytes) -> list[Nack]:
    """The numbers in the order in which they are named."""
    sender, media = _SOURCES.unpack_from(body)
    if len(body) == _SOURCES.size or len(body) % 4:
        raise ValueError("RTCP NACK of impossible length")
    lost: list[int] = []
    for first, following in _NACK_ITEM.iter_unpack(body[_SOURCES.size :]):
        lost.append(first)
        lost += [(first + step) & 0xFFFF for step in range(1, _NACK_SPAN + 1) if following >> step - 1 & 1]
    return [Nack(sender, media, tuple(lost))]


def read_picture_loss(body: bytes) -> list[PictureLossIndication]:
    """A picture loss indication has no body but its sources."""
    return [PictureLossIndication(*_SOURCES.unpack_from(body))]


def read_full_intra_request(body: bytes) -> list[FullIntraRequest]:
    """The requests, whichever source they are meant for."""
    if len(body) == _SOURCES.size or len(body) % _FIR_ENTRY.size:
        raise ValueError("RTCP keyframe request of impossible length")
    entries = tuple((ssrc, number >> 24) for ssrc, number in _FIR_ENTRY.iter_unpack(body[_SOURCES.size :]))
    return [FullIntraRequest(_SOURCES.unpack_from(body)[0], entries)]


def read_application(body: bytes) -> list[Remb]:
    """The REMB in an application's feedback; feedback of other applications is left aside."""
    if body[8:12] != _REMB_NAME:
        return []
    if len(body) < 16 or len(body) < 16 + 4 * body[12]:
        raise ValueError("REMB shorter than its sources")
    count = body[12]
    exponent = body[13] >> 2
    mantissa = (body[13] & 0x03) << 16 | body[14] << 8 | body[15]
    return [Remb(_SOURCES.unpack_from(body)[0], mantissa << exponent, Struct(f"!{count}L").unpack_from(body, 16))]


FEEDBACK_READERS: dict[
    tuple[int, int], Callable[[bytes], list[Nack] | list[PictureLossIndication] | list[FullIntraRequest] | list[Remb]]
] = {
    (205, 1): read_nack,
    (206, 1): read_picture_loss,
    (206, 4): read_full_intra_request,
    (206, 15): read_application,
}
"""By RTCP packet type and format. The caller has checked that the two sources at the beginning are there."""
