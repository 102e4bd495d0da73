from collections.abc import Callable

import aiortc.rtp as foreign
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.rtcp import (
    Bye,
    ExtendedReport,
    FullIntraRequest,
    Nack,
    PictureLossIndication,
    ReceiverDelay,
    ReceiverReport,
    Remb,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceDescription,
    ViewerReport,
    parse,
    serialize,
)

u8, u16, u32, u64 = (st.integers(0, (1 << bits) - 1) for bits in (8, 16, 32, 64))
blocks = st.lists(
    st.builds(ReportBlock, u32, u8, st.integers(-(1 << 23), (1 << 23) - 1), u32, u32, u32, u32), max_size=31
).map(tuple)
numbers = st.sets(u16, min_size=1, max_size=60).map(lambda lost: tuple(sorted(lost)))
packets: st.SearchStrategy[RtcpPacket] = st.one_of(
    st.builds(SenderReport, u32, u64, u32, u32, u32, blocks),
    st.builds(ReceiverReport, u32, blocks),
    st.builds(SourceDescription, u32, st.text("abé中", max_size=80)),
    st.builds(Bye, st.lists(u32, max_size=31).map(tuple)),
    st.builds(Nack, u32, u32, numbers),
    st.builds(PictureLossIndication, u32, u32),
    st.builds(ViewerReport, u32, u16, u16, u8),
    st.builds(FullIntraRequest, u32, st.lists(st.tuples(u32, u8), min_size=1, max_size=5).map(tuple)),
    st.builds(Remb, u32, st.integers(0, (1 << 18) - 1), st.lists(u32, max_size=5).map(tuple)),
    st.builds(
        ExtendedReport, u32, st.none() | u64, st.lists(st.builds(ReceiverDelay, u32, u32, u32), max_size=3).map(tuple)
    ),
)
BLOCK = ReportBlock(9, 64, -5, 70000, 12, 13, 14)


@given(st.lists(packets, min_size=1, max_size=5))
def test_a_compound_reads_back_as_it_was_written(written: list[RtcpPacket]) -> None:
    data = serialize(written)
    assert len(data) % 4 == 0
    assert parse(data) == written


