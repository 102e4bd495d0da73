"""The way from what is played and recorded through the voice's processing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fakes.devices import DeviceNews, Ears
from vidphone.media.plumbing import BLOCK_SAMPLES, Samples
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.sound import microphone, speaker
from vidphone.media.sound.files import FileMicrophone
from vidphone.media.sound.select import microphone_from


class Half(VoiceProcessor):
    """Makes what comes from the microphone half as loud."""

    def near(self, samples: Samples) -> Samples:
        return samples // np.int16(2)


def test_a_speaker_tells_what_it_really_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    gives: list[Any] = []
    monkeypatch.setattr(speaker, "open_speaker", lambda _device, give, *, server: gives.append(give))
    told: list[Samples] = []
    played = speaker.Speaker("", DeviceNews(), heard=told.append)
    played.play(np.arange(1000, dtype=np.int16))
    played._open("", server=False)
    blocks = [gives[0](480) for _ in range(3)]
    assert np.array_equal(np.concatenate(told), np.concatenate(blocks))
    assert np.array_equal(np.concatenate(told)[:1000], np.arange(1000))


def test_a_microphones_sound_is_processed_before_anybody_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    takes: list[Any] = []
    monkeypatch.setattr(microphone, "open_microphone", lambda _device, take, *, server: takes.append(take))
    ears = Ears()
    source = microphone_from("", ears, DeviceNews(), Half())
    assert isinstance(source, microphone.Microphone)
    source._open("", server=False)
    takes[0](np.full(BLOCK_SAMPLES, 100, np.int16), 1.0)
    assert set(ears.samples.tolist()) == {50}


def test_a_file_is_said_as_it_is(tmp_path: Path) -> None:
    assert isinstance(microphone_from(str(tmp_path / "a.wav"), Ears(), DeviceNews(), Half()), FileMicrophone)
