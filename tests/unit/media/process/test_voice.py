"""The processor with the real library, over an echo made here."""

import sys
import threading
from itertools import islice

import numpy as np
import pytest
from pywebrtc_audio import EchoCanceller

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.process.switches import OFF, VoiceProcessing
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.sound.files import blocks_of
from vidphone.resources import assets_dir

ECHO_DELAY = 60 * SAMPLE_RATE_HZ // 1000
ECHO = VoiceProcessing(echo=True, noise=False, gain=False)


def power_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(float) ** 2) + 1e-9))


def babble(seconds: float, seed: int, rms: float = 2000) -> Samples:
    """Noise that comes and goes four times a second with a spectrum that falls, as speech does."""
    rng = np.random.default_rng(seed)
    white = rng.standard_normal(round(seconds * SAMPLE_RATE_HZ))
    spectrum = np.fft.rfft(white)
    spectrum /= np.maximum(1, np.fft.rfftfreq(white.size, 1 / SAMPLE_RATE_HZ) / 500)
    shaped = np.fft.irfft(spectrum, white.size)
    at = np.arange(white.size) / SAMPLE_RATE_HZ
    shaped *= np.clip(np.sin(2 * np.pi * 4 * at) + np.sin(2 * np.pi * 0.7 * at), 0, None)
    loud: Samples = np.clip(shaped * rms / shaped.std(), -32768, 32767).astype(np.int16)
    return loud


def echo_of(far: Samples, seed: int = 3, taps: int = 2400, tail: float = 0.02) -> Samples:
    """What a microphone hears of a speaker in a room, a small one unless said, and its own hiss."""
    rng = np.random.default_rng(seed)
    room = rng.standard_normal(taps) * 10 ** (-3 * np.arange(taps) / taps) * tail
    room[0] = 0.4
    size = 1 << (far.size + taps).bit_length()
    heard = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(room, size), size)[: far.size]
    heard = np.concatenate((np.zeros(ECHO_DELAY), heard))[: far.size]
    return (heard + rng.standard_normal(far.size) * 8).astype(np.int16)


