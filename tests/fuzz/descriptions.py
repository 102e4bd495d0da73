"""Readers of session descriptions and candidates."""

from tests.fuzz.target import Target
from vidphone.media.rtc.generation import parse_candidate
from vidphone.media.rtc.sdp import agreement, formats, negotiation, text, write
from vidphone.media.rtc.sdp.model import Description, IceCredentials
from vidphone.wire.errors import ErrorCode, VidphoneError

_ICE = IceCredentials("abcd", "h82Ib3TJyT/Efw5IqMWgnvE1")
_FINGERPRINT = ":".join(f"{number:02X}" for number in range(32))
_SOURCES = (negotiation.LocalSources(1, 2, 3, "sound"), negotiation.LocalSources(4, 5, 6, "picture"))
LOCAL = negotiation.Local(_ICE, _FINGERPRINT, *_SOURCES, cname="c", stream="s", session=7)
CANDIDATES = (
    "candidate:3971513757 1 udp 2113937151 192.0.2.2 40346 typ host generation 0 network-cost 999",
    "candidate:1 1 udp 1686052607 203.0.113.5 50000 typ srflx raddr 192.0.2.2 rport 40346",
    "candidate:4193659285 1 tcp 1518285567 fd00::2 48505 typ host tcptype passive generation 0",
    "candidate:2 1 UDP 41885439 2001:db8::1 65535 typ relay raddr :: rport 0 ufrag ztGX",
    "candidate:9 1 udp 1 6b1f4a2e-7d3c-4c52-9f19-0d2a1e1c7c55.local 9 typ host",
)


def offered() -> Description:
    """Our own offer, with candidates in it."""
    return text.read(
        write.write(negotiation.offer(LOCAL, formats.VIDEO_NAMES)).replace(
            "a=rtcp-mux", f"a={CANDIDATES[0]}\r\na=end-of-candidates\r\na=rtcp-mux"
        )
    )


def description_seeds() -> list[bytes]:
    """An offer, its answer, and a browser's way of saying less."""
    offer = offered()
    answer = negotiation.answer(offer, LOCAL, formats.VIDEO_NAMES)
    short = [
        "v=0", "o=mozilla...THIS_IS_SDPARTA-99.0 1 0 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0",
        f"a=fingerprint:sha-256 {_FINGERPRINT}", "a=ice-options:trickle", "m=audio 9 UDP/TLS/RTP/SAVPF 109 9",
        "c=IN IP4 0.0.0.0", "b=AS:64", "a=sendrecv", "a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1",
        "a=ice-ufrag:8a6b2c1d", "a=ice-pwd:0123456789abcdef0123456789abcdef", "a=mid:0", "a=rtcp-mux",
        "a=rtpmap:109 opus/48000/2", "a=rtpmap:9 G722/8000/1", "a=setup:actpass", "a=ssrc:1 cname:{x}", "",
    ]  # fmt: skip
    return [write.write(offer).encode(), write.write(answer).encode(), "\r\n".join(short).encode()]


def read_description(data: bytes) -> None:
    """As an offer, then as an answer to ours: everything that a call does with it. Once written, it reads as itself."""
    try:
        theirs = text.read(data.decode("utf-8", "replace"))
    except VidphoneError as error:
        _refused(error)
        return
    written = text.read(write.write(theirs))
    assert text.read(write.write(written)) == written
    try:
        answer = negotiation.answer(theirs, LOCAL, formats.VIDEO_NAMES)
        agreement.remote_transport(theirs, offered=True)
        agreement.plan(answer, theirs, LOCAL, we_offered=False)
    except VidphoneError as error:
        _refused(error)
    try:
        agreement.remote_transport(theirs, offered=False)
        agreement.plan(negotiation.offer(LOCAL, formats.VIDEO_NAMES), theirs, LOCAL, we_offered=True)
    except VidphoneError as error:
        _refused(error)


def _refused(error: VidphoneError) -> None:
    if error.code is not ErrorCode.MALFORMED:
        raise error


def read_candidate(data: bytes) -> None:
    """A candidate, or none."""
    candidate = parse_candidate(data.decode("utf-8", "replace"))
    assert candidate is None or 0 < candidate.port < 65_536


TARGETS = (
    Target("description", description_seeds, read_description, text=True, max_bytes=16_384),
    Target("candidate", lambda: [one.encode() for one in CANDIDATES], read_candidate, text=True, max_bytes=512),
)
