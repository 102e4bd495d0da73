"""AV1 over RTP (AOM "RTP Payload Format For AV1", version 1.0).

A payload is an aggregation header (Z: begins with the rest of an OBU, Y: ends within one, W: number of elements, N: a
coded video sequence begins here) and OBU elements. On sending, temporal delimiters, tile lists and padding are left out
and OBUs lose their size fields; on assembling, both the size fields and one temporal delimiter are put back, which
makes the low-overhead temporal unit that decoders take.
"""

from collections.abc import Sequence

from vidphone.media.payload.format import Piece, check

_CONTINUES, _CONTINUED, _NEW_SEQUENCE = 0x80, 0x40, 0x08
_TYPE, _EXTENSION, _HAS_SIZE = 0x78, 0x04, 0x02
_SEQUENCE_HEADER, _DELIMITER, _FRAME_HEADER, _FRAME, _TILE_LIST, _PADDING = (n << 3 for n in (1, 2, 3, 6, 8, 15))
_TEMPORAL_DELIMITER = b"\x12\x00"
_MOST_ELEMENTS = 3
_LEB128_BYTES = 8


class Av1Packetizer:
    """Cuts temporal units in the low-overhead format."""

    def packetize(self, frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
        """See `Packetizer.packetize`; `keyframe` marks the start of a coded video sequence where its header leads."""
        check(frame, limit_bytes)
        units = [
            bytes((header[0] & ~_HAS_SIZE,)) + header[1:] + body
            for header, body in _obus(frame)
            if header[0] & _TYPE not in (_DELIMITER, _TILE_LIST, _PADDING)
        ]
        if not units:
            raise ValueError("an AV1 temporal unit without a picture")
        count = len(_plan(units, limit_bytes))
        # The smallest size that needs no more packets makes them equal, give or take the length fields.
        size_bytes = max(-(-sum(map(len, units)) // count) + 1, 8)
        while len(_plan(units, min(size_bytes, limit_bytes))) > count:
            size_bytes += 1
        plan = _plan(units, min(size_bytes, limit_bytes))
        if keyframe and units[0][0] & _TYPE == _SEQUENCE_HEADER:
            plan[0][0] |= _NEW_SEQUENCE
        return _filled(b"".join(units), plan)


class Av1Depacketizer:
    """Reads AV1 packets. A piece's data is the whole payload: its flags are checked on joining."""

    def piece(self, payload: bytes) -> Piece:
        """See `Depacketizer.piece`.

        A packet is said to start its frame when it begins with a sequence header or with the header of a frame; this
        holds while a temporal unit has one frame, as in all streams without spatial layers and hidden frames.
        """
        elements = _elements(payload)
        new_sequence = bool(payload[0] & _NEW_SEQUENCE)
        if payload[0] & _CONTINUES:
            if new_sequence:
                raise ValueError("an AV1 sequence begins within an OBU")
            return Piece(payload, starts_frame=False)
        first = elements[0][:1]
        starts = new_sequence or (bool(first) and first[0] & _TYPE in (_SEQUENCE_HEADER, _FRAME_HEADER, _FRAME))
        return Piece(payload, starts, new_sequence)

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        """See `Depacketizer.assemble`."""
        units: list[list[bytes]] = []
        unfinished = False
        for piece in pieces:
            flags = piece.data[0]
            elements = _elements(piece.data)
            if bool(flags & _CONTINUES) != unfinished:
                raise ValueError("packets of an AV1 frame do not fit together")
            if unfinished:
                units[-1].append(elements.pop(0))
            units.extend([element] for element in elements)
            unfinished = bool(flags & _CONTINUED)
        if unfinished or not units:
            raise ValueError("an AV1 frame without its end")
        parts = [_TEMPORAL_DELIMITER]
        for unit in units:
            parts += _sized(b"".join(unit))
        return b"".join(parts)


def _leb128(value: int) -> bytes:
    """Little-endian base 128 (AV1 4.10.5), as short as can be."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_leb128(data: bytes, at: int) -> tuple[int, int]:
    """The value at `at` and where it ends.

    Raises:
        ValueError: it is cut off, or longer than eight bytes.
    """
    value = 0
    for index, byte in enumerate(data[at : at + _LEB128_BYTES]):
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, at + index + 1
    raise ValueError("a length in AV1 is cut off")


def _obu(data: bytes, at: int) -> tuple[bytes, int, int]:
    """Header (with extension, without size), start and end of the payload of the OBU at `at`; to the end without size.

    Raises:
        ValueError: it is cut off.
    """
    after = at + (2 if data[at] & _EXTENSION else 1)
    header = data[at:after]
    end = len(data)
    if header[0] & _HAS_SIZE:
        size, after = _read_leb128(data, after)
        end = after + size
    if after > len(data) or end > len(data):
        raise ValueError("an AV1 OBU is cut off")
    return header, after, end


def _obus(frame: bytes) -> list[tuple[bytes, bytes]]:
    """Header and payload of each OBU of a temporal unit."""
    obus = []
    at = 0
    while at < len(frame):
        header, start, at = _obu(frame, at)
        obus.append((header, frame[start:at]))
    return obus


def _sized(unit: bytes) -> tuple[bytes, ...]:
    """An OBU as it came, with its size field set; nothing of what has no place in a stream over RTP.

    Raises:
        ValueError: it is empty, cut off, or has a size field that is wrong.
    """
    if not unit:
        raise ValueError("an empty AV1 OBU")
    header, start, end = _obu(unit, 0)
    if end != len(unit):
        raise ValueError("the size of an AV1 OBU is wrong")
    if header[0] & _TYPE in (_DELIMITER, _TILE_LIST):
        return ()
    return bytes((header[0] | _HAS_SIZE,)), header[1:], _leb128(end - start), unit[start:]


def _elements(payload: bytes) -> list[bytes]:
    """OBU elements of a payload, at least one (section 4.3).

    Raises:
        ValueError: their number or lengths do not fit the packet.
    """
    if not payload:
        raise ValueError("an AV1 packet without aggregation header")
    count = payload[0] >> 4 & 3
    elements: list[bytes] = []
    at = 1
    while len(elements) + 1 != count and at < len(payload):
        size, at = _read_leb128(payload, at)
        if at + size > len(payload):
            raise ValueError("an AV1 OBU element is cut off")
        elements.append(payload[at : at + size])
        at += size
    if count:
        elements.append(payload[at:])
    if not elements or (count and len(elements) != count):
        raise ValueError("an AV1 packet with fewer OBU elements than it says")
    return elements


def _plan(units: Sequence[bytes], limit_bytes: int) -> list[list[int]]:
    """Fill packets in turn: the lengths of the elements of each, at most three, behind its aggregation header."""
    plan: list[list[int]] = []
    room = 0
    for unit in units:
        rest = len(unit)
        # In a packet that holds something, that element gains a length field, and this one must bring a byte at least.
        field = len(_leb128(plan[-1][-1])) if plan else 0
        if plan and len(plan[-1]) <= _MOST_ELEMENTS and room > field:
            size = min(rest, room - field)
            plan[-1].append(size)
            plan[-1][0] |= _CONTINUED if size < rest else 0
            room -= field + size
            rest -= size
        while rest:
            size = min(rest, limit_bytes - 1)
            plan.append([(_CONTINUES if rest < len(unit) else 0) | (_CONTINUED if size < rest else 0), size])
            room = limit_bytes - 1 - size
            rest -= size
    return plan


def _filled(stream: bytes, plan: Sequence[Sequence[int]]) -> list[bytes]:
    """Payloads as planned; `stream` is all units in a row."""
    payloads = []
    at = 0
    for flags, *sizes in plan:
        parts = [bytes((flags | len(sizes) << 4,))]
        for index, size in enumerate(sizes):
            if index + 1 < len(sizes):
                parts.append(_leb128(size))
            parts.append(stream[at : at + size])
            at += size
        payloads.append(b"".join(parts))
    return payloads
