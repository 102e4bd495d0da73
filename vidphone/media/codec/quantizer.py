"""One quantizer a picture, so that encoded pictures keep to a rate that may change with every one of them.

Made for encoders that take a quantizer with each picture. What a picture will take is guessed from the last ones;
what was sent beyond the rate stands in a bucket that the next pictures pay back; beyond `MAX_AHEAD_S` pictures are
left out. The constants of a `Scale` are measured on the webcam-like clip.
"""

import math
from collections import deque
from dataclasses import dataclass

MAX_AHEAD_S = 0.2
"""As long as this the line may lag behind what was encoded; beyond it pictures are left out."""
KEYFRAME_S, STILL_KEYFRAME_S = 0.25, 0.6
"""A keyframe may fill the line for this long; one of a screen, which is read and hardly moves, for longer."""
STILL_FINER = 6.0
"""A screen is made sharper so many times as fast as a face, in fewer pictures that may take longer. With a page of text
in VP9 at 500 kb/s 35.2 dB after 4 s instead of 27.5; twice as fast a single picture fills the line for a second."""
MAX_INTERVAL_S = 0.5
TOO_LARGE = 1.4
"""A picture so many times what a keyframe may take is worth another try."""
WORTHWHILE = 0.75
"""A picture is encoded once more where it becomes so many times as large."""
PAYBACK_PICTURES = 16
LEAST_SHARE, MOST_SHARE = 0.6, 1.3
"""Of its even share that a picture may be meant to take, whatever there is to pay back or to make use of."""
CREDIT_PICTURES = 3
AREA_EXPONENT = 0.75
"""A smaller picture of the same scene has more in each pixel."""
KEYFRAMES = 3
"""So many keyframes are remembered."""
STEEPER = 2.0
WINDOW = 8
EVENING = 0.75
"""How much of what the encoder spends more on each fourth picture is taken back; all of it would cost quality."""
FAR = 0.75
"""Halvings of size by which a picture may be too small before the quantizer moves faster."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What quantizers mean to an encoder.

    Bits fall by half with every `inter_halving` steps, in keyframes with every `key_halving`. `key_bits_per_pixel` is
    that of a keyframe at `key_quantizer`, used until one was seen. `fourths`: each fourth picture takes more.
    """

    finest: int
    coarsest: int
    inter_halving: float
    key_halving: float
    key_quantizer: int
    key_bits_per_pixel: float
    fourths: bool = False

    def clamp(self, value: float) -> float:
        """The nearest quantizer that may be used."""
        return min(max(value, float(self.finest)), float(self.coarsest))


