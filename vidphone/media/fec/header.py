"""The FlexFEC header for one protected SSRC (draft-ietf-payload-flexible-fec-scheme-03, section 4.2).

 0 R F P X CC | 1 M, PT recovery | 2 length recovery | 4 timestamp recovery
 8 SSRC count, always 1 | 9 reserved | 12 SSRC | 16 first sequence number of the mask
18 k, mask of offsets 0-14 | 20 k, 15-45 | 24 k, 46-108    (k set: the mask ends with this part)
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass

MASK_SPAN = 109
RECOVERY_BYTES = 8
_FIXED = struct.Struct("!8sB3xIH")
_PARTS = ((0, 15, 2), (15, 31, 4), (46, 63, 8))
_RETRANSMISSION, _FIXED_MASK = 0x80, 0x40


@dataclass(frozen=True, slots=True)
class RepairHeader:
    """What a repair packet protects: packets of `ssrc` at `offsets` from `base`, and its first eight bytes as they are.

    `size_bytes` is where the repair data begins.
    """

    recovery: bytes
    ssrc: int
    base: int
    offsets: tuple[int, ...]
    size_bytes: int

    @classmethod
    def parse(cls, payload: bytes) -> "RepairHeader":
        """Read the header of a repair packet's payload.

        Raises:
            ValueError: it is cut off, protects nothing or several streams, or has one of the forms never agreed.
        """
        if len(payload) < _FIXED.size + 2:
            raise ValueError("a repair packet is cut off")
        recovery, streams, ssrc, base = _FIXED.unpack_from(payload)
        if recovery[0] & (_RETRANSMISSION | _FIXED_MASK) or streams != 1:
            raise ValueError("a repair packet of a form that was not agreed")
        offsets: list[int] = []
        at = _FIXED.size
        for first, bits, size in _PARTS:
            part = int.from_bytes(payload[at : at + size])
            at += size
            if at > len(payload):
                raise ValueError("a repair packet is cut off")
            offsets.extend(first + index for index in range(bits) if part >> (bits - 1 - index) & 1)
            if part >> bits:
                break
        else:
            raise ValueError("the mask of a repair packet has no end")
        if not offsets:
            raise ValueError("a repair packet that protects nothing")
        return cls(recovery, ssrc, base, tuple(offsets), at)


def serialize(recovery: bytes, ssrc: int, base: int, offsets: Collection[int]) -> bytes:
    """Write a header with the shortest mask that holds `offsets` (0..108); `recovery` is its first eight bytes."""
    parts = [_FIXED.pack(bytes((recovery[0] & 0x3F,)) + recovery[1:RECOVERY_BYTES], 1, ssrc, base)]
    highest = max(offsets)
    for first, bits, size in _PARTS:
        ends = highest < first + bits
        part = sum(1 << (bits - 1 - (offset - first)) for offset in offsets if first <= offset < first + bits)
        parts.append((part | ends << bits).to_bytes(size))
        if ends:
            break
    return b"".join(parts)
