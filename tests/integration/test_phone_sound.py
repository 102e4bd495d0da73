"""Phones with real microphones and speakers, which are PulseAudio's null sinks: what is said into one is heard at the
other, and devices may come and go in the call."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from tests.sound_server import SoundServer
from tests.sound_server import sound_server as sound_server  # noqa: PLC0414 - a fixture, used by its name
from tests.support.clips import Sound, sound, speech_likeness_in_pieces
from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import Provider
from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.sound.files import blocks_of
from vidphone.resources import assets_dir

pytestmark = [pytest.mark.slow, pytest.mark.sound, pytest.mark.timeout(180)]

HEARD_S = 7.0
LIKE, UNLIKE = 0.6, 0.5
"""Measured: 0.8 to 0.96, and 0.27 to 0.31."""
AS_IT_IS = ("--camera", "none", "--voice", "none")
"""What is said is compared with what is heard sample by sample, and both talk at once."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service"))
    for number in ("1001", "1002"):
        provider.add_customer(number)
    with provider:
        yield provider


@contextmanager
def two_phones(
    provider: Provider, folder: Path, of_a: tuple[str, ...], of_b: tuple[str, ...]
) -> Iterator[tuple[HeadlessPhone, HeadlessPhone]]:
    with (
        HeadlessPhone(provider.url, folder / "a", *of_a) as a,
        HeadlessPhone(provider.url, folder / "b", *of_b) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        yield a, b


def speech(language: str) -> Samples:
    return np.concatenate(list(blocks_of(assets_dir() / "speech" / f"{language}.opus")))


def for_clips(samples: Samples) -> Sound:
    """As `tests.support.clips` compares them: every third sample, of a mean of three."""
    whole: Sound = samples[: samples.size // 3 * 3].reshape(-1, 3).astype(np.float32).mean(axis=1)
    return whole / np.float32(32768)


class Talking:
    """Somebody who says a speech over and over into a microphone's sink."""

    def __init__(self, samples: Samples, sink: str) -> None:
        command = ["pacat", "--playback", "--raw", "--format=s16le", f"--rate={SAMPLE_RATE_HZ}", "--channels=1"]
        self._process = subprocess.Popen([*command, "--latency-msec=50", f"--device={sink}"], stdin=subprocess.PIPE)
        self._samples = samples.tobytes()
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self) -> None:
        assert self._process.stdin is not None
        try:
            while True:
                self._process.stdin.write(self._samples)
        except (BrokenPipeError, ValueError):
            return

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)
        self._thread.join(10)
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()


def hear(server: SoundServer, *sinks: str) -> list[Sound]:
    """What several speakers play, in the same seconds."""
    heard: dict[str, Samples] = {}
    listeners = [
        threading.Thread(target=lambda sink=sink: heard.update({sink: server.record(sink, HEARD_S)})) for sink in sinks
    ]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    return [for_clips(heard[sink]) for sink in sinks]


def test_speech_into_either_microphone_comes_out_of_the_others_speaker(
    sound_server: SoundServer, provider: Provider, tmp_path: Path
) -> None:
    english, chinese = speech("en"), speech("zh")
    of_a = (*AS_IT_IS, "--mic", "mic_a_in", "--speaker", "spk_a")
    of_b = (*AS_IT_IS, "--mic", "mic_b_in", "--speaker", "spk_b")
    with two_phones(provider, tmp_path, of_a, of_b) as (a, b):
        connect(a, b, "1002", video=False)
        with Talking(english, "mic_a"), Talking(chinese, "mic_b"):
            a.wait_for("stats")
            b.wait_for("stats")
            at_a, at_b = hear(sound_server, "spk_a", "spk_b")
        assert is_speech(at_b, english, not_of=chinese)
        assert is_speech(at_a, chinese, not_of=english)
        for phone in (a, b):
            assert not phone.heard("device")
        a.do("hang-up")
        b.wait_for("ended")


