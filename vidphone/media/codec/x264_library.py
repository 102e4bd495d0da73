"""libx264 (ABI 165), as PyAV's wheels carry it, by ctypes: a quantizer with each picture.

Through PyAV it would follow a rate only by its VBV, which on a narrow line stays at its coarsest quantizer for good
(24 dB at 500 kb/s where 36 are reached so). The ABI is part of the name `x264_encoder_open_165`; settings go by
`x264_param_parse`. Of its parameters four offsets are taken for granted, tried when loaded.
"""

import ctypes
import functools
from collections.abc import Mapping
from ctypes import POINTER, byref, c_int, c_int64, c_uint8, c_void_p

import av

from vidphone.media.codec.libraries import find_library
from vidphone.media.codec.picture import EncodeError

PARAMETER_BYTES = 8192
"""More than `x264_param_t` has (about 1 kB)."""
WIDTH_AT, HEIGHT_AT, CSP_AT, BIT_DEPTH_AT, LEVEL_AT = 28, 32, 36, 40, 44
CSP_I420 = 2
TYPE_AUTO, TYPE_IDR = 0, 1


class Picture(ctypes.Structure):
    """`x264_picture_t` up to its image; the rest is the library's."""

    _fields_ = (
        ("i_type", c_int), ("i_qpplus1", c_int), ("i_pic_struct", c_int), ("b_keyframe", c_int),
        ("i_pts", c_int64), ("i_dts", c_int64), ("param", c_void_p),
        ("i_csp", c_int), ("i_plane", c_int), ("i_stride", c_int * 4), ("plane", c_void_p * 4),
        ("rest", c_uint8 * 2048),
    )  # fmt: skip


class Nal(ctypes.Structure):
    """`x264_nal_t`."""

    _fields_ = (
        ("i_ref_idc", c_int), ("i_type", c_int), ("b_long_startcode", c_int), ("i_first_mb", c_int),
        ("i_last_mb", c_int), ("i_payload", c_int), ("p_payload", c_void_p), ("i_padding", c_int),
    )  # fmt: skip


@functools.cache
def load() -> ctypes.CDLL | None:
    """The library, or None where there is none, or not the one this was written for."""
    path = find_library("x264")
    if path is None:
        return None
    try:
        library = ctypes.CDLL(str(path))
        library.x264_encoder_open_165.restype = c_void_p
        parameters = (c_uint8 * PARAMETER_BYTES)()
        library.x264_param_default(parameters)
    except (OSError, AttributeError):
        return None
    defaults = tuple(c_int.from_buffer(parameters, at).value for at in (WIDTH_AT, CSP_AT, BIT_DEPTH_AT, LEVEL_AT))
    return library if defaults == (0, CSP_I420, 8, -1) else None


class X264Handle:
    """One running encoder.

    Raises:
        EncodeError: the library is missing or refuses a setting.
    """

    def __init__(self, width: int, height: int, preset: str, profile: str, settings: Mapping[str, object]) -> None:
        library = load()
        if library is None:
            raise EncodeError("no x264")
        self._library = library
        parameters = (c_uint8 * PARAMETER_BYTES)()
        if library.x264_param_default_preset(parameters, preset.encode(), b"zerolatency"):
            raise EncodeError(f"x264 has no preset {preset}")
        c_int.from_buffer(parameters, WIDTH_AT).value = width
        c_int.from_buffer(parameters, HEIGHT_AT).value = height
        for name, value in settings.items():
            if library.x264_param_parse(parameters, name.encode(), str(value).encode()):
                raise EncodeError(f"x264 refuses {name}={value}")
        if library.x264_param_apply_profile(parameters, profile.encode()):
            raise EncodeError(f"x264 refuses the profile {profile}")
        self._handle = c_void_p(library.x264_encoder_open_165(parameters))
        library.x264_param_cleanup(parameters)
        if not self._handle:
            raise EncodeError("x264_encoder_open")
        self._count = 0

    def encode(self, frame: av.VideoFrame, quantizer: int, *, keyframe: bool) -> tuple[bytes, bool]:
        """Encode a yuv420p frame of the size set; an Annex B access unit, and whether it is a keyframe.

        Raises:
            EncodeError: the library refused the picture.
        """
        picture, made = Picture(), Picture()
        self._library.x264_picture_init(byref(picture))
        picture.i_type = TYPE_IDR if keyframe else TYPE_AUTO
        picture.i_qpplus1 = quantizer + 1
        picture.i_pts = self._count
        picture.i_csp, picture.i_plane = CSP_I420, 3
        for index, plane in enumerate(frame.planes):
            picture.i_stride[index] = plane.line_size
            picture.plane[index] = plane.buffer_ptr
        self._count += 1
        nals, count = POINTER(Nal)(), c_int()
        size = self._library.x264_encoder_encode(self._handle, byref(nals), byref(count), byref(picture), byref(made))
        if size <= 0 or count.value <= 0:
            raise EncodeError("x264_encoder_encode")
        return ctypes.string_at(nals[0].p_payload, size), bool(made.b_keyframe)

    def close(self) -> None:
        """Free the encoder."""
        if self._handle:
            self._library.x264_encoder_close(self._handle)
            self._handle = c_void_p()
