"""Sound and picture together."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.voice.lip_sync import SOUND_EARLIER_S, SOUND_LATER_S, LipSync

CALL_S = 40


def run(
    audio_s: float, video_s: float, *, later: tuple[float, float] | None = None, noise: float = 0.0
) -> list[tuple[float, float, float, float]]:
    """Buffers that follow their minimum within half a second; delays and minima by steps of 250 ms."""
    sync, story = LipSync(), []
    audio, video = audio_s, video_s
    minimum = (0.0, 0.0)
    for number in range(CALL_S * 4):
        natural = later if later and number > CALL_S * 2 else (audio_s, video_s)
        audio += (max(natural[0], 0.02 + minimum[0]) - audio) * 0.5
        video += (max(natural[1], 0.02 + minimum[1]) - video) * 0.5
        shake = noise * (1 if number % 2 else -1)
        minimum = sync.update(
            audio + 1000, video + 1000 + shake, number * 0.25, audio_wait_s=audio - 0.02, video_wait_s=video - 0.02
        )
        story.append((audio, video, *minimum))
    return story


@given(st.floats(0.02, 0.5), st.floats(0.02, 0.5), st.floats(0, 0.03))
def test_they_come_together_and_the_later_one_is_not_held_back(audio_s: float, video_s: float, noise: float) -> None:
    story = run(audio_s, video_s, noise=noise)
    audio, video, audio_minimum, video_minimum = story[-1]
    assert -SOUND_LATER_S - 0.005 <= video - audio <= SOUND_EARLIER_S + 0.005
    assert max(audio, video) <= max(audio_s, video_s) + 0.025
    assert min(audio_minimum, video_minimum) == 0 or max(audio, video) <= max(audio_s, video_s) + 0.025


@given(st.floats(0.02, 0.4), st.floats(0.02, 0.4), st.floats(0.02, 0.4), st.floats(0.02, 0.4))
def test_what_is_no_longer_needed_is_given_back(a: float, b: float, c: float, d: float) -> None:
    audio, video, _, _ = run(a, b, later=(c, d))[-1]
    assert -SOUND_LATER_S - 0.005 <= video - audio <= SOUND_EARLIER_S + 0.005
    assert max(audio, video) <= max(c, d) + 0.025


@given(st.floats(0.0, SOUND_EARLIER_S - 0.001), st.booleans())
def test_what_nobody_notices_is_left_alone(difference_s: float, sound_first: bool) -> None:
    audio, video = (0.1, 0.1 + difference_s) if sound_first else (0.1 + difference_s, 0.1)
    assert all(step[2:] == (0.0, 0.0) for step in run(audio, video))


def test_steps_are_small_and_bounded() -> None:
    story = run(0.02, 5.0)
    minima = [step[2] for step in story]
    assert max(minima) <= 0.5
    assert max(b - a for a, b in pairwise(minima)) <= 0.021
    minima = [step[3] for step in run(5.0, 0.02)]
    assert max(minima) <= 0.5
    assert 0.02 < max(b - a for a, b in pairwise(minima)) <= 0.061


def test_first_pictures_that_are_late_change_nothing() -> None:
    sync = LipSync()
    for number in range(60):
        assert sync.update(0.1, 0.45 if number < 10 else 0.1, number * 0.05) == (0.0, 0.0)


def test_sound_that_begins_far_behind_has_its_picture_within_two_seconds() -> None:
    sync, video_s = LipSync(), 0.05
    for number in range(40):
        _, minimum_s = sync.update(0.25, video_s, number * 0.05, audio_wait_s=0.2)
        video_s = max(0.05, minimum_s)
    assert 0.25 - video_s < 2 * SOUND_LATER_S


def test_a_minimum_leaps_neither_up_nor_down_however_much_the_wait_lags() -> None:
    sync, minima = LipSync(), []
    for number in range(60):
        audio_s = 0.3 if number < 30 else 0.1
        _, video_minimum_s = sync.update(audio_s, 0.1, number * 0.25, audio_wait_s=audio_s, video_wait_s=0.3)
        minima.append(video_minimum_s)
    assert max(minima) > 0.3
    assert min(b - a for a, b in pairwise(minima[30:])) >= -0.071


def test_clocks_without_relation_change_nothing() -> None:
    sync = LipSync()
    for number in range(20):
        assert sync.update(0.05, 1e6, number) == (0.0, 0.0)
