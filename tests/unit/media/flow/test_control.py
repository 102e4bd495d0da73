"""What both ends tell each other of the media."""

import asyncio
import time
from dataclasses import replace

import pytest

from tests.unit.media.flow.test_flow import shown
from tests.unit.media.flow.wires import End, joined, plans, until
from vidphone.media.flow import reports
from vidphone.media.flow.video_out import UNSEEN_BPS
from vidphone.media.rtp import rtcp
from vidphone.media.rtp.application import ANY_SIZE
from vidphone.media.rtp.rtcp import FullIntraRequest, PictureLossIndication, Remb, ViewerReport

ONE_WAY_S = 0.03


def views(end: End) -> list[ViewerReport]:
    return [packet for packet in end.wire.control() if isinstance(packet, ViewerReport)]


async def test_requests_for_a_keyframe_that_come_together_give_one() -> None:
    async with joined() as (a, b):
        await shown(b, 3)
        before, ssrc = a.video_out.sender.key_frames_encoded, a.video_out.plan.local_ssrc
        for _ in range(5):
            a.hear(PictureLossIndication(1, ssrc))
        a.hear(PictureLossIndication(1, ssrc + 1))
        await shown(b, 8)
        assert a.video_out.pli_count == 5
        assert a.video_out.sender.key_frames_encoded == before + 1


async def test_a_full_intra_request_that_repeats_its_number_is_the_same() -> None:
    async with joined() as (a, b):
        await shown(b, 3)
        before, ssrc = a.video_out.sender.key_frames_encoded, a.video_out.plan.local_ssrc
        a.hear(FullIntraRequest(1, ((ssrc, 255), (ssrc + 1, 3))))
        await shown(b, 12)
        a.hear(FullIntraRequest(1, ((ssrc, 255),)))
        await shown(b, 3)
        assert (a.video_out.fir_count, a.video_out.sender.key_frames_encoded) == (1, before + 1)
        a.hear(FullIntraRequest(1, ((ssrc, 0),)))
        await until(lambda: a.video_out.sender.key_frames_encoded == before + 2)


async def test_who_has_no_pictures_of_ours_is_asked_by_what_was_agreed() -> None:
    async with joined(plans(pli=False, nack=False)) as (a, b):
        a.wire.lose = lambda data: len(data) > 300 and not b.frames and len(a.wire.sent) < 60
        await until(lambda: a.video_out.fir_count >= 1)
        assert a.video_out.pli_count == 0


async def test_without_transport_wide_feedback_the_other_sides_estimate_steers() -> None:
    async with joined(plans(transport_cc=False)) as (a, b):
        await shown(b, 3)
        a.hear(Remb(1, 150_000, (a.video_out.plan.local_ssrc,)))
        assert a.flow.outgoing.estimate.target_bps == pytest.approx(150_000, rel=0.01)
        a.hear(Remb(1, 900_000, (a.video_out.plan.local_ssrc,)))
        assert a.flow.outgoing.estimate.target_bps == pytest.approx(900_000, rel=0.01)
        assert not [packet for packet in b.wire.control() if isinstance(packet, rtcp.TransportFeedback)]


@pytest.mark.parametrize("sends", [True, False], ids=["sender reports", "extended reports"])
async def test_reports_give_both_sides_the_round_trip(sends: bool) -> None:
    one, other = plans()
    if not sends:
        assert one.audio is not None
        assert one.video is not None
        one = replace(one, audio=replace(one.audio, sends=False), video=replace(one.video, sends=False))
    async with joined((one, other), one_way_s=ONE_WAY_S) as (a, b):
        await until(lambda: None not in (a.flow.reports.round_trip_s, b.flow.reports.round_trip_s))
        for end in (a, b):
            assert (end.flow.reports.round_trip_s or 0.0) > 2 * ONE_WAY_S - 0.002
        if sends:
            told_of = {a.audio_out.plan.local_ssrc, a.video_out.plan.local_ssrc}
            await until(lambda: set(a.flow.reports.remote) == told_of)


async def test_what_others_echo_wrongly_is_no_round_trip() -> None:
    async with joined() as (a, b):
        await shown(b, 1)
        ssrc = a.video_out.plan.local_ssrc
        for last, delay in ((0, 0), (1, 0xFFFFFFFF), (0xFFFFFFFF, 0), (1, 1)):
            a.hear(rtcp.ReceiverReport(1, (rtcp.ReportBlock(ssrc, 255, -1, 0, 0xFFFFFFFF, last, delay),)))
            a.hear(rtcp.ExtendedReport(1, 0, (rtcp.ReceiverDelay(ssrc, last, delay),)))
            a.hear(rtcp.SenderReport(7, last << 32, delay, 0, 0, ()))
        for stranger in range(50):
            a.hear(rtcp.ExtendedReport(stranger, 1 << 40, ()))
        assert len(a.flow.reports._receiver_times) <= 9
        await shown(b, 3)


async def test_both_say_goodbye() -> None:
    async with joined() as (a, _):
        await shown(a, 1)
        a.flow.close()
        a.flow.close()
        goodbyes = [packet for packet in a.wire.control() if isinstance(packet, rtcp.Bye)]
        assert goodbyes == [rtcp.Bye((a.audio_out.plan.local_ssrc, a.video_out.plan.local_ssrc))]


async def test_how_large_the_picture_is_shown_is_told_when_it_is_known_and_when_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reports, "INTERVAL_S", 60.0)
    monkeypatch.setattr(reports, "VIEW_S", 0.15)
    async with joined() as (a, b):
        await shown(a, 5)
        assert not views(a)
        a.flow.set_shown((640, 360))
        await until(lambda: len(views(a)) == 1)
        began_s = time.monotonic()
        for width in range(641, 660):
            a.flow.set_shown((width, 360))
            await asyncio.sleep(0.01)
        await until(lambda: views(a)[-1].width == 659)
        assert len(views(a)) <= 2 + (time.monotonic() - began_s) / 0.15
        await until(lambda: b.video_out.sender._shown == (659, 360))
        a.flow.set_shown((100_000, 1))
        await until(lambda: b.video_out.sender._shown == (ANY_SIZE - 1, 1))


async def test_that_nobody_looks_is_told_only_once_a_window_could_have_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "LOOK_FRAMES", 8)
    async with joined() as (a, b):
        a.flow.set_shown((0, 0))
        await until(lambda: bool(views(a)))
        assert len(a.frames) >= 7
        await until(lambda: b.video_out.useful_bps(1_300_000) == UNSEEN_BPS)
        await until(lambda: b.video_out.target_bps <= UNSEEN_BPS)
        a.flow.set_shown(None)
        a.flow.reports._due_s = 0.0
        await until(lambda: b.video_out.useful_bps(1_300_000) == 1_300_000)


async def test_a_slow_decoder_is_told() -> None:
    async with joined() as (a, b):
        await shown(a, 3)
        decoder = a.video_in.receiver.decoder_counters
        decoder.total_decode_time_s += time.monotonic()  # as if it had done nothing else
        a.flow.reports._pressure._before = (0.0, 0.0)
        a.flow.reports._due_s = 0.0
        await until(lambda: bool(views(a)))
        assert (views(a)[0].width, views(a)[0].height) == (ANY_SIZE, ANY_SIZE)
        await until(lambda: b.video_out.sender._decode_pressure > 0.5)
        assert b.video_out.sender._shown is None
