"""The Opus library by ctypes: PyAV's own copy, which is loaded anyway, or the system's.

FFmpeg's wrapper offers neither concealment nor the in-band redundancy of a packet, nor a change of rate while running.
A call through `CDLL` releases the interpreter's lock.
"""

import ctypes
import ctypes.util
import re
from functools import cache
from pathlib import Path

import av

MIN_VERSION = (1, 3)
_FOLDERS = ("../av.libs", ".dylibs", ".libs")
"""Where auditwheel and delvewheel, delocate, and older wheels put a wheel's libraries, from the package's folder."""
_PATTERNS = ("libopus*.so*", "libopus*.dylib", "*opus*.dll")
_PROBE = bytes([0xF8, 0xFF, 0xFE])
"""20 ms of silence, CELT, fullband, mono (RFC 6716 section 3.1)."""


class OpusUnavailable(Exception):
    """There is no Opus library that can be used; the text says why."""


@cache
def library() -> ctypes.CDLL:
    """The library, checked.

    Raises:
        OpusUnavailable: none was found, or what was found does not answer as Opus does.
    """
    faults = []
    for candidate in _candidates():
        try:
            found = ctypes.CDLL(candidate)
            _declare(found)
            _try(found)
        except (OSError, AttributeError, OpusUnavailable) as reason:
            faults.append(f"{Path(candidate).name}: {reason}")
        else:
            return found
    raise OpusUnavailable("; ".join(faults) or "no Opus library beside PyAV, nor in the system")


def version() -> str:
    """What the library calls itself, as "libopus 1.6.1".

    Raises:
        OpusUnavailable: as `library`.
    """
    text: bytes = library().opus_get_version_string()
    return text.decode("ascii", "replace")


def _candidates() -> list[str]:
    package = Path(av.__file__).parent
    beside = [
        str(path)
        for folder in _FOLDERS
        for pattern in _PATTERNS
        for path in sorted((package / folder).glob(pattern))
        if "opusfile" not in path.name
    ]
    system = ctypes.util.find_library("opus")
    return [*beside, system] if system else beside


def _declare(opus: ctypes.CDLL) -> None:
    """Argument types; for `_ctl`, those before the ellipsis alone, as arm64 of Apple wants it."""
    pointer, number, data = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    signatures = {
        "opus_get_version_string": (data, []),
        "opus_strerror": (data, [number]),
        "opus_encoder_create": (pointer, [ctypes.c_int32, number, number, pointer]),
        "opus_encoder_ctl": (number, [pointer, number]),
        "opus_encoder_destroy": (None, [pointer]),
        "opus_encode": (ctypes.c_int32, [pointer, pointer, number, pointer, ctypes.c_int32]),
        "opus_decoder_create": (pointer, [ctypes.c_int32, number, pointer]),
        "opus_decoder_get_size": (number, [number]),
        "opus_decoder_destroy": (None, [pointer]),
        "opus_decode": (number, [pointer, data, ctypes.c_int32, pointer, number, number]),
        "opus_packet_get_nb_samples": (number, [data, ctypes.c_int32, ctypes.c_int32]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(opus, name)
        function.restype, function.argtypes = result, arguments
    if hasattr(opus, "opus_packet_has_lbrr"):  # since 1.5
        opus.opus_packet_has_lbrr.restype, opus.opus_packet_has_lbrr.argtypes = number, [data, ctypes.c_int32]


def _try(opus: ctypes.CDLL) -> None:
    text: bytes = opus.opus_get_version_string()
    found = re.search(rb"(\d+)\.(\d+)", text)
    if found is None or (int(found[1]), int(found[2])) < MIN_VERSION:
        raise OpusUnavailable(f"{text.decode('ascii', 'replace')} is older than {MIN_VERSION[0]}.{MIN_VERSION[1]}")
    if opus.opus_packet_get_nb_samples(_PROBE, len(_PROBE), 48_000) != 960:
        raise OpusUnavailable(f"{text.decode('ascii', 'replace')} misreads a packet")
