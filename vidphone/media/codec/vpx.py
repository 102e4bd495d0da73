"""VP8 and VP9 by libvpx."""

from vidphone.media.codec.quantized import QuantizedEncoder
from vidphone.media.codec.quantizer import Scale
from vidphone.media.codec.vpx_library import VpxHandle

SCALES = {
    "VP8": Scale(4, 63, inter_halving=15.0, key_halving=20.0, key_quantizer=44, key_bits_per_pixel=0.4),
    "VP9": Scale(10, 63, inter_halving=10.0, key_halving=15.0, key_quantizer=40, key_bits_per_pixel=0.4),
}
CPU_USED = {"VP8": (-6, -8, -12), "VP9": (7, 8, 9)}
"""By speed."""
CYCLIC_REFRESH = 3
SCREEN = 1


def vpx_encoder(name: str, *, fps: float, speed: int, still: bool) -> QuantizedEncoder:
    """VP8 or VP9, from `speed` 0 (best picture) to 2 (least processor time); `still` for pictures of screens."""
    controls = {"cpu-used": CPU_USED[name][speed], "static-thresh": 1}
    if name == "VP8":
        controls["screen-content"] = int(still)
    else:
        controls["tune-content"] = SCREEN if still else 0
        controls["aq-mode"] = 0

    def begin(width: int, height: int) -> VpxHandle:
        return VpxHandle(name, width, height, fps, controls)

    return QuantizedEncoder(name, "libvpx", begin, SCALES[name], fps=fps, still=still)