def test_who_speaks_does_not_hear_the_own_voice_out_of_the_others_speaker(
    sound_server: SoundServer, provider: Provider, tmp_path: Path
) -> None:
    of_a = ("--camera", "none", "--mic", "mic_a_in", "--speaker", "spk_a")
    of_b = ("--camera", "none", "--mic", str(assets_dir() / "speech" / "en.opus"), "--speaker", "none")
    way = ("module-loopback", "source=spk_a.monitor", "sink=mic_a", "latency_msec=40")
    room = sound_server.control("load-module", *way).strip()
    try:
        with two_phones(provider, tmp_path, of_a, of_b) as (a, b):
            connect(a, b, "1002", video=False)
            hear(sound_server, "spk_a")  # time to learn the way of the echo
            b.do("record", path=str(tmp_path / "b.mkv"))
            b.wait_for("recording", on=True)
            (played,) = hear(sound_server, "spk_a")
            b.do("record", path=None)
            b.wait_for("recording", on=False)
    finally:
        sound_server.control("unload-module", room)
    back = sound(tmp_path / "b.mkv")
    level_db = [20 * np.log10(np.sqrt(np.mean(one[one.size // 2 :] ** 2)) + 1e-6) for one in (played, back)]
    print(f"played at {level_db[0]:.0f} dBFS, back at {level_db[1]:.0f}")
    assert level_db[0] > -40
    # Measured: 22 and 53 dB; 10 and 14 on a machine so busy that devices skipped; 0 unprocessed.
    assert level_db[1] < level_db[0] - 6


def is_speech(heard: Sound, said: Samples, *, not_of: Samples) -> bool:
    right, wrong = (speech_likeness_in_pieces(heard, for_clips(samples)) for samples in (said, not_of))
    print(f"like what was said {right:.2f}, like other speech {wrong:.2f}")
    return right > LIKE and wrong < UNLIKE


def test_a_headset_is_used_when_plugged_in_and_left_when_pulled_out_and_the_call_goes_on(
    sound_server: SoundServer, provider: Provider, tmp_path: Path
) -> None:
    english, chinese = speech("en"), speech("zh")
    of_b = ("--camera", "none", "--mic", "tone", "--speaker", "none")
    with two_phones(provider, tmp_path, AS_IT_IS, of_b) as (a, b):
        call = connect(a, b, "1002", video=False)
        a.wait_for("stats")
        modules = [sound_server.plug_speaker("head"), sound_server.plug_microphone("head_mic")]
        make_default(sound_server, "head", "head_mic_in")
        a.has_said("device", kind="speaker", name="head_speaker")
        a.has_said("device", kind="microphone", name="head_mic_microphone")
        assert is_heard(sound_server, a, b, english, chinese, tmp_path / "headset.mkv", "head_mic", "head")
        for module in modules:
            sound_server.unplug(module)
        make_default(sound_server, "spk_a", "mic_a_in")
        a.has_said("device", kind="speaker", name="spk_a_speaker")
        a.has_said("device", kind="microphone", name="mic_a_microphone")
        assert is_heard(sound_server, a, b, chinese, english, tmp_path / "after.mkv", "mic_a", "spk_a")
        assert len(a.heard("device")) <= 6  # in use, gone where the server was slow, in use: of two devices
        assert 0 < len(a.heard("devices")) <= 12  # a word for each change, not for each thing the server says
        assert not a.heard("reconnecting")
        a.do("hang-up")
        assert b.wait_for("ended", call=call)["reason"] == "hung-up"


def make_default(server: SoundServer, speaker: str, microphone: str) -> None:
    """What a desktop's own rules do when a headset comes or goes."""
    server.control("set-default-sink", speaker)
    server.control("set-default-source", microphone)


def is_heard(
    server: SoundServer, a: HeadlessPhone, b: HeadlessPhone, said: Samples, other: Samples, into: Path, *devices: str
) -> bool:
    """Whether b hears what is said into a's microphone (the first device), and a's speaker (the second) b's tone."""
    microphone, speaker = devices
    with Talking(said, microphone):
        b.do("record", path=str(into))
        b.wait_for("recording", on=True)
        (tone,) = hear(server, speaker)
        b.do("record", path=None)
        b.wait_for("recording", on=False)
    return float(np.abs(tone).max()) > 0.01 and is_speech(sound(into), said, not_of=other)


def test_a_call_without_any_device_goes_on_and_says_so_once(provider: Provider, tmp_path: Path) -> None:
    if any(Path("/dev").glob("video*")) or any(Path("/proc/asound").glob("card*")):
        pytest.skip("this machine has a camera or a sound card")
    nothing = {"PULSE_SERVER": f"unix:{tmp_path}/none", "ALSA_CONFIG_PATH": "/usr/share/alsa/alsa.conf"}
    with (
        HeadlessPhone(provider.url, tmp_path / "a", environment=nothing) as a,
        HeadlessPhone(
            provider.url, tmp_path / "b", "--camera", "test", "--mic", "tone", "--speaker", "none", "--size", "320x180"
        ) as b,
    ):
        a.sign_in("1001")
        b.sign_in("1002")
        connect(a, b, "1002")
        a.has_said("first-frame")
        for kind, code in (("camera", "no-camera"), ("microphone", "no-microphone"), ("speaker", "no-speaker")):
            told = a.has_said("device", kind=kind, code=code)
            assert told["message"]
            assert told["next_step"]
        first = a.wait_for("stats")
        for _ in range(8):
            last = a.wait_for("stats")
        assert last["frames"] > first["frames"] + 30
        assert last["audio_packets"] > first["audio_packets"] + 100
        notices = [(line["kind"], line.get("code")) for line in a.heard("device")]
        assert len(notices) == len(set(notices)) == 3
        b.do("hang-up")
        assert a.wait_for("ended")["reason"] == "hung-up"


def test_a_camera_file_that_cannot_be_used_leaves_the_voice(provider: Provider, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    of_a = ("--camera", str(tmp_path / "broken.mp4"), "--mic", "tone", "--speaker", "none")
    of_b = ("--camera", "none", "--mic", "tone", "--speaker", "none")
    with two_phones(provider, tmp_path, of_a, of_b) as (a, b):
        connect(a, b, "1002")
        told = a.has_said("device", kind="camera")
        assert told["code"] == "bad-file"
        assert "broken.mp4" in told["message"]
        first = b.wait_for("stats")
        b.wait_for("stats")
        assert b.wait_for("stats")["audio_packets"] > first["audio_packets"]
        assert len(a.heard("device")) == 1
        a.do("hang-up")
        b.wait_for("ended")
