"""The size and the rate of pictures that a bit rate, both machines and the other window are good for. Pure.

Size gives way before the frame rate, the frame rate before the picture freezes. A change of size costs a keyframe, so
changes are few: at once only where the rate falls far, upward only after a while. For still pictures of screens the
size stays and the frame rate gives way.
"""

from collections import deque
from dataclasses import dataclass

STEPS = (1.0, 0.75, 0.5, 0.375, 0.25)
"""Sizes, in parts of what is captured."""
MIN_HEIGHT = 90
NEEDED_BPS = {"AV1": 200_000, "VP9": 550_000, "VP8": 620_000, "H264": 850_000}
"""For 1280x720 at 30 pictures a second: with less a smaller picture, scaled up again, is the better one.

By PSNR over the second and third second of the webcam-like clip and of a harder one (hand-held, busy, noisy)."""
AREA_EXPONENT = 0.7
FRAME_RATE_EXPONENT = 0.6
"""What pictures need grows less than their number: the less time between them the more alike they are."""
STILL_FACTOR = 3.0
"""Text wants finer quantizers than faces."""
FRAME_RATES = (60.0, 30.0, 24.0, 20.0, 15.0, 12.0, 10.0, 8.0)
STILL_FRAME_RATES = (*FRAME_RATES, 5.0, 3.0)
DOWN, DOWN_S, FAR_DOWN = 0.85, 0.7, 0.45
"""Smaller when the rate is below `DOWN` of what is needed for `DOWN_S`, at once below `FAR_DOWN`."""
UP, UP_S = 1.3, 3.0
START = 0.75
"""Of what a size needs, that is enough to begin with it: the first rate is a guess, and mostly soon a higher one; a
larger size a few seconds later would cost a keyframe, and a pause that is seen."""
HOLD_S = 5.0
"""No larger picture sooner after a change."""
SETTLE_S = 1.0
"""No further step down sooner after one; what was encoded before says nothing of the new size."""
ENCODE_SAMPLES, ENCODE_HIGH, ENCODE_LOW = 60, 0.7, 0.4
"""Parts of the interval that the 90th percentile of encoding may take, and below which a larger picture is tried."""
DECODE_HIGH, DECODE_LOW = 0.3, 0.05
LEFT_OUT_HIGH = 0.25
"""Of the last pictures left out by the encoder: the content is harder than the rate is good for."""
LEFT_OUT_S = 20.0
"""So long a size that the content was too hard for isn't tried again."""
VIEW_S = 2.0
"""So long the picture is shown smaller before it is made smaller: a window that is moved about changes often."""
ENOUGH = 0.95
"""A size that is this share of what is shown is as good."""
PRESSURE_S = 2.0
RELIEF_S = 12.0


@dataclass(frozen=True, slots=True)
class Picture:
    """The size and the frame rate to encode at."""

    width: int
    height: int
    fps: float


class _Limit:
    """A step that some pressure holds the size down to: down quickly, up slowly."""

    def __init__(self) -> None:
        self.step = 0
        self._high_since: float | None = None
        self._low_since: float | None = None

    def update(self, *, high: bool, low: bool, now_s: float, step: int, relief_s: float = RELIEF_S) -> bool:
        """Whether the limit moved; `step` is the one in use."""
        self._high_since = (self._high_since if self._high_since is not None else now_s) if high else None
        self._low_since = (self._low_since if self._low_since is not None else now_s) if low else None
        if self._high_since is not None and now_s - self._high_since >= PRESSURE_S and step + 1 < len(STEPS):
            self.step = step + 1
        elif self.step and self._low_since is not None and now_s - self._low_since >= relief_s:
            self.step -= 1
        else:
            return False
        self._high_since = self._low_since = None
        return True


