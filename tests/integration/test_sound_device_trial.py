"""The device test over real sound: PortAudio, a PulseAudio server with null sinks, and the phone's own engine."""

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from tests.sound_server import SoundServer
from tests.sound_server import sound_server as sound_server  # noqa: PLC0414 - a fixture, used by its name
from tests.support.clips import Sound, speech_likeness_in_pieces
from vidphone.media.devices import DeviceKind
from vidphone.media.engine import MediaEngine, MediaProfile
from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.process.switches import VoiceProcessing
from vidphone.media.slot import PictureSlot
from vidphone.media.sound.files import blocks_of
from vidphone.media.sound.levels import SoundLevel, VoiceState
from vidphone.resources import assets_dir
from vidphone.wire.errors import ErrorCode

pytestmark = [pytest.mark.sound, pytest.mark.slow]

AS_IT_IS = VoiceProcessing(echo=False, noise=False, gain=False)
PATIENCE_S = 20.0
MICROPHONE = "mic_b_in"


class Trial:
    """An engine that only tries devices, and all it tells."""

    def __init__(self) -> None:
        self.levels: list[SoundLevel] = []
        self.voices: list[tuple[VoiceState, float]] = []
        self.notices: list[tuple[DeviceKind, ErrorCode | None]] = []
        profile = MediaProfile(camera="none", microphone=MICROPHONE, speaker="spk_b", voice=AS_IT_IS)
        self.engine = MediaEngine(profile, PictureSlot(), PictureSlot(), self)

    def microphone_level(self, level: SoundLevel) -> None:
        self.levels.append(level)

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        self.voices.append((state, seconds))

    def device_notice(self, kind: DeviceKind, code: ErrorCode | None, name: str) -> None:
        self.notices.append((kind, code))

    def trouble(self, code: ErrorCode) -> None:
        raise AssertionError(code)

    def devices_changed(self) -> None:
        """The watcher runs while the microphone is tried."""

    def network_changed(self) -> None:
        raise AssertionError("no call is there")


@pytest.fixture
async def trial(sound_server: SoundServer) -> AsyncIterator[Trial]:
    trial = Trial()
    yield trial
    await trial.engine.close()
    assert await eventually(lambda: MICROPHONE not in sound_server.streams("source-outputs"))


async def eventually(holds: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    loop = asyncio.get_running_loop()
    until_s = loop.time() + within_s
    while not await asyncio.to_thread(holds):
        if loop.time() > until_s:
            return False
        await asyncio.sleep(0.05)
    return True


def speech() -> Samples:
    whole = np.concatenate(list(blocks_of(assets_dir() / "speech" / "en.opus")))
    return whole[SAMPLE_RATE_HZ // 2 : 4 * SAMPLE_RATE_HZ]


def for_clips(samples: Samples) -> Sound:
    whole: Sound = samples[: samples.size // 3 * 3].reshape(-1, 3).astype(np.float32).mean(axis=1)
    return whole / np.float32(32768)


async def test_the_meter_shows_silence_and_then_a_tone_as_loud_as_it_is(
    sound_server: SoundServer, trial: Trial
) -> None:
    trial.engine.voice_check(begin=True).listen(True)
    assert await eventually(lambda: len(trial.levels) > 5)
    assert max(level.peak_dbfs for level in trial.levels) < -80
    at = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tone = np.round(0.5 * 32767 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
    playing = sound_server.play(tone, "mic_b")
    assert await eventually(lambda: any(abs(level.rms_dbfs + 9.03) < 0.3 for level in trial.levels))
    loudest = max(trial.levels, key=lambda level: level.rms_dbfs)
    assert loudest.peak_dbfs == pytest.approx(-6.02, abs=0.3)
    await asyncio.to_thread(playing.join)
    trial.engine.voice_check(begin=False).listen(False)
    assert await eventually(lambda: MICROPHONE not in sound_server.streams("source-outputs"))


async def test_ones_own_voice_comes_back_out_of_the_chosen_speaker(sound_server: SoundServer, trial: Trial) -> None:
    said = speech()
    check = trial.engine.voice_check(begin=True)
    check.record(True)
    assert await eventually(lambda: MICROPHONE in sound_server.streams("source-outputs"))
    await asyncio.to_thread(sound_server.play(said, "mic_b").join)
    check.record(False)
    assert trial.voices[-1][0] is VoiceState.KEPT
    kept_s = trial.voices[-1][1]
    assert kept_s > 2.5
    assert await eventually(lambda: MICROPHONE not in sound_server.streams("source-outputs")), "it is free again"
    hearing = asyncio.create_task(asyncio.to_thread(sound_server.record, "spk_b", kept_s + 1.5))
    await asyncio.sleep(0.3)
    check.play(True)
    heard = await hearing
    assert await eventually(lambda: trial.voices[-1] == (VoiceState.KEPT, kept_s))
    assert await eventually(lambda: not sound_server.streams("sink-inputs")), "the speaker is free again"
    assert speech_likeness_in_pieces(for_clips(heard), for_clips(said)) > 0.6


async def test_a_microphone_that_is_not_there_is_told_and_nothing_is_recorded(
    sound_server: SoundServer, trial: Trial
) -> None:
    modules = [sound_server.module_of(f"source_name={name}_in") for name in ("mic_a", "mic_b")]
    for module in modules:
        sound_server.unplug(module)
    check = trial.engine.voice_check(begin=True)
    check.record(True)
    assert await eventually(lambda: (DeviceKind.MICROPHONE, ErrorCode.NO_MICROPHONE) in trial.notices)
    check.record(False)
    assert trial.voices[-1] == (VoiceState.EMPTY, 0.0)
    for name in ("mic_a", "mic_b"):
        sound_server.plug_in(name)
