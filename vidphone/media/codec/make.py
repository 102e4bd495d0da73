"""Encoders by codec: the best that works here, and another when one fails in the call."""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence

import av

from vidphone.media.codec import svt_library, vpx_library, x264_library
from vidphone.media.codec.libav import RECIPES, LibavEncoder
from vidphone.media.codec.picture import EncodedPicture, EncodeError, VideoEncoder
from vidphone.media.codec.svt import svt_encoder
from vidphone.media.codec.vpx import vpx_encoder
from vidphone.media.codec.x264 import profile_name, x264_encoder

SOFTWARE = {"AV1": "libsvtav1", "H264": "libx264", "VP9": "libvpx-vp9", "VP8": "libvpx"}
"""Over PyAV, where the library itself can't be driven."""

log = logging.getLogger(__name__)


class FallbackEncoder:
    """The first of several encoders that works; when it fails in the call the next takes over with a keyframe."""

    def __init__(self, name: str, makers: Sequence[Callable[[], VideoEncoder]]) -> None:
        self.name = name
        self._makers = list(makers)
        self._encoder: VideoEncoder | None = None
        self._fresh = True

    @property
    def implementation(self) -> str:
        """That of the encoder at work."""
        return self._encoder.implementation if self._encoder is not None else ""

    def encode(
        self, frame: av.VideoFrame, *, bitrate_bps: int, keyframe: bool = False, now_s: float | None = None
    ) -> EncodedPicture | None:
        """As the protocol says; fails only when all have failed."""
        while True:
            if self._encoder is None:
                if not self._makers:
                    raise EncodeError(f"no encoder for {self.name} works")
                self._encoder = self._makers.pop(0)()
                self._fresh = True
            try:
                made = self._encoder.encode(
                    frame, bitrate_bps=bitrate_bps, keyframe=keyframe or self._fresh, now_s=now_s
                )
            except EncodeError as error:
                log.warning("%s failed: %s", self._encoder.implementation, error)
                self.close()
                continue
            self._fresh = self._fresh and made is None
            return made

    def close(self) -> None:
        """As the protocol says."""
        if self._encoder is not None:
            with contextlib.suppress(EncodeError):
                self._encoder.close()
            self._encoder = None


def make_encoder(
    name: str,
    *,
    fps: float = 30.0,
    profile_level_id: str | None = None,
    speed: int = 0,
    still: bool = False,
    gpl: bool = True,
    hardware: Mapping[str, str] | None = None,
) -> VideoEncoder:
    """An encoder of "AV1", "H264", "VP9" or "VP8".

    `profile_level_id` is that the peer asks for in H.264. `speed` 0 gives the best picture, 2 takes the least
    processor time. `still` is for pictures of screens. Without `gpl` x264 is left out. `hardware` is what
    `probe_hardware` found.

    Raises:
        EncodeError: this build has none.
    """
    makers: list[Callable[[], VideoEncoder]] = []
    if hardware and name in hardware:
        makers.append(lambda: LibavEncoder(name, RECIPES[hardware[name]], fps=fps))
    if name == "AV1" and svt_library.load() is not None:
        makers.append(lambda: svt_encoder(fps=fps, speed=speed, still=still))
    if name == "H264" and gpl and x264_library.load() is not None:
        makers.append(lambda: x264_encoder(fps=fps, speed=speed, still=still, profile_level_id=profile_level_id))
    if name in ("VP8", "VP9") and vpx_library.load() is not None:
        makers.append(lambda: vpx_encoder(name, fps=fps, speed=speed, still=still))
    software = SOFTWARE.get(name, "")
    if software in av.codecs_available and (gpl or software != "libx264"):
        profile = profile_name(profile_level_id).capitalize() if name == "H264" else None
        makers.append(lambda: LibavEncoder(name, RECIPES[software], fps=fps, profile=profile))
    if not makers:
        raise EncodeError(f"no encoder for {name}")
    return FallbackEncoder(name, makers)


def available_encoders(*, gpl: bool = True, hardware: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The codecs this build can send, best first: what a library serves directly need not be in FFmpeg."""
    return tuple(
        name
        for name, software in SOFTWARE.items()
        if (hardware and name in hardware)
        or ((gpl or software != "libx264") and (software in av.codecs_available or _is_driven(name)))
    )


def _is_driven(name: str) -> bool:
    """Whether the library of a codec is there to be driven directly."""
    library = {"AV1": svt_library, "H264": x264_library, "VP9": vpx_library, "VP8": vpx_library}[name]
    return library.load() is not None