class Adaptation:
    """Asked before each picture. Pure: time and measurements are arguments."""

    def __init__(self) -> None:
        self._step: int | None = None
        self._changed_s = 0.0
        self._below_since: float | None = None
        self._above_since: float | None = None
        self._encode = _Limit()
        self._decode = _Limit()
        self._content = _Limit()
        self._encode_s: deque[float] = deque(maxlen=ENCODE_SAMPLES)
        self._left_out: deque[bool] = deque(maxlen=ENCODE_SAMPLES)
        self._fps: float | None = None
        self._view = 0
        self._view_smaller_since: float | None = None
        self._view_grew = False

    def picture(
        self,
        *,
        width: int,
        height: int,
        fps: float,
        target_bps: float,
        codec: str,
        now_s: float,
        encode_s: float | None = None,
        left_out: bool = False,
        decode_pressure: float = 0.0,
        shown: tuple[int, int] | None = None,
        still: bool = False,
        max_pixels: int | None = None,
    ) -> Picture:
        """What to make of the captured picture.

        `encode_s` is the time the last picture took, `left_out` that the encoder left it out. `decode_pressure` is
        the part of pictures that the other side drops for want of time, 0 to 1. `shown` is the box that it fits into
        there. `max_pixels` is the largest the peer's profile allows.
        """
        fps = max(fps, 1.0)
        sizes = _sizes(width, height, max_pixels)
        if still:
            return self._still(sizes[0], fps, target_bps, codec)
        if encode_s is not None:
            self._encode_s.append(encode_s)
        self._left_out.append(left_out)
        step = self._choose(sizes, fps, target_bps, codec, now_s, decode_pressure, shown)
        chosen_width, chosen_height = sizes[step]
        needed = _needed(codec, chosen_width * chosen_height, fps)
        rate = _frame_rate(FRAME_RATES, fps, target_bps / (needed * DOWN) if step == len(sizes) - 1 else 1.0, self._fps)
        if self._overloaded(fps) and step == len(sizes) - 1:
            rate = min(rate, FRAME_RATES[4])
        self._fps = rate
        return Picture(chosen_width, chosen_height, rate)

    def _choose(
        self,
        sizes: list[tuple[int, int]],
        fps: float,
        target_bps: float,
        codec: str,
        now_s: float,
        decode_pressure: float,
        shown: tuple[int, int] | None,
    ) -> int:
        last = len(sizes) - 1
        wanted = [_needed(codec, wide * high, fps) for wide, high in sizes]
        if self._step is None:
            self._step = next((i for i, need in enumerate(wanted) if target_bps >= START * need), last)
            self._changed_s = now_s - HOLD_S
        step = min(self._step, last)
        floor = max(self._limits(step, sizes, fps, now_s, decode_pressure), self._viewed(step, sizes, shown, now_s))
        new = step
        since_change = now_s - self._changed_s
        self._below_since = _since(self._below_since, now_s, holds=target_bps < DOWN * wanted[step])
        larger = step - 1
        room = larger >= floor and target_bps > UP * wanted[larger]
        self._above_since = _since(self._above_since, now_s, holds=room)
        if floor > step and since_change >= SETTLE_S:
            new = floor
        elif self._below_since is not None and step < last and since_change >= SETTLE_S:
            if target_bps < FAR_DOWN * wanted[step] or now_s - self._below_since >= DOWN_S:
                new = next((i for i in range(step + 1, last + 1) if target_bps >= wanted[i]), last)
        elif self._view_grew and since_change >= SETTLE_S:
            self._view_grew = False
            new = next((i for i in range(floor, step) if target_bps >= wanted[i]), step)
        elif self._above_since is not None and now_s - self._above_since >= UP_S and since_change >= HOLD_S:
            new = next(i for i in range(floor, step) if target_bps > UP * wanted[i])
        if new != step:
            self._changed_s = now_s
            self._below_since = self._above_since = None
            self._encode_s.clear()
            self._left_out.clear()
        self._step = new
        return new

    def _viewed(self, step: int, sizes: list[tuple[int, int]], shown: tuple[int, int] | None, now_s: float) -> int:
        """The smallest step that is as large as what is shown: smaller after a while, larger at once."""
        enough = _enough(sizes, shown) if shown is not None else 0
        self._view_smaller_since = _since(self._view_smaller_since, now_s, holds=enough > self._view)
        if enough < self._view:
            self._view_grew = self._view_grew or step <= self._view
            self._view = enough
        elif self._view_smaller_since is not None and now_s - self._view_smaller_since >= VIEW_S:
            self._view = enough
            self._view_grew = False
        return min(self._view, len(sizes) - 1)

    def _limits(self, step: int, sizes: list[tuple[int, int]], fps: float, now_s: float, decode_pressure: float) -> int:
        times = sorted(self._encode_s)
        tall = times[int(0.9 * len(times))] * fps if len(times) >= ENCODE_SAMPLES // 2 else None
        self._encode.update(
            high=tall is not None and tall > ENCODE_HIGH,
            low=tall is not None and tall * _pixels(sizes, step - 1) / _pixels(sizes, step) < ENCODE_LOW,
            now_s=now_s,
            step=step,
        )
        self._decode.update(
            high=decode_pressure > DECODE_HIGH, low=decode_pressure < DECODE_LOW, now_s=now_s, step=step
        )
        dropped = sum(self._left_out) / ENCODE_SAMPLES
        self._content.update(
            high=dropped > LEFT_OUT_HIGH, low=dropped == 0, now_s=now_s, step=step, relief_s=LEFT_OUT_S
        )
        return min(max(self._encode.step, self._decode.step, self._content.step), len(sizes) - 1)

    def _overloaded(self, fps: float) -> bool:
        times = sorted(self._encode_s)
        return len(times) >= ENCODE_SAMPLES // 2 and times[int(0.9 * len(times))] * fps > ENCODE_HIGH

    def _still(self, size: tuple[int, int], fps: float, target_bps: float, codec: str) -> Picture:
        needed = STILL_FACTOR * _needed(codec, size[0] * size[1], fps)
        self._fps = _frame_rate(STILL_FRAME_RATES, fps, target_bps / needed, self._fps)
        return Picture(*size, self._fps)


