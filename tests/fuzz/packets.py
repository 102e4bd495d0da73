"""Readers of RTP and RTCP, of repair packets and of redundant audio."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from tests.fuzz.target import Target, joined, parted
from vidphone.media.fec import ulpfec
from vidphone.media.fec.flexfec import RepairDecoder, RepairEncoder
from vidphone.media.fec.header import RepairHeader
from vidphone.media.fec.zeroing import zero_extensions
from vidphone.media.rtp import extensions, retransmission, rtcp
from vidphone.media.rtp.packet import RtpPacket, is_rtcp
from vidphone.media.rtp.transport_feedback import FeedbackBuilder, FeedbackReader
from vidphone.media.voice import red

SSRC = 0x1234_5678
SENDER, MEDIA = 0x0BAD_CAFE, SSRC
HISTORY = 512
MOST_EQUATIONS = 64
MOST_STATUSES = 1 << 16
"""Packets that one datagram may tell of: what its reading costs."""

_UNPACKERS: tuple[Callable[[bytes], object], ...] = (
    extensions.unpack_mid,
    extensions.unpack_transport_sequence,
    extensions.unpack_abs_send_time,
    extensions.unpack_abs_capture_time,
    extensions.unpack_audio_level,
    extensions.unpack_playout_delay,
)


def packets(count: int = 12, size: int = 60) -> list[RtpPacket]:
    """A block of a stream, with the extensions that a call uses."""
    return [
        RtpPacket(
            96 + number % 3,
            65_530 + number & 0xFFFF,
            number // 3 * 3000,
            SSRC,
            bytes((number * 7 + at) % 256 for at in range(size + number)),
            marker=number % 3 == 2,
            extensions={
                2: extensions.pack_abs_send_time(number / 100),
                3: extensions.pack_transport_sequence(number),
                4: extensions.pack_mid("0"),
                5: extensions.pack_abs_capture_time(number << 32),
            },
        )
        for number in range(count)
    ]


def rtp_seeds() -> list[bytes]:
    """Packets of all forms: plain, with sources, with padding, with extensions of both headers."""
    plain = RtpPacket(111, 1, 2, SSRC, b"\x78speech", csrcs=(1, 2, 3))
    padded = RtpPacket(97, 65_535, 4_294_967_295, SSRC, b"", padding_bytes=255)
    wide = RtpPacket(96, 9, 9, SSRC, b"x" * 20, extensions={15: b"y" * 20, 200: b""})
    first = packets(3)
    again = retransmission.wrap(first[0], 97, 77, 5)
    return [one.serialize() for one in (plain, padded, wide, again, *first)]


def read_rtp(data: bytes) -> None:
    """Parse, look into every extension, and write it again."""
    is_rtcp(data)
    with suppress(ValueError):
        zero_extensions(data, {2, 3})
    try:
        packet = RtpPacket.parse(data)
    except ValueError:
        return
    for value in packet.extensions.values():
        for unpack in _UNPACKERS:
            try:
                unpack(value)
            except ValueError:
                continue
    with suppress(ValueError):
        retransmission.unwrap(packet, 96, SSRC)
    with suppress(ValueError):
        ulpfec.out_of_red(packet)
    assert RtpPacket.parse(packet.serialize()) == packet


def feedback_packets(count: int = 60) -> list[rtcp.RtcpPacket]:
    """What a receiver tells of a stream with losses and a pause."""
    builder = FeedbackBuilder(SENDER, MEDIA)
    for number in range(count):
        if number % 7 != 3:
            builder.received(65_500 + number & 0xFFFF, 10 + number * 0.002 + (0.3 if number > 40 else 0))
    return list(builder.build())


def rtcp_seeds() -> list[bytes]:
    """Every kind of report and feedback, alone and together."""
    block = rtcp.ReportBlock(MEDIA, 12, -3, 70_000, 90, 0x8000_0000, 65_536)
    kinds: list[rtcp.RtcpPacket] = [
        rtcp.SenderReport(SENDER, 0xE000_0000 << 32, 90_000, 10, 1000, (block,)),
        rtcp.ReceiverReport(SENDER, (block, block)),
        rtcp.SourceDescription(SENDER, "x7@phone"),
        rtcp.Nack(SENDER, MEDIA, (5, 6, 9, 65_535)),
        rtcp.PictureLossIndication(SENDER, MEDIA),
        rtcp.FullIntraRequest(SENDER, ((MEDIA, 3),)),
        rtcp.Remb(SENDER, 2_000_000, (MEDIA, 4)),
        rtcp.ExtendedReport(SENDER, 0xE000_0000 << 32, (rtcp.ReceiverDelay(MEDIA, 7, 8),)),
        rtcp.ViewerReport(SENDER, 640, 360, 20),
        rtcp.Bye((SENDER,)),
        *feedback_packets(),
    ]
    return [*(rtcp.serialize([one]) for one in kinds), rtcp.serialize(kinds)]


def statuses_of(parsed: Sequence[rtcp.RtcpPacket]) -> int:
    """How many packets the feedback tells of."""
    return sum(len(one.packets) for one in parsed if isinstance(one, rtcp.TransportFeedback))


def read_rtcp(data: bytes) -> None:
    """Parse a datagram; what was read can be written, in a form that reads as itself."""
    try:
        parsed = rtcp.parse(data)
    except ValueError:
        return
    assert statuses_of(parsed) <= MOST_STATUSES
    written = rtcp.parse(rtcp.serialize(parsed)) if parsed else []
    assert len(written) == len(parsed)
    assert not written or rtcp.parse(rtcp.serialize(written)) == written


def read_feedback(data: bytes) -> None:
    """Give a sender's reader all feedback of a datagram, after the number sent last."""
    reader = FeedbackReader()
    highest_sent = 65_600
    for part in parted(data):
        try:
            parsed = rtcp.parse(part)
        except ValueError:
            continue
        highest_sent += 100
        for one in parsed:
            if isinstance(one, rtcp.TransportFeedback):
                told = reader.read(one, highest_sent)
                assert len(told) <= len(one.packets)
                assert all(number <= highest_sent for number, _ in told)


