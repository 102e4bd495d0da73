"""What the device test says of a microphone, by its levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.sound.levels import SILENCE_DBFS, SoundLevel
from vidphone.ui.first_run.hearing import FALL_DB_PER_S, HOLD_S, LOST_S, MEMORY_S, PATIENCE_S, Hearing, MicrophoneTrial

STEP_S = 0.06
BEGAN_S = 100.0


class Trial:
    """A microphone's levels, sixteen a second."""

    def __init__(self) -> None:
        self.now_s = BEGAN_S
        self.trial = MicrophoneTrial(self.now_s)

    def hears(self, rms_dbfs: float, seconds: float, peak_dbfs: float | None = None) -> Hearing:
        for _ in range(round(seconds / STEP_S)):
            self.now_s += STEP_S
            self.trial.take(SoundLevel(rms_dbfs, rms_dbfs + 12 if peak_dbfs is None else peak_dbfs), self.now_s)
        return self.trial.hearing(self.now_s)


@pytest.mark.parametrize("rms_dbfs", [-40.0, -30.0, -20.0])
def test_a_voice_is_heard_within_half_a_second(rms_dbfs: float) -> None:
    assert Trial().hears(rms_dbfs, 0.48) is Hearing.HEARD


def test_a_knock_on_the_table_is_no_voice() -> None:
    trial = Trial()
    trial.hears(-65, 1)
    assert trial.hears(-15, 0.12) is Hearing.WAITING


def test_nobody_is_told_too_early_that_nothing_was_heard() -> None:
    trial = Trial()
    assert trial.hears(-65, PATIENCE_S - 2 * STEP_S) is Hearing.WAITING
    assert trial.hears(-65, 3 * STEP_S) is Hearing.QUIET


def test_complete_silence_is_told_apart_from_soft_noise() -> None:
    assert Trial().hears(SILENCE_DBFS, PATIENCE_S + 1, SILENCE_DBFS) is Hearing.MUTED


def test_a_voice_that_is_cut_off_is_too_loud() -> None:
    assert Trial().hears(-6, 0.5, 0.0) is Hearing.TOO_LOUD


def test_who_was_heard_once_and_is_silent_now_was_heard() -> None:
    trial = Trial()
    trial.hears(-25, 1)
    assert trial.hears(-70, MEMORY_S + PATIENCE_S) is Hearing.HEARD_BEFORE


def test_a_microphone_that_says_nothing_at_all_is_told_apart_from_silence() -> None:
    trial = Trial()
    assert trial.trial.hearing(BEGAN_S + PATIENCE_S - 0.1) is Hearing.WAITING
    assert trial.trial.hearing(BEGAN_S + PATIENCE_S + 0.1) is Hearing.NO_SOUND
    trial.hears(-25, 1)
    assert trial.trial.hearing(trial.now_s + LOST_S + 0.1) is Hearing.NO_SOUND
    assert trial.trial.shown(trial.now_s + LOST_S + 0.1) == 0


def test_another_microphone_begins_afresh() -> None:
    trial = Trial()
    trial.hears(-25, 1)
    trial.trial.begin(trial.now_s)
    assert trial.trial.hearing(trial.now_s) is Hearing.WAITING
    assert not trial.trial.heard_once
    assert trial.trial.peak(trial.now_s) == 0


def test_a_peak_is_held_and_then_falls() -> None:
    trial = Trial()
    trial.hears(-30, STEP_S, -6.0)
    trial.hears(-50, HOLD_S - 2 * STEP_S)
    assert trial.trial.peak_dbfs(trial.now_s) == -6.0
    assert trial.trial.peak_dbfs(BEGAN_S + STEP_S + HOLD_S + 0.5) == pytest.approx(-6.0 - FALL_DB_PER_S / 2)


@given(st.lists(st.tuples(st.floats(SILENCE_DBFS, 0), st.floats(0, 5)), max_size=60))
def test_whatever_is_heard_the_meter_stays_within_its_ends(steps: list[tuple[float, float]]) -> None:
    now_s = 0.0
    trial = MicrophoneTrial(now_s)
    for dbfs, pause_s in steps:
        now_s += pause_s
        trial.take(SoundLevel(dbfs, dbfs), now_s)
        assert 0 <= trial.shown(now_s) <= 1
        assert trial.shown(now_s) <= trial.peak(now_s) + 1e-9
        assert trial.hearing(now_s) in Hearing
