"""The microphone's level and the sample of one's own voice, without devices."""

import asyncio
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, AudioSink
from vidphone.media.sound.levels import SILENCE_DBFS, VOICE_SAMPLE_S, SoundLevel, VoiceState, dbfs
from vidphone.media.sound.mixer import Mixer
from vidphone.media.sound.voice_check import LEVEL_SAMPLES, VoiceCheck
from vidphone.wire.errors import ErrorCode, VidphoneError

BLOCKS_A_LEVEL = LEVEL_SAMPLES // BLOCK_SAMPLES
WHOLE = round(VOICE_SAMPLE_S * SAMPLE_RATE_HZ)


def block(amplitude: float, count: int = BLOCK_SAMPLES) -> AudioBlock:
    """A sine of 1 kHz."""
    wave = amplitude * np.sin(2 * np.pi * 1000 * np.arange(count) / SAMPLE_RATE_HZ)
    return AudioBlock(np.round(wave).astype(np.int16), 0.0)


class Microphone:
    """Hands sound around, as a device's thread would."""

    def __init__(self) -> None:
        self.sinks: list[AudioSink] = []

    def add(self, sink: AudioSink) -> None:
        self.sinks.append(sink)

    def remove(self, sink: AudioSink) -> None:
        self.sinks.remove(sink)

    async def says(self, *blocks: AudioBlock) -> None:
        """On a thread of its own, and then the loop hears of it."""

        def speak() -> None:
            for each in blocks:
                for sink in list(self.sinks):
                    sink.audio(each)

        thread = threading.Thread(target=speak)
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.sleep(0)


class Bench:
    def __init__(self) -> None:
        self.microphone, self.mixer = Microphone(), Mixer()
        self.levels: list[SoundLevel] = []
        self.told: list[tuple[VoiceState, float]] = []
        self.changes = 0
        self.news = asyncio.Event()
        self.check = VoiceCheck(self.microphone, self.mixer.play, self, self._changed)

    def microphone_level(self, level: SoundLevel) -> None:
        self.levels.append(level)

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        self.told.append((state, seconds))
        self.news.set()

    def _changed(self) -> None:
        self.changes += 1

    async def until(self, state: VoiceState) -> None:
        async with asyncio.timeout(10):
            while self.told[-1][0] is not state:
                self.news.clear()
                await self.news.wait()


@given(st.floats(0, 32768))
def test_every_amplitude_has_a_level_between_silence_and_full_scale(amplitude: float) -> None:
    assert SILENCE_DBFS <= dbfs(amplitude) <= 0


def test_half_the_amplitude_is_six_decibels_less() -> None:
    assert dbfs(32768) == 0
    assert dbfs(16384) == pytest.approx(-6.02, abs=0.01)
    assert dbfs(0) == dbfs(1) == SILENCE_DBFS


async def test_a_level_tells_mean_and_peak_of_sixty_milliseconds() -> None:
    bench = Bench()
    bench.check.listen(True)
    await bench.microphone.says(*[block(16384)] * BLOCKS_A_LEVEL)
    assert len(bench.levels) == 1
    assert bench.levels[0].rms_dbfs == pytest.approx(-9.03, abs=0.05)
    assert bench.levels[0].peak_dbfs == pytest.approx(-6.02, abs=0.05)
    await bench.microphone.says(*[block(0)] * BLOCKS_A_LEVEL)
    assert bench.levels[1] == SoundLevel(SILENCE_DBFS, SILENCE_DBFS)


async def test_the_most_negative_sample_is_full_scale_and_no_more() -> None:
    bench = Bench()
    bench.check.listen(True)
    await bench.microphone.says(*[AudioBlock(np.full(BLOCK_SAMPLES, -32768, np.int16), 0.0)] * BLOCKS_A_LEVEL)
    assert bench.levels == [SoundLevel(0.0, 0.0)]


