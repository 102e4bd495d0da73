import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock, Samples
from vidphone.media.sound.mixer import (
    CAPACITY_MS,
    RESERVE_MAX_MS,
    RESERVE_MIN_MS,
    RESERVE_START_MS,
    Discarder,
    Mixer,
    Ring,
)

_CAPACITY = 100


class RingAgainstList(RuleBasedStateMachine):
    """A ring is the last `_CAPACITY` samples of a list."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring(_CAPACITY)
        self.model: list[int] = []
        self.next = 0

    @rule(count=st.integers(0, 3 * _CAPACITY))
    def put(self, count: int) -> None:
        new = [(self.next + i) % 30_000 for i in range(count)]
        self.next += count
        dropped = self.ring.put(np.array(new, np.int16))
        assert dropped == max(len(self.model) + count - _CAPACITY, 0)
        self.model = (self.model + new)[-_CAPACITY:]

    @rule(count=st.integers(0, 2 * _CAPACITY))
    def take(self, count: int) -> None:
        assert self.ring.take(count).tolist() == self.model[:count]
        self.model = self.model[count:]

    @rule(count=st.integers(0, 2 * _CAPACITY))
    def skip(self, count: int) -> None:
        self.ring.skip(count)
        self.model = self.model[count:]

    @invariant()
    def level_is_what_is_there(self) -> None:
        assert self.ring.level == len(self.model)


TestRing = RingAgainstList.TestCase
TestRing.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def _block(level: int = 1000) -> AudioBlock:
    return AudioBlock(np.full(BLOCK_SAMPLES, level, np.int16), 0.0)


def _is_silent(samples: Samples) -> bool:
    return not samples.any()


@settings(deadline=None)
@given(st.lists(st.sampled_from(["in", "out", "out", "close", "tone"]), max_size=150))
def test_any_order_of_feeding_and_playing_gives_blocks_of_the_size_asked_for(events: list[str]) -> None:
    mixer = Mixer()
    source = mixer.input("call")
    for event in events:
        match event:
            case "in":
                source.audio(_block())
            case "out":
                out = mixer.mix(BLOCK_SAMPLES // 2)
                assert out.size == BLOCK_SAMPLES // 2
                assert out.dtype == np.int16
            case "close":
                source.close()
            case "tone":
                mixer.play(np.full(700, 1000, np.int16))
    report = source.report()
    assert RESERVE_MIN_MS <= report.reserve_ms <= RESERVE_MAX_MS


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=6))
def test_a_mix_is_limited_never_wrapped(levels: list[int]) -> None:
    mixer = Mixer()
    for level in levels:
        mixer.play(np.full(10, level, np.int16))
    assert mixer.mix(10).tolist() == [max(-32768, min(sum(levels), 32767))] * 10


def test_sound_begins_when_the_reserve_is_there() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    source.audio(_block())
    assert RESERVE_START_MS > 20
    assert _is_silent(mixer.mix(BLOCK_SAMPLES))
    source.audio(_block())
    assert mixer.mix(BLOCK_SAMPLES)[-1] == 1000


def test_running_dry_is_counted_and_makes_the_reserve_longer() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    for _ in range(2):
        source.audio(_block())
    for _ in range(4):
        mixer.mix(BLOCK_SAMPLES)
    assert source.report().gaps == 0, "it is not known yet whether the pause was meant"
    for _ in range(3):
        source.audio(_block())
    assert not _is_silent(mixer.mix(BLOCK_SAMPLES))
    report = source.report()
    assert (report.gaps, report.gap_ms, report.reserve_ms) == (1, 40.0, RESERVE_START_MS + 10)


def test_a_mute_of_seconds_is_no_gap() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    for _ in range(2):
        source.audio(_block())
    for _ in range(200):
        mixer.mix(BLOCK_SAMPLES)
    for _ in range(3):
        source.audio(_block())
    assert not _is_silent(mixer.mix(BLOCK_SAMPLES))
    assert source.report().gaps == 0


def test_an_even_stream_has_no_gap_and_comes_to_the_shortest_reserve() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    source.audio(_block())
    for _ in range(50 * 60):
        source.audio(_block())
        mixer.mix(BLOCK_SAMPLES)
    report = source.report()
    assert report.gaps == 0
    assert report.reserve_ms == RESERVE_MIN_MS


def test_what_piled_up_is_played_sooner_again() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    for number in range(CAPACITY_MS // 20):
        source.audio(_block(100 * (number + 1)))
    # One block in, one block out: 100 ms would stay in the ring for ever.
    ends_at = 0
    for number in range(50 * 20):
        source.audio(_block(20_000 if number == 900 else 1000))
        if mixer.mix(BLOCK_SAMPLES).max() > 15_000:
            ends_at = number
    assert ends_at - 900 <= 3


def test_a_full_input_drops_the_oldest() -> None:
    mixer = Mixer()
    source = mixer.input("call")
    for number in range(10):
        source.audio(_block(number))
    assert mixer.mix(BLOCK_SAMPLES)[-1] == 10 - CAPACITY_MS // 20


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


def test_closed_inputs_are_heard_no_more() -> None:
    mixer = Mixer()
    inputs = [mixer.input(str(number)) for number in range(3)]
    for one in inputs:
        for _ in range(3):
            one.audio(_block())
    inputs[1].close()
    assert mixer.input_count == 2
    assert mixer.mix(BLOCK_SAMPLES)[-1] == 2000


def test_times_between_blocks_are_reported_from_report_to_report() -> None:
    source = Mixer().input("call")
    for _ in range(10):
        source.audio(_block())
    assert source.report().gap_p95_ms is None
    for _ in range(25):
        source.audio(_block())
    assert source.report().gap_p95_ms == pytest.approx(0, abs=20)


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
