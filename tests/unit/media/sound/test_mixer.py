import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.plumbing import BLOCK_SAMPLES, Samples
from vidphone.media.sound.mixer import Discarder, Mixer


def _is_silent(samples: Samples) -> bool:
    return not samples.any()


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=6))
def test_a_mix_is_limited_never_wrapped(levels: list[int]) -> None:
    mixer = Mixer()
    for level in levels:
        mixer.play(np.full(10, level, np.int16))
    assert mixer.mix(10).tolist() == [max(-32768, min(sum(levels), 32767))] * 10


def test_a_repeated_tone_goes_round_until_it_is_stopped_softly() -> None:
    mixer = Mixer()
    playing = mixer.play(np.arange(1, 1001, dtype=np.int16), repeat=True)
    out = np.concatenate([mixer.mix(480) for _ in range(10)])
    assert out.tolist() == [i % 1000 + 1 for i in range(4800)]
    playing.stop()
    last = mixer.mix(480)
    assert last[-1] == 0
    assert playing.done
    assert _is_silent(mixer.mix(480))


def test_a_tone_played_once_ends_by_itself() -> None:
    mixer = Mixer()
    playing = mixer.play(np.full(500, 7, np.int16))
    assert [int(np.count_nonzero(mixer.mix(480))) for _ in range(3)] == [480, 20, 0]
    assert playing.done


class _Call:
    """A source of one level, or of nothing."""

    def __init__(self, level: int | None) -> None:
        self.level = level
        self.asked: list[int] = []
        self.often = threading.Event()

    def take(self, count: int) -> Samples | None:
        self.asked.append(count)
        if len(self.asked) > 3:
            self.often.set()
        return None if self.level is None else np.full(count, self.level, np.int16)


@given(st.lists(st.integers(-32768, 32767) | st.none(), max_size=6), st.integers(1, 2000))
def test_what_is_pulled_adds_up_within_limits(levels: list[int | None], count: int) -> None:
    mixer = Mixer()
    for number, level in enumerate(levels):
        mixer.pull(str(number), _Call(level))
    loud = sum(level or 0 for level in levels)
    assert mixer.mix(count).tolist() == [max(-32768, min(loud, 32767))] * count


def test_sources_are_pulled_by_what_is_played_and_no_more() -> None:
    mixer, call = Mixer(), _Call(5)
    mixer.pull("call", call)
    mixer.mix(480)
    mixer.mix(960)
    assert call.asked == [480, 960]


def test_closed_sources_are_pulled_no_more() -> None:
    mixer = Mixer()
    calls = [_Call(1000) for _ in range(3)]
    inputs = [mixer.pull(str(number), call) for number, call in enumerate(calls)]
    inputs[1].close()
    assert mixer.input_count == 2
    assert mixer.mix(BLOCK_SAMPLES)[-1] == 2000
    assert not calls[1].asked


def test_without_a_speaker_calls_are_pulled_all_the_same() -> None:
    mixer, call = Mixer(), _Call(1)
    mixer.pull("call", call)
    discarder = Discarder(mixer)
    discarder.start()
    assert call.often.wait(10)
    discarder.stop()
    assert set(call.asked) == {BLOCK_SAMPLES}
