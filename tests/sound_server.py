"""A PulseAudio server of the tests' own, with devices made of null sinks.

In a test: `pytest_plugins` is not needed; import the fixture by name.

    from tests.sound_server import sound_server  # noqa: F401

Each device has two ends. What is played into the sink `mic_a` comes out of the microphone `mic_a_in`; what a program
plays on the speaker `spk_a` can be recorded from `spk_a.monitor`. Outside pytest, `with SoundServer() as server:`
does the same; programs started with `server.environment()` use it.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

MICROPHONES = ("mic_a", "mic_b")
SPEAKERS = ("spk_a", "spk_b")

_ALSA_CONFIG = """\
pcm.pulse {
    type pulse
    hint.description "PulseAudio"
}
ctl.pulse { type pulse }
pcm.default { type pulse }
ctl.default { type pulse }
"""
_CLIENT_CONFIG = "autospawn = no\nenable-shm = no\n"
_FORMAT = ("--raw", "--format=s16le", f"--rate={SAMPLE_RATE_HZ}", "--channels=1")
_READY_S = 10.0


class SoundServer:
    """One server, in a folder of its own; gone with all it made when the `with` block ends."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="snd-"))  # short: a socket's path has at most 107 bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._before: dict[str, str | None] = {}

    def environment(self) -> dict[str, str]:
        """What leads a program, and its PortAudio, to this server."""
        return {
            "PULSE_SERVER": f"unix:{self._folder}/native",
            "PULSE_RUNTIME_PATH": str(self._folder),
            "PULSE_STATE_PATH": str(self._folder),
            "PULSE_CLIENTCONFIG": str(self._folder / "client.conf"),
            "PULSE_COOKIE": str(self._folder / "cookie"),
            "ALSA_CONFIG_PATH": str(self._folder / "alsa.conf"),
        }

    def __enter__(self) -> "SoundServer":
        (self._folder / "alsa.conf").write_text(_ALSA_CONFIG)
        (self._folder / "client.conf").write_text(_CLIENT_CONFIG)
        self._before = {name: os.environ.get(name) for name in self.environment()}
        os.environ.update(self.environment())
        self.run()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self) -> None:
        """Start the server with its devices."""
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
                   "--log-level=error",
                   "--high-priority=no", "--realtime=no", "--disable-shm=yes",
                   "-L", f"module-native-protocol-unix socket={self._folder}/native auth-anonymous=1",
                   "-L", "module-rescue-streams"]  # fmt: skip
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        deadline_s = time.monotonic() + _READY_S
        while subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode != 0:
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text(errors="replace"))
            time.sleep(0.05)
        for name in MICROPHONES:
            self.plug_microphone(name)
        for name in SPEAKERS:
            self.plug_speaker(name)
        self.control("set-default-sink", SPEAKERS[0])
        self.control("set-default-source", f"{MICROPHONES[0]}_in")

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def control(self, *words: str) -> str:
        """`pactl` with these words."""
        return subprocess.run(["pactl", *words], capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    def plug_speaker(self, name: str) -> str:
        """Make a speaker; what comes back unplugs it."""
        return self.control(
            "load-module",
            "module-null-sink",
            "norewinds=1",
            f"sink_name={name}",
            f"sink_properties=device.description={name}_speaker",
        )

    def plug_microphone(self, name: str) -> str:
        """Make the microphone `<name>_in`, fed by the sink `name`; what comes back unplugs the microphone."""
        self.control("load-module", "module-null-sink", "norewinds=1", f"sink_name={name}")
        return self.plug_in(name)

    def plug_in(self, name: str) -> str:
        """Plug the microphone of an existing sink in again."""
        return self.control(
            "load-module", "module-remap-source", f"source_name={name}_in", f"master={name}.monitor", "channels=1",
            f"source_properties=device.description={name}_microphone",
        )  # fmt: skip

    def unplug(self, module: str) -> None:
        """Take away what a `plug…` made."""
        self.control("unload-module", module)

    def module_of(self, argument: str) -> str:
        """The number of the module that was loaded with an argument."""
        lines = self.control("list", "short", "modules").splitlines()
        return next(line.split("\t")[0] for line in lines if argument in line)

    def streams(self, kind: str) -> list[str]:
        """The devices, by name, that streams of a kind (`sink-inputs`, `source-outputs`) use."""
        devices = "sinks" if kind == "sink-inputs" else "sources"
        names = dict(line.split("\t")[:2] for line in self.control("list", "short", devices).splitlines())
        return [names.get(line.split("\t")[1], "?") for line in self.control("list", "short", kind).splitlines()]

    def play(self, samples: Samples, sink: str) -> threading.Thread:
        """Play samples into a sink; join what comes back to wait for the end."""

        def work() -> None:
            subprocess.run(
                ["pacat", "--playback", *_FORMAT, "--latency-msec=50", f"--device={sink}"],
                input=samples.tobytes(), check=False, timeout=60,
            )  # fmt: skip

        thread = threading.Thread(target=work, name="test-play", daemon=True)
        thread.start()
        return thread

    def record(self, sink: str, seconds: float) -> Samples:
        """What a speaker plays for some seconds from now."""
        recorder = subprocess.Popen(
            ["pacat", "--record", *_FORMAT, "--latency-msec=20", f"--device={sink}.monitor"], stdout=subprocess.PIPE
        )
        assert recorder.stdout is not None
        data = recorder.stdout.read(round(seconds * SAMPLE_RATE_HZ) * 2)
        recorder.kill()
        recorder.wait(10)
        recorder.stdout.close()
        return np.frombuffer(data, np.int16)


@pytest.fixture(scope="module")
def sound_server() -> Iterator[SoundServer]:
    """A server for the tests of one module."""
    with SoundServer() as server:
        yield server
