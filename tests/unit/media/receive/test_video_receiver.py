"""The shell: real codecs behind it, the loop never held up."""

import asyncio
import threading
import time
from collections.abc import Callable

import av
import numpy as np
import pytest

from tests.unit.media.receive.line import CODEC, frame_packets, stream
from vidphone.media.codec import DecodeError, available_decoders, available_encoders, make_encoder
from vidphone.media.payload import PACKETIZERS
from vidphone.media.plumbing import VideoBlock
from vidphone.media.receive.video_receiver import VideoReceiver
from vidphone.media.rtp.packet import RtpPacket

WAIT_S = 5.0
STEP_S = 0.002


class Pictures:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.blocks: list[VideoBlock] = []

    def video(self, block: VideoBlock) -> None:
        self.blocks.append(block)


class ScriptedDecoder:
    """Fails at, or is held up by, the frames it is told; shows a grey picture for others."""

    def __init__(
        self, fails: set[int], gate: threading.Event | None = None, error: type[Exception] = DecodeError
    ) -> None:
        self.fails, self.gate, self.error, self.closed = fails, gate, error, False

    def decode(self, data: bytes) -> list[av.VideoFrame]:
        if self.gate is not None:
            assert self.gate.wait(WAIT_S)
        if int.from_bytes(data, "big") in self.fails:
            raise self.error
        return [av.VideoFrame(16, 16, "yuv420p")]

    def close(self) -> None:
        self.closed = True


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(int(WAIT_S / STEP_S)):
        if condition():
            return
        await asyncio.sleep(STEP_S)
    pytest.fail("waited in vain")


def packets_of(codec: str, frames: int) -> list[RtpPacket]:
    """A moving pattern, encoded and packetized, 10 ms from frame to frame."""
    encoder, packetizer = make_encoder(codec), PACKETIZERS[codec]()
    noise = np.random.default_rng(1).integers(0, 255, (360, 320 + frames), np.uint8)
    packets: list[RtpPacket] = []
    for number in range(frames):
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(noise[:, number : number + 320]), format="yuv420p")
        encoded = encoder.encode(picture, bitrate_bps=20_000_000, keyframe=number == 0, now_s=number / 30)
        assert encoded is not None
        payloads = packetizer.packetize(encoded.data, keyframe=encoded.keyframe, limit_bytes=1100)
        for place, payload in enumerate(payloads):
            marker = place == len(payloads) - 1
            packets.append(RtpPacket(96, 65_530 + len(packets) & 0xFFFF, number * 900, 7, payload, marker=marker))
    encoder.close()
    return packets


@pytest.mark.parametrize("codec", ["AV1", "VP9", "VP8", "H264"])
async def test_repaired_frames_of_real_codecs_come_out_in_order_with_their_rtp_times(codec: str) -> None:
    if codec not in available_decoders() or codec not in available_encoders():
        pytest.skip(f"no {codec} in this build")
    sink, asked = Pictures(), list[int]()
    loop = asyncio.get_running_loop()
    receiver = VideoReceiver(sink, nack=asked.extend, keyframe=lambda: None, loop=loop)
    packets = packets_of(codec, 8)
    lost = packets[3::4]
    for packet in packets:
        if packet not in lost:
            receiver.packet(codec, packet, loop.time())
    assert set(asked) >= {packet.sequence_number for packet in lost if packet is not packets[-1]}
    for packet in lost:
        receiver.packet(codec, packet, loop.time(), recovered=True)
    await until(lambda: receiver.decoder_counters.frames_decoded == 8)
    await until(lambda: len(sink.blocks) == 8)
    assert [block.rtp_timestamp for block in sink.blocks] == [number * 900 for number in range(8)]
    assert receiver.decoder_counters.key_frames_decoded == 1
    assert receiver.decoder_counters.codec == codec
    assert (receiver.decoder_counters.frame_width, receiver.decoder_counters.frame_height) == (320, 240)
    assert receiver.frames_dropped == 0
    assert receiver.stream_counters.packets_repaired == receiver.stream_counters.packets_lost == len(lost)
    receiver.stop()
    await asyncio.to_thread(receiver.join)


async def test_a_missing_packet_is_asked_for_again_by_the_timer() -> None:
    asked: list[list[int]] = []
    loop = asyncio.get_running_loop()
    receiver = VideoReceiver(
        Pictures(),
        nack=lambda numbers: asked.append(list(numbers)),
        keyframe=lambda: None,
        loop=loop,
        make_decoder=lambda _: ScriptedDecoder(set()),
        stream=stream(),
    )
    receiver.set_round_trip(0.01)
    first, _, last = frame_packets(0, 10, 3, keyframe=True)
    receiver.packet(CODEC, first, loop.time())
    receiver.packet(CODEC, last, loop.time())
    await until(lambda: len(asked) >= 3)
    assert asked[:3] == [[11]] * 3
    receiver.stop()
    receiver.join()


