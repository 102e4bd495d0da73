"""libvpx (encoder ABI 39: 1.15 and 1.16), as PyAV's wheels carry it, by ctypes: a quantizer with each picture.

PyAV's wrapper can't change a running encoder. The ABI number is passed at the start and refused by any other libvpx;
of the configuration the offsets used are tried when loaded. Layouts: `vpx_encoder.h`, `vpx_image.h`, tag v1.16.0.
"""

import ctypes
import functools
from collections.abc import Mapping
from ctypes import POINTER, byref, c_int, c_int64, c_long, c_size_t, c_uint8, c_uint32, c_ulong, c_void_p

import av

from vidphone.media.codec.libraries import find_library
from vidphone.media.codec.picture import EncodeError

ENCODER_ABI = 39
CONFIGURATION_BYTES = 504
CONTEXT_BYTES, IMAGE_BYTES = 256, 512
"""More than the library's structures have."""
FIELDS = {
    "g_threads": 4,
    "g_w": 12,
    "g_h": 16,
    "timebase_num": 28,
    "timebase_den": 32,
    "g_error_resilient": 36,
    "g_lag_in_frames": 44,
    "rc_dropframe_thresh": 48,
    "rc_end_usage": 72,
    "rc_target_bitrate": 112,
    "rc_min_quantizer": 116,
    "rc_max_quantizer": 120,
    "kf_mode": 160,
}
"""Offsets in `vpx_codec_enc_cfg_t`."""
CONSTANT_BIT_RATE = 1
CONTROLS = {
    "cpu-used": 13,
    "token-partitions": 18,
    "static-thresh": 17,
    "noise-sensitivity": 15,
    "screen-content": 31,
    "aq-mode": 36,
    "tune-content": 43,
}
"""`VP8E_SET_…` and `VP9E_SET_…`."""
REAL_TIME = 1
FORCE_KEYFRAME = 1
IMAGE_I420 = 0x102
IMAGE_PLANES_AT, IMAGE_STRIDES_AT = 48, 80
INTERFACES = {"VP8": "vpx_codec_vp8_cx", "VP9": "vpx_codec_vp9_cx"}


class Packet(ctypes.Structure):
    """`vpx_codec_cx_pkt_t` of a frame."""

    _fields_ = (
        ("kind", c_int), ("buffer", c_void_p), ("size", c_size_t), ("pts", c_int64), ("duration", c_ulong),
        ("flags", c_uint32),
    )  # fmt: skip


@functools.cache
def load() -> ctypes.CDLL | None:
    """The library, or None where there is none, or not the one this was written for."""
    path = find_library("vpx")
    if path is None:
        return None
    try:
        library = ctypes.CDLL(str(path))
        for interface in INTERFACES.values():
            getattr(library, interface).restype = c_void_p
        library.vpx_codec_enc_config_default.argtypes = (c_void_p, c_void_p, c_uint32)
        library.vpx_codec_enc_init_ver.argtypes = (c_void_p, c_void_p, c_void_p, c_long, c_int)
        library.vpx_codec_enc_config_set.argtypes = (c_void_p, c_void_p)
        library.vpx_codec_control_.argtypes = (c_void_p, c_int)  # what follows is variadic
        library.vpx_codec_encode.argtypes = (c_void_p, c_void_p, c_int64, c_ulong, c_long, c_ulong)
        library.vpx_codec_get_cx_data.argtypes = (c_void_p, c_void_p)
        library.vpx_codec_get_cx_data.restype = POINTER(Packet)
        library.vpx_codec_destroy.argtypes = (c_void_p,)
        library.vpx_img_wrap.argtypes = (c_void_p, c_int, c_uint32, c_uint32, c_uint32, c_void_p)
        library.vpx_img_wrap.restype = c_void_p
        return library if _fits(library) else None
    except (OSError, AttributeError):
        return None


