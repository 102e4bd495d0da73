"""The payload formats that a call knows: as it offers them, and which of a stranger's are the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vidphone.media.rtc.sdp.model import Format
from vidphone.media.rtp import extensions
from vidphone.media.rtp.clock import VIDEO_CLOCK_HZ

AUDIO_CLOCK_HZ = 48_000
VIDEO_NAMES = ("AV1", "VP9", "VP8", "H264")
"""As sent, best picture first."""
ASKED_NAMES = ("VP8", "VP9", "AV1", "H264")
"""As asked for of those who send what comes first. Chromium sends repair packets with the first two alone, and with the
first it leaves a queue of 10 ms on a line of 2 Mb/s; of 110 ms with AV1 (measured, Chromium 156)."""
AUDIO_NAME = "opus"
_OPUS_TYPE, _RED_TYPE = 111, 63
_FLEXFEC_TYPE = 49
_VIDEO_RED_TYPE, _ULPFEC_TYPE = 119, 118
_H264_LEVEL = "2a"
"""4.2, which is 1080p60; what a receiver can take (RFC 6184 section 8.1)."""
_H264_DEFAULT = "420010"

RTCP_TYPES = range(64, 96)
"""With a marker they look like RTCP (RFC 5761 section 4)."""
TRANSPORT_CC, NACK, PLI, FIR, REMB = "transport-cc", "nack", "nack pli", "ccm fir", "goog-remb"
_VIDEO_FEEDBACK = frozenset({TRANSPORT_CC, NACK, PLI, FIR, REMB})

EXTENSIONS = {
    "audio": {
        extensions.AUDIO_LEVEL: 1,
        extensions.ABS_SEND_TIME: 2,
        extensions.TRANSPORT_CC: 3,
        extensions.MID: 4,
        extensions.ABS_CAPTURE_TIME: 5,
    },
    "video": {
        extensions.ABS_SEND_TIME: 2,
        extensions.TRANSPORT_CC: 3,
        extensions.MID: 4,
        extensions.ABS_CAPTURE_TIME: 5,
    },
}
"""As offered. One id means the same in both m-lines of a bundle (RFC 9143 section 15)."""


def _video(payload_type: int, name: str, fmtp: dict[str, str]) -> tuple[Format, Format]:
    return (
        Format(payload_type, name, VIDEO_CLOCK_HZ, fmtp=fmtp, feedback=_VIDEO_FEEDBACK),
        Format(payload_type + 1, "rtx", VIDEO_CLOCK_HZ, fmtp={"apt": str(payload_type)}),
    )


def _h264(payload_type: int, profile: str) -> tuple[Format, Format]:
    return _video(
        payload_type,
        "H264",
        {
            "level-asymmetry-allowed": "1",
            "packetization-mode": "1",
            "profile-level-id": profile + _H264_LEVEL,
        },
    )


_VIDEO = {
    "AV1": (_video(45, "AV1", {"level-idx": "5", "profile": "0", "tier": "0"}),),
    "VP9": (_video(98, "VP9", {"profile-id": "0"}),),
    "VP8": (_video(96, "VP8", {}),),
    "H264": (_h264(102, "6400"), _h264(104, "42e0")),
}
_RED = Format(_VIDEO_RED_TYPE, "red", VIDEO_CLOCK_HZ, feedback=_VIDEO_FEEDBACK - {PLI, FIR, NACK})
_IN_RED = (
    _RED,
    Format(_VIDEO_RED_TYPE + 1, "rtx", VIDEO_CLOCK_HZ, fmtp={"apt": str(_VIDEO_RED_TYPE)}),
    Format(_ULPFEC_TYPE, "ulpfec", VIDEO_CLOCK_HZ),
)
"""For who sends no FlexFEC: browsers send this beside VP8 and VP9."""
_FLEXFEC = Format(
    _FLEXFEC_TYPE,
    "flexfec-03",
    VIDEO_CLOCK_HZ,
    fmtp={"repair-window": "10000000"},
    feedback=frozenset({TRANSPORT_CC, REMB}),
)
_AUDIO = (
    Format(
        _OPUS_TYPE,
        AUDIO_NAME,
        AUDIO_CLOCK_HZ,
        channels=2,
        fmtp={"minptime": "10", "useinbandfec": "1"},
        feedback=frozenset({TRANSPORT_CC}),
    ),
    Format(_RED_TYPE, "red", AUDIO_CLOCK_HZ, channels=2, fmtp={"": f"{_OPUS_TYPE}/{_OPUS_TYPE}"}),
)


def offered(kind: str, video_names: Iterable[str]) -> tuple[Format, ...]:
    """The formats of an offer's m-line, as asked for; RTX beside each codec, repair packets last."""
    if kind == "audio":
        return _AUDIO
    names = sorted(set(video_names), key=ASKED_NAMES.index)
    codecs = [each for name in names for pair in _VIDEO[name] for each in pair]
    return (*codecs, *_IN_RED, _FLEXFEC)