class Quantizer:
    """The quantizer of the next picture, by what the last ones became. Pure: time and sizes are arguments."""

    def __init__(self, scale: Scale, fps: float, *, keyframe_s: float = KEYFRAME_S) -> None:
        self._scale = scale
        self._interval_s = 1 / fps
        self._keyframe_s = keyframe_s
        self._still = keyframe_s > KEYFRAME_S
        self._max_ahead_s = MAX_AHEAD_S * keyframe_s / KEYFRAME_S
        self._pixels = 0
        self._keyframes: dict[int, float] = {}
        """Of the last keyframes: log2 of their bits, by quantizer; latest last."""
        self._inter_bits: deque[float] = deque(maxlen=WINDOW)
        """Of the last predicted pictures: bits they would have taken at quantizer 0."""
        self._ahead_bits = 0.0
        self._chosen = 0.0
        self._used = 0

    @property
    def ahead_bits(self) -> float:
        """What was encoded beyond the rate; below zero where less."""
        return self._ahead_bits

    def resize(self, pixels: int) -> None:
        """Pictures have another size from now on; what was learnt is carried over by area."""
        if self._pixels:
            ratio = (pixels / self._pixels) ** AREA_EXPONENT
            self._keyframes = {at: bits + math.log2(ratio) for at, bits in self._keyframes.items()}
            self._inter_bits.extend([bits * ratio for bits in self._inter_bits])
        else:
            self._keyframes = {self._scale.key_quantizer: math.log2(self._scale.key_bits_per_pixel * pixels)}
        self._pixels = pixels

    def elapsed(self, seconds: float, rate_bps: float) -> None:
        """The line took `seconds` of the rate; what was not used is lost but for a few pictures' worth."""
        if 0 < seconds < MAX_INTERVAL_S:
            self._interval_s += (seconds - self._interval_s) / 8
        self._ahead_bits = max(self._ahead_bits - seconds * rate_bps, -CREDIT_PICTURES * self._interval_s * rate_bps)

    def keyframe(self, rate_bps: float) -> int:
        """The quantizer of a keyframe that fits the line."""
        allowed_s = max(self._keyframe_s, self._interval_s)
        allowed = max(allowed_s / 2 * rate_bps, allowed_s * rate_bps - max(self._ahead_bits, 0.0))
        self._chosen = self._key_quantizer(allowed)
        return self._use(self._chosen)

    def predicted(self, rate_bps: float) -> int | None:
        """The quantizer of a predicted picture; None where it should be left out."""
        if self._ahead_bits > self._max_ahead_s * rate_bps:
            return None
        if not self._inter_bits:
            return self._use(self._chosen)
        share = self._interval_s * rate_bps
        wanted = min(max(share - self._ahead_bits / PAYBACK_PICTURES, share * LEAST_SHARE), share * MOST_SHARE)
        complexity = sum(self._inter_bits) / len(self._inter_bits)
        halving = self._scale.inter_halving
        move = halving * math.log2(complexity / wanted) - self._chosen
        if move < halving * 3 / 8:
            # finer: a little at a time, for each step costs bits of its own beyond those of the finer picture, and
            # several at once make the encoder refine all that stood still, in one picture of several times the size
            most = halving / 12 if move < -FAR * halving else halving / 24
            move = max(move / 6, -most) if not self._still else max(move / 2, -STILL_FINER * most)
        self._chosen = self._scale.clamp(self._chosen + move)
        if self._scale.fourths and len(self._inter_bits) >= 4:
            evening = EVENING * halving * math.log2(self._inter_bits[-4] / complexity)
            return self._use(self._chosen + min(max(evening, -1.0), 4.0))
        return self._use(self._chosen)

    def too_large(self, bits: int, rate_bps: float) -> bool:
        """Whether that is so much for one picture that `again` should be asked."""
        return bits > TOO_LARGE * max(self._keyframe_s, self._interval_s) * rate_bps

    def again(self, bits: int, rate_bps: float, *, keyframe: bool) -> int | None:
        """What was just encoded, and not sent yet, took far too many bits: the quantizer of a keyframe instead of it.

        None where that would hardly be smaller: then the picture is sent as it is.
        """
        self._learn(bits, keyframe=keyframe)
        coarser = max(self._key_quantizer(self._keyframe_s * rate_bps), float(self._used))
        if self._key_log_bits(coarser) > math.log2(bits * WORTHWHILE):
            return None
        self._chosen = coarser
        return self._use(coarser)

    def encoded(self, bits: int, *, keyframe: bool) -> None:
        """The picture of the last quantizer took so many bits and is sent."""
        self._ahead_bits += bits
        self._learn(bits, keyframe=keyframe)

    def _key_quantizer(self, allowed_bits: float) -> float:
        scale = self._scale
        allowed = math.log2(allowed_bits)
        fitting = (at for at in range(scale.finest, scale.coarsest) if self._key_log_bits(at) <= allowed)
        return float(next(fitting, scale.coarsest))

    def _key_log_bits(self, quantizer: float) -> float:
        """Between keyframes seen by straight lines; finer than all of them bits may rise steeply."""
        seen = self._keyframes
        finer = max((at for at in seen if at <= quantizer), default=None)
        coarser = min((at for at in seen if at >= quantizer), default=None)
        if finer is not None and coarser is not None and finer != coarser:
            part = (quantizer - finer) / (coarser - finer)
            return seen[finer] + part * (seen[coarser] - seen[finer])
        nearest = next(at for at in (finer, coarser) if at is not None)
        steps = (quantizer - nearest) / self._scale.key_halving
        return seen[nearest] - (steps if steps > 0 else steps * STEEPER)

    def _use(self, quantizer: float) -> int:
        self._used = round(self._scale.clamp(quantizer))
        return self._used

    def _learn(self, bits: int, *, keyframe: bool) -> None:
        bits = max(bits, 200)
        if keyframe:
            self._keyframes.pop(self._used, None)
            if self._keyframes.keys() == {self._scale.key_quantizer} or len(self._keyframes) >= KEYFRAMES:
                del self._keyframes[next(iter(self._keyframes))]  # the guess, or the oldest
            self._keyframes[self._used] = math.log2(bits)
        else:
            self._inter_bits.append(bits * 2 ** (self._used / self._scale.inter_halving))
