"""H.264 by libx264."""

from vidphone.media.codec.quantized import QuantizedEncoder
from vidphone.media.codec.quantizer import Scale
from vidphone.media.codec.x264_library import X264Handle

COARSEST = 44
"""Beyond it the pictures predicted from such a picture take more, not less."""
SCALE = Scale(18, COARSEST, inter_halving=6.0, key_halving=9.0, key_quantizer=33, key_bits_per_pixel=0.5)
PRESETS = ("veryfast", "superfast", "ultrafast")
"""By speed."""
PROFILES = {0x42: "baseline", 0x4D: "main", 0x58: "baseline", 0x64: "high"}


def profile_name(profile_level_id: str | None) -> str:
    """x264's name of the profile that `profile-level-id` asks for; "baseline" for what is not understood."""
    try:
        return PROFILES.get(bytes.fromhex(profile_level_id or "42e01f")[0], "baseline")
    except (ValueError, IndexError):
        return "baseline"


def x264_encoder(*, fps: float, speed: int, still: bool, profile_level_id: str | None) -> QuantizedEncoder:
    """H.264, from `speed` 0 (best picture) to 2, in the id's profile (RFC 6184), else Constrained Baseline."""
    profile = profile_name(profile_level_id)

    def begin(width: int, height: int) -> X264Handle:
        return X264Handle(
            width,
            height,
            PRESETS[speed],
            profile,
            {
                "threads": 1,
                "fps": f"{fps:g}",
                "keyint": "infinite",
                "scenecut": 0,
                "crf": 30,  # any method but a constant quantizer lets each picture have its own
                "aq-mode": 0,
                "annexb": 1,
                "repeat-headers": 1,
                "log": -1,
            },
        )

    return QuantizedEncoder("H264", "libx264", begin, SCALE, fps=fps, still=still)