def _fits(library: ctypes.CDLL) -> bool:
    """Whether the configuration is as large as expected and holds what is expected where it is."""
    filler = 0xA5
    for name, rate in (("VP8", 256), ("VP9", 256)):
        configuration = (c_uint8 * (2 * CONFIGURATION_BYTES))(*[filler] * (2 * CONFIGURATION_BYTES))
        interface = getattr(library, INTERFACES[name])()
        if library.vpx_codec_enc_config_default(interface, configuration, 0):
            return False
        words = {field: c_uint32.from_buffer(configuration, at).value for field, at in FIELDS.items()}
        expected = {"g_w": 320, "g_h": 240, "timebase_num": 1, "timebase_den": 30, "rc_target_bitrate": rate,
                    "rc_max_quantizer": 63, "kf_mode": 1}  # fmt: skip
        if any(words[field] != value for field, value in expected.items()):
            return False
        if bytes(configuration[CONFIGURATION_BYTES:]).count(filler) != CONFIGURATION_BYTES:
            return False
    return True


class VpxHandle:
    """One running encoder of "VP8" or "VP9".

    Raises:
        EncodeError: the library is missing or refuses a setting.
    """

    def __init__(self, name: str, width: int, height: int, fps: float, controls: Mapping[str, int]) -> None:
        library = load()
        if library is None:
            raise EncodeError("no libvpx")
        self._library = library
        self._configuration = (c_uint8 * CONFIGURATION_BYTES)()
        interface = getattr(library, INTERFACES[name])()
        if library.vpx_codec_enc_config_default(interface, self._configuration, 0):
            raise EncodeError("vpx_codec_enc_config_default")
        self._set(
            g_w=width,
            g_h=height,
            g_threads=1,  # with two it spins when the cores are busy: 247 ms a picture were seen
            timebase_num=1,
            timebase_den=max(1, round(fps)),
            g_lag_in_frames=0,
            rc_dropframe_thresh=0,
            rc_end_usage=CONSTANT_BIT_RATE,
            rc_target_bitrate=1000,
            kf_mode=0,
        )
        self._context = (c_uint8 * CONTEXT_BYTES)()
        if library.vpx_codec_enc_init_ver(self._context, interface, self._configuration, 0, ENCODER_ABI):
            raise EncodeError("vpx_codec_enc_init")
        self._running = True
        for control, value in controls.items():
            if library.vpx_codec_control_(self._context, CONTROLS[control], c_int(value)):
                self.close()
                raise EncodeError(f"libvpx refuses {control}={value}")
        self._image = (c_uint8 * IMAGE_BYTES)()
        placeholder = (c_uint8 * 1)()
        library.vpx_img_wrap(self._image, IMAGE_I420, width, height, 1, placeholder)
        self._quantizer = -1
        self._count = 0

    def encode(self, frame: av.VideoFrame, quantizer: int, *, keyframe: bool) -> tuple[bytes, bool]:
        """Encode a yuv420p frame of the size set; the frame's data, and whether it is a keyframe.

        Raises:
            EncodeError: the library refused the picture.
        """
        if quantizer != self._quantizer:
            self._quantizer = quantizer
            self._set(rc_min_quantizer=quantizer, rc_max_quantizer=quantizer)
            if self._library.vpx_codec_enc_config_set(self._context, self._configuration):
                raise EncodeError("vpx_codec_enc_config_set")
        for index, plane in enumerate(frame.planes):
            c_void_p.from_buffer(self._image, IMAGE_PLANES_AT + 8 * index).value = plane.buffer_ptr
            c_int.from_buffer(self._image, IMAGE_STRIDES_AT + 4 * index).value = plane.line_size
        flags = FORCE_KEYFRAME if keyframe else 0
        if self._library.vpx_codec_encode(self._context, self._image, self._count, 1, flags, REAL_TIME):
            raise EncodeError("vpx_codec_encode")
        self._count += 1
        at = c_void_p()
        parts: list[bytes] = []
        is_key = False
        while packet := self._library.vpx_codec_get_cx_data(self._context, byref(at)):
            made = packet.contents
            if made.kind == 0:
                parts.append(ctypes.string_at(made.buffer, made.size))
                is_key = is_key or bool(made.flags & 1)
        if not parts:
            raise EncodeError("libvpx made nothing")
        return b"".join(parts), is_key

    def close(self) -> None:
        """Free the encoder."""
        if self._running:
            self._running = False
            self._library.vpx_codec_destroy(self._context)

    def _set(self, **fields: int) -> None:
        for field, value in fields.items():
            c_uint32.from_buffer(self._configuration, FIELDS[field]).value = value
