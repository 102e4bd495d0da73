"""What is lost comes again, or is made good."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.media.flow.test_flow import shown
from tests.unit.media.flow.wires import End, joined, plans, until
from vidphone.media.fec import ulpfec
from vidphone.media.flow import flow
from vidphone.media.plan import SessionPlan
from vidphone.media.rate.budget import Budget, divide
from vidphone.media.rtp import rtcp
from vidphone.media.rtp.extensions import ABS_SEND_TIME
from vidphone.media.rtp.packet import RtpPacket, is_rtcp


@pytest.fixture
def budgeted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets fields of every budget from now on."""

    def fix(**fields: Any) -> None:
        def fixed(*args: Any) -> Budget:
            return replace(divide(*args), **fields)

        monkeypatch.setattr(flow, "divide", fixed)

    return fix


def losing(end: End, every: int, *, most: int = 10_000) -> Callable[[bytes], bool]:
    """Loses each so-maniest packet of the media's own stream, not of the first picture."""
    count = lost = 0

    def lose(data: bytes) -> bool:
        nonlocal count, lost
        if is_rtcp(data) or RtpPacket.parse(data).ssrc != end.video_out.plan.local_ssrc:
            return False
        count += 1
        if count > 20 and count % every == 0 and lost < most:
            lost += 1
            return True
        return False

    return lose


async def test_what_is_asked_for_comes_again_on_a_stream_of_its_own(budgeted: Callable[..., None]) -> None:
    budgeted(fec_share=0.0, retransmission_copies=1)
    async with joined() as (a, b):
        a.wire.lose = losing(a, 10)
        await until(lambda: a.video_out.nack_count >= 2)
        await until(lambda: b.video_in.rtx_packets >= 2)
        keyframes = a.video_out.sender.key_frames_encoded
        await shown(b, 10)
        assert a.video_out.sender.key_frames_encoded == keyframes
        assert b.video_in.receiver.stream_counters.nack_count >= 2


async def test_where_losses_ask_for_it_an_answer_is_sent_in_copies(budgeted: Callable[..., None]) -> None:
    budgeted(fec_share=0.0, retransmission_copies=3)
    async with joined() as (a, b):
        await shown(b, 5)
        sent = [packet.payload for packet in a.wire.media()]
        packet = next(
            each
            for each in a.wire.media()[::-1]
            if each.ssrc == a.video_out.plan.local_ssrc and each.sequence_number.to_bytes(2) + each.payload not in sent
        )
        a.hear(rtcp.Nack(1, packet.ssrc, (packet.sequence_number,)))
        a.hear(rtcp.Nack(1, packet.ssrc, (packet.sequence_number,)))
        again = packet.sequence_number.to_bytes(2) + packet.payload

        def copies() -> list[RtpPacket]:
            return [each for each in a.wire.media() if each.payload == again]

        await until(lambda: len(copies()) >= 3)
        assert len({each.sequence_number for each in copies()}) == len(copies())


async def test_without_rtx_the_packet_itself_is_sent_again(budgeted: Callable[..., None]) -> None:
    budgeted(fec_share=0.0, retransmission_copies=1)
    one, other = plans(("VP8",))
    assert one.video is not None
    codecs = tuple(replace(codec, rtx_payload_type=None) for codec in one.video.send_codecs)
    async with joined((replace(one, video=replace(one.video, send_codecs=codecs)), other)) as (a, b):
        a.wire.lose = losing(a, 10)
        await until(lambda: a.video_out.counter.retransmitted_packets >= 2)
        assert a.video_out.rtx_counter.packets == 0
        await shown(b, 5)


async def made_good_without_asking(a: End, b: End) -> None:
    """Loses what `a` sends, and sees `b` go on by repair packets alone."""
    a.wire.lose = losing(a, 10)
    await until(lambda: b.video_in.fec_recovered >= 2)
    keyframes = a.video_out.sender.key_frames_encoded
    await shown(b, 10)
    assert a.video_out.sender.key_frames_encoded == keyframes
    assert a.video_out.nack_count == 0


@pytest.mark.parametrize("transport_cc", [True, False], ids=["numbers", "times"])
async def test_repair_packets_make_good_without_asking(budgeted: Callable[..., None], transport_cc: bool) -> None:
    budgeted(fec_share=0.5)
    async with joined(plans(nack=False, transport_cc=transport_cc)) as (a, b):
        await made_good_without_asking(a, b)
        uses_time = a.video_out.plan.extensions[ABS_SEND_TIME] in a.wire.media()[-1].extensions
        assert uses_time is not transport_cc


def in_red(codec: str, **changes: Any) -> tuple[SessionPlan, SessionPlan]:
    """With somebody who knows ULPFEC and not FlexFEC."""
    return plans((codec,), flexfec_send=None, flexfec_receive=None, **changes)


def inside_red(end: End, data: bytes) -> RtpPacket | None:
    """The packet that one of this end's holds, if it is RED."""
    packet = None if is_rtcp(data) else RtpPacket.parse(data)
    if packet is None or packet.payload_type != end.video_out.plan.red_send:
        return None
    return ulpfec.out_of_red(packet)


async def test_who_knows_no_flexfec_gets_repair_packets_in_red(budgeted: Callable[..., None]) -> None:
    budgeted(fec_share=0.5)
    async with joined(in_red("VP8", nack=False)) as (a, b):
        await made_good_without_asking(a, b)
        assert a.video_out.repair_packets > 0
        numbers = [each.sequence_number for each in a.wire.media() if each.ssrc == a.video_out.plan.local_ssrc]
        assert numbers == [(numbers[0] + at) & 0xFFFF for at in range(len(numbers))]


async def test_a_lost_repair_packet_in_red_comes_again_where_pictures_are_not_counted(
    budgeted: Callable[..., None],
) -> None:
    budgeted(fec_share=0.5, retransmission_copies=1)
    async with joined(in_red("AV1")) as (a, b):
        await shown(b, 3)
        lost: list[int] = []

        def lose(data: bytes) -> bool:
            packet = inside_red(a, data)
            if packet is None or packet.payload_type != a.video_out.plan.ulpfec_send or len(lost) == 2:
                return False
            lost.append(packet.sequence_number)
            return True

        a.wire.lose = lose
        await until(lambda: len(lost) == 2 and b.video_in.rtx_packets >= 2)
        keyframes = a.video_out.sender.key_frames_encoded
        await shown(b, 10)
        assert a.video_out.sender.key_frames_encoded == keyframes


async def test_without_losses_nothing_goes_in_red(budgeted: Callable[..., None]) -> None:
    budgeted(fec_share=0.0)
    async with joined(in_red("VP8")) as (a, b):
        await shown(b, 3)
        assert not any(inside_red(a, data) for data in a.wire.sent)
        assert a.video_out.repair_packets == 0


async def test_a_hostile_flood_of_requests_is_answered_within_bounds() -> None:
    async with joined() as (a, b):
        await shown(b, 5)
        ssrc = a.video_out.plan.local_ssrc
        for _ in range(20):
            a.hear(rtcp.Nack(1, ssrc, tuple(range(0, 65_536, 50))))
        for first in range(0, 65_536, 1000):
            a.hear(rtcp.Nack(1, ssrc, tuple(range(first, min(first + 1000, 65_536)))))
        assert a.flow.outgoing.queued_packets < 200
        await shown(b, 5)
