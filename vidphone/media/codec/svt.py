"""AV1 by SVT-AV1."""

import math
from dataclasses import replace

from vidphone.media.codec.quantized import QuantizedEncoder
from vidphone.media.codec.quantizer import Scale
from vidphone.media.codec.svt_library import SvtHandle

FINEST = 32
"""40.5 dB on the webcam-like clip at 430 kb/s; a finer picture looks the same and is longer on the line."""
SCALE = Scale(FINEST, 63, inter_halving=8.0, key_halving=14.0, key_quantizer=40, key_bits_per_pixel=0.2)
PRESETS = (10, 11, 12)
"""By speed. 9 takes twice the time of 10 and gives less; 13 is the same as 12 in this mode."""


def svt_encoder(*, fps: float, speed: int, still: bool) -> QuantizedEncoder:
    """AV1, from `speed` 0 (best picture) to 2 (least processor time); `still` for pictures of screens.

    Its own rate control begins anew at each change of rate (a second of coarse pictures) and makes each tenth picture
    five times as large as the others.
    """

    def begin(width: int, height: int) -> SvtHandle:
        return SvtHandle(
            {
                "preset": PRESETS[speed],
                "width": width,
                "height": height,
                "fps-num": math.ceil(fps),
                "fps-denom": 1,
                "rtc": 1,
                "pred-struct": 1,
                "hierarchical-levels": 0,
                "lookahead": 0,
                "lp": 1,
                "scd": 0,
                "keyint": -1,
                "rc": 0,
                "aq-mode": 0,
                "use-fixed-qindex-offsets": 1,
                "key-frame-qindex-offset": 0,
                "enable-force-key-frames": 1,
                "scm": int(still),
            }
        )

    scale = replace(SCALE, fourths=speed < 2)
    return QuantizedEncoder("AV1", "libSvtAv1Enc", begin, scale, fps=fps, still=still)
