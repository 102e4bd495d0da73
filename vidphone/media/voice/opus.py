"""Opus (RFC 6716, RFC 7587) for speech: mono, 48 kHz. An encoder or decoder belongs to one thread at a time."""

import ctypes
import enum
import weakref

import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.voice.opus_library import OpusUnavailable, library, version

__all__ = [
    "Application", "OpusDecoder", "OpusEncoder", "OpusError", "OpusUnavailable", "frame_samples", "has_recovery",
    "version",
]  # fmt: skip

MIN_BITRATE_BPS, MAX_BITRATE_BPS = 6_000, 128_000
MAX_FRAME_SAMPLES = 5760
"""120 ms, the longest packet there is (RFC 6716 section 2.1.4)."""
GRAIN_SAMPLES = 120
"""2.5 ms: concealment comes in multiples of that."""
_MAX_PACKET_BYTES = 1500
_SET_BITRATE, _SET_VBR, _SET_COMPLEXITY, _SET_INBAND_FEC = 4002, 4006, 4010, 4012
_SET_PACKET_LOSS, _SET_DTX, _SET_SIGNAL = 4014, 4016, 4024
_SIGNAL_VOICE = 3001


class Application(enum.IntEnum):
    """What the encoder is tuned for; the numbers are the library's."""

    VOIP = 2048
    AUDIO = 2049


class OpusError(Exception):
    """The library refused a packet or a call."""


def frame_samples(data: bytes) -> int:
    """How many samples at 48 kHz a packet holds (RFC 6716 section 3).

    Raises:
        ValueError: it is no Opus packet.
    """
    count = library().opus_packet_get_nb_samples(data, len(data), SAMPLE_RATE_HZ) if data else 0
    if not 0 < count <= MAX_FRAME_SAMPLES:
        raise ValueError("not an Opus packet")
    return int(count)


def has_recovery(data: bytes) -> bool:
    """Whether a packet holds the one before it again, coarser (in-band FEC); False where the library cannot tell."""
    opus = library()
    return bool(data) and hasattr(opus, "opus_packet_has_lbrr") and opus.opus_packet_has_lbrr(data, len(data)) == 1


def _checked(result: int) -> int:
    if result < 0:
        raise OpusError(library().opus_strerror(result).decode("ascii", "replace"))
    return result


class OpusEncoder:
    """Blocks of 20 ms to packets, without DTX: the other side hears that we live."""

    def __init__(
        self, bitrate_bps: int = 40_000, *, application: Application = Application.VOIP, complexity: int = 9
    ) -> None:
        """`complexity` is 0 to 10.

        Raises:
            OpusUnavailable: there is no library.
            OpusError: it does not make an encoder.
        """
        self._opus = library()
        fault = ctypes.c_int()
        self._state = ctypes.c_void_p(
            self._opus.opus_encoder_create(SAMPLE_RATE_HZ, 1, int(application), ctypes.byref(fault))
        )
        _checked(fault.value)
        weakref.finalize(self, self._opus.opus_encoder_destroy, self._state)
        self._out = ctypes.create_string_buffer(_MAX_PACKET_BYTES)
        self._bitrate_bps = self._loss_percent = -1
        self._control(_SET_SIGNAL, _SIGNAL_VOICE)
        self._control(_SET_VBR, 1)
        self._control(_SET_DTX, 0)
        self.set_complexity(complexity)
        self.set_fec(True)
        self.set_loss(0.0)
        self.set_bitrate(bitrate_bps)

    def encode(self, samples: Samples) -> bytes:
        """Encode `BLOCK_SAMPLES` samples.

        Raises:
            OpusError: the library refused.
            ValueError: a block of another length.
        """
        if samples.shape != (BLOCK_SAMPLES,):
            raise ValueError("not a block of 20 ms")
        block = np.ascontiguousarray(samples, np.int16)
        length = _checked(
            self._opus.opus_encode(self._state, block.ctypes.data, BLOCK_SAMPLES, self._out, _MAX_PACKET_BYTES)
        )
        return self._out.raw[:length]

    def set_bitrate(self, bps: int) -> None:
        """Use about that rate from the next block on."""
        bps = min(max(int(bps), MIN_BITRATE_BPS), MAX_BITRATE_BPS)
        if bps != self._bitrate_bps:
            self._bitrate_bps = bps
            self._control(_SET_BITRATE, bps)

    def set_loss(self, fraction: float) -> None:
        """What share of packets is lost: the encoder leans less on the past, and spends on in-band FEC."""
        percent = min(max(round(fraction * 100), 0), 100)
        if percent != self._loss_percent:
            self._loss_percent = percent
            self._control(_SET_PACKET_LOSS, percent)

    def set_fec(self, on: bool) -> None:
        """Whether a packet may hold the one before it again; without loss none does."""
        self._control(_SET_INBAND_FEC, int(on))

    def set_complexity(self, complexity: int) -> None:
        """0 to 10; more is better and slower."""
        self._control(_SET_COMPLEXITY, min(max(complexity, 0), 10))

    def _control(self, request: int, value: int) -> None:
        _checked(self._opus.opus_encoder_ctl(self._state, request, ctypes.c_int32(value)))


class OpusDecoder:
    """Packets of any length, mono or stereo, to mono sound."""

    def __init__(self) -> None:
        """Make one.

        Raises:
            OpusUnavailable: there is no library.
            OpusError: it does not make a decoder.
        """
        self._opus = library()
        fault = ctypes.c_int()
        self._state = ctypes.c_void_p(self._opus.opus_decoder_create(SAMPLE_RATE_HZ, 1, ctypes.byref(fault)))
        _checked(fault.value)
        weakref.finalize(self, self._opus.opus_decoder_destroy, self._state)
        self._out = np.zeros(MAX_FRAME_SAMPLES, np.int16)
        self._size = int(self._opus.opus_decoder_get_size(1))

    def save(self) -> bytes:
        """The whole state; it lies in one piece of memory that may be copied (opus.h, `opus_decoder_get_size`)."""
        return ctypes.string_at(self._state, self._size)

    def restore(self, state: bytes) -> None:
        """Go back to a state that this decoder had.

        Raises:
            ValueError: it is none.
        """
        if len(state) != self._size:
            raise ValueError("not a decoder's state")
        ctypes.memmove(self._state, state, self._size)

    def decode(self, data: bytes) -> Samples:
        """Decode the packet that follows.

        Raises:
            OpusError: the packet is damaged.
        """
        if not data:  # to the library that would mean a lost one
            raise OpusError("empty packet")
        return self._run(data, MAX_FRAME_SAMPLES, recover=False)

    def conceal(self, count: int) -> Samples:
        """Something for `count` samples that did not come, a multiple of `GRAIN_SAMPLES` up to 120 ms.

        Raises:
            OpusError: another count.
        """
        return self._run(None, count, recover=False)

    def recover(self, following: bytes, count: int) -> Samples:
        """The `count` samples before a packet out of its in-band FEC, concealment where it has none.

        Raises:
            OpusError: the packet is damaged, or the count is none of a packet.
        """
        return self._run(following, count, recover=True)

    def _run(self, data: bytes | None, count: int, *, recover: bool) -> Samples:
        if not 0 < count <= MAX_FRAME_SAMPLES:
            raise OpusError("more than a packet can hold")
        length = 0 if data is None else len(data)
        made = _checked(self._opus.opus_decode(self._state, data, length, self._out.ctypes.data, count, int(recover)))
        return self._out[:made].copy()