def resonant_echo_of(far: Samples) -> Samples:
    return echo_of(far, taps=SAMPLE_RATE_HZ // 2, tail=0.012)


def through(processor: VoiceProcessor, near: Samples, far: Samples) -> Samples:
    """Blocks as devices give them: 10 ms to the speaker, 20 ms from the microphone."""
    said = []
    for start in range(0, near.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        half = start + BLOCK_SAMPLES // 2
        processor.far(far[start:half])
        processor.far(far[half : start + BLOCK_SAMPLES])
        said.append(processor.near(near[start : start + BLOCK_SAMPLES]))
    return np.concatenate(said)


def test_echo_is_gone_after_two_seconds_with_everything_on() -> None:
    far = babble(6, seed=1)
    near = echo_of(far)
    said = through(VoiceProcessor(), near, far)
    after = 2 * SAMPLE_RATE_HZ
    assert power_db(near[after:]) - power_db(said[after:]) > 35


def test_the_near_end_is_kept_while_the_far_end_is_silent() -> None:
    near = babble(4, seed=2)
    said = through(VoiceProcessor(VoiceProcessing(gain=False)), near, np.zeros_like(near))
    after = SAMPLE_RATE_HZ
    assert abs(power_db(near[after:]) - power_db(said[after:])) < 3


def test_both_talking_leaves_the_near_end_audible() -> None:
    far, voice = babble(8, seed=1), babble(8, seed=2)
    voice[: 4 * SAMPLE_RATE_HZ] = 0
    near = echo_of(far) + voice
    said = through(VoiceProcessor(ECHO), near, far)
    after = 5 * SAMPLE_RATE_HZ
    assert power_db(said[after:]) > power_db(voice[after:]) - 6


def by_the_canceller_alone(near: Samples, far: Samples) -> Samples:
    canceller = EchoCanceller(SAMPLE_RATE_HZ)
    blocks = range(0, near.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES)
    return np.concatenate(
        [canceller.process(near[at : at + BLOCK_SAMPLES], far[at : at + BLOCK_SAMPLES]) for at in blocks]
    )


def test_the_echo_of_a_resonant_room_goes_further_down_than_the_canceller_takes_it() -> None:
    far, after = babble(5, seed=1), 2 * SAMPLE_RATE_HZ
    near = resonant_echo_of(far)
    said, before = through(VoiceProcessor(ECHO), near, far), by_the_canceller_alone(near, far)
    assert power_db(before[after:]) - power_db(said[after:]) > 4


def test_both_talking_costs_the_near_end_no_more_than_the_canceller_does() -> None:
    far, voice = babble(6, seed=1), babble(6, seed=2)
    voice[: 3 * SAMPLE_RATE_HZ] = 0
    near = resonant_echo_of(far) + voice
    said, before = through(VoiceProcessor(ECHO), near, far), by_the_canceller_alone(near, far)
    after = 3 * SAMPLE_RATE_HZ
    assert power_db(said[after:]) > power_db(before[after:]) - 0.2


def test_a_voice_alone_is_what_the_canceller_makes_of_it() -> None:
    near = babble(3, seed=2)
    silence = np.zeros_like(near)
    assert np.array_equal(through(VoiceProcessor(ECHO), near, silence), by_the_canceller_alone(near, silence))


def test_steady_noise_goes_down() -> None:
    hiss = (np.random.default_rng(4).standard_normal(4 * SAMPLE_RATE_HZ) * 300).astype(np.int16)
    said = through(VoiceProcessor(VoiceProcessing(echo=False, gain=False)), hiss, hiss)
    assert power_db(hiss[-SAMPLE_RATE_HZ:]) - power_db(said[-SAMPLE_RATE_HZ:]) > 12


def test_a_quiet_voice_gets_louder_and_a_loud_one_does_not() -> None:
    spoken = np.concatenate(list(islice(blocks_of(assets_dir() / "speech" / "en.opus"), 400)))
    raised = {}
    for rms in (150, 2500):
        voice = (spoken * (rms / spoken.std())).astype(np.int16)
        said = through(VoiceProcessor(VoiceProcessing(echo=False, noise=False)), voice, voice)
        raised[rms] = power_db(said[-2 * SAMPLE_RATE_HZ :]) - power_db(voice[-2 * SAMPLE_RATE_HZ :])
    assert raised[150] > 6
    assert abs(raised[2500]) < 4


def test_all_off_hands_the_same_array_on() -> None:
    processor = VoiceProcessor(OFF)
    block = babble(0.02, seed=1)
    assert processor.near(block) is block


def test_each_switch_takes_effect_between_two_blocks() -> None:
    processor = VoiceProcessor()
    far = babble(3, seed=1)
    near = echo_of(far)
    through(processor, near, far)
    processor.set(OFF)
    assert through(processor, near, far).tolist() == near.tolist()
    processor.set(ECHO)
    said = through(processor, near, far)
    assert power_db(near[-SAMPLE_RATE_HZ:]) - power_db(said[-SAMPLE_RATE_HZ:]) > 20
    processor.set(VoiceProcessing(noise=False, gain=True))
    said = through(processor, near, far)
    assert power_db(near[:SAMPLE_RATE_HZ]) - power_db(said[:SAMPLE_RATE_HZ]) > 20  # the echo stayed known


def test_part_of_a_frame_passes_as_it_is() -> None:
    block = babble(0.005, seed=1)
    assert VoiceProcessor().near(block) is block


def test_without_the_library_sound_passes_and_that_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    monkeypatch.delitem(sys.modules, "vidphone.media.process.stages", raising=False)
    told: list[str] = []
    processor = VoiceProcessor(failed=lambda: told.append("failed"))
    near = babble(0.1, seed=1)
    assert through(processor, near, near).tolist() == near.tolist()
    assert told == ["failed"]
    assert "ModuleNotFoundError" in caplog.text


def test_a_library_that_fails_in_a_call_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    processor = VoiceProcessor(failed=lambda: told.append("failed"))
    near = babble(0.1, seed=1)
    through(processor, near, near)

    def fails(*_: object) -> Samples:
        raise RuntimeError("inside")

    assert processor._stages is not None
    monkeypatch.setattr(type(processor._stages), "process", fails)
    assert through(processor, near, near).tolist() == near.tolist()
    assert told == ["failed"]


def test_speaker_microphone_and_settings_may_run_at_once() -> None:
    processor = VoiceProcessor()
    far = babble(1, seed=1)
    near = echo_of(far)
    stop = threading.Event()

    def play() -> None:
        while not stop.is_set():
            processor.far(far[:480])

    def switch() -> None:
        for number in range(200):
            processor.set(VoiceProcessing(echo=number % 2 == 0, noise=number % 3 == 0, gain=number % 5 == 0))
        stop.set()

    threads = [threading.Thread(target=work) for work in (play, switch)]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        assert processor.near(near[:BLOCK_SAMPLES]).size == BLOCK_SAMPLES
    for thread in threads:
        thread.join()
    assert not processor._broken
