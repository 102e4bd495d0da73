import logging
import threading

import numpy as np
import pytest

from tests.fakes.devices import Ears, eventually
from vidphone.media.fanout import AUDIO_DEPTH, AudioFanout
from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock


def _block(number: int) -> AudioBlock:
    return AudioBlock(np.full(BLOCK_SAMPLES, number, np.int16), number / 50)


class _Stuck:
    def __init__(self) -> None:
        self.release = threading.Event()
        self.entered = threading.Event()
        self.taken: list[float] = []

    def audio(self, block: AudioBlock) -> None:
        self.entered.set()
        self.release.wait(10)
        self.taken.append(block.made_at_s)


class _Failing:
    def audio(self, block: AudioBlock) -> None:
        raise ValueError(block.made_at_s)


def test_a_stuck_sink_holds_up_no_other_and_loses_the_oldest() -> None:
    fanout, stuck, good = AudioFanout(), _Stuck(), Ears()
    fanout.add(stuck)
    fanout.add(good)
    fanout.audio(_block(0))
    assert stuck.entered.wait(5)
    for number in range(1, 30):
        fanout.audio(_block(number))
        assert good.hear(number + 1)
    stuck.release.set()
    assert eventually(lambda: len(stuck.taken) == AUDIO_DEPTH + 1)
    assert stuck.taken[-1] == 29 / 50
    fanout.close()


def test_a_failing_sink_stops_neither_itself_nor_others(caplog: pytest.LogCaptureFixture) -> None:
    fanout, good = AudioFanout(), Ears()
    fanout.add(_Failing())
    fanout.add(good)
    with caplog.at_level(logging.CRITICAL, "vidphone.media.fanout"):
        for number in range(5):
            fanout.audio(_block(number))
            assert good.hear(number + 1)
    fanout.close()


def test_sinks_come_and_go_while_it_runs_and_leave_no_thread() -> None:
    before = set(threading.enumerate())
    fanout, early, late = AudioFanout(), Ears(), Ears()
    fanout.add(early)
    fanout.add(early)
    fanout.audio(_block(1))
    assert early.hear(1)
    fanout.add(late)
    fanout.remove(early)
    fanout.audio(_block(2))
    assert late.hear(1)
    assert [block.made_at_s for block in early.blocks] == [1 / 50]
    states = [fanout.empty]
    fanout.close()
    assert [*states, fanout.empty] == [False, True]
    assert set(threading.enumerate()) == before
