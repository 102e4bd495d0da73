"""RTCP extended reports (RFC 3611): what lets an end that only receives measure the round trip."""

from dataclasses import dataclass
from struct import Struct

_SSRC = Struct("!L")
_BLOCK_HEAD = Struct("!BBH")
_REFERENCE_TIME = Struct("!Q")
_DELAY = Struct("!LLL")
_RRTR, _DLRR = 4, 5


@dataclass(frozen=True, slots=True)
class ReceiverDelay:
    """When the receiver `ssrc` was last heard (RFC 3611 section 4.5)."""

    ssrc: int
    last_report: int
    """Middle 32 bits of its reference time."""
    delay_since_last_report: int
    """In units of 1/65536 s."""


@dataclass(frozen=True, slots=True)
class ExtendedReport:
    """An extended report with the two blocks that measure a round trip; others are left aside."""

    ssrc: int
    receiver_ntp: int | None = None
    """The reporter's own 64-bit NTP timestamp (RRTR)."""
    delays: tuple[ReceiverDelay, ...] = ()
    """What it answers to the reference times of others (DLRR)."""

    def body(self) -> tuple[int, bytes]:
        """Nought and the bytes after the common header."""
        written = bytearray(_SSRC.pack(self.ssrc))
        if self.receiver_ntp is not None:
            written += _BLOCK_HEAD.pack(_RRTR, 0, 2) + _REFERENCE_TIME.pack(self.receiver_ntp)
        if self.delays:
            written += _BLOCK_HEAD.pack(_DLRR, 0, 3 * len(self.delays))
            for delay in self.delays:
                written += _DELAY.pack(delay.ssrc, delay.last_report, delay.delay_since_last_report)
        return 0, bytes(written)


def read_extended_report(body: bytes) -> list[ExtendedReport]:
    """An extended report; of several reference times the last counts.

    Raises:
        ValueError: a block points past the end, or has a length that its kind cannot have.
    """
    if len(body) < _SSRC.size:
        raise ValueError("RTCP extended report without a source")
    receiver_ntp: int | None = None
    delays: list[ReceiverDelay] = []
    at = _SSRC.size
    while at < len(body):
        if len(body) < at + _BLOCK_HEAD.size:
            raise ValueError("RTCP extended report ends within a block")
        kind, _, words = _BLOCK_HEAD.unpack_from(body, at)
        at += _BLOCK_HEAD.size
        end = at + 4 * words
        if len(body) < end:
            raise ValueError("RTCP extended report ends within a block")
        if kind == _RRTR:
            if words != 2:
                raise ValueError("receiver reference time of impossible length")
            (receiver_ntp,) = _REFERENCE_TIME.unpack_from(body, at)
        elif kind == _DLRR:
            if words % 3:
                raise ValueError("delays since receiver reports of impossible length")
            delays += [ReceiverDelay(*_DELAY.unpack_from(body, place)) for place in range(at, end, _DELAY.size)]
        at = end
    return [ExtendedReport(_SSRC.unpack_from(body)[0], receiver_ntp, tuple(delays))]
