"""Writing a description, as RFC 9429 section 5.2.1 lays it out. What was written reads back as the same data."""

from collections.abc import Iterator

from vidphone.media.rtc.sdp.model import Description, Format, Medium

_OUT_OF_BAND = "c=IN IP4 0.0.0.0"


def write(description: Description) -> str:
    """The text, with a line's end after every line."""
    return "".join(f"{line}\r\n" for line in _lines(description))


def _lines(description: Description) -> Iterator[str]:
    yield "v=0"
    yield f"o=- {description.session} {description.version} IN IP4 127.0.0.1"
    yield "s=-"
    yield "t=0 0"
    if description.bundle:
        yield f"a=group:BUNDLE {' '.join(description.bundle)}"
    if description.ice_lite:
        yield "a=ice-lite"
    if description.trickle:
        yield "a=ice-options:trickle"
    yield "a=msid-semantic: WMS *"
    for medium in description.media:
        yield from _medium(medium)


def _medium(medium: Medium) -> Iterator[str]:
    yield f"m={medium.kind} {medium.port} {medium.protocol} {' '.join(medium.words)}"
    yield _OUT_OF_BAND
    if medium.bandwidth_bps:
        yield f"b=TIAS:{medium.bandwidth_bps}"
    if medium.mid:
        yield f"a=mid:{medium.mid}"
    if medium.rejected:
        yield f"a={medium.direction.value}"
        return
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    if medium.bundle_only:
        yield "a=bundle-only"
    if medium.ice is not None:
        yield f"a=ice-ufrag:{medium.ice.ufrag}"
        yield f"a=ice-pwd:{medium.ice.password}"
    for fingerprint in medium.fingerprints:
        yield f"a=fingerprint:sha-256 {fingerprint}"
    if medium.setup is not None:
        yield f"a=setup:{medium.setup.value}"
    for candidate in medium.candidates:
        yield f"a={candidate}"
    if medium.candidates_end:
        yield "a=end-of-candidates"
    for uri, number in medium.extensions.items():
        yield f"a=extmap:{number} {uri}"
    yield f"a={medium.direction.value}"
    if medium.stream:
        yield f"a=msid:{medium.stream} {medium.track}".rstrip()
    if medium.rtcp_mux:
        yield "a=rtcp-mux"
    if medium.reduced_rtcp:
        yield "a=rtcp-rsize"
    if medium.receiver_times:
        yield "a=rtcp-xr:rcvr-rtt=all"
    for each in medium.formats:
        yield from _format(each)
    if medium.ptime_ms:
        yield f"a=ptime:{medium.ptime_ms}"
    for group in medium.groups:
        yield f"a=ssrc-group:{group.semantics} {' '.join(map(str, group.ssrcs))}"
    for source in medium.sources:
        yield f"a=ssrc:{source.ssrc} cname:{source.cname}"
        if medium.stream:
            yield f"a=ssrc:{source.ssrc} msid:{medium.stream} {medium.track}".rstrip()


def _format(each: Format) -> Iterator[str]:
    channels = f"/{each.channels}" if each.channels > 1 else ""
    yield f"a=rtpmap:{each.payload_type} {each.encoding}/{each.clock_rate}{channels}"
    for feedback in sorted(each.feedback):
        yield f"a=rtcp-fb:{each.payload_type} {feedback}"
    if each.fmtp:
        yield f"a=fmtp:{each.payload_type} {';'.join(_parameter(*item) for item in each.fmtp.items())}"


def _parameter(name: str, value: str) -> str:
    return f"{name}={value}" if name else value
