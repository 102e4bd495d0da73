"""Longer and shorter sound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.voice.line import speech
from vidphone.media.plumbing import Samples
from vidphone.media.voice.noise import Background
from vidphone.media.voice.stretch import FADE, MAX_LAG, find_match, find_period, lengthen, shorten
from vidphone.media.voice.stretcher import LOOKAHEAD, Stretcher


def tone(period: int, count: int = 2400) -> Samples:
    phase = 2 * np.pi * np.arange(count) / period
    sound: Samples = (6000 * np.sin(phase) + 3000 * np.sin(2 * phase + 1)).astype(np.int16)
    return sound


@given(st.integers(150, MAX_LAG))
def test_the_period_of_a_voice_is_found(period: int) -> None:
    lag, likeness = find_period(tone(period))
    assert likeness > 0.97
    assert min(lag % period, period - lag % period) <= 3


@given(st.integers(150, MAX_LAG))
def test_a_period_more_or_less_leaves_no_seam(period: int) -> None:
    sound = tone(period)
    steepest = np.abs(np.diff(sound.astype(int))).max()
    for changed, size in ((shorten(sound, period), -period), (lengthen(sound, period), period)):
        assert changed.size == sound.size + size
        assert np.abs(np.diff(changed.astype(int))).max() <= 1.1 * steepest
        assert np.abs(changed[: 2400 - period].astype(int) - tone(period, 2400 - period)).max() < 200


def test_too_little_sound_has_no_period() -> None:
    assert find_period(tone(300)[:300]) == (0, 0.0)


def test_a_piece_is_found_where_it_fits() -> None:
    sound = speech()[48_000:50_000]
    assert find_match(sound[100 : 100 + FADE], sound, 480) == 100


@settings(deadline=None)
@given(st.integers(480, 2400), st.integers(-60_000, 60_000), st.booleans(), st.integers(0, 300_000))
def test_an_adjustment_goes_the_right_way_and_never_too_far(size: int, excess: int, quiet: bool, at: int) -> None:
    ready = speech()[at : at + size]
    changed = Stretcher().adjust(ready, 480, excess, quiet=quiet).size - ready.size
    assert changed * excess <= 0
    assert abs(changed) <= abs(excess)
    assert ready.size + changed >= 480


def test_small_excess_waits_for_a_pause() -> None:
    voice = tone(300)
    assert Stretcher().adjust(voice, 480, 30 * 48, quiet=False).size == voice.size
    assert Stretcher().adjust(voice, 480, 30 * 48, quiet=True).size == voice.size - 30 * 48
    stretcher = Stretcher()
    sizes = [stretcher.adjust(voice, 480, 30 * 48, quiet=False).size for _ in range(150)]
    assert min(sizes) < voice.size, "not for ever"
    assert not stretcher.wants(20)
    assert voice.size >= LOOKAHEAD


def test_background_is_told_from_speech_and_can_go_on() -> None:
    background = Background()
    sound = speech()
    quiet = 0
    for at in range(0, sound.size, 960):
        block = sound[at : at + 960]
        background.heard(block)
        quiet += background.quiet(block)
    assert 0.1 * sound.size / 960 < quiet < 0.6 * sound.size / 960
    made = background.make(48_000)
    assert float(np.std(made)) == pytest.approx(8, rel=0.4)
    assert made.size == 48_000