async def test_a_loop_that_is_late_gets_the_latest_level_only() -> None:
    bench = Bench()
    bench.check.listen(True)
    sink = bench.microphone.sinks[0]
    for amplitude in (30000, 20000, 0):
        for _ in range(BLOCKS_A_LEVEL):
            sink.audio(block(amplitude))
    await asyncio.sleep(0)
    assert bench.levels == [SoundLevel(SILENCE_DBFS, SILENCE_DBFS)]


async def test_the_microphone_is_needed_exactly_while_somebody_listens_or_records() -> None:
    bench = Bench()
    assert not bench.check.hears
    bench.check.listen(True)
    bench.check.record(True)
    bench.check.listen(False)
    assert len(bench.microphone.sinks) == 1
    bench.check.record(False)
    assert bench.microphone.sinks == []


async def test_what_was_said_is_played_from_its_beginning_and_then_kept() -> None:
    bench = Bench()
    bench.check.record(True)
    said = [block(8000), block(4000), block(2000)]
    await bench.microphone.says(*said)
    bench.check.record(False)
    assert bench.told[-1] == (VoiceState.KEPT, 3 * BLOCK_SAMPLES / SAMPLE_RATE_HZ)
    whole = np.concatenate([each.samples for each in said])
    for _ in range(2):
        bench.check.play(True)
        assert bench.check.plays
        heard = bench.mixer.mix(whole.size)
        assert np.array_equal(heard, whole)
        bench.mixer.mix(BLOCK_SAMPLES)
        await bench.until(VoiceState.KEPT)
        assert not bench.check.plays


async def test_a_sample_ends_by_itself_at_its_bound() -> None:
    bench = Bench()
    bench.check.record(True)
    await bench.microphone.says(*[block(1000)] * (WHOLE // BLOCK_SAMPLES + 10))
    assert bench.told[-1] == (VoiceState.KEPT, VOICE_SAMPLE_S)
    bench.check.play(True)
    assert bench.mixer.mix(WHOLE + 100)[WHOLE:].any() == np.False_
    bench.check.stop()


async def test_a_new_sample_replaces_the_old_one_even_while_that_is_played() -> None:
    bench = Bench()
    bench.check.record(True)
    await bench.microphone.says(*[block(8000)] * 5)
    bench.check.play(True)
    bench.check.record(True)
    assert not bench.check.plays
    await bench.microphone.says(block(100))
    bench.check.record(False)
    assert bench.told[-1] == (VoiceState.KEPT, BLOCK_SAMPLES / SAMPLE_RATE_HZ)


async def test_stopping_fades_the_sample_out_and_keeps_it() -> None:
    bench = Bench()
    bench.check.record(True)
    await bench.microphone.says(*[block(8000)] * 20)
    bench.check.play(True)
    bench.mixer.mix(BLOCK_SAMPLES)
    bench.check.play(False)
    bench.mixer.mix(BLOCK_SAMPLES)
    assert not bench.mixer.mix(BLOCK_SAMPLES).any()
    assert bench.told[-1][0] is VoiceState.KEPT


@pytest.mark.parametrize("silent", [True, False], ids=["never recorded", "microphone gave nothing"])
async def test_nothing_cannot_be_played(silent: bool) -> None:
    bench = Bench()
    if not silent:
        bench.check.record(True)
        bench.check.record(False)
        assert bench.told[-1] == (VoiceState.EMPTY, 0.0)
    with pytest.raises(VidphoneError) as refused:
        bench.check.play(True)
    assert refused.value.code is ErrorCode.NOT_POSSIBLE_NOW


async def test_stopping_forgets_the_sample_and_frees_both_devices() -> None:
    bench = Bench()
    bench.check.listen(True)
    bench.check.record(True)
    await bench.microphone.says(*[block(8000)] * 3)
    bench.check.play(True)
    bench.check.stop()
    assert (bench.check.hears, bench.check.plays, bench.microphone.sinks) == (False, False, [])
    assert bench.told[-1] == (VoiceState.EMPTY, 0.0)
    with pytest.raises(VidphoneError):
        bench.check.play(True)
