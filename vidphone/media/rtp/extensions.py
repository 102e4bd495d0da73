"""Header extensions by name, and what their values say.

Every `unpack_` raises ValueError on a value of the wrong length.
"""

from struct import Struct

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
"""RFC 9143: which m-section a packet belongs to."""
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
"""One sequence number for all packets of a transport."""
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
ABS_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
"""RFC 6464."""
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
"""How long the sender wants its pictures held back before they are shown."""

_SEQUENCE = Struct("!H")
_CAPTURE = Struct("!Q")
_CAPTURE_WITH_OFFSET = Struct("!Qq")
_SEND_TIME_UNITS = 1 << 18
"""abs-send-time counts 2^-18 s in 24 bits, so it wraps every 64 s."""
_PLAYOUT_UNIT_S = 0.01
_PLAYOUT_MOST = 0xFFF


def pack_mid(mid: str) -> bytes:
    """The media identification as it stands in SDP."""
    return mid.encode()


def unpack_mid(value: bytes) -> str:
    """The media identification; UnicodeDecodeError is a ValueError."""
    return value.decode()


def pack_transport_sequence(number: int) -> bytes:
    """A transport-wide number; of a longer count the low 16 bits."""
    return _SEQUENCE.pack(number & 0xFFFF)


def unpack_transport_sequence(value: bytes) -> int:
    """The transport-wide number, 0 to 65535."""
    if len(value) != 2:
        raise ValueError("transport sequence number is not of 2 bytes")
    return value[0] << 8 | value[1]


def pack_abs_send_time(now_s: float) -> bytes:
    """A time on any clock, modulo 64 s."""
    return (round(now_s * _SEND_TIME_UNITS) & 0xFFFFFF).to_bytes(3, "big")


def unpack_abs_send_time(value: bytes) -> float:
    """Seconds, 0 to 64."""
    if len(value) != 3:
        raise ValueError("absolute send time is not of 3 bytes")
    return int.from_bytes(value, "big") / _SEND_TIME_UNITS


def pack_abs_capture_time(ntp: int, clock_offset: int | None = None) -> bytes:
    """When the frame was captured (64-bit NTP timestamp), and how far the capturing clock is ahead of the sender's.

    `clock_offset` is signed, in units of 2^-32 s; None leaves it out.
    """
    return _CAPTURE.pack(ntp) if clock_offset is None else _CAPTURE_WITH_OFFSET.pack(ntp, clock_offset)


def unpack_abs_capture_time(value: bytes) -> tuple[int, int | None]:
    """The capture time and clock offset as `pack_abs_capture_time` takes them."""
    if len(value) == _CAPTURE.size:
        return int.from_bytes(value, "big"), None
    if len(value) != _CAPTURE_WITH_OFFSET.size:
        raise ValueError("absolute capture time is not of 8 or 16 bytes")
    ntp, clock_offset = _CAPTURE_WITH_OFFSET.unpack(value)
    return ntp, clock_offset


def pack_audio_level(level_dbov: int, voice: bool) -> bytes:
    """Loudness of the packet, 0 (full scale) to -127 dBov (silence), and whether it is thought to hold speech."""
    return bytes((min(max(-level_dbov, 0), 127) | (0x80 if voice else 0),))


def unpack_audio_level(value: bytes) -> tuple[int, bool]:
    """Level in dBov (0 to -127) and the voice flag. In the two-byte form a second byte may follow as padding."""
    if len(value) not in (1, 2):
        raise ValueError("audio level is not of one byte")
    return -(value[0] & 0x7F), value[0] >= 0x80


def pack_playout_delay(shortest_s: float, longest_s: float) -> bytes:
    """Bounds of the delay, in steps of 10 ms up to 40.95 s."""
    low, high = (min(max(round(bound / _PLAYOUT_UNIT_S), 0), _PLAYOUT_MOST) for bound in (shortest_s, longest_s))
    return (low << 12 | high).to_bytes(3, "big")


def unpack_playout_delay(value: bytes) -> tuple[float, float]:
    """Shortest and longest delay in seconds."""
    if len(value) != 3:
        raise ValueError("playout delay is not of 3 bytes")
    both = int.from_bytes(value, "big")
    if both >> 12 > both & _PLAYOUT_MOST:
        raise ValueError("playout delay with its bounds exchanged")
    return (both >> 12) * _PLAYOUT_UNIT_S, (both & _PLAYOUT_MOST) * _PLAYOUT_UNIT_S
