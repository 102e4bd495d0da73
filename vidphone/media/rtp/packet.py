"""RTP packets (RFC 3550 section 5.1) with header extensions (RFC 8285), and numbers that wrap around."""

from dataclasses import dataclass, field
from struct import Struct
from struct import error as struct_error

_FIXED = Struct("!BBHLL")
_EXTENSION = Struct("!HH")
_VERSION = 2 << 6
_PADDING, _EXTENDED, _CSRC_COUNT = 0x20, 0x10, 0x0F
_ONE_BYTE_PROFILE = 0xBEDE
_TWO_BYTE_PROFILE = 0x1000
_STOP_ID = 15
"""RFC 8285 section 4.2: in the one-byte form nothing after an element of this id is read."""


@dataclass(slots=True)
class RtpPacket:
    """One RTP packet.

    `extensions` maps the local id (1 to 255) to the value; both forms are read, and the one-byte form is written when
    every element fits it. `padding_bytes` counts the padding with its length byte, as it stands on the wire.
    """

    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False
    extensions: dict[int, bytes] = field(default_factory=dict)
    csrcs: tuple[int, ...] = ()
    padding_bytes: int = 0

    @classmethod
    def parse(cls, data: bytes) -> "RtpPacket":
        """Read one packet.

        Raises:
            ValueError: the bytes are no RTP packet of version 2, or a length in it points past its end.
        """
        length = len(data)
        if length < _FIXED.size:
            raise ValueError("RTP packet shorter than its header")
        first, second, sequence_number, timestamp, ssrc = _FIXED.unpack_from(data)
        if first & 0xC0 != _VERSION:
            raise ValueError("RTP packet of another version")
        start = 12
        csrcs: tuple[int, ...] = ()
        if first & _CSRC_COUNT:
            count = first & _CSRC_COUNT
            start += 4 * count
            if length < start:
                raise ValueError("RTP packet ends within its contributing sources")
            csrcs = Struct(f"!{count}L").unpack_from(data, 12)
        extensions: dict[int, bytes] = {}
        if first & _EXTENDED:
            if length < start + 4:
                raise ValueError("RTP packet ends within its extension header")
            profile, words = _EXTENSION.unpack_from(data, start)
            begin = start + 4
            start = begin + 4 * words
            if length < start:
                raise ValueError("RTP packet ends within its extensions")
            if profile == _ONE_BYTE_PROFILE:
                extensions = _read_one_byte(data, begin, start)
            elif profile & 0xFFF0 == _TWO_BYTE_PROFILE:
                extensions = _read_two_byte(data, begin, start)
        padding_bytes = 0
        if first & _PADDING:
            padding_bytes = data[-1]
            length -= padding_bytes
            if not padding_bytes or length < start:
                raise ValueError("RTP packet with an impossible padding")
        return cls(
            second & 0x7F,
            sequence_number,
            timestamp,
            ssrc,
            data[start:length],
            second >= 0x80,
            extensions,
            csrcs,
            padding_bytes,
        )

    def serialize(self) -> bytes:
        """The packet as bytes for the wire.

        Raises:
            ValueError: a field does not fit its place in the header.
        """
        first = _VERSION | len(self.csrcs)
        tail = b""
        if self.csrcs or self.padding_bytes:
            if len(self.csrcs) > _CSRC_COUNT:
                raise ValueError("RTP packet with more than 15 contributing sources")
            if self.padding_bytes:
                if not 0 < self.padding_bytes < 256:
                    raise ValueError("RTP padding outside one byte")
                first |= _PADDING
        if self.extensions:
            first |= _EXTENDED
            tail = _write_extensions(self.extensions)
        if not 0 <= self.payload_type < 0x80:
            raise ValueError("RTP payload type outside 7 bits")
        second = self.payload_type | 0x80 if self.marker else self.payload_type
        try:
            header = _FIXED.pack(first, second, self.sequence_number, self.timestamp, self.ssrc)
            if self.csrcs:
                header += Struct(f"!{len(self.csrcs)}L").pack(*self.csrcs)
            if self.padding_bytes:
                ending = bytes(self.padding_bytes - 1) + bytes((self.padding_bytes,))
                return b"".join((header, tail, self.payload, ending))
        except struct_error as error:
            raise ValueError("RTP header field out of range") from error
        return b"".join((header, tail, self.payload))


def _read_one_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    extensions: dict[int, bytes] = {}
    while at < end:
        head = data[at]
        at += 1
        if not head:
            continue
        number = head >> 4
        if number in (0, _STOP_ID):
            break
        after = at + (head & 0x0F) + 1
        if after > end:
            raise ValueError("RTP header extension cut short")
        extensions[number] = data[at:after]
        at = after
    return extensions


def _read_two_byte(data: bytes, at: int, end: int) -> dict[int, bytes]:
    extensions: dict[int, bytes] = {}
    while at < end:
        number = data[at]
        at += 1
        if not number:
            continue
        if at == end:
            raise ValueError("RTP header extension without its length")
        after = at + 1 + data[at]
        if after > end:
            raise ValueError("RTP header extension cut short")
        extensions[number] = data[at + 1 : after]
        at = after
    return extensions


def _write_extensions(extensions: dict[int, bytes]) -> bytes:
    written = bytearray(4)
    profile = _ONE_BYTE_PROFILE
    for number, value in extensions.items():
        if not (0 < number < _STOP_ID and 0 < len(value) <= 16):
            profile = _TWO_BYTE_PROFILE
            written = bytearray(4)
            break
        written.append(number << 4 | len(value) - 1)
        written += value
    if profile == _TWO_BYTE_PROFILE:
        for number, value in extensions.items():
            if not (0 < number < 256 and len(value) < 256):
                raise ValueError("RTP header extension does not fit the two-byte form")
            written.append(number)
            written.append(len(value))
            written += value
    if len(written) % 4:
        written += bytes(-len(written) % 4)
    _EXTENSION.pack_into(written, 0, profile, len(written) // 4 - 1)
    return bytes(written)


def is_rtcp(data: bytes) -> bool:
    """Whether a packet of a port that carries both is RTCP (RFC 5761 section 4): packet types 192 to 223."""
    return len(data) > 1 and 192 <= data[1] <= 223


class Unwrapper:
    """Turns a counter of `bits` bits that wraps around into integers that go on growing.

    Each value is taken to lie within half the counter's range of the highest so far; the first stands for itself, so
    one that arrives late at the very beginning may be negative.
    """

    def __init__(self, bits: int) -> None:
        self._mask = (1 << bits) - 1
        self._half = 1 << bits - 1
        self._highest: int | None = None

    def unwrap(self, value: int) -> int:
        """The whole number that `value` (0 to 2^bits - 1) stands for."""
        highest = self._highest
        if highest is None:
            self._highest = value
            return value
        step = (value - highest) & self._mask
        if step >= self._half:
            return highest + step - self._mask - 1
        self._highest = highest = highest + step
        return highest
