"""SVT-AV1's encoder library (4.1), as PyAV's wheels carry it, by ctypes.

PyAV's own wrapper can't change a running encoder. Here every setting goes through `svt_av1_enc_parse_parameter`, so
that of the configuration only its size and three offsets are taken for granted, and those are tried before use; the
structures of a picture are those of the public headers `EbSvtAv1.h` and `EbSvtAv1Enc.h`, tag v4.1.0.
"""

import ctypes
import functools
import os
from collections.abc import Mapping
from ctypes import byref, c_double, c_int32, c_int64, c_uint8, c_uint32, c_uint64, c_void_p

import av

from vidphone.media.codec.libraries import find_library
from vidphone.media.codec.picture import EncodeError
from vidphone.media.codec.priority import unchanged_priority

VERSION = b"v4.1."
CONFIGURATION_BYTES = 664
"""`sizeof(EbSvtAv1EncConfiguration)` on 64-bit machines."""
WIDTH_AT, BIT_DEPTH_AT, BIT_RATE_AT = 20, 44, 124
"""Offsets in it that are read back by `load`."""
END_OF_STREAM = 1
KEY_PICTURE, INVALID_PICTURE = 3, 0xFF
RATE_CHANGE_EVENT = 4
NO_PACKET = -0x7FFFDFCD  # EB_NoErrorEmptyQueue


class BufferHeader(ctypes.Structure):
    """`EbBufferHeaderType`."""

    _fields_ = (
        ("size", c_uint32), ("p_buffer", c_void_p), ("n_filled_len", c_uint32), ("n_alloc_len", c_uint32),
        ("p_app_private", c_void_p), ("wrapper_ptr", c_void_p), ("n_tick_count", c_uint32), ("dts", c_int64),
        ("pts", c_int64), ("temporal_layer_index", c_uint8), ("qp", c_uint32), ("avg_qp", c_uint32),
        ("pic_type", c_uint32), ("luma_sse", c_uint64), ("cr_sse", c_uint64), ("cb_sse", c_uint64),
        ("flags", c_uint32), ("ssim", c_double * 3), ("metadata", c_void_p),
    )  # fmt: skip


class Planes(ctypes.Structure):
    """`EbSvtIOFormat`; strides in samples."""

    _fields_ = (
        ("luma", c_void_p), ("cb", c_void_p), ("cr", c_void_p),
        ("y_stride", c_uint32), ("cr_stride", c_uint32), ("cb_stride", c_uint32),
    )  # fmt: skip


class PrivateData(ctypes.Structure):
    """`EbPrivDataNode`: something said to the encoder along with a picture; the library copies it."""

    _fields_ = (("node_type", c_uint32), ("data", c_void_p), ("size", c_uint32), ("next", c_void_p))


class RateInfo(ctypes.Structure):
    """`SvtAv1RateInfo`."""

    _fields_ = (("seq_qp", c_uint32), ("target_bit_rate", c_uint32))


@functools.cache
def load() -> ctypes.CDLL | None:
    """The library, or None where there is none, or not the one this was written for."""
    path = find_library("SvtAv1Enc")
    if path is None:
        return None
    os.environ.setdefault("SVT_LOG", "0")  # read once, by the first encoder of the process; else it writes to stderr
    try:
        library = ctypes.CDLL(str(path))
        library.svt_av1_get_version.restype = ctypes.c_char_p
        return library if library.svt_av1_get_version().startswith(VERSION) and _fits(library) else None
    except (OSError, AttributeError):
        return None


def _fits(library: ctypes.CDLL) -> bool:
    """Whether the configuration is as large as expected and holds what is expected where it is."""
    filler = 0xA5
    configuration = (c_uint8 * (4 * CONFIGURATION_BYTES))(*[filler] * (4 * CONFIGURATION_BYTES))
    handle = c_void_p()
    with unchanged_priority():
        refused = library.svt_av1_enc_init_handle(byref(handle), configuration)
    if refused:
        return False
    try:
        if library.svt_av1_enc_parse_parameter(configuration, b"width", b"1234"):
            return False
        if library.svt_av1_enc_parse_parameter(configuration, b"tbr", b"777"):
            return False
        data = bytes(configuration)

        def word(offset: int) -> int:
            return int.from_bytes(data[offset : offset + 4], "little")

        untouched = data[CONFIGURATION_BYTES:].count(filler) == 3 * CONFIGURATION_BYTES
        return untouched and (word(WIDTH_AT), word(BIT_DEPTH_AT), word(BIT_RATE_AT)) == (1234, 8, 777_000)
    finally:
        library.svt_av1_enc_deinit_handle(handle)