def feedback_seeds() -> list[bytes]:
    """Feedback in order, doubled, and with other reports between."""
    one = [rtcp.serialize([each]) for each in feedback_packets(120)]
    return [joined(one), joined(one + one), joined([*one, *rtcp_seeds()])]


def flexfec_seeds() -> list[bytes]:
    """A block of which some packets are lost, and its repair packets before and after it."""
    block = [packet.serialize() for packet in packets()]
    repairs = [b"\x01" + one for one in RepairEncoder().protect(block, 4)]
    media = [b"\x00" + one for number, one in enumerate(block) if number not in (2, 5, 6)]
    older = [b"\x02" + _as_ulpfec(one[1:]) for one in repairs]
    orders = (media + repairs, repairs + media, repairs, media[:3] + repairs[:1], media + older, older[:2] + media)
    return [joined(order) for order in orders]


def _as_ulpfec(payload: bytes) -> bytes:
    """The same repair packet as RFC 5109 has it."""
    header = RepairHeader.parse(payload)
    mask = sum(1 << (47 - offset) for offset in header.offsets).to_bytes(6)
    body = payload[header.size_bytes :]
    first = bytes((header.recovery[0] | 0x40, header.recovery[1])) + header.base.to_bytes(2)
    return first + header.recovery[4:8] + header.recovery[2:4] + len(body).to_bytes(2) + mask + body


def recover(data: bytes) -> None:
    """Media and repair packets of both formats in any order: the first byte tells which."""
    decoder = RepairDecoder(SSRC, history=HISTORY)
    for part in parted(data):
        try:
            if part[:1] == b"\x02":
                found = decoder.repair(part[1:], partial(ulpfec.read, ssrc=SSRC))
            else:
                found = (decoder.repair if part[:1] == b"\x01" else decoder.media)(part[1:])
        except ValueError:
            continue
        assert len(decoder._known) <= HISTORY
        assert len(decoder._equations) <= MOST_EQUATIONS
        for packet in found:
            assert packet[8:12] == SSRC.to_bytes(4, "big")
            assert len(packet) <= 4096


def red_seeds() -> list[bytes]:
    """Audio packets that repeat none, one and three before them."""
    packer = red.RedPacker(111)
    return [packer.pack(b"\x78" + bytes(20 + number), 960 * number, number) for number in range(4)]


def unpack_red(data: bytes) -> None:
    """All the frames of a packet."""
    try:
        frames = red.unpack(data, 100)
    except ValueError:
        return
    assert sum(len(frame.payload) for frame in frames) <= len(data)


TARGETS = (
    Target("rtp", rtp_seeds, read_rtp),
    Target("rtcp", rtcp_seeds, read_rtcp),
    Target("transport-feedback", feedback_seeds, read_feedback),
    Target("flexfec", flexfec_seeds, recover, max_bytes=4096),
    Target("red", red_seeds, unpack_red),
)
