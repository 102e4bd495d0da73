"""Which codec to send with, and how much processor time it may take. Pure.

Costs are measured: milliseconds of one core for a megapixel, SVT-AV1 4.1, x264 165 and libvpx 1.16 with one thread on
a 2.4 GHz server core, at the webcam-like clip and 500 kb/s to 2 Mb/s.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

PREFERENCE = ("AV1", "VP9", "VP8", "H264")
"""By the picture at 500 kb/s and 1280x720 on the clip: 41.0, 39.4, 38.0 and 35.5 dB."""
COST_MS = {
    "AV1": (7.0, 6.0, 5.0),
    "VP9": (9.0, 9.0, 7.0),
    "VP8": (4.5, 4.0, 3.6),
    "H264": (4.7, 2.8, 2.2),
}
"""Per megapixel, by speed."""
HARDWARE_COST_MS = 0.5
SHARE = 0.35
"""Of all cores that encoding may take: sound, decoding, painting and other programs want theirs."""
PEAK = 2.0
"""A picture that takes more than the mean must still be done within its interval on one core."""
MAX_MACROBLOCKS = {
    10: 99, 11: 396, 12: 396, 13: 396, 20: 396, 21: 792, 22: 1620, 30: 1620, 31: 3600, 32: 5120, 40: 8192, 41: 8192,
    42: 8704, 50: 22080, 51: 36864, 52: 36864,
}  # fmt: skip
"""H.264 table A-1: MaxFS by level_idc."""


@dataclass(frozen=True, slots=True)
class Machine:
    """How much this machine can do; `slowness` is the time it takes over that of the reference core."""

    cores: int
    slowness: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A codec and the speed of its encoder, 0 (best picture) to 2 (least processor time)."""

    name: str
    speed: int


def choose(
    ours: Collection[str],
    peer: Collection[str],
    machine: Machine,
    *,
    pixels_per_s: float,
    preference: Sequence[str] = PREFERENCE,
    hardware: Collection[str] = (),
) -> Choice | None:
    """The codec that gives the best picture among those both have and this machine can afford.

    Where none is affordable it is the one that costs least; None where there is none in common.
    """
    common = [name for name in preference if name in ours and name in peer]
    candidates = [(name, speed) for name in common for speed in range(3)]
    allowed_s = min(SHARE * machine.cores, 1 / PEAK)

    def cost_s(candidate: tuple[str, int]) -> float:
        name, speed = candidate
        milliseconds = HARDWARE_COST_MS if name in hardware else COST_MS[name][speed] * machine.slowness
        return milliseconds / 1000 * pixels_per_s / 1e6

    for candidate in candidates:
        if cost_s(candidate) <= allowed_s:
            return Choice(*candidate)
    return Choice(*min(candidates, key=cost_s)) if candidates else None


def slowness(name: str, speed: int, encode_s: float, pixels: int) -> float:
    """What a measured time says of the machine, for `Machine`."""
    return encode_s * 1e3 / (COST_MS[name][speed] * pixels / 1e6)


def h264_max_pixels(profile_level_id: str) -> int | None:
    """The largest picture of a level (H.264 table A-1), by `profile-level-id`; None where it isn't understood."""
    try:
        level = bytes.fromhex(profile_level_id)[2]
    except (ValueError, IndexError):
        return None
    macroblocks = MAX_MACROBLOCKS.get(level)
    return macroblocks * 256 if macroblocks is not None else None
