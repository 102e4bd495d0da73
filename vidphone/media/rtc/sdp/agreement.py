"""From the two descriptions of a call to the plan of its media."""

from collections.abc import Sequence
from dataclasses import dataclass

from vidphone.media.plan import Codec, Kind, MediaPlan, SessionPlan
from vidphone.media.rtc.sdp import formats
from vidphone.media.rtc.sdp.model import Description, Format, IceCredentials, Medium, Setup
from vidphone.media.rtc.sdp.negotiation import Local, among, refuse, transport_of, usable
from vidphone.media.rtp import extensions

_NO_STREAM = "-"
"""Of a track that belongs to none (RFC 8830 section 2)."""


@dataclass(frozen=True, slots=True)
class RemoteTransport:
    """How to reach the other side and know it."""

    ice: IceCredentials
    ice_lite: bool
    fingerprint: str
    """SHA-256, upper case."""
    dtls_client: bool
    """We begin the handshake."""
    candidates: tuple[str, ...]
    candidates_end: bool
    mid: str
    line: int
    """Of the m-line that candidates belong to."""


def remote_transport(description: Description, *, offered: bool) -> RemoteTransport:
    """What a description of the other side says of its transport; `offered`: it is an offer.

    Raises:
        VidphoneError: `MALFORMED`, also for an answer that leaves the DTLS role open (RFC 8842 section 5.3).
    """
    carrier = transport_of(description, usable(description))
    if carrier.ice is None or (not offered and carrier.setup is Setup.ACTPASS):
        raise refuse("DTLS role")
    return RemoteTransport(
        ice=carrier.ice,
        ice_lite=description.ice_lite,
        fingerprint=carrier.fingerprints[0],
        dtls_client=carrier.setup is Setup.PASSIVE,
        candidates=carrier.candidates,
        candidates_end=carrier.candidates_end or (bool(carrier.candidates) and not description.trickle),
        mid=carrier.mid,
        line=next(at for at, medium in enumerate(description.media) if medium is carrier),
    )


def plan(ours: Description, theirs: Description, local: Local, *, we_offered: bool) -> SessionPlan:
    """What both descriptions agree on.

    Raises:
        VidphoneError: `MALFORMED`: the answer does not belong to the offer.
    """
    if [medium.kind for medium in ours.media] != [medium.kind for medium in theirs.media]:
        raise refuse("an answer with other media than the offer")
    taken = usable(theirs)
    plans: dict[str, MediaPlan] = {}
    for mine, other in zip(ours.media, theirs.media, strict=True):
        if among(other, taken) and not mine.rejected:
            if mine.mid != other.mid:
                raise refuse("an answer with other names than the offer")
            plans[mine.kind] = _media_plan(mine, other, local, we_offered=we_offered)
    if not plans:
        raise refuse("everything was rejected")
    kept = {media.mid for media in plans.values()}
    return SessionPlan(
        audio=plans.get("audio"),
        video=plans.get("video"),
        bundle=tuple(medium.mid for medium in ours.media if medium.mid in kept),
        synchronised=_one_stream([medium for medium in theirs.media if medium.mid in kept]),
    )


def _one_stream(media: Sequence[Medium]) -> bool:
    streams = {medium.stream for medium in media}
    return len(streams) == 1 and _NO_STREAM not in streams


def _media_plan(ours: Medium, theirs: Medium, local: Local, *, we_offered: bool) -> MediaPlan:
    answered = theirs if we_offered else ours
    pairs = _pairs(answered.formats, ours.formats, theirs.formats)
    if not pairs:
        raise refuse("no codec in common")
    (mine, other), kind = pairs[0], ours.kind
    feedback = mine.feedback & other.feedback
    numbers = {uri: number for uri, number in ours.extensions.items() if theirs.extensions.get(uri) == number}
    sources, remote = local.sources(kind), _remote_sources(theirs)
    red = [formats.red_of(side.formats, each.payload_type) for side, each in ((theirs, other), (ours, mine))]
    fec = [formats.flexfec_of(side.formats) for side in (theirs, ours)]
    fec_send, fec_receive = (each.payload_type if all(fec) and each else None for each in fec)
    red_send, red_receive = (each.payload_type if all(red) and each else None for each in red)
    ulpfec_send = ulpfec_receive = red_rtx = None
    in_red = formats.ulpfec_of(theirs.formats), formats.ulpfec_of(ours.formats)
    if kind == "video" and in_red[0] is not None and in_red[1] is not None:
        red_send, ulpfec_send = (each.payload_type for each in in_red[0])
        red_receive, ulpfec_receive = (each.payload_type for each in in_red[1])
        red_rtx = formats.rtx_of(theirs.formats, red_send)
    receive = {own.payload_type: _codec(own, ours.formats, theirs.formats, found) for own, found in pairs}
    kinds: dict[str, Kind] = {"audio": "audio", "video": "video"}
    return MediaPlan(
        kind=kinds[kind],
        mid=ours.mid,
        send_codecs=_as_sent([_codec(found, theirs.formats, ours.formats, own) for own, found in pairs], ours),
        receive_codecs=receive,
        receive_rtx={codec.rtx_payload_type: codec.payload_type for codec in receive.values() if codec.rtx_payload_type}
        | _rtx_of_red(ours.formats, theirs.formats),
        red_send=red_send,
        red_receive=red_receive,
        ulpfec_send=ulpfec_send,
        ulpfec_receive=ulpfec_receive,
        red_rtx_send=red_rtx.payload_type
        if red_rtx is not None and _rtx_of_red(ours.formats, theirs.formats)
        else None,
        flexfec_send=fec_send,
        flexfec_receive=fec_receive,
        extensions=numbers,
        transport_cc=formats.TRANSPORT_CC in feedback and extensions.TRANSPORT_CC in numbers,
        nack=formats.NACK in feedback,
        pli=formats.PLI in feedback,
        fir=formats.FIR in feedback,
        remb=formats.REMB in feedback,
        sends=ours.direction.sends and theirs.direction.receives,
        receives=ours.direction.receives and theirs.direction.sends,
        local_ssrc=sources.media,
        local_rtx_ssrc=sources.rtx,
        local_fec_ssrc=None if fec_send is None else sources.fec,
        cname=local.cname,
        remote_ssrc=remote.get("media"),
        remote_rtx_ssrc=remote.get("FID"),
        remote_fec_ssrc=remote.get("FEC-FR"),
        max_bps=_max_bps(theirs, other),
        ptime_ms=theirs.ptime_ms,
        reduced_rtcp=ours.reduced_rtcp and theirs.reduced_rtcp,
        receiver_times=ours.receiver_times and theirs.receiver_times,
    )


