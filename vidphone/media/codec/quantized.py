"""An encoder that is told a quantizer with each picture, so that the rate is followed by each, without a keyframe."""

import time
from collections.abc import Callable
from typing import Protocol

import av

from vidphone.media.codec.picture import EncodedPicture
from vidphone.media.codec.quantizer import KEYFRAME_S, STILL_KEYFRAME_S, Quantizer, Scale

MIN_RATE_BPS = 10_000
MAX_TRIES = 2


class Handle(Protocol):
    """One running encoder of pictures of one size."""

    def encode(self, frame: av.VideoFrame, quantizer: int, *, keyframe: bool) -> tuple[bytes, bool]:
        """Encode a yuv420p frame: what came of it, and whether that is a keyframe.

        Raises:
            EncodeError: the library refused.
        """

    def close(self) -> None:
        """Free it."""


class QuantizedEncoder:
    """A `VideoEncoder` over handles that `begin(width, height)` opens."""

    def __init__(
        self,
        name: str,
        implementation: str,
        begin: Callable[[int, int], Handle],
        scale: Scale,
        *,
        fps: float,
        still: bool = False,
    ) -> None:
        self.name = name
        self.implementation = implementation
        self._begin = begin
        self._fps = fps
        self._handle: Handle | None = None
        self._size = (0, 0)
        self._quantizer = Quantizer(scale, fps, keyframe_s=STILL_KEYFRAME_S if still else KEYFRAME_S)
        self._last_s: float | None = None

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        """As the protocol says."""
        began_s = time.perf_counter()
        if frame.format.name != "yuv420p":
            frame = frame.reformat(format="yuv420p")
        rate = float(max(bitrate_bps, MIN_RATE_BPS))
        elapsed_s = 1 / self._fps if now_s is None or self._last_s is None else max(0.0, now_s - self._last_s)
        self._last_s = now_s
        self._quantizer.elapsed(min(elapsed_s, 1.0), rate)
        handle, fresh = self._handle_for(frame.width, frame.height)
        keyframe = keyframe or fresh
        quantizer = self._quantizer.keyframe(rate) if keyframe else self._quantizer.predicted(rate)
        if quantizer is None:
            return None
        data, is_key = handle.encode(frame, quantizer, keyframe=keyframe)
        for _ in range(MAX_TRIES):
            # a wrong guess, or new content in a predicted picture: nothing of it has been sent yet
            if not self._quantizer.too_large(len(data) * 8, rate):
                break
            coarser = self._quantizer.again(len(data) * 8, rate, keyframe=is_key)
            if coarser is None:
                break
            data, is_key = handle.encode(frame, coarser, keyframe=True)
        self._quantizer.encoded(len(data) * 8, keyframe=is_key)
        return EncodedPicture(data, is_key, frame.width, frame.height, time.perf_counter() - began_s)

    def close(self) -> None:
        """As the protocol says."""
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _handle_for(self, width: int, height: int) -> tuple[Handle, bool]:
        if self._handle is not None and self._size == (width, height):
            return self._handle, False
        self.close()
        self._handle = self._begin(width, height)
        self._size = (width, height)
        self._quantizer.resize(width * height)
        return self._handle, True
