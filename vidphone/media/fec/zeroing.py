"""Zeroing of header extensions whose values change on the way (see the package's docstring)."""

from collections.abc import Collection

_ONE_BYTE_PROFILE, _TWO_BYTE_PROFILE = 0xBEDE, 0x1000


def zero_extensions(packet: bytes, ids: Collection[int]) -> bytes:
    """Return the serialized RTP packet with the values of these extensions (RFC 8285, either form) zero.

    Raises:
        ValueError: the packet is no RTP packet, or its extensions do not fit it.
    """
    if len(packet) < 12 or packet[0] >> 6 != 2:
        raise ValueError("not an RTP packet")
    start = 12 + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10:
        return packet
    profile = int.from_bytes(packet[start : start + 2])
    end = start + 4 + 4 * int.from_bytes(packet[start + 2 : start + 4])
    if start + 4 > len(packet) or end > len(packet):
        raise ValueError("the extensions of an RTP packet are cut off")
    one_byte = profile == _ONE_BYTE_PROFILE
    if not one_byte and profile & 0xFFF0 != _TWO_BYTE_PROFILE:
        return packet
    zeroed = bytearray(packet)
    at = start + 4
    while at < end:
        first = packet[at]
        if first == 0:
            at += 1
            continue
        if one_byte:
            if first >> 4 == 15:
                break
            identity, size, at = first >> 4, (first & 0x0F) + 1, at + 1
        else:
            if at + 2 > end:
                raise ValueError("an RTP header extension is cut off")
            identity, size, at = first, packet[at + 1], at + 2
        if at + size > end:
            raise ValueError("an RTP header extension is cut off")
        if identity in ids:
            zeroed[at : at + size] = bytes(size)
        at += size
    return bytes(zeroed)
