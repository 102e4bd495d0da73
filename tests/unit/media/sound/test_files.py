import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.devices import DeviceNews, Ears
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from vidphone.media.sound.files import FileMicrophone, NoMicrophone, ToneMicrophone, blocks_of
from vidphone.media.sound.microphone import Microphone
from vidphone.media.sound.select import microphone_from
from vidphone.resources import assets_dir
from vidphone.wire.errors import ErrorCode, VidphoneError

SPEECH = assets_dir() / "speech"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_speech_that_ships_is_ten_to_twenty_seconds_and_loud_enough(language: str) -> None:
    blocks = list(blocks_of(SPEECH / f"{language}.opus"))
    assert {block.size for block in blocks} == {BLOCK_SAMPLES}
    whole = np.concatenate(blocks).astype(int)
    assert 10 < whole.size / SAMPLE_RATE_HZ < 20
    assert 10_000 < np.abs(whole).max() < 32_000


def test_a_file_is_played_in_real_time_as_it_is() -> None:
    before = set(threading.enumerate())
    ears = Ears()
    source = FileMicrophone(SPEECH / "en.opus", ears)
    source.start()
    assert ears.hear(15)
    source.stop()
    assert ears.blocks[14].made_at_s - ears.blocks[0].made_at_s > 0.15  # up to five blocks may be made up for
    wanted = np.concatenate(list(blocks_of(SPEECH / "en.opus")))[: ears.samples.size]
    assert np.array_equal(ears.samples, wanted)
    assert set(threading.enumerate()) == before


def test_a_file_begins_again_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(np.full((1600, 2), 5000, np.int16).tobytes())
    ears = Ears()
    source = FileMicrophone(path, ears)
    source.start()
    assert ears.hear(12)
    source.stop()
    assert np.mean(np.abs(ears.samples - 5000.0) < 300) > 0.9


@pytest.mark.parametrize("content", [None, b"", b"silence" * 100])
def test_a_file_without_sound_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "voice.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VidphoneError) as refused:
        FileMicrophone(path, Ears()).start()
    assert refused.value.code is ErrorCode.BAD_FILE


def test_the_tone_is_soft_and_at_440_hz() -> None:
    ears = Ears()
    source = ToneMicrophone(ears)
    source.start()
    assert ears.hear(25)
    source.stop()
    spectrum = np.abs(np.fft.rfft(ears.samples[: 25 * BLOCK_SAMPLES]))
    assert spectrum.argmax() * SAMPLE_RATE_HZ / (25 * BLOCK_SAMPLES) == pytest.approx(440, abs=3)
    assert np.abs(ears.samples).max() < 8000


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ("", Microphone),
        ("alsa_input.usb-Blue_Yeti-00.analog-stereo", Microphone),
        ("tone", ToneMicrophone),
        ("none", NoMicrophone),
        ("voice.wav", FileMicrophone),
    ],
)
def test_a_setting_names_its_source(spec: str, kind: type) -> None:
    assert type(microphone_from(spec, Ears(), DeviceNews())) is kind


def test_no_microphone_starts_and_stops() -> None:
    source = microphone_from("none", Ears(), DeviceNews())
    source.start()
    source.stop()