def known_name(found: Format) -> str | None:
    """What the pipeline calls a codec's format; None for one it cannot use, and for RTX, RED and FEC."""
    if found.payload_type in RTCP_TYPES:
        return None
    parameters = found.fmtp
    match found.name, found.clock_rate, found.channels:
        case "opus", 48_000, 2:
            return AUDIO_NAME
        case "vp8", 90_000, _:
            return "VP8"
        case "vp9", 90_000, _:
            return "VP9" if parameters.get("profile-id", "0") == "0" else None
        case "av1", 90_000, _:
            return "AV1" if parameters.get("profile", "0") == "0" else None
        case "h264", 90_000, _:
            usable = parameters.get("packetization-mode") == "1" and _h264_profile(found) is not None
            return "H264" if usable else None
    return None


def same(one: Format, other: Format) -> bool:
    """Two codec formats that one decoder takes (RFC 3264 section 6.1 with each format's own rules)."""
    name = known_name(one)
    return name is not None and name == known_name(other) and _h264_profile(one) == _h264_profile(other)


def answer_to(found: Format, ours: Format) -> Format:
    """Our answer for an offered format: its payload type, our parameters, the feedback that both know."""
    fmtp = dict(ours.fmtp)
    if "profile-level-id" in fmtp:
        offered_id = found.fmtp.get("profile-level-id", _H264_DEFAULT).lower()
        level = fmtp["profile-level-id"][4:]
        if found.fmtp.get("level-asymmetry-allowed") != "1":
            level = min(level, offered_id[4:])  # RFC 6184 section 8.2.2: one level both ways then
            del fmtp["level-asymmetry-allowed"]
        fmtp["profile-level-id"] = offered_id[:4] + level
    return replace(ours, payload_type=found.payload_type, fmtp=fmtp, feedback=ours.feedback & found.feedback)


def _h264_profile(found: Format) -> str | None:
    """A profile that is made and read here, by one name for its subsets; None for any other
    (RFC 6184 section 8.1, table 5)."""
    if found.name != "h264":
        return ""
    text = found.fmtp.get("profile-level-id", _H264_DEFAULT)
    try:
        profile, flags, _ = bytes.fromhex(text) if len(text) == 6 else (0, 0, 0)
    except ValueError:
        return None
    if profile == 0x42 and flags & 0x4F == 0x40:
        return "constrained baseline"
    if profile == 0x4D and flags & 0x8F == 0x80:
        return "constrained baseline"
    if profile == 0x64 and flags in (0x00, 0x0C):
        return "high"
    return None


def rtx_of(listed: Iterable[Format], payload_type: int) -> Format | None:
    """The format of a codec's retransmissions (RFC 4588 section 8.6)."""
    return next((each for each in _named(listed, "rtx") if each.fmtp.get("apt") == str(payload_type)), None)


def red_of(listed: Iterable[Format], payload_type: int) -> Format | None:
    """RFC 2198 redundancy of Opus in Opus, and nothing else in it."""
    for each in _named(listed, "red"):
        inside = each.fmtp.get("", "").split("/")
        if (each.clock_rate, each.channels) == (AUDIO_CLOCK_HZ, 2) and set(inside) == {str(payload_type)}:
            return each
    return None


def ulpfec_of(listed: Sequence[Format]) -> tuple[Format, Format] | None:
    """RED of video (RFC 2198) and ULPFEC (RFC 5109) in it, where both are there."""
    found = [
        next((each for each in _named(listed, name) if each.clock_rate == VIDEO_CLOCK_HZ), None)
        for name in ("red", "ulpfec")
    ]
    return (found[0], found[1]) if found[0] is not None and found[1] is not None else None


def flexfec_of(listed: Iterable[Format]) -> Format | None:
    """FlexFEC as of draft 03, the form that browsers have."""
    return next((each for each in _named(listed, "flexfec-03") if each.clock_rate == VIDEO_CLOCK_HZ), None)


def _named(listed: Iterable[Format], name: str) -> Iterator[Format]:
    return (each for each in listed if each.name == name and each.payload_type not in RTCP_TYPES)