def _as_sent(codecs: Sequence[Codec], ours: Medium) -> tuple[Codec, ...]:
    """Best picture first, but for an answer with an order of its own: then that (RFC 3264 section 6.1)."""
    described = [formats.known_name(each) for each in ours.formats]
    places = [described.index(codec.name) for codec in codecs]
    if ours.kind == "audio" or places != sorted(places):
        return tuple(codecs)
    return tuple(sorted(codecs, key=lambda codec: formats.VIDEO_NAMES.index(codec.name)))


def _rtx_of_red(ours: Sequence[Format], theirs: Sequence[Format]) -> dict[int, int]:
    """How packets of ULPFEC's RED come again."""
    mine, other = formats.ulpfec_of(ours), formats.ulpfec_of(theirs)
    if mine is None or other is None or formats.rtx_of(theirs, other[0].payload_type) is None:
        return {}
    rtx = formats.rtx_of(ours, mine[0].payload_type)
    return {} if rtx is None else {rtx.payload_type: mine[0].payload_type}


def _pairs(answered: Sequence[Format], ours: Sequence[Format], theirs: Sequence[Format]) -> list[tuple[Format, Format]]:
    """Our and their format of each codec in the answer, in its order. An answer may renumber (RFC 3264 section 6.1)."""
    pairs: list[tuple[Format, Format]] = []
    for each in answered:
        own, found = (_like(each, side) for side in (ours, theirs))
        if own is not None and found is not None and all(own.payload_type != pair[0].payload_type for pair in pairs):
            pairs.append((own, found))
    return pairs


def _like(wanted: Format, among: Sequence[Format]) -> Format | None:
    """The same codec, by choice under the same payload type."""
    alike = [each for each in among if formats.same(wanted, each)]
    return next((each for each in alike if each.payload_type == wanted.payload_type), alike[0] if alike else None)


def _codec(one: Format, beside: Sequence[Format], other_side: Sequence[Format], other: Format) -> Codec:
    rtx = formats.rtx_of(beside, one.payload_type)
    both = rtx is not None and formats.rtx_of(other_side, other.payload_type) is not None
    name = formats.known_name(one)
    if name is None:
        raise refuse("no codec")
    return Codec(
        name=name,
        payload_type=one.payload_type,
        clock_rate=one.clock_rate,
        channels=one.channels,
        fmtp=one.fmtp,
        rtx_payload_type=rtx.payload_type if rtx is not None and both else None,
    )


def _remote_sources(medium: Medium) -> dict[str, int]:
    """The first media source and what is grouped with it; a second one (simulcast) is not taken up."""
    listed = [source.ssrc for source in medium.sources]
    followers = {ssrc for group in medium.groups for ssrc in group.ssrcs[1:]}
    main = next((ssrc for ssrc in listed if ssrc not in followers), None)
    if main is None:
        return {}
    found = {"media": main}
    for group in medium.groups:
        if group.semantics in ("FID", "FEC-FR") and len(group.ssrcs) == 2 and group.ssrcs[0] == main:
            found.setdefault(group.semantics, group.ssrcs[1])
    return found


def _max_bps(medium: Medium, codec: Format) -> int | None:
    limits = [medium.bandwidth_bps or 0]
    wish = codec.fmtp.get("maxaveragebitrate", "") if codec.name == formats.AUDIO_NAME else ""
    if wish.isascii() and wish.isdigit() and len(wish) <= 9:
        limits.append(int(wish))
    return min((limit for limit in limits if limit), default=None)
