"""A call's media over one transport, both ways."""

import asyncio
import random
import threading
import time

import numpy as np
import pytest

from tests.fuzz.mutate import broken
from tests.unit.media.codec.pictures import picture, psnr
from tests.unit.media.flow.wires import End, joined, plans, until
from vidphone.media.flow.figures import Figures
from vidphone.media.plumbing import BLOCK_SAMPLES, Samples, VideoBlock
from vidphone.media.rtp.packet import is_rtcp


async def shown(end: End, pictures: int) -> None:
    wanted = len(end.frames) + pictures
    await until(lambda: len(end.frames) >= wanted)


async def test_pictures_and_sound_come_out_at_the_other_end() -> None:
    async with joined() as (a, b):
        await shown(a, 10)
        heard: list[Samples] = []
        while len(heard) < 20:
            if (samples := b.flow.take(BLOCK_SAMPLES)) is not None:
                heard.append(samples)
            await asyncio.sleep(0.01)
        stats = Figures().of("call", b.flow, time.monotonic(), "host")
        assert max(int(np.abs(block).max()) for block in heard) > 6000
    assert max(psnr(b.frames[-1], picture(number)) for number in range(200)) > 28
    assert a.told == b.told == ["first"]
    assert (stats.video_in.codec, stats.audio_in.codec) == ("AV1", "opus")
    assert stats.video_in.packets_lost == stats.audio_in.packets_lost == 0


async def test_a_retired_flow_sends_no_media_and_goes_on_receiving() -> None:
    async with joined() as (a, _):
        await shown(a, 3)
        a.flow.retire()
        await asyncio.sleep(0)
        sent = len(a.wire.media())
        await shown(a, 10)
        assert len(a.wire.media()) == sent
        assert any(is_rtcp(data) for data in a.wire.sent[-10:])


async def test_a_flow_that_is_retired_before_it_could_start_never_does() -> None:
    both = plans()
    end = End(both[0])
    end.flow.retire()
    end.flow.start()
    await asyncio.sleep(0.05)
    assert not end.wire.sent
    end.flow.close()
    assert not end.wire.sent


async def test_after_close_nobody_is_called_and_nothing_is_left() -> None:
    before = threading.active_count()
    async with joined() as (a, b):
        await shown(a, 3)
        stolen = b.wire.media()
        a.flow.close()
        sent, frames = len(a.wire.sent), len(a.frames)
        for packet in stolen:
            a.flow.packet(packet.serialize(), time.monotonic())
        a.flow.video(VideoBlock(picture(0), time.monotonic()))
        await asyncio.sleep(0.2)
        assert len(a.wire.sent) == sent
        assert len(a.frames) <= frames + 1  # one that was being decoded
    left = [thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    assert len(left) <= before, left


async def test_a_call_takes_broken_packets_without_a_word() -> None:
    async with joined() as (a, b):
        await shown(b, 5)
        genuine = [data for data in a.wire.sent if len(data) < 1500]
        seeds = random.Random(1).sample(genuine, min(len(genuine), 40))
        for data in broken(seeds, 1500, 7, text=False, max_bytes=1500):
            b.flow.packet(data, time.monotonic())
        assert b.flow.incoming.damaged > 50
        assert b.flow.reports.rtcp_damaged > 20
        await asyncio.sleep(0.1)


async def test_probes_are_filled_with_padding_where_there_are_no_pictures() -> None:
    async with joined(cameras=False) as (a, b):
        await until(lambda: a.video_out.rtx_counter.packets > 5)
        padding = [packet for packet in a.wire.media() if packet.ssrc == a.video_out.plan.local_rtx_ssrc]
        assert all(packet.padding_bytes and not packet.payload for packet in padding)
        await asyncio.sleep(0.05)
        assert b.flow.incoming.damaged == 0
        assert b.video_in.rtx_packets == 0
        await until(lambda: a.flow.outgoing.estimate.target_bps > 300_000)


@pytest.mark.parametrize("medium", ["audio", "video"])
async def test_a_call_may_have_one_medium_only(medium: str) -> None:
    one, other = plans()
    if medium == "audio":
        both = tuple(type(plan)(plan.audio, None, ("0",)) for plan in (one, other))
    else:
        both = tuple(type(plan)(None, plan.video, ("1",)) for plan in (one, other))
    async with joined((both[0], both[1])) as (a, b):
        await until(lambda: a.told == b.told == ["first"])
        assert Figures().of("call", a.flow, time.monotonic(), "").call == "call"