framed = st.builds(
    lambda kind, count, body: bytes((0x80 | count, kind)) + (len(body) // 4).to_bytes(2, "big") + body,
    st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207]),
    st.sampled_from([0, 1, 4, 15, 31, 33, 36]),
    st.binary(max_size=80).map(lambda body: body[: len(body) // 4 * 4]),
)


@given(st.binary(max_size=80) | st.lists(framed, min_size=1, max_size=3).map(b"".join))
def test_hostile_bytes_read_as_packets_or_raise_value_error(data: bytes) -> None:
    try:
        parse(data)
    except ValueError:
        return


@given(packets, st.data())
def test_a_datagram_cut_short_is_refused(packet: RtcpPacket, data: st.DataObject) -> None:
    written = serialize([packet])
    with pytest.raises(ValueError, match="RTCP"):
        parse(written[: data.draw(st.integers(0, len(written) - 1))])


def test_kinds_that_a_call_does_not_need_are_passed_over() -> None:
    application = b"\x80\xcc\0\2" + bytes(4) + b"NAME"
    slice_loss = b"\x82\xce\0\2" + bytes(8)
    other_application_feedback = b"\x8f\xce\0\3" + bytes(8) + b"goog"
    assert parse(application + slice_loss + other_application_feedback + serialize([Bye((1,))])) == [Bye((1,))]


def test_what_a_profile_adds_after_the_blocks_is_passed_over() -> None:
    report = ReceiverReport(1, (BLOCK,))
    body = serialize([report])[4:] + b"more"
    assert parse(b"\x81\xc9" + (len(body) // 4).to_bytes(2, "big") + body) == [report]


def test_several_chunks_with_several_items_are_read() -> None:
    body = b"\0\0\0\1\1\1a\2\1n\0\0" + b"\0\0\0\2\2\1n\0" + b"\0\0\0\3\1\3xyz\0\0\0"
    assert parse(b"\x83\xca\0\x08" + body) == [SourceDescription(1, "a"), SourceDescription(3, "xyz")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x40\xc9\0\1" + bytes(4),
        b"\x81\xc9\0\1" + bytes(4),
        b"\xa0\xc9\0\1" + bytes(4),
        b"\xa0\xc9\0\1" + b"\0\0\0\x05",
        b"\x81\xca\0\1" + bytes(4),
        b"\x81\xca\0\2" + b"\0\0\0\1\1\x03ab",
        b"\x82\xcb\0\1" + bytes(4),
        b"\x81\xcd\0\1" + bytes(4),
        b"\x81\xcd\0\2" + bytes(8),
        b"\x84\xce\0\3" + bytes(12),
        b"\x8f\xce\0\4" + bytes(8) + b"REMB\1\0\0\0",
        b"\x80\xcf\0\0",
        b"\x80\xcf\0\2" + bytes(4) + b"\4\0\0\2",
        b"\x80\xcf\0\3" + bytes(4) + b"\4\0\0\1" + bytes(4),
        b"\x80\xcf\0\3" + bytes(4) + b"\5\0\0\1" + bytes(4),
    ],
)
def test_damage_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"RTCP|REMB|receiver"):
        parse(data)


@pytest.mark.parametrize(
    "packet",
    [
        SenderReport(1 << 32, 0, 0, 0, 0),
        ReceiverReport(1, (BLOCK,) * 32),
        SourceDescription(1, "x" * 256),
        Nack(1, 2, ()),
        Nack(1, 2, (65536,)),
        FullIntraRequest(1, ((2, 256),)),
        Remb(1, -1, ()),
        Remb(1, 1, (2,) * 256),
        ExtendedReport(1, 1 << 64),
    ],
)
def test_a_field_out_of_range_is_not_written(packet: RtcpPacket) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 — the types differ, not the reason
        serialize([packet])


def test_numbers_that_wrap_around_share_an_item_of_a_nack() -> None:
    assert serialize([Nack(1, 2, (65534, 65535, 0, 14))])[12:] == b"\xff\xfe\x80\x03"
    assert len(serialize([Nack(1, 2, (5, 22))])) == 20


@given(st.lists(u16, min_size=1, max_size=30))
def test_a_nack_names_the_same_packets_whatever_their_order(lost: list[int]) -> None:
    (read,) = parse(serialize([Nack(1, 2, tuple(lost))]))
    assert isinstance(read, Nack)
    assert set(read.lost) == set(lost)


@given(st.integers(0, 1 << 70))
def test_remb_is_rounded_down_by_less_than_its_precision(bitrate_bps: int) -> None:
    (read,) = parse(serialize([Remb(1, bitrate_bps, (2,))]))
    assert isinstance(read, Remb)
    assert bitrate_bps * (1 - 2**-17) <= read.bitrate_bps <= bitrate_bps


def theirs_report() -> foreign.RtcpReceiverInfo:
    return foreign.RtcpReceiverInfo(9, 64, -5, 70000, 12, 13, 14)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            SenderReport(1, 2 << 40, 3, 4, 5, (BLOCK, BLOCK)),
            lambda: foreign.RtcpSrPacket(1, foreign.RtcpSenderInfo(2 << 40, 3, 4, 5), [theirs_report()] * 2),
        ),
        (ReceiverReport(1, (BLOCK,)), lambda: foreign.RtcpRrPacket(1, [theirs_report()])),
        (SourceDescription(1, "ab"), lambda: foreign.RtcpSdesPacket([foreign.RtcpSourceInfo(1, [(1, b"ab")])])),
        (Bye((1, 2)), lambda: foreign.RtcpByePacket([1, 2])),
        (Nack(1, 2, (7, 8, 23, 24, 90)), lambda: foreign.RtcpRtpfbPacket(1, 1, 2, [7, 8, 23, 24, 90])),
        (PictureLossIndication(1, 2), lambda: foreign.RtcpPsfbPacket(1, 1, 2)),
        (FullIntraRequest(1, ((2, 3),)), lambda: foreign.RtcpPsfbPacket(4, 1, 0, b"\0\0\0\2\3\0\0\0")),
        (
            Remb(1, 2_500_096, (7, 8)),
            lambda: foreign.RtcpPsfbPacket(15, 1, 0, foreign.pack_remb_fci(2_500_096, [7, 8])),
        ),
    ],
    ids=lambda value: type(value).__name__ if not callable(value) else "",
)
def test_a_second_implementation_writes_the_same_bytes_and_reads_ours(
    ours: RtcpPacket, theirs: Callable[[], foreign.AnyRtcpPacket]
) -> None:
    expected = theirs()
    assert serialize([ours]) == bytes(expected)
    assert foreign.RtcpPacket.parse(serialize([ours])) == [expected]


def test_an_extended_report_is_laid_out_as_rfc_3611_draws_it() -> None:
    report = ExtendedReport(1, 0x0102030405060708, (ReceiverDelay(2, 3, 4),))
    words = "80cf0008 00000001 04000002 01020304 05060708 05000003 00000002 00000003 00000004"
    assert serialize([report]) == bytes.fromhex(words)


def test_other_blocks_of_an_extended_report_are_passed_over() -> None:
    loss_runs = bytes.fromhex("01000001 00000000")
    written = serialize([ExtendedReport(1, 5)])
    assert parse(b"\x80\xcf\0\6" + written[4:8] + loss_runs + written[8:]) == [ExtendedReport(1, 5)]


def test_the_loss_fraction_is_of_256() -> None:
    assert BLOCK.loss_fraction == 0.25
