"""Pictures and speech whose content can be told apart after they went through a call."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.float32]
Sound = NDArray[np.float32]
SMALL = (32, 18)
RATE_HZ = 16_000


def write_clip(path: Path, seed: int, *, frames: int = 90, width: int = 640, height: int = 360) -> Path:
    """A clip of soft coloured blotches that drift; another seed is another picture altogether."""
    chance = np.random.default_rng(seed)
    room = cv2.GaussianBlur(
        cv2.resize(chance.integers(0, 255, (12, 20, 3), dtype=np.uint8), (width + 80, height + 80), interpolation=2),
        (0, 0),
        9,
    )
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", 4_000_000
        for number in range(frames):
            x, y = (
                int(40 + 39 * np.sin(number * 2 * np.pi / frames)),
                int(40 + 39 * np.cos(number * 2 * np.pi / frames)),
            )
            cut = np.ascontiguousarray(room[y : y + height, x : x + width], dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(cut, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def lumas(path: Path, track: int = 0) -> list[Luma]:
    """The pictures of a video track, small and without their mean: two of them multiply to their likeness."""
    with av.open(str(path)) as file:
        return [_essence(frame) for frame in file.decode(file.streams.video[track])]


def _essence(frame: av.VideoFrame) -> Luma:
    small = cv2.resize(frame.to_ndarray(format="gray"), SMALL, interpolation=cv2.INTER_AREA).astype(np.float32)
    small -= small.mean()
    length = float(np.linalg.norm(small))
    return small / length if length > 0 else small


def likeness(seen: Luma, clip: list[Luma]) -> float:
    """1 where the picture is one of the clip's, about 0 where it has nothing to do with it."""
    return max(float((seen * frame).sum()) for frame in clip)


def sound(path: Path, track: int = 0) -> Sound:
    """An audio track as mono samples at `RATE_HZ`, -1 to 1."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        pieces = [
            made.to_ndarray().reshape(-1)
            for frame in file.decode(file.streams.audio[track])
            for made in resampler.resample(frame)
        ]
        pieces += [made.to_ndarray().reshape(-1) for made in resampler.resample(None)]
    joined: Sound = np.concatenate(pieces).astype(np.float32)
    return joined / np.float32(32768)


def _best_correlation(piece: Sound, spoken: Sound) -> float:
    piece = piece - piece.mean()
    looped = np.concatenate([spoken, spoken])
    size = 1 << (len(looped) + len(piece) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(looped, size) * np.conj(np.fft.rfft(piece, size)))[: len(looped) - len(piece)]
    sums = np.concatenate([[0.0], np.cumsum(looped.astype(np.float64) ** 2)])
    energy = sums[len(piece) :] - sums[: -len(piece)]
    norm = np.sqrt(np.maximum(energy[: len(product)], 1e-6)) * (np.linalg.norm(piece) + 1e-9)
    return float(np.max(product / norm))


PIECE_S = 0.5


def speech_likeness_in_pieces(heard: Sound, spoken: Sound) -> float:
    """The median likeness of half seconds, each wherever it lies in `spoken`.

    A busy machine makes a sound server skip and an audio buffer stretch or conceal now and then, which moves what
    follows; a half second that none of it touched is 0.95 like what was said, and 0.3 like other speech.
    """
    length = round(PIECE_S * RATE_HZ)
    pieces = [heard[start : start + length] for start in range(0, len(heard) - length, length)]
    loud = float(np.sqrt(np.mean(heard**2)))
    spoken_pieces = [piece for piece in pieces if np.sqrt(np.mean(piece**2)) > loud / 2]
    return float(np.median([_best_correlation(piece, spoken) for piece in spoken_pieces])) if spoken_pieces else 0.0
