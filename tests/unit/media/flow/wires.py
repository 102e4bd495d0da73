"""Two flows joined by a wire under the test's control, with real codecs and without SRTP."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import av
import numpy as np

from tests.fakes.media_ends import until
from tests.unit.media.codec.pictures import picture
from vidphone.media.flow.audio_out import AudioOut
from vidphone.media.flow.flow import Flow
from vidphone.media.flow.incoming import AudioIn, VideoIn
from vidphone.media.flow.video_out import VideoOut
from vidphone.media.plan import SessionPlan
from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock, VideoBlock
from vidphone.media.rtc.sdp import agreement, negotiation, text
from vidphone.media.rtc.sdp.model import IceCredentials
from vidphone.media.rtc.sdp.negotiation import Local
from vidphone.media.rtc.sdp.write import write
from vidphone.media.rtp import rtcp
from vidphone.media.rtp.packet import RtpPacket, is_rtcp

FINGERPRINT = ":".join(["AB"] * 32)
TONE = (8000 * np.sin(np.arange(BLOCK_SAMPLES) / 12)).astype(np.int16)


class Wire:
    """`flow.outgoing.PacketWire`: packets arrive after `delay_s`, but for those that `lose` says yes to."""

    overhead_bytes = 44

    def __init__(self) -> None:
        self.delay_s = 0.002
        self.lose: Callable[[bytes], bool] = lambda _: False
        self.arrive: Callable[[bytes, float], None] = lambda data, at_s: None
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> bool:
        self.sent.append(data)
        if not self.lose(data):
            asyncio.get_running_loop().call_later(self.delay_s, lambda: self.arrive(data, time.monotonic()))
        return True

    def media(self) -> list[RtpPacket]:
        """What was sent of RTP."""
        return [RtpPacket.parse(data) for data in self.sent if not is_rtcp(data)]

    def control(self) -> list[rtcp.RtcpPacket]:
        """What was sent of RTCP."""
        return [packet for data in self.sent if is_rtcp(data) for packet in rtcp.parse(data)]


class End:
    """A flow, and what comes out of it."""

    def __init__(self, plan: SessionPlan) -> None:
        self.wire = Wire()
        self.frames: list[av.VideoFrame] = []
        self.told: list[str] = []
        self.flow = Flow(
            plan, self.wire, picture=self, first_packet=lambda: self.told.append("first"),
            video_failed=lambda: self.told.append("no video"),
        )  # fmt: skip

    def video(self, block: VideoBlock) -> None:
        self.frames.append(block.frame)

    @property
    def audio_out(self) -> AudioOut:
        assert self.flow.audio_out is not None
        return self.flow.audio_out

    @property
    def video_out(self) -> VideoOut:
        assert self.flow.video_out is not None
        return self.flow.video_out

    @property
    def audio_in(self) -> AudioIn:
        assert self.flow.audio_in is not None
        return self.flow.audio_in

    @property
    def video_in(self) -> VideoIn:
        assert self.flow.video_in is not None
        return self.flow.video_in

    def hear(self, *packets: rtcp.RtcpPacket) -> None:
        """As if the other side had sent them."""
        self.flow.packet(rtcp.serialize(packets), time.monotonic())


def plans(codecs: tuple[str, ...] = ("AV1", "VP8"), **changes: Any) -> tuple[SessionPlan, SessionPlan]:
    """What two of us agree on, with changes of both m-lines."""
    local = [Local.make(IceCredentials("user", "p" * 22), FINGERPRINT, secrets.randbits) for _ in range(2)]
    offer = text.read(write(negotiation.offer(local[0], codecs)))
    answer = text.read(write(negotiation.answer(offer, local[1], codecs)))
    one = agreement.plan(offer, answer, local[0], we_offered=True)
    other = agreement.plan(answer, offer, local[1], we_offered=False)
    return changed(one, **changes), changed(other, **changes)


def changed(plan: SessionPlan, **changes: Any) -> SessionPlan:
    """The plan with both m-lines changed; what one of them does not have is left out."""
    audio, video = (None if media is None else replace(media, **changes) for media in (plan.audio, plan.video))
    return replace(plan, audio=audio, video=video)


async def _feed(ends: tuple[End, End], still_cameras: bool) -> None:
    number = 0
    while True:
        now_s = time.monotonic()
        for end in ends:
            end.flow.audio(AudioBlock(TONE, now_s))
            if not still_cameras and number % 2 == 0:
                end.flow.video(VideoBlock(picture(number // 2), now_s))
        number += 1
        await asyncio.sleep(0.02)


@asynccontextmanager
async def joined(
    both: tuple[SessionPlan, SessionPlan] | None = None, *, cameras: bool = True, one_way_s: float = 0.002
) -> AsyncIterator[tuple[End, End]]:
    """Two ends that hear each other, cameras (25 pictures a second) and microphones running; no callback may fail."""
    loop = asyncio.get_running_loop()
    failures: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: failures.append(context))
    one, other = both or plans()
    a, b = End(one), End(other)
    a.wire.arrive, b.wire.arrive = b.flow.packet, a.flow.packet
    a.wire.delay_s = b.wire.delay_s = one_way_s
    feeding = asyncio.create_task(_feed((a, b), not cameras))
    for end in (a, b):
        end.flow.start()
    try:
        yield a, b
    finally:
        feeding.cancel()
        for end in (a, b):
            end.flow.close()
        for end in (a, b):
            await asyncio.to_thread(end.flow.join)
        loop.set_exception_handler(None)
    assert not failures


__all__ = ["End", "Wire", "changed", "joined", "plans", "until"]