class SvtHandle:
    """One running encoder: a picture in, its packet out, without delay.

    Raises:
        EncodeError: the library is missing or refuses a setting.
    """

    def __init__(self, settings: Mapping[str, object]) -> None:
        library = load()
        if library is None:
            raise EncodeError("no SVT-AV1 4.1")
        self._library = library
        self._handle = c_void_p()
        with unchanged_priority():
            self._begin(settings)
        self._count = 0
        self._running = True
        self._failed = False

    def _begin(self, settings: Mapping[str, object]) -> None:
        library = self._library
        configuration = (c_uint8 * (4 * CONFIGURATION_BYTES))()
        if library.svt_av1_enc_init_handle(byref(self._handle), configuration):
            raise EncodeError("svt_av1_enc_init_handle")
        try:
            for name, value in settings.items():
                if library.svt_av1_enc_parse_parameter(configuration, name.encode(), str(value).encode()):
                    raise EncodeError(f"SVT-AV1 refuses {name}={value}")
            self._bit_rate = int.from_bytes(bytes(configuration[BIT_RATE_AT : BIT_RATE_AT + 4]), "little")
            if library.svt_av1_enc_set_parameter(self._handle, configuration):
                raise EncodeError("svt_av1_enc_set_parameter")
            if library.svt_av1_enc_init(self._handle):
                raise EncodeError("svt_av1_enc_init")
        except EncodeError:
            library.svt_av1_enc_deinit_handle(self._handle)
            raise

    def encode(self, frame: av.VideoFrame, quantizer: int, *, keyframe: bool) -> tuple[bytes, bool]:
        """Encode a yuv420p frame of the size set; what comes out, and whether it is a keyframe.

        Raises:
            EncodeError: the library refused the picture.
        """
        luma, cb, cr = frame.planes
        planes = Planes(luma.buffer_ptr, cb.buffer_ptr, cr.buffer_ptr, luma.line_size, cr.line_size, cb.line_size)
        # the rate has no meaning while the quantizer is given, but must be repeated as it was set
        rate = RateInfo(quantizer, self._bit_rate)
        event = PrivateData(RATE_CHANGE_EVENT, ctypes.addressof(rate), ctypes.sizeof(rate), None)
        header = BufferHeader(
            size=ctypes.sizeof(BufferHeader),
            p_buffer=ctypes.addressof(planes),
            n_filled_len=frame.width * frame.height + 2 * ((frame.width + 1) // 2) * ((frame.height + 1) // 2),
            p_app_private=ctypes.addressof(event),
            pts=self._count,
            pic_type=KEY_PICTURE if keyframe else INVALID_PICTURE,
        )
        self._count += 1
        if self._library.svt_av1_enc_send_picture(self._handle, byref(header)):
            self._failed = True
            raise EncodeError("svt_av1_enc_send_picture")
        packet = ctypes.POINTER(BufferHeader)()
        if self._library.svt_av1_enc_get_packet(self._handle, byref(packet), 0) or not packet:
            self._failed = True
            raise EncodeError("svt_av1_enc_get_packet")
        try:
            made = packet.contents
            return ctypes.string_at(made.p_buffer, made.n_filled_len), made.pic_type == KEY_PICTURE
        finally:
            self._library.svt_av1_enc_release_out_buffer(byref(packet))

    def close(self) -> None:
        """End the encoder's threads and free its memory."""
        if not self._running:
            return
        self._running = False
        if not self._failed:  # after a failure no packet may ever come
            self._drain()
        self._library.svt_av1_enc_deinit(self._handle)
        self._library.svt_av1_enc_deinit_handle(self._handle)

    def _drain(self) -> None:
        last = BufferHeader(size=ctypes.sizeof(BufferHeader), flags=END_OF_STREAM, pic_type=INVALID_PICTURE)
        self._library.svt_av1_enc_send_picture(self._handle, byref(last))
        ended = False
        while not ended:
            packet = ctypes.POINTER(BufferHeader)()
            result = c_int32(self._library.svt_av1_enc_get_packet(self._handle, byref(packet), 1)).value
            ended = result == NO_PACKET or not packet or bool(packet.contents.flags & END_OF_STREAM)
            if packet:
                self._library.svt_av1_enc_release_out_buffer(byref(packet))
