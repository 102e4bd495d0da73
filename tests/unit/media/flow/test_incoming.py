"""What Chromium 156 sends in RED, through the sorting of packets."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.devices import Eyes
from tests.unit.media.rtc.offers import CHROMIUM, FINGERPRINT
from vidphone.media.flow.incoming import VideoIn
from vidphone.media.rtc.sdp import agreement, negotiation, text
from vidphone.media.rtc.sdp.model import IceCredentials
from vidphone.media.rtp import retransmission
from vidphone.media.rtp.packet import RtpPacket

WIRE = [
    bytes.fromhex(line) for line in (Path(__file__).parents[1] / "fec" / "chromium_156_ulpfec.hex").read_text().split()
]


@pytest.fixture
async def video() -> AsyncIterator[VideoIn]:
    local = negotiation.Local.make(IceCredentials("user", "p" * 22), FINGERPRINT, secrets.randbits)
    offer = text.read(CHROMIUM)
    plan = agreement.plan(negotiation.answer(offer, local, ("VP8",)), offer, local, we_offered=False)
    assert plan.video is not None
    found = VideoIn(plan.video, Eyes(), nack=lambda numbers: None, keyframe=lambda: None)
    yield found
    found.receiver.stop()
    await asyncio.to_thread(found.receiver.join)


def put(video: VideoIn, *wire: bytes) -> None:
    for data in wire:
        packet = RtpPacket.parse(data)
        assert video.takes(packet.payload_type)
        video.packet(packet, data, asyncio.get_running_loop().time())


async def test_a_packet_lost_in_red_is_made_good(video: VideoIn) -> None:
    first, lost, third, repair = WIRE
    put(video, first, third, repair)
    counters = video.receiver.stream_counters
    assert (video.fec_packets, video.fec_recovered, counters.packets_repaired) == (1, 1, 1)
    put(video, lost)
    assert counters.packets_duplicated == 1


async def test_a_retransmission_in_red_is_taken_but_repairs_nothing(video: VideoIn) -> None:
    first, lost, third, repair = WIRE
    put(video, first, third)
    again = retransmission.wrap(RtpPacket.parse(lost), 119, 5, 1)
    put(video, again.serialize(), repair)
    counters = video.receiver.stream_counters
    assert (video.rtx_packets, video.fec_packets, counters.packets_repaired) == (1, 1, 1)
    assert video.stream is not None
    assert video.stream.ssrc == RtpPacket.parse(first).ssrc


async def test_red_of_a_codec_that_was_not_agreed_is_refused(video: VideoIn) -> None:
    first = RtpPacket.parse(WIRE[0])
    strange = replace(first, payload=bytes((45,)) + first.payload[1:])
    with pytest.raises(ValueError, match="not agreed"):
        put(video, strange.serialize())
    assert video.receiver.stream_counters.packets_received == 0
