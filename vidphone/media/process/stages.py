"""The library's three stages in the order in which WebRTC runs them: echo, noise, gain (docs/adr/0009).

Behind its echo canceller comes a stage of our own, for what that leaves.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from pywebrtc_audio import EchoCanceller, GainController, NoiseSuppressor

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples
from vidphone.media.process.residual import ResidualEcho
from vidphone.media.process.switches import VoiceProcessing

_NOISE_LEVEL = 2
"""18 dB: what Chromium asks for."""
_MAX_GAIN_DB, _HEADROOM_DB = 24.0, 12.0
"""Speech comes out at -22 dBFS; the library's own 50 and 5 make it 8 dB louder than what other phones send."""
_WARM_LEVEL_DBFS, _WARM_S = -16, 2


class EchoRemover:
    """The library's echo canceller, and what it leaves taken down."""

    def __init__(self) -> None:
        """Nothing learnt yet."""
        self._canceller = EchoCanceller(SAMPLE_RATE_HZ)
        self._residual = ResidualEcho()

    def process(self, near: Samples, far: Samples) -> Samples:
        """Whole frames of 10 ms of the microphone's sound, without the echo of `far`."""
        return self._residual.process(near, far, self._canceller.process(near, far))


@dataclass(slots=True)
class Stages:
    """What is switched on. For one thread at a time."""

    echo: EchoRemover | None = None
    noise: NoiseSuppressor | None = None
    gain: GainController | None = None

    def follow(self, switches: VoiceProcessing) -> None:
        """Make what was switched on, which takes a few milliseconds; drop what was switched off."""
        for field in fields(switches):
            wanted, there = getattr(switches, field.name), getattr(self, field.name) is not None
            if wanted != there:
                setattr(self, field.name, _MAKERS[field.name]() if wanted else None)

    def process(self, near: Samples, far: Samples) -> Samples:
        """Whole frames of 10 ms: the microphone's sound without the echo of `far`, without noise, evened out."""
        if self.echo is not None:
            near = self.echo.process(near, far)
        if self.noise is not None:
            near = self.noise.process(near)
        if self.gain is not None:
            near = self.gain.process(near)
        return near


def _noise() -> NoiseSuppressor:
    return NoiseSuppressor(SAMPLE_RATE_HZ, level=_NOISE_LEVEL)


def _gain() -> GainController:
    """A gain that begins at 3 dB: untaught, it begins at 15 and raises what is left of the echo by as much."""
    gain = GainController(SAMPLE_RATE_HZ, max_gain_db=_MAX_GAIN_DB, headroom_db=_HEADROOM_DB)
    loud = np.random.default_rng(0).standard_normal(_WARM_S * SAMPLE_RATE_HZ) * 32768 * 10 ** (_WARM_LEVEL_DBFS / 20)
    gain.process(np.clip(loud, -32768, 32767).astype(np.int16), speech_probability=1.0)
    return gain


_MAKERS: dict[str, Callable[[], object]] = {"echo": EchoRemover, "noise": _noise, "gain": _gain}
