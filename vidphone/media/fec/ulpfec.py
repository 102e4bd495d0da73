"""Repair packets of RFC 5109 (ULPFEC) inside RED (RFC 2198), as libwebrtc has them: for who knows no FlexFEC.

 0 E L P X CC | 1 M, PT recovery | 2 first sequence number | 4 timestamp recovery | 8 length recovery
10 protection length | 12 mask of 16 packets, of 48 where L is set

They take numbers of the media's own stream, and protect its packets as they are without RED. What is added up is the
same as in FlexFEC, so the encoder and the decoder of `flexfec` do both. libwebrtc sends them beside VP8 and VP9 alone,
whose pictures are counted, and never again when one is lost; we send them with any codec, and again when asked.
"""

import struct
from collections.abc import Sequence
from dataclasses import replace

from vidphone.media.fec.header import RECOVERY_BYTES, RepairHeader
from vidphone.media.rtp.packet import RtpPacket

_FIXED = struct.Struct("!2sH4s2sH")
_EXTENSION, _LONG_MASK = 0x80, 0x40
_MORE_BLOCKS = 0x80
MASK_SPAN = 48


def into_red(packet: RtpPacket, red_payload_type: int) -> RtpPacket:
    """The packet inside one of RED, whose header it lends (RFC 2198 section 3)."""
    return replace(packet, payload_type=red_payload_type, payload=bytes((packet.payload_type,)) + packet.payload)


def out_of_red(packet: RtpPacket) -> RtpPacket:
    """The packet inside one of RED (RFC 2198 section 3), with the header of the outer one but its payload type.

    Raises:
        ValueError: there is none, or several.
    """
    if not packet.payload or packet.payload[0] & _MORE_BLOCKS:
        raise ValueError("RED of video holds one packet")
    return replace(packet, payload_type=packet.payload[0], payload=packet.payload[1:])


def write(data: bytes, ssrc: int, base: int, offsets: Sequence[int]) -> bytes:
    """The payload of a repair packet; `data` is what was added up, as `flexfec` does, its first eight bytes flags,
    length and timestamp. The stream is that of the packet itself."""
    long = offsets[-1] > 15
    bits = 48 if long else 16
    mask = sum(1 << (bits - 1 - offset) for offset in offsets).to_bytes(bits // 8)
    first = bytes((data[0] & 0x3F | (_LONG_MASK if long else 0), data[1]))
    body = data[RECOVERY_BYTES:]
    return _FIXED.pack(first, base, data[4:8], data[2:4], len(body)) + mask + body


def read(payload: bytes, ssrc: int) -> RepairHeader:
    """Read the header of a repair packet for the stream it came in.

    Raises:
        ValueError: it is cut off, protects nothing, or has a second level, which libwebrtc never sends.
    """
    long = bool(payload and payload[0] & _LONG_MASK)
    size = _FIXED.size + (6 if long else 2)
    if len(payload) < size or payload[0] & _EXTENSION:
        raise ValueError("a repair packet is cut off, or of another version")
    first, base, timestamp, length, protected = _FIXED.unpack_from(payload)
    if protected != len(payload) - size:
        raise ValueError("a repair packet of several levels")
    bits = 48 if long else 16
    mask = int.from_bytes(payload[_FIXED.size : size])
    offsets = tuple(offset for offset in range(bits) if mask >> (bits - 1 - offset) & 1)
    if not offsets:
        raise ValueError("a repair packet that protects nothing")
    flags = bytes((first[0] & 0x3F, first[1]))
    return RepairHeader(flags + length + timestamp, ssrc, base, offsets, size)
