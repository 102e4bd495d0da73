"""Making sound longer or shorter without a change of pitch: WSOLA (Verhelst and Roelands, 1993) on one period. Pure."""

import numpy as np
from numpy.typing import NDArray

from vidphone.media.plumbing import SAMPLE_RATE_HZ, Samples

_MS = SAMPLE_RATE_HZ // 1000
MIN_LAG, MAX_LAG = 5 * _MS // 2, 15 * _MS
"""Periods of 66 to 400 Hz."""
FADE = 5 * _MS
_COARSE = 6
"""Periods are looked for at 8 kHz first."""


def cross_fade(before: Samples, after: Samples) -> Samples:
    """From one piece to another of the same length."""
    slope = (np.arange(before.size, dtype=np.float32) + 0.5) / max(before.size, 1)
    return (before + slope * (after.astype(np.float32) - before)).astype(np.int16)


def shorten(samples: Samples, lag: int, fade: int = FADE) -> Samples:
    """Leave the first `lag` samples out, softly: starts as `samples` starts, needs `lag + fade` of them."""
    joint = cross_fade(samples[:fade], samples[lag : lag + fade])
    return np.concatenate((joint, samples[lag + fade :]))


def lengthen(samples: Samples, lag: int, fade: int = FADE) -> Samples:
    """Play the first `lag` samples twice, softly; needs `lag + fade` of them."""
    joint = cross_fade(samples[lag : lag + fade], samples[:fade])
    return np.concatenate((samples[:lag], joint, samples[fade:]))


def find_period(samples: Samples, longest: int = MAX_LAG) -> tuple[int, float]:
    """The lag after which the start of `samples` repeats best, and how well (correlation, 1 is exactly).

    Looks at lags from `MIN_LAG` to `longest`, as far as there are samples; (0, 0) where there are too few.
    """
    longest = min(longest, MAX_LAG, samples.size - FADE)
    if longest < MIN_LAG:
        return 0, 0.0
    window = min(samples.size - longest, 2 * FADE) // _COARSE * _COARSE
    usable = samples[: (longest + window) // _COARSE * _COARSE].astype(np.float32)
    coarse = usable.reshape(-1, _COARSE).mean(axis=1)
    lag, _ = _best(coarse, window // _COARSE, MIN_LAG // _COARSE, longest // _COARSE)
    low, high = max(lag * _COARSE - _COARSE, MIN_LAG), min(lag * _COARSE + _COARSE, longest)
    return _best(samples[: high + window].astype(np.float32), window, low, high)


def find_match(pattern: Samples, samples: Samples, longest: int) -> int:
    """Where in `samples`, up to `longest` from their start, `pattern` is most alike."""
    longest = min(longest, samples.size - pattern.size)
    if longest <= 0:
        return 0
    windows = np.lib.stride_tricks.sliding_window_view(
        samples[: longest + pattern.size].astype(np.float32), pattern.size
    )
    likeness = windows[::2] @ pattern.astype(np.float32)
    norms = np.sqrt(np.square(windows[::2]).sum(axis=1)) + 1.0
    return 2 * int(np.argmax(likeness / norms))


def _best(signal: NDArray[np.float32], window: int, low: int, high: int) -> tuple[int, float]:
    start = signal[:window]
    windows = np.lib.stride_tricks.sliding_window_view(signal[low : high + window], window)
    likeness = windows @ start
    # Energies of all windows by running sums; the small constant keeps digital silence from dividing by nothing.
    running = np.concatenate((np.zeros(1), np.cumsum(np.square(signal[low : high + window], dtype=np.float64))))
    energies = running[window:] - running[:-window]
    scores = likeness / np.sqrt(energies * float(start @ start) + 1.0)
    best = int(np.argmax(scores))
    return low + best, float(scores[best])