def _since(since: float | None, now_s: float, *, holds: bool) -> float | None:
    return (since if since is not None else now_s) if holds else None


def _sizes(width: int, height: int, max_pixels: int | None) -> list[tuple[int, int]]:
    whole = 1.0
    if max_pixels is not None and width * height > max_pixels:
        whole = (max_pixels / (width * height)) ** 0.5
    sizes: list[tuple[int, int]] = []
    for step in STEPS:
        size = (max(2, int(width * whole * step) // 2 * 2), max(2, int(height * whole * step) // 2 * 2))
        if not sizes or size[1] >= MIN_HEIGHT:
            sizes.append(size)
    return sizes


def _enough(sizes: list[tuple[int, int]], shown: tuple[int, int]) -> int:
    wide, high = sizes[0]
    scale = ENOUGH * min(shown[0] / wide, shown[1] / high)
    return max((step for step, size in enumerate(sizes) if size[0] >= scale * wide), default=0)


def _pixels(sizes: list[tuple[int, int]], step: int) -> int:
    wide, high = sizes[max(step, 0)]
    return wide * high


def _needed(codec: str, pixels: int, fps: float) -> float:
    area: float = (pixels / (1280 * 720)) ** AREA_EXPONENT
    return NEEDED_BPS[codec] * float(area * (fps / 30) ** FRAME_RATE_EXPONENT)


def _frame_rate(rates: tuple[float, ...], fps: float, share: float, now: float | None) -> float:
    """The highest frame rate for a share of the bits that all pictures need; a higher one than now only with room."""
    for rate in (fps, *(each for each in rates if each < fps)):
        needed = (rate / fps) ** FRAME_RATE_EXPONENT
        if share >= (UP if now is not None and rate > now and rate < fps else 1.0) * needed:
            return rate
    return min(fps, rates[-1])
