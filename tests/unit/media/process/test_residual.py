"""What the echo canceller leaves, made here: sounds whose level before and after it is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.process.residual import DEPTH_DB, FRAME_SAMPLES, ResidualEcho

HISS = 8.0


def hiss(seconds: float, rms: float, seed: int = 1) -> Samples:
    sound = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE_HZ)) * rms
    return sound.astype(np.int16)


def power_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(float) ** 2) + 1e-9))


def through(residual: ResidualEcho, heard: Samples, cleaned: Samples, far: Samples | None = None) -> Samples:
    """Blocks as a microphone gives them; `far` is what it hears unless given."""
    played = heard if far is None else far
    blocks = (slice(at, at + BLOCK_SAMPLES) for at in range(0, heard.size, BLOCK_SAMPLES))
    return np.concatenate([residual.process(heard[one], played[one], cleaned[one]) for one in blocks])


def with_echo(left_db: float = -20, seconds: float = 1) -> ResidualEcho:
    """After a moment of hiss, an echo of which the canceller left so much."""
    residual = ResidualEcho()
    quiet, echo = hiss(1, HISS), hiss(seconds, 1000)
    through(residual, quiet, quiet)
    through(residual, echo, (echo * 10 ** (left_db / 20)).astype(np.int16))
    return residual


def test_what_is_left_of_an_echo_is_taken_down() -> None:
    echo = hiss(1, 1000, seed=2)
    left = echo // 10
    assert power_db(left) - power_db(through(with_echo(), echo, left)) == pytest.approx(DEPTH_DB, abs=0.5)


def test_it_never_sinks_below_the_noise_of_the_place() -> None:
    echo, left = hiss(1, 1000, seed=2), hiss(1, HISS, seed=3)
    assert power_db(through(with_echo(), echo, left)) > power_db(hiss(1, HISS)) - 3


def test_sound_without_any_echo_is_the_same_array() -> None:
    residual = ResidualEcho()
    for rms in (HISS, 2000, HISS, 300, HISS):
        for at in range(20):
            block = hiss(BLOCK_SAMPLES / SAMPLE_RATE_HZ, rms, seed=at)
            assert residual.process(block, block, block) is block


def test_what_the_canceller_takes_off_of_a_voice_alone_brings_no_more_down() -> None:
    residual = ResidualEcho()
    quiet, voice = hiss(1, HISS), hiss(1, 1000)
    through(residual, quiet, quiet)
    damped = voice // 2
    assert np.array_equal(through(residual, voice, damped), damped)


def test_a_voice_is_no_echo_where_nothing_was_played() -> None:
    residual = ResidualEcho()
    quiet, silence = hiss(1, HISS), np.zeros(SAMPLE_RATE_HZ, np.int16)
    through(residual, quiet, quiet, silence)
    word = hiss(1, 1000, seed=3)
    handed_on = np.concatenate((quiet[:432], word[:-432]))  # as late as the canceller does
    handed_on[SAMPLE_RATE_HZ // 2 :] //= 20
    assert np.array_equal(through(residual, word, handed_on, silence), handed_on)


def test_a_voice_passes_from_its_first_frame_while_an_echo_is_heard() -> None:
    residual = with_echo()
    voice = hiss(BLOCK_SAMPLES / SAMPLE_RATE_HZ, 1500, seed=5)
    far = hiss(BLOCK_SAMPLES / SAMPLE_RATE_HZ, 1000, seed=6)
    said = residual.process(voice + far, far, voice)
    opened = FRAME_SAMPLES // 5
    assert np.array_equal(said[opened:], voice[opened:])


def test_a_voice_in_the_second_frame_of_a_block_opens_for_the_first() -> None:
    residual = with_echo()
    voice = hiss(BLOCK_SAMPLES / SAMPLE_RATE_HZ, 1500, seed=5)
    voice[:FRAME_SAMPLES] //= 30  # it begins
    said = residual.process(voice, voice, voice)
    opened = FRAME_SAMPLES // 5
    assert np.array_equal(said[opened:], voice[opened:])


def test_a_voice_in_one_band_is_enough() -> None:
    residual = with_echo()
    at = np.arange(BLOCK_SAMPLES) / SAMPLE_RATE_HZ
    whistle = (600 * np.sin(2 * np.pi * 1000 * at)).astype(np.int16)
    assert power_db(whistle) < power_db(hiss(1, 1000)) - 6
    assert np.array_equal(residual.process(whistle, whistle, whistle)[FRAME_SAMPLES:], whistle[FRAME_SAMPLES:])


def test_the_pauses_of_a_voice_are_left_alone() -> None:
    residual = with_echo()
    voice, echo = hiss(0.5, 1500, seed=5), hiss(0.9, 1000, seed=6)
    through(residual, voice + hiss(0.5, 1000, seed=7), voice)
    left = echo // 10
    assert np.array_equal(through(residual, echo, left), left)


def test_soon_after_the_far_end_fell_silent_a_quiet_voice_passes() -> None:
    residual = with_echo()
    quiet = hiss(0.6, HISS, seed=5)
    through(residual, quiet, quiet)
    voice = hiss(0.5, 60, seed=6)
    assert np.array_equal(through(residual, voice, voice)[FRAME_SAMPLES:], voice[FRAME_SAMPLES:])


samples = st.integers(1, 4).flatmap(lambda frames: arrays(np.int16, frames * FRAME_SAMPLES))


@given(st.lists(samples, min_size=1, max_size=4), st.integers(0, 40))
def test_nothing_is_ever_raised_lengthened_or_taken_down_further_than_the_depth(
    blocks: list[Samples], left_db: int
) -> None:
    residual = with_echo(-30, seconds=0.1)
    for heard in blocks:
        cleaned = (heard * 10 ** (-left_db / 20)).astype(np.int16)
        said = residual.process(heard, heard, cleaned)
        assert said.shape == cleaned.shape
        assert said.dtype == np.int16
        loud = np.abs(cleaned.astype(int))
        assert (np.abs(said.astype(int)) <= loud).all()
        assert (np.abs(said.astype(int)) >= np.floor(loud * 10 ** (-DEPTH_DB / 20)) - 1).all()
