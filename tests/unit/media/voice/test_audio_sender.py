"""What the microphone gives becomes packets at once; what it does not becomes silence."""

import asyncio
import threading

import numpy as np
import pytest

from tests.unit.media.voice.line import speech
from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock
from vidphone.media.voice.opus import OpusDecoder
from vidphone.media.voice.red import unpack
from vidphone.media.voice.sender import AudioSender, EncodedAudio


def blocks(count: int, first: int = 100) -> list[AudioBlock]:
    sound = speech()
    return [
        AudioBlock(sound[n * BLOCK_SAMPLES : (n + 1) * BLOCK_SAMPLES], n * 0.02) for n in range(first, first + count)
    ]


async def _until(sent: list[EncodedAudio], count: int) -> None:
    async with asyncio.timeout(10):
        while len(sent) < count:  # noqa: ASYNC110 - the list is filled by the code under test
            await asyncio.sleep(0.005)


async def test_blocks_are_encoded_in_order_and_given_on_the_loop() -> None:
    sent: list[EncodedAudio] = []
    threads = set()

    def take(packet: EncodedAudio) -> None:
        sent.append(packet)
        threads.add(threading.current_thread())

    sender = AudioSender(take, opus_payload_type=111, loop=asyncio.get_running_loop())
    sender.start()
    for block in blocks(4):
        sender.audio(block)
    await _until(sent, 4)
    sender.stop()
    await asyncio.to_thread(sender.join)
    assert threads == {threading.current_thread()}
    spoken = [packet for packet in sent if packet.made_at_s in {block.made_at_s for block in blocks(4)}]
    assert [packet.made_at_s for packet in spoken] == [block.made_at_s for block in blocks(4)]
    steps = np.diff([packet.rtp_timestamp for packet in sent])
    assert (steps == BLOCK_SAMPLES).all()
    assert sum(packet.marker for packet in sent) == 1
    assert not any(packet.red for packet in sent)
    assert OpusDecoder().decode(sent[0].payload).size == BLOCK_SAMPLES


async def test_without_a_microphone_silence_is_sent_and_nothing_after_stop() -> None:
    sent: list[EncodedAudio] = []
    sender = AudioSender(sent.append, opus_payload_type=111, loop=asyncio.get_running_loop())
    sender.start()
    await _until(sent, 4)
    sender.stop()
    count = len(sent)
    await asyncio.to_thread(sender.join)
    await asyncio.sleep(0)
    sender.audio(blocks(1)[0])
    assert len(sent) == count
    assert all(packet.level == 0 and not packet.marker for packet in sent)


async def test_redundancy_begins_with_what_was_sent_before() -> None:
    sent: list[EncodedAudio] = []
    sender = AudioSender(sent.append, opus_payload_type=111, loop=asyncio.get_running_loop())
    sender.start()
    await _until(sent, 3)
    sender.set_rate(24_000, 0.1, 2)
    already = len(sent)
    await _until(sent, already + 3)
    sender.stop()
    await asyncio.to_thread(sender.join)
    first_red = next(n for n, packet in enumerate(sent) if packet.red)
    frames = unpack(sent[first_red].payload, sent[first_red].rtp_timestamp)
    assert [frame.payload for frame in frames[:-1]] == [packet.payload for packet in sent[first_red - 2 : first_red]]


def paced(monkeypatch: pytest.MonkeyPatch, offers: list[tuple[float, AudioBlock | None]]) -> list[int]:
    """Timestamps sent when blocks are taken at those times of a clock that stands still otherwise."""
    now_s = [0.0]
    loop = asyncio.new_event_loop()
    sender = AudioSender(lambda _: None, opus_payload_type=111, loop=loop, clock=lambda: now_s[0])
    waiting = list(offers)

    def next_block(_: float) -> AudioBlock | None:
        if not waiting:
            sender.stop()
            return None
        now_s[0], block = waiting.pop(0)
        return block

    monkeypatch.setattr(sender, "_next_block", next_block)
    timestamps: list[int] = []
    monkeypatch.setattr(sender, "_encode", lambda _encoder, _block, position: timestamps.append(position))
    sender.start()
    sender.join()
    loop.close()
    return timestamps


def test_a_burst_after_silence_is_not_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    block = blocks(1)[0]
    silent: list[tuple[float, AudioBlock | None]] = [(0.02 * n + 0.03, None) for n in range(20)]
    burst: list[tuple[float, AudioBlock | None]] = [(0.42, block)] * 20
    assert len(paced(monkeypatch, silent + burst)) <= 20 + 5


def test_after_a_sleep_the_timestamps_have_moved_on(monkeypatch: pytest.MonkeyPatch) -> None:
    block = blocks(1)[0]
    timestamps = paced(monkeypatch, [(0.0, block), (0.02, block), (60.0, block), (60.02, block)])
    assert timestamps[:2] == [0, BLOCK_SAMPLES]
    assert timestamps[2] == pytest.approx(60 * 48_000, abs=2 * BLOCK_SAMPLES)
    assert timestamps[3] - timestamps[2] == BLOCK_SAMPLES


def test_a_loop_that_closed_ends_the_thread() -> None:
    loop = asyncio.new_event_loop()
    sender = AudioSender(lambda _: None, opus_payload_type=111, loop=loop)
    loop.close()
    sender.start()
    sender.audio(blocks(1)[0])
    sender.join()
    assert not any(thread.name == "audio encoder" for thread in threading.enumerate())
