"""Pictures to encode: a textured scene that sways, made once."""

import functools

import av
import numpy as np


@functools.cache
def _scene(width: int, height: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(30, 220, (height // 16 + 3, width // 16 + 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((16, 16), np.uint8))


def picture(index: int, width: int = 320, height: int = 180, seed: int = 1) -> av.VideoFrame:
    """The picture at `index` of a swaying scene."""
    x, y = 16 + int(8 * np.sin(index / 5)), 16 + int(8 * np.cos(index / 7))
    luma = _scene(width, height, seed)[y : y + height, x : x + width].copy()
    luma += np.random.default_rng(index).integers(0, 12, luma.shape, dtype=np.uint8)
    data = np.full((height * 3 // 2, width), 128, np.uint8)
    data[:height] = luma
    return av.VideoFrame.from_ndarray(data, format="yuv420p")


def psnr(seen: av.VideoFrame, original: av.VideoFrame) -> float:
    """Of luma."""
    one, two = (each.to_ndarray()[: original.height].astype(float) for each in (seen, original))
    return float(10 * np.log10(255**2 / max(((one - two) ** 2).mean(), 1e-9)))
