"""What is checked of the other side's description before anything acts on it.

An SDP comes from a stranger by way of the service. aiortc reads it with asserts and `int()`; here everything that it
may stumble over becomes `MALFORMED`, and what the call does not offer (data channels, transports of their own for
each medium) is refused.
"""

from dataclasses import dataclass

from aiortc import sdp

from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_EXTENSION_ID = 14
"""One-byte header extensions have ids 1 to 14 (RFC 8285 section 4.2)."""
_CANDIDATE_LINES = ("a=candidate:", "a=end-of-candidates")


@dataclass(frozen=True, slots=True)
class Description:
    """A description that can be acted upon."""

    text: str
    """Without candidates, which go their own way: looking up a candidate's name must not hold up the answer."""
    fingerprint: str
    """SHA-256, upper case."""
    candidates: tuple[str, ...]
    mid: str
    """Of the first medium, which carries the transport of both."""


def read(text: str) -> Description:
    """Check a description.

    Raises:
        VidphoneError: `MALFORMED`.
    """
    lines = text.splitlines()
    candidates = tuple(line[2:] for line in lines if line.startswith("a=candidate:"))
    bare = "".join(f"{line}\r\n" for line in lines if not line.startswith(_CANDIDATE_LINES))
    try:
        parsed = sdp.SessionDescription.parse(bare)
        _check(parsed)
        fingerprints = {
            fingerprint.value.upper()
            for media in parsed.media
            for fingerprint in (media.dtls.fingerprints if media.dtls else ())
            if fingerprint.algorithm.lower() == "sha-256"
        }
        (fingerprint,) = fingerprints
    except Exception as error:  # whatever the parser stumbled over, the description is what is wrong
        raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"}) from error
    return Description(bare, fingerprint, candidates, parsed.media[0].rtp.muxId)


def _check(parsed: sdp.SessionDescription) -> None:
    mids = [media.rtp.muxId for media in parsed.media]
    if sorted(media.kind for media in parsed.media) != ["audio", "video"] or len(set(mids)) != 2 or "" in mids:
        raise ValueError("one sound and one video are what a call has")
    bundles = [group.items for group in parsed.group if group.semantic == "BUNDLE"]
    if bundles != [mids]:
        raise ValueError("both media share one transport (RFC 8843)")
    for media in parsed.media:
        if media.dtls is None or media.ice is None or not media.rtcp_mux:
            raise ValueError("no DTLS, ICE or RTCP multiplexing")
        if not media.ice.usernameFragment or not media.ice.password:
            raise ValueError("no ICE credentials")
        ids = [extension.id for extension in media.rtp.headerExtensions]
        if len(set(ids)) != len(ids) or not all(1 <= number <= MAX_EXTENSION_ID for number in ids):
            raise ValueError("header extensions")
        if any(not 0 <= source.ssrc < 2**32 for source in media.ssrc):
            raise ValueError("source")


def with_trickle(text: str) -> str:
    """Our description, saying that candidates follow (RFC 8838 section 4.1)."""
    return text.replace("\r\na=group:", "\r\na=ice-options:trickle\r\na=group:", 1)
