"""The sounds of a telephone, made here: samples at 48 kHz to hand to `Speaker.play`."""

from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

_EDGE_S = 0.005
_DTMF_ROWS_HZ = (697, 770, 852, 941)
_DTMF_COLUMNS_HZ = (1209, 1336, 1477, 1633)
_DTMF_KEYS = "123A456B789C*0#D"
DTMF_S = 0.12
DTMF_PAUSE_S = 0.06


class Tone(Enum):
    """The tones, and whether each is repeated until stopped."""

    RINGTONE = "ringtone", True
    RINGBACK = "ringback", True
    BUSY = "busy", True
    CALL_WAITING = "call-waiting", True
    HANG_UP = "hang-up", False
    CREDIT_WARNING = "credit-warning", False
    TEST = "test", False

    @property
    def repeats(self) -> bool:
        """Whether it goes on until stopped."""
        return self.value[1]


def _times(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def _silence(seconds: float) -> NDArray[np.float64]:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ))


def _beep(seconds: float, *frequencies_hz: float, loudness: float = 0.25) -> NDArray[np.float64]:
    """Sines together, with soft edges; `loudness` is the peak of the sum, 1 being full scale."""
    at = _times(seconds)
    wave = sum((np.sin(2 * np.pi * f * at) for f in frequencies_hz), start=np.zeros(at.size)) / len(frequencies_hz)
    edge = np.clip(np.minimum(at, seconds - at) / _EDGE_S, 0, 1)
    return np.asarray(loudness * wave * edge)


def _bell(frequency_hz: float, seconds: float) -> NDArray[np.float64]:
    """A struck bar, as of a marimba: the fourth harmonic dies away sooner than the ground tone."""
    at = _times(seconds)
    ground = np.sin(2 * np.pi * frequency_hz * at) * np.exp(-5.0 * at)
    fourth = 0.35 * np.sin(2 * np.pi * 3.93 * frequency_hz * at) * np.exp(-16.0 * at)
    attack = np.clip(at / 0.003, 0, 1)
    return np.asarray((ground + fourth) * attack)


_MELODY = (
    # When (in eighths of 0.17 s) and which semitone above D4: a pentatonic figure that rises twice and comes home.
    (0, 0), (1, 7), (2, 9), (3, 12), (5, 9), (6, 14), (8, 0), (9, 7), (10, 9), (11, 16), (13, 14), (14, 12),
)  # fmt: skip


def _ringtone() -> NDArray[np.float64]:
    eighth_s, rest_s, bar_s = 0.17, 1.4, 1.2
    whole = _silence(16 * eighth_s + rest_s)
    for when, semitone in _MELODY:
        note = _bell(293.66 * 2 ** (semitone / 12), bar_s) + 0.4 * _bell(293.66 * 2 ** (semitone / 12 + 1), bar_s)
        start = round(when * eighth_s * SAMPLE_RATE_HZ)
        end = min(start + note.size, whole.size)
        whole[start:end] += note[: end - start]
    return np.asarray(0.6 * whole / np.abs(whole).max())


def _wave(tone: Tone) -> NDArray[np.float64]:
    match tone:
        case Tone.RINGTONE:
            return _ringtone()
        case Tone.RINGBACK:  # as GB/T 3380 and ITU-T E.180 list it for China: 450 Hz, 1 s on, 4 s off
            return np.concatenate((_beep(1.0, 450), _silence(4.0)))
        case Tone.BUSY:  # likewise: 450 Hz, 0.35 s on, 0.35 s off
            return np.concatenate((_beep(0.35, 450), _silence(0.35)))
        case Tone.CALL_WAITING:  # likewise: 450 Hz, 0.4 s on, 4 s off; softer, because someone is talking
            return np.concatenate((_beep(0.4, 450, loudness=0.12), _silence(4.0)))
        case Tone.HANG_UP:
            return np.concatenate((_beep(0.09, 660), _silence(0.03), _beep(0.14, 440)))
        case Tone.CREDIT_WARNING:  # like no tone of the network, and soft, because someone is talking
            return np.concatenate([_beep(0.12, 880, loudness=0.15), _silence(0.08)] * 3)
        case Tone.TEST:
            return np.concatenate([_bell(440 * 2 ** (semitone / 12), 0.45) * 0.4 for semitone in (0, 4, 7, 12)])


@cache
def samples_of(tone: Tone) -> Samples:
    """One round of a tone."""
    return np.round(_wave(tone) * 32767).astype(np.int16)


@cache
def dtmf(digits: str) -> Samples:
    """The pairs of tones of ITU-T Q.23 for some keys (0-9, *, #, A-D), 120 ms each.

    Raises:
        ValueError: there is no such key.
    """
    parts: list[NDArray[np.float64]] = []
    for key in digits:
        row, column = divmod(_DTMF_KEYS.index(key), 4)
        parts += [_beep(DTMF_S, _DTMF_ROWS_HZ[row], _DTMF_COLUMNS_HZ[column]), _silence(DTMF_PAUSE_S)]
    return np.round(np.concatenate(parts or [_silence(0)]) * 32767).astype(np.int16)
