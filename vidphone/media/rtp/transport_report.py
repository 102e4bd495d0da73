"""The transport-wide feedback message (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1) as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

REFERENCE_UNIT_S = 0.064
TICKS_PER_REFERENCE = 256
TICKS_PER_S = 4000
"""Arrivals are told in steps of 250 µs."""
MOST_STATUSES = 1 << 15
"""Packets that one message may speak of: half the number space, beyond which numbers cannot be told apart. A few bytes
of run lengths can claim 65535, so that this also bounds what a hostile message costs."""

_HEAD = Struct("!LLHHL")
_CHUNK = Struct("!H")
_LARGE = Struct("!h")
_MISSING, _SMALL, _LARGE_DELTA, _RESERVED = range(4)
_RUN_MOST = (1 << 13) - 1
_ONE_BIT_SYMBOLS, _TWO_BIT_SYMBOLS = 14, 7
_VECTOR, _TWO_BIT_VECTOR = 0x8000, 0xC000
COMMON_HEADER_BYTES = 4


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """When the packets of a transport arrived."""

    sender_ssrc: int
    media_ssrc: int
    base_sequence: int
    feedback_count: int
    """Counts the messages, modulo 256."""
    reference_time: int
    """In units of 64 ms of the receiver's clock, modulo 2^24."""
    packets: tuple[tuple[int, float | None], ...]
    """Every packet from the base on without a gap: 16-bit number, and seconds after the reference time or None where it
    did not arrive. Rounded to 250 µs on the wire."""

    def body(self) -> tuple[int, bytes]:
        """Format and the bytes after the common header, neither padded nor rounded up to whole words.

        Raises:
            ValueError: numbers with a gap, or an arrival too far from the one before for 16 bits.
        """
        symbols, deltas = encode_arrivals([arrival_s for _, arrival_s in self.packets])
        count, base = len(self.packets), self.base_sequence
        if not 0 < count <= MOST_STATUSES:
            raise ValueError("transport feedback on no packet or too many")
        if any(number != (base + index) & 0xFFFF for index, (number, _) in enumerate(self.packets)):
            raise ValueError("transport feedback with a gap between its packets")
        time_and_count = (self.reference_time & 0xFFFFFF) << 8 | self.feedback_count & 0xFF
        head = _HEAD.pack(self.sender_ssrc, self.media_ssrc, base, count, time_and_count)
        return 15, b"".join((head, *map(_CHUNK.pack, status_chunks(symbols)), deltas))


def encode_arrivals(arrivals_s: Sequence[float | None]) -> tuple[bytearray, bytes]:
    """One status symbol for each packet, and the deltas of those that arrived.

    Raises:
        ValueError: an arrival is 8.19 s or more away from the one before it, or the first from the reference time.
    """
    symbols, deltas = bytearray(), bytearray()
    before = 0
    for arrival_s in arrivals_s:
        if arrival_s is None:
            symbols.append(_MISSING)
            continue
        ticks = round(arrival_s * TICKS_PER_S)
        delta = ticks - before
        before = ticks
        if 0 <= delta <= 0xFF:
            symbols.append(_SMALL)
            deltas.append(delta)
        elif -0x8000 <= delta <= 0x7FFF:
            symbols.append(_LARGE_DELTA)
            deltas += _LARGE.pack(delta)
        else:
            raise ValueError("arrivals too far apart for one transport feedback")
    return symbols, bytes(deltas)


def status_chunks(symbols: bytes | bytearray) -> list[int]:
    """The status chunks for these symbols: a run where it covers more than a vector would."""
    chunks = []
    at, end = 0, len(symbols)
    while at < end:
        symbol = symbols[at]
        vector = symbols[at : at + _ONE_BIT_SYMBOLS]
        width = _TWO_BIT_SYMBOLS if _LARGE_DELTA in vector else _ONE_BIT_SYMBOLS
        run = len(vector) - len(vector.lstrip(vector[:1]))
        if run == len(vector):
            while at + run < end and symbols[at + run] == symbol and run < _RUN_MOST:
                run += 1
        if run >= min(width, end - at):
            chunks.append(symbol << 13 | run)
            at += run
            continue
        packed = 0
        bits = _ONE_BIT_SYMBOLS // width
        for value in vector[:width]:
            packed = packed << bits | value
        packed <<= bits * (width - len(vector[:width]))
        chunks.append((_TWO_BIT_VECTOR if bits == 2 else _VECTOR) | packed)
        at += width
    return chunks


def encoded_bytes(arrivals_s: Sequence[float | None]) -> int:
    """Size of the whole message on these arrivals, without padding. Raises as `encode_arrivals` does."""
    symbols, deltas = encode_arrivals(arrivals_s)
    return COMMON_HEADER_BYTES + _HEAD.size + 2 * len(status_chunks(symbols)) + len(deltas)


def read_transport_feedback(body: bytes) -> list[TransportFeedback]:
    """A feedback message; bytes after the last delta are padding.

    Raises:
        ValueError: it speaks of no packet or of more than `MOST_STATUSES`, ends before its last delta, or uses the
            reserved symbol.
    """
    if len(body) < _HEAD.size:
        raise ValueError("transport feedback shorter than its header")
    sender, media, base, count, time_and_count = _HEAD.unpack_from(body)
    if not 0 < count <= MOST_STATUSES:
        raise ValueError("transport feedback on no packet or too many")
    symbols, at = _read_symbols(body, _HEAD.size, count)
    ticks = 0
    packets: list[tuple[int, float | None]] = []
    number = base
    try:
        for symbol in symbols:
            if symbol == _MISSING:
                packets.append((number, None))
            else:
                if symbol == _SMALL:
                    ticks += body[at]
                    at += 1
                else:
                    ticks += (body[at] << 8 | body[at + 1]) - (body[at] >> 7 << 16)
                    at += 2
                packets.append((number, ticks / TICKS_PER_S))
            number = number + 1 & 0xFFFF
    except IndexError as error:
        raise ValueError("transport feedback ends within its deltas") from error
    return [TransportFeedback(sender, media, base, time_and_count & 0xFF, time_and_count >> 8, tuple(packets))]


def _read_symbols(body: bytes, at: int, count: int) -> tuple[bytearray, int]:
    symbols = bytearray()
    while len(symbols) < count:
        if len(body) < at + 2:
            raise ValueError("transport feedback ends within its status chunks")
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        if chunk < _VECTOR:
            run = min(chunk & _RUN_MOST, count - len(symbols))
            symbols += bytes((chunk >> 13,)) * run
        elif chunk < _TWO_BIT_VECTOR:
            symbols += bytes(chunk >> shift & 1 for shift in range(13, -1, -1))
        else:
            symbols += bytes(chunk >> shift & 3 for shift in range(12, -1, -2))
    del symbols[count:]
    if _RESERVED in symbols:
        raise ValueError("transport feedback with a reserved status symbol")
    return symbols, at
