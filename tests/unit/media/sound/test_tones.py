import numpy as np
import pytest

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.sound.tones import Tone, dtmf, samples_of


def _strongest_hz(samples: Samples, count: int) -> list[int]:
    """The strongest frequencies, to 10 Hz, loudest first."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    found: list[int] = []
    while len(found) < count:
        peak = int(spectrum.argmax())
        found.append(round(peak * SAMPLE_RATE_HZ / samples.size))
        spectrum[max(peak - 8, 0) : peak + 9] = 0
    return found


@pytest.mark.parametrize("tone", list(Tone))
def test_no_tone_clips_or_begins_with_a_click(tone: Tone) -> None:
    samples = samples_of(tone).astype(int)
    assert 3000 < np.abs(samples).max() < 24_000
    assert abs(samples[0]) < 200
    assert abs(samples[-1]) < 200
    assert 0.1 < samples.size / SAMPLE_RATE_HZ < 6


@pytest.mark.parametrize(
    ("tone", "on_s", "whole_s"), [(Tone.RINGBACK, 1.0, 5.0), (Tone.BUSY, 0.35, 0.7), (Tone.CALL_WAITING, 0.4, 4.4)]
)
def test_tones_of_the_network_have_the_cadence_of_china(tone: Tone, on_s: float, whole_s: float) -> None:
    samples = samples_of(tone)
    assert samples.size == round(whole_s * SAMPLE_RATE_HZ)
    on = round(on_s * SAMPLE_RATE_HZ)
    assert not samples[on:].any()
    assert _strongest_hz(samples[:on], 1)[0] == pytest.approx(450, abs=3)


@pytest.mark.parametrize(
    ("key", "pair"), [("1", {697, 1209}), ("5", {770, 1336}), ("#", {941, 1477}), ("D", {941, 1633})]
)
def test_keys_sound_as_q23_says(key: str, pair: set[int]) -> None:
    found = _strongest_hz(dtmf(key)[: round(0.12 * SAMPLE_RATE_HZ)], 2)
    assert {min(pair, key=lambda hz: abs(hz - one)) for one in found} == pair
    assert all(min(abs(hz - one) for hz in pair) <= 9 for one in found)


def test_several_keys_follow_each_other_and_unknown_ones_are_refused() -> None:
    assert dtmf("123").size == 3 * dtmf("1").size
    assert dtmf("").size == 0
    with pytest.raises(ValueError, match="substring"):
        dtmf("x")
