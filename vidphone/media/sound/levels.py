"""How loud a sound is, and where the test of one's own voice stands. Values only: shells read them too."""

import math
from dataclasses import dataclass
from enum import StrEnum

FULL_SCALE = 32768
SILENCE_DBFS = -90.3
"""The smallest step of 16 bits (20·log10(1/32768)): nothing quieter is told apart from silence."""
VOICE_SAMPLE_S = 10.0
"""The longest sample of one's own voice: 960 kB in memory, never on disk."""


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """A short stretch of sound, in dB of full scale: `SILENCE_DBFS` to 0. A sine as loud as can be has -3 in the mean.

    `rms_dbfs` is the root of the mean square, which is how loud it seems; `peak_dbfs` the largest sample, which tells
    whether it was cut off.
    """

    rms_dbfs: float
    peak_dbfs: float


class VoiceState(StrEnum):
    """Where the sample of one's own voice stands."""

    EMPTY = "empty"
    RECORDING = "recording"
    KEPT = "kept"
    PLAYING = "playing"


def dbfs(amplitude: float) -> float:
    """The level of an amplitude (0 to `FULL_SCALE`), `SILENCE_DBFS` at least, 0 at most."""
    if amplitude <= 1:
        return SILENCE_DBFS
    return min(0.0, 20 * math.log10(amplitude / FULL_SCALE))
