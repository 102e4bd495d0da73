"""NTP timestamps as RTCP writes them (RFC 3550 section 4): 32 bits of seconds since 1900, 32 bits of fraction."""

_UNIX_EPOCH_S = 2_208_988_800
"""Seconds from 1900 to 1970."""
_FRACTION = 1 << 32


def ntp_timestamp(unix_s: float) -> int:
    """The 64-bit timestamp of a Unix time; it wraps in 2036, as NTP's seconds do."""
    seconds, fraction = divmod(unix_s, 1.0)
    return (((int(seconds) + _UNIX_EPOCH_S) << 32) + int(fraction * _FRACTION)) & 0xFFFF_FFFF_FFFF_FFFF


def unix_seconds(ntp: int) -> float:
    """The Unix time of a timestamp of NTP's first era, to about a microsecond."""
    return (ntp >> 32) - _UNIX_EPOCH_S + (ntp & 0xFFFF_FFFF) / _FRACTION


def compact(ntp: int) -> int:
    """The middle 32 bits, in units of 1/65536 s: what report blocks echo."""
    return ntp >> 16 & 0xFFFF_FFFF
