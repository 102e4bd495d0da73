"""Redundant audio (RFC 2198): a packet that holds earlier ones again, as `red/48000/2` names it for Opus.

block header  1 | payload type: 7 | timestamp offset: 14 | length: 10      of each earlier frame, oldest first
last header   0 | payload type: 7                                          of the packet's own frame
then the frames in that order; the last takes what is left
"""

from collections import deque
from dataclasses import dataclass

MAX_REDUNDANCY = 3
MAX_SPACING = 4
MAX_BLOCKS = 32
"""Frames in a packet that are read; a sender has no use for more."""
_MAX_OFFSET = (1 << 14) - 1
_MAX_LENGTH = (1 << 10) - 1
_TIMESTAMP_MASK = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded frame: its payload type, RTP timestamp (32 bits) and data."""

    payload_type: int
    rtp_timestamp: int
    payload: bytes


class RedPacker:
    """The sending side: remembers the last frames, as many as may be asked for."""

    def __init__(self, payload_type: int, *, limit_bytes: int = 1100) -> None:
        """`payload_type` is the frames' own; a packed payload grows to `limit_bytes` at most by redundancy."""
        self._payload_type = payload_type
        self._limit_bytes = limit_bytes
        self._earlier: deque[tuple[int, bytes]] = deque(maxlen=MAX_REDUNDANCY * MAX_SPACING)

    def pack(self, payload: bytes, rtp_timestamp: int, redundancy: int, spacing: int = 1) -> bytes:
        """The payload of a RED packet: this frame, and up to `redundancy` of those packed before, as far as they fit.

        With a `spacing` above 1 these are not the last ones but every second, third and so on: what a burst of loss
        takes comes again after it, and later. Frames that RFC 2198's fields cannot say (341 ms old, 1024 bytes long)
        are left out.
        """
        headers, bodies = [bytes((self._payload_type,))], [payload]
        size = 1 + len(payload)
        for timestamp, body in list(reversed(self._earlier))[spacing - 1 :: spacing][:redundancy]:
            offset = (rtp_timestamp - timestamp) & _TIMESTAMP_MASK
            size += 4 + len(body)
            if not 0 < offset <= _MAX_OFFSET or len(body) > _MAX_LENGTH or size > self._limit_bytes:
                break
            word = 1 << 31 | self._payload_type << 24 | offset << 10 | len(body)
            headers.insert(0, word.to_bytes(4, "big"))
            bodies.insert(0, body)
        self._earlier.append((rtp_timestamp, payload))
        return b"".join(headers + bodies)


def unpack(payload: bytes, rtp_timestamp: int) -> list[Frame]:
    """The frames of a RED payload, oldest first, the packet's own last; blocks without content are left out.

    Raises:
        ValueError: it is damaged.
    """
    described: list[tuple[int, int, int]] = []
    position = 0
    while True:
        if position >= len(payload):
            raise ValueError("redundant audio ends in its headers")
        if not payload[position] & 0x80:
            last_type = payload[position]
            position += 1
            break
        if position + 4 > len(payload) or len(described) >= MAX_BLOCKS:
            raise ValueError("redundant audio with a broken header, or too many")
        word = int.from_bytes(payload[position : position + 4], "big")
        described.append((word >> 24 & 0x7F, word >> 10 & _MAX_OFFSET, word & _MAX_LENGTH))
        position += 4
    if position + sum(length for _, _, length in described) > len(payload):
        raise ValueError("redundant audio is shorter than it says")
    frames = []
    for payload_type, offset, length in described:
        if length:
            timestamp = (rtp_timestamp - offset) & _TIMESTAMP_MASK
            frames.append(Frame(payload_type, timestamp, payload[position : position + length]))
        position += length
    frames.append(Frame(last_type, rtp_timestamp & _TIMESTAMP_MASK, payload[position:]))
    return frames
