"""Sound to packets."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.media.flow.wires import TONE, Wire, plans
from vidphone.media.flow.audio_out import AudioOut
from vidphone.media.flow.outgoing import Outgoing
from vidphone.media.plan import MediaPlan
from vidphone.media.plumbing import AudioBlock
from vidphone.media.rate.budget import Budget, FlowShape, divide
from vidphone.media.rate.estimator import BandwidthEstimator
from vidphone.media.rate.model import Estimate
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.voice import red


def estimate(loss: float, burst: float) -> Estimate:
    return replace(BandwidthEstimator().estimate, loss_fraction=loss, loss_burst=burst)


class Sound:
    """A microphone, its packets, and nobody else."""

    def __init__(self, plan: MediaPlan) -> None:
        self.wire = Wire()
        outgoing = Outgoing(
            self.wire, transport_cc=3, abs_send_time=None, retarget=lambda *_: None, padding=lambda *_: 0
        )
        self.out = AudioOut(plan, outgoing)
        self.out.start()

    async def packets(self, count: int) -> list[RtpPacket]:
        """The next ones."""
        first = len(self.wire.sent)
        while len(self.wire.sent) < first + count:
            self.out.audio(AudioBlock(TONE, time.monotonic()))
            await asyncio.sleep(0.01)
        return self.wire.media()[first : first + count]

    async def close(self) -> None:
        self.out.stop()
        await asyncio.to_thread(self.out.sender.join)


def audio_plan(**changes: Any) -> MediaPlan:
    plan = plans(**changes)[0].audio
    assert plan is not None
    return plan


def budget(redundancy: int) -> Budget:
    return replace(divide(BandwidthEstimator().estimate, FlowShape()), opus_bps=24_000, redundancy=redundancy)


@pytest.mark.parametrize(
    ("redundancy", "burst", "frames", "apart"),
    [(0, 1.0, 1, 0), (1, 1.0, 2, 1), (3, 1.0, 4, 1), (1, 3.0, 2, 3), (3, 3.0, 3, 2)],
    ids=["none", "one", "three", "one in bursts", "three in bursts"],
)
async def test_sound_carries_earlier_frames_as_losses_ask_for(
    redundancy: int, burst: float, frames: int, apart: int
) -> None:
    plan = audio_plan()
    sound = Sound(plan)
    sound.out.budget(budget(redundancy), estimate(0.05, burst))
    await sound.packets(8)
    packet = (await sound.packets(1))[0]
    await sound.close()
    assert packet.payload_type == (plan.red_send if redundancy else plan.send_codecs[0].payload_type)
    if redundancy:
        inside = red.unpack(packet.payload, packet.timestamp)
        assert len(inside) == frames
        assert (inside[-1].rtp_timestamp - inside[-2].rtp_timestamp) % (1 << 32) == apart * 960


async def test_without_red_agreed_sound_goes_plain() -> None:
    plan = audio_plan(red_send=None)
    sound = Sound(plan)
    sound.out.budget(budget(3), estimate(0.2, 1.0))
    packets = await sound.packets(6)
    await sound.close()
    assert {packet.payload_type for packet in packets} == {plan.send_codecs[0].payload_type}


async def test_after_stop_no_sound_leaves() -> None:
    sound = Sound(audio_plan())
    assert sound.out.rtp_timestamp(time.monotonic()) is None
    await sound.packets(2)
    sound.out.stop()
    sent = len(sound.wire.sent)
    sound.out.audio(AudioBlock(TONE, time.monotonic()))
    await asyncio.to_thread(sound.out.sender.join)
    await asyncio.sleep(0.03)
    assert len(sound.wire.sent) == sent