@pytest.mark.parametrize("error", [DecodeError, MemoryError])
async def test_a_frame_that_cannot_be_decoded_asks_for_a_key_frame_and_showing_goes_on_with_it(
    error: type[Exception],
) -> None:
    sink, requests = Pictures(), list[float]()
    loop = asyncio.get_running_loop()
    decoder = ScriptedDecoder({1}, error=error)
    receiver = VideoReceiver(
        sink,
        nack=lambda _: None,
        keyframe=lambda: requests.append(loop.time()),
        loop=loop,
        make_decoder=lambda _: decoder,
        stream=stream(),
    )
    for number in range(4):
        receiver.packet(CODEC, frame_packets(number, number, 1, keyframe=number == 0)[0], loop.time())
    await until(lambda: len(requests) == 1)
    receiver.packet(CODEC, frame_packets(4, 4, 1)[0], loop.time())
    receiver.packet(CODEC, frame_packets(5, 5, 1, keyframe=True)[0], loop.time())
    await until(lambda: len(sink.blocks) == 2)
    assert [block.rtp_timestamp for block in sink.blocks] == [0, 5 * 3000]
    assert receiver.frames_dropped == 4
    receiver.stop()
    await asyncio.to_thread(receiver.join)
    assert decoder.closed


async def test_a_decoder_that_stands_still_holds_up_neither_the_loop_nor_grows_the_queue() -> None:
    sink, requests, gate = Pictures(), list[int](), threading.Event()
    loop = asyncio.get_running_loop()
    receiver = VideoReceiver(
        sink,
        nack=lambda _: None,
        keyframe=lambda: requests.append(1),
        loop=loop,
        make_decoder=lambda _: ScriptedDecoder(set(), gate),
        stream=stream(),
    )
    for number in range(300):
        receiver.packet(CODEC, frame_packets(number, number, 1, keyframe=number == 0)[0], loop.time())
    await until(lambda: bool(requests))
    gate.set()
    receiver.packet(CODEC, frame_packets(300, 300, 1, keyframe=True)[0], loop.time())
    await until(lambda: bool(sink.blocks) and sink.blocks[-1].rtp_timestamp == 300 * 3000)
    assert receiver.frames_dropped >= 290
    receiver.stop()
    await asyncio.to_thread(receiver.join)


async def test_after_stop_nothing_is_asked_for_and_the_thread_is_gone() -> None:
    asked: list[int] = []
    before = threading.active_count()
    loop = asyncio.get_running_loop()
    receiver = VideoReceiver(
        Pictures(),
        nack=asked.extend,
        keyframe=lambda: asked.append(-1),
        loop=loop,
        make_decoder=lambda _: ScriptedDecoder(set()),
        stream=stream(),
    )
    receiver.packet(CODEC, frame_packets(0, 0, 1, keyframe=True)[0], time.monotonic())
    receiver.stop()
    receiver.packet(CODEC, frame_packets(2, 5, 1)[0], time.monotonic())
    receiver.join()
    assert asked == []
    assert threading.active_count() == before


@pytest.mark.parametrize("frames", [1, 3])
async def test_pictures_left_far_behind_are_decoded_and_not_shown(frames: int) -> None:
    sink, gate = Pictures(), threading.Event()
    loop = asyncio.get_running_loop()
    receiver = VideoReceiver(
        sink,
        nack=lambda _: None,
        keyframe=lambda: None,
        loop=loop,
        make_decoder=lambda _: ScriptedDecoder(set(), gate),
        stream=stream(),
    )
    for number in range(20, 20 + frames):
        receiver.packet(CODEC, frame_packets(number, number, 1, keyframe=number == 20)[0], loop.time())
    late = frame_packets(40, 20 + frames, 1)[0]
    receiver.packet(CODEC, late, loop.time())
    receiver.packet(CODEC, frame_packets(41, 21 + frames, 1)[0], loop.time())
    gate.set()
    await until(lambda: receiver.decoder_counters.frames_decoded == frames + 2)
    await until(lambda: len(sink.blocks) == 2)
    assert [block.rtp_timestamp for block in sink.blocks] == [40 * 3000, 41 * 3000]
    receiver.stop()
    await asyncio.to_thread(receiver.join)
