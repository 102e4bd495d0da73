"""RTCP's reports and source packets (RFC 3550 sections 6.4 to 6.6): the body of each, without the common header."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from struct import Struct

_SSRC = Struct("!L")
_SENDER = Struct("!LQLLL")
_BLOCK = Struct("!LLLLLL")
_END, _CNAME = 0, 1
_MOST_COUNTED = 31
_LOST_MOST = (1 << 23) - 1
_LOST_LEAST = -(1 << 23)


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How one source is received."""

    ssrc: int
    fraction_lost: int
    """Of 256, since the report before."""
    packets_lost: int
    """Since the beginning, 24 bits with sign: duplicates can make it negative."""
    highest_sequence: int
    """With the count of its wraps in the upper 16 bits."""
    jitter: int
    """In units of the RTP timestamp."""
    last_report: int
    """Middle 32 bits of the NTP timestamp of the last sender report; 0 for none yet."""
    delay_since_last_report: int
    """In units of 1/65536 s."""

    @property
    def loss_fraction(self) -> float:
        """Share of packets lost since the report before, 0 to 1."""
        return self.fraction_lost / 256


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What a source has sent, and which moment its timestamp stands for."""

    ssrc: int
    ntp: int
    """64-bit NTP timestamp of the moment that `rtp_timestamp` stands for."""
    rtp_timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...] = ()

    def body(self) -> tuple[int, bytes]:
        """Count of blocks and the bytes after the common header."""
        packets, octets = self.packets & 0xFFFF_FFFF, self.octets & 0xFFFF_FFFF
        return len(self.blocks), _SENDER.pack(self.ssrc, self.ntp, self.rtp_timestamp, packets, octets) + _write_blocks(
            self.blocks
        )


@dataclass(frozen=True, slots=True)
class ReceiverReport:
    """What a receiver that sends nothing reports."""

    ssrc: int
    blocks: tuple[ReportBlock, ...] = ()

    def body(self) -> tuple[int, bytes]:
        """Count of blocks and the bytes after the common header."""
        return len(self.blocks), _SSRC.pack(self.ssrc) + _write_blocks(self.blocks)


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """The name that ties the streams of one sender together."""

    ssrc: int
    cname: str

    def body(self) -> tuple[int, bytes]:
        """One chunk with its one item."""
        name = self.cname.encode()
        if len(name) > 255:
            raise ValueError("CNAME longer than 255 bytes")
        chunk = _SSRC.pack(self.ssrc) + bytes((_CNAME, len(name))) + name
        return 1, chunk + bytes(4 - len(chunk) % 4)


@dataclass(frozen=True, slots=True)
class Bye:
    """These sources end."""

    ssrcs: tuple[int, ...]

    def body(self) -> tuple[int, bytes]:
        """Count of sources and the bytes after the common header."""
        return len(self.ssrcs), b"".join(map(_SSRC.pack, self.ssrcs))


def _write_blocks(blocks: Sequence[ReportBlock]) -> bytes:
    return b"".join(
        _BLOCK.pack(
            block.ssrc,
            block.fraction_lost << 24 | min(max(block.packets_lost, _LOST_LEAST), _LOST_MOST) & 0xFFFFFF,
            block.highest_sequence,
            block.jitter,
            block.last_report,
            block.delay_since_last_report,
        )
        for block in blocks
    )


def _read_blocks(count: int, body: bytes, start: int) -> tuple[ReportBlock, ...]:
    if len(body) < start + count * _BLOCK.size:
        raise ValueError("RTCP report shorter than its blocks")
    blocks = []
    for at in range(start, start + count * _BLOCK.size, _BLOCK.size):
        ssrc, lost, highest, jitter, last_report, delay = _BLOCK.unpack_from(body, at)
        total = lost & 0xFFFFFF
        if total > _LOST_MOST:
            total -= 1 << 24
        blocks.append(ReportBlock(ssrc, lost >> 24, total, highest, jitter, last_report, delay))
    return tuple(blocks)


def read_sender_report(count: int, body: bytes) -> list[SenderReport]:
    """A sender report; what a profile adds after the blocks is left aside."""
    blocks = _read_blocks(count, body, _SENDER.size)
    ssrc, ntp, rtp_timestamp, packets, octets = _SENDER.unpack_from(body)
    return [SenderReport(ssrc, ntp, rtp_timestamp, packets, octets, blocks)]


def read_receiver_report(count: int, body: bytes) -> list[ReceiverReport]:
    """A receiver report; what a profile adds after the blocks is left aside."""
    if len(body) < _SSRC.size:
        raise ValueError("RTCP receiver report without a source")
    return [ReceiverReport(_SSRC.unpack_from(body)[0], _read_blocks(count, body, _SSRC.size))]


def read_source_description(count: int, body: bytes) -> list[SourceDescription]:
    """One description for each chunk that has a CNAME; other items are left aside."""
    found = []
    at = 0
    for _ in range(count):
        if len(body) < at + 5:
            raise ValueError("RTCP source description shorter than its chunks")
        (ssrc,) = _SSRC.unpack_from(body, at)
        at += 4
        while at < len(body) and body[at] != _END:
            if len(body) < at + 2 or len(body) < at + 2 + body[at + 1]:
                raise ValueError("RTCP source description item cut short")
            after = at + 2 + body[at + 1]
            if body[at] == _CNAME:
                found.append(SourceDescription(ssrc, body[at + 2 : after].decode()))
            at = after
        at += 4 - at % 4
    return found


def read_bye(count: int, body: bytes) -> list[Bye]:
    """The sources that end; the reason in words is left aside."""
    if len(body) < count * _SSRC.size:
        raise ValueError("RTCP goodbye shorter than its sources")
    return [Bye(Struct(f"!{count}L").unpack_from(body))]


REPORT_READERS: dict[int, Callable[[int, bytes], Sequence[SenderReport | ReceiverReport | SourceDescription | Bye]]] = {
    200: read_sender_report,
    201: read_receiver_report,
    202: read_source_description,
    203: read_bye,
}
"""By RTCP packet type."""
