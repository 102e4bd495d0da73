"""The real way of sound: PortAudio, ALSA's plugin and a PulseAudio server with null sinks."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.fakes.devices import DeviceNews, Ears, eventually
from tests.sound_server import SoundServer
from tests.sound_server import sound_server as sound_server  # noqa: PLC0414 - a fixture, used by its name
from vidphone.media.devices import Device
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.sound import portaudio
from vidphone.media.sound.devices import DeviceWatcher, list_microphones, list_speakers
from vidphone.media.sound.files import blocks_of
from vidphone.media.sound.microphone import Microphone
from vidphone.media.sound.pulse import PulseServer
from vidphone.media.sound.speaker import Speaker
from vidphone.resources import assets_dir
from vidphone.wire.errors import ErrorCode

pytestmark = pytest.mark.sound


@pytest.fixture(autouse=True)
def _no_thread_stays(sound_server: SoundServer) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert eventually(lambda: set(threading.enumerate()) <= before)


@pytest.fixture(scope="module")
def speech() -> Samples:
    """A second and a half of someone speaking."""
    whole = np.concatenate(list(blocks_of(assets_dir() / "speech" / "en.opus")))
    return whole[SAMPLE_RATE_HZ // 2 : 2 * SAMPLE_RATE_HZ]


def _likeness(heard: Samples, said: Samples) -> float:
    """The best normalised cross-correlation of what was said with a stretch of what was heard."""
    count = 1 << (heard.size + said.size).bit_length()
    a, b = heard.astype(float), said.astype(float)
    products = np.fft.irfft(np.fft.rfft(a, count) * np.conj(np.fft.rfft(b, count)), count)[: heard.size]
    energies = np.cumsum(np.concatenate(([0.0], a**2)))
    ends = np.minimum(np.arange(heard.size) + said.size, heard.size)
    norms = np.sqrt((energies[ends] - energies[: heard.size]) * (b**2).sum())
    return float(np.max(products / np.maximum(norms, 1.0)))


class Said:
    """A source that says something once."""

    def __init__(self, samples: Samples) -> None:
        self._rest = samples
        self.over = threading.Event()

    def take(self, count: int) -> Samples | None:
        taken, self._rest = self._rest[:count], self._rest[count:]
        if taken.size < count:
            self.over.set()
            return None
        return taken


def _feed(speaker: Speaker, samples: Samples) -> threading.Event:
    """Play as a call would; set when all was pulled."""
    said = Said(samples)
    speaker.pull("call", said)
    return said.over


def test_devices_have_their_real_names_and_defaults(sound_server: SoundServer) -> None:
    assert list_microphones() == (
        Device("mic_a_in", "mic_a_microphone", default=True),
        Device("mic_b_in", "mic_b_microphone", default=False),
    )
    speakers = {device.id: device for device in list_speakers()}
    assert speakers["spk_a"] == Device("spk_a", "spk_a_speaker", default=True)
    assert speakers["spk_b"] == Device("spk_b", "spk_b_speaker", default=False)


@pytest.mark.slow
def test_speech_into_the_microphone_comes_out_of_the_source(sound_server: SoundServer, speech: Samples) -> None:
    ears, other, news = Ears(), Ears(), DeviceNews()
    microphones = [Microphone("mic_b_in", ears, news), Microphone("", other, news)]
    for microphone in microphones:
        microphone.start()
    assert ears.hear(5)
    assert other.hear(5)
    level_before = sound_server.control("get-source-volume", "mic_b_in")
    sound_server.play(speech, "mic_b").join()
    time.sleep(0.3)
    for microphone in microphones:
        microphone.stop()
    assert _likeness(ears.samples, speech) > 0.9
    assert _likeness(other.samples, speech) < 0.2
    assert {block.samples.size for block in ears.blocks} == {BLOCK_SAMPLES}
    steps_s = np.diff([block.made_at_s for block in ears.blocks])
    assert np.median(steps_s) == pytest.approx(0.02, abs=0.003)
    assert sound_server.control("get-source-volume", "mic_b_in") == level_before
    assert news.told == []


@pytest.mark.slow
def test_what_the_speaker_gets_comes_out_of_the_chosen_device(sound_server: SoundServer, speech: Samples) -> None:
    news = DeviceNews()
    speaker = Speaker("spk_b", news)
    speaker.start()
    assert eventually(lambda: sound_server.streams("sink-inputs") == ["spk_b"])
    feeding = _feed(speaker, np.concatenate((speech, speech)))
    heard = sound_server.record("spk_b", speech.size * 2 / SAMPLE_RATE_HZ)
    assert feeding.wait(30)
    speaker.select("spk_a")
    assert eventually(lambda: sound_server.streams("sink-inputs") == ["spk_a"])
    speaker.stop()
    assert _likeness(heard, speech) > 0.9
    assert news.told == [(None, "spk_a_speaker")]


@pytest.mark.slow
def test_a_microphone_unplugged_and_plugged_in_again_goes_on_and_says_so(sound_server: SoundServer) -> None:
    ears, news = Ears(), DeviceNews()
    microphone = Microphone("mic_b_in", ears, news)
    microphone.start()
    assert ears.hear(5)
    sound_server.unplug(sound_server.module_of("source_name=mic_b_in"))
    assert news.hear_of(ErrorCode.MICROPHONE_LOST, "mic_b_microphone")
    assert news.hear_of(None, "mic_a_microphone")
    assert ears.hear(len(ears.blocks) + 5)
    sound_server.plug_in("mic_b")
    assert news.hear_of(None, "mic_b_microphone")
    assert ears.hear(len(ears.blocks) + 5)
    assert "mic_b_in" in sound_server.streams("source-outputs")
    microphone.stop()
    assert len(news.told) == 3


@pytest.mark.slow
def test_a_speaker_unplugged_and_plugged_in_again_goes_on_and_says_so(sound_server: SoundServer) -> None:
    news = DeviceNews()
    speaker = Speaker("spk_b", news)
    speaker.start()
    assert eventually(lambda: sound_server.streams("sink-inputs") == ["spk_b"])
    sound_server.unplug(sound_server.module_of("sink_name=spk_b"))
    assert news.hear_of(ErrorCode.SPEAKER_LOST, "spk_b_speaker")
    assert news.hear_of(None, "spk_a_speaker")
    assert sound_server.streams("sink-inputs") == ["spk_a"]
    sound_server.plug_speaker("spk_b")
    assert news.hear_of(None, "spk_b_speaker")
    assert eventually(lambda: sound_server.streams("sink-inputs") == ["spk_b"])
    speaker.stop()
    assert len(news.told) == 3


def test_the_watcher_tells_of_a_headset_and_ends_when_stopped(sound_server: SoundServer) -> None:
    changed = threading.Event()
    watcher = DeviceWatcher(changed.set)
    watcher.start()
    modules: list[str] = []

    def heard_of() -> bool:
        modules.append(sound_server.plug_speaker(f"headset_{len(modules)}"))
        return changed.wait(1)

    assert eventually(heard_of)
    for module in modules:
        sound_server.unplug(module)
    watcher.stop()


@pytest.mark.slow
def test_a_headset_that_becomes_the_default_is_followed_and_named(sound_server: SoundServer) -> None:
    ears, microphone_news, speaker_news = Ears(), DeviceNews(), DeviceNews()
    microphone, speaker = Microphone("", ears, microphone_news), Speaker("", speaker_news)
    microphone.start()
    speaker.start()
    assert ears.hear(5)
    assert eventually(lambda: sound_server.streams("sink-inputs") == ["spk_a"])
    sound_server.control("set-default-sink", "spk_b")
    sound_server.control("set-default-source", "mic_b_in")
    assert speaker_news.hear_of(None, "spk_b_speaker")
    assert microphone_news.hear_of(None, "mic_b_microphone")
    assert sound_server.streams("sink-inputs") == ["spk_b"]
    assert "mic_b_in" in sound_server.streams("source-outputs")
    sound_server.control("set-default-sink", "spk_a")
    sound_server.control("set-default-source", "mic_a_in")
    microphone.stop()
    speaker.stop()


@pytest.mark.slow
def test_a_sound_server_that_crashed_and_came_back_is_used_again(sound_server: SoundServer) -> None:
    ears, microphone_news, speaker_news = Ears(), DeviceNews(), DeviceNews()
    microphone, speaker = Microphone("", ears, microphone_news), Speaker("", speaker_news)
    microphone.start()
    speaker.start()
    assert ears.hear(5)
    sound_server.kill()
    assert microphone_news.hear_of(ErrorCode.MICROPHONE_LOST)
    assert speaker_news.hear_of(ErrorCode.SPEAKER_LOST)
    # Sound that nobody can play is discarded at its pace, so that what comes later is not late.
    assert _feed(speaker, np.ones(5 * BLOCK_SAMPLES, np.int16)).wait(10)
    sound_server.run()
    assert microphone_news.hear_of(None, "mic_a_microphone")
    assert speaker_news.hear_of(None, "spk_a_speaker")
    assert ears.hear(len(ears.blocks) + 5)
    microphone.stop()
    speaker.stop()


@pytest.mark.slow
def test_without_a_sound_server_portaudio_is_asked_and_made_to_look_again(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PulseServer, "devices", lambda *_: None)
    assert [device.id for device in list_microphones() if device.default] == ["ALSA:default"]
    ears, news = Ears(), DeviceNews()
    microphone = Microphone("", ears, news)
    microphone.start()
    assert ears.hear(5)
    microphone.select("ALSA:pulse")
    assert news.hear_of(None, "pulse")
    assert not portaudio.relist(), "nothing has changed"
    sound_server.kill()
    assert portaudio.relist()
    assert list_speakers() == ()
    assert news.hear_of(ErrorCode.MICROPHONE_LOST, "pulse")
    sound_server.run()
    assert portaudio.relist()
    assert ears.hear(len(ears.blocks) + 5)
    microphone.stop()
