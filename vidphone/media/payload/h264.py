"""H.264 over RTP (RFC 6184), packetization mode 1: single NAL units, STAP-A and FU-A, both ways.

Small units, as the parameter sets before a keyframe, travel together; a large one is cut evenly. Access unit
delimiters and filler are not sent: RTP's marker says the one, and nobody needs the other.
"""

from collections.abc import Iterator, Sequence

from vidphone.media.payload.format import Piece, check

_START_CODE = b"\0\0\0\1"
_SLICE, _PARTITION_A, _IDR_SLICE, _PARAMETERS, _DELIMITER, _FILLER, _STAP_A, _FU_A = 1, 2, 5, 7, 9, 12, 24, 28
_FIRST, _LAST = 0x80, 0x40
_TYPE, _IMPORTANCE = 0x1F, 0x60


class H264Packetizer:
    """Cuts access units in Annex B."""

    def packetize(self, frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
        """See `Packetizer.packetize`; a keyframe must bear its own parameter sets."""
        check(frame, limit_bytes)
        payloads: list[bytes] = []
        together: list[bytes] = []
        together_bytes = 1
        for unit in _units(frame):
            if unit[0] & _TYPE in (_DELIMITER, _FILLER):
                continue
            if together and together_bytes + 2 + len(unit) > limit_bytes:
                payloads.append(_joined(together))
                together, together_bytes = [], 1
            if len(unit) > limit_bytes:
                payloads.extend(_fragments(unit, limit_bytes))
            else:
                together.append(unit)
                together_bytes += 2 + len(unit)
        if together:
            payloads.append(_joined(together))
        if not payloads:
            raise ValueError("an H.264 frame without NAL units")
        return payloads


class H264Depacketizer:
    """Reads H.264 packets; gives Annex B. A piece's data is the whole payload: how it was cut is checked on joining."""

    def piece(self, payload: bytes) -> Piece:
        """See `Depacketizer.piece`.

        A packet that begins an IDR slice is not said to start the frame: parameter sets sent on their own may be
        missing before it.
        """
        if len(payload) < 2:
            raise ValueError("an H.264 packet without data")
        kind = payload[0] & _TYPE
        if kind == _FU_A:
            if len(payload) < 3:
                raise ValueError("an H.264 fragment without data")
            heads = [(payload[1] & _TYPE, payload[2])] if payload[1] & _FIRST else []
        elif kind == _STAP_A:
            heads = [(unit[0] & _TYPE, unit[1] if len(unit) > 1 else 0) for unit in _aggregated(payload)]
        elif 0 < kind < _STAP_A:
            heads = [(kind, payload[1])]
        else:
            raise ValueError(f"H.264 payloads of type {kind} were not agreed")
        types = {kind for kind, _ in heads}
        starts = bool(types & {_PARAMETERS, _DELIMITER}) or any(
            # The first bit of a slice header is set when its first macroblock is the picture's first.
            kind in (_SLICE, _PARTITION_A) and second & 0x80
            for kind, second in heads
        )
        return Piece(payload, starts, bool(types & {_PARAMETERS, _IDR_SLICE}))

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        """See `Depacketizer.assemble`."""
        parts: list[bytes] = []
        open_type: int | None = None
        for piece in pieces:
            payload = piece.data
            kind = payload[0] & _TYPE
            if kind == _FU_A:
                indicator, header = payload[0], payload[1]
                if bool(header & _FIRST) == (open_type is not None) or open_type not in (None, header & _TYPE):
                    raise ValueError("fragments of an H.264 unit do not fit together")
                if header & _FIRST:
                    parts += (_START_CODE, bytes((indicator & ~_TYPE | header & _TYPE,)))
                parts.append(payload[2:])
                open_type = None if header & _LAST else header & _TYPE
                continue
            if open_type is not None:
                raise ValueError("an H.264 unit without its end")
            for unit in _aggregated(payload) if kind == _STAP_A else (payload,):
                parts += (_START_CODE, unit)
        if open_type is not None or not parts:
            raise ValueError("an H.264 frame without its end")
        return b"".join(parts)


def _units(frame: bytes) -> Iterator[bytes]:
    """NAL units of an Annex B byte stream, without start codes and the zeros around them.

    Raises:
        ValueError: it does not begin with a start code.
    """
    at = frame.find(b"\0\0\1")
    if at < 0 or frame[:at].strip(b"\0"):
        raise ValueError("an H.264 frame without a start code")
    while at >= 0:
        after = frame.find(b"\0\0\1", at + 3)
        unit = frame[at + 3 : after if after >= 0 else len(frame)].rstrip(b"\0")
        if unit:
            yield unit
        at = after


def _joined(units: Sequence[bytes]) -> bytes:
    """One payload of units that fit: the unit itself, or a STAP-A as important as its most important unit."""
    if len(units) == 1:
        return units[0]
    header = max(unit[0] & _IMPORTANCE for unit in units) | _STAP_A
    return bytes((header,)) + b"".join(len(unit).to_bytes(2) + unit for unit in units)


def _fragments(unit: bytes, limit_bytes: int) -> Iterator[bytes]:
    """FU-A payloads of one unit, evenly sized."""
    indicator = unit[0] & ~_TYPE | _FU_A
    total = len(unit) - 1
    count = -(-total // (limit_bytes - 2))
    edges = [1 + total * number // count for number in range(count + 1)]
    for number in range(count):
        flags = (_FIRST if number == 0 else 0) | (_LAST if number == count - 1 else 0)
        yield bytes((indicator, unit[0] & _TYPE | flags)) + unit[edges[number] : edges[number + 1]]


def _aggregated(payload: bytes) -> list[bytes]:
    """Units of a STAP-A.

    Raises:
        ValueError: their lengths do not fit the packet.
    """
    units = []
    at = 1
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2])
        unit = payload[at + 2 : at + 2 + size]
        if not unit or len(unit) < size:
            raise ValueError("the lengths in an H.264 aggregation packet are wrong")
        units.append(unit)
        at += 2 + size
    if not units:
        raise ValueError("an empty H.264 aggregation packet")
    return units
