"""Offers and answers of a call (RFC 9429): one sound and one video, whichever a stranger has of them, on one transport.

An m-line that a call has no use for (data, a second camera, a transport of its own) is answered with port 0; a
description without anything usable is `MALFORMED`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vidphone.media.rtc.sdp import formats
from vidphone.media.rtc.sdp.model import (
    Description,
    Direction,
    Format,
    IceCredentials,
    Medium,
    Setup,
    Source,
    SourceGroup,
)
from vidphone.wire.errors import ErrorCode, VidphoneError

KINDS = ("audio", "video")
SECURE_PROFILES = ("UDP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVPF", "RTP/SAVPF")
"""The second and third mean the first to anyone with ICE (RFC 9429 section 5.1.2)."""


@dataclass(frozen=True, slots=True)
class LocalSources:
    """Synchronisation sources of one medium of ours."""

    media: int
    rtx: int
    fec: int
    track: str


@dataclass(frozen=True, slots=True)
class Local:
    """What our descriptions say of our side."""

    ice: IceCredentials
    fingerprint: str
    audio: LocalSources
    video: LocalSources
    cname: str
    stream: str
    session: int

    @classmethod
    def make(cls, ice: IceCredentials, fingerprint: str, random_bits: Callable[[int], int]) -> "Local":
        """With names and numbers by chance (RFC 7022, RFC 3550 section 8): `random_bits(n)` is below 2**n."""
        numbers: set[int] = set()
        while len(numbers) < 6:
            numbers.add(random_bits(32) | 1)
        one, two, three, four, five, six = numbers
        return cls(
            ice,
            fingerprint,
            LocalSources(one, two, three, f"{random_bits(64):016x}"),
            LocalSources(four, five, six, f"{random_bits(64):016x}"),
            cname=f"{random_bits(96):024x}",
            stream=f"{random_bits(64):016x}",
            session=random_bits(62),
        )

    def sources(self, kind: str) -> LocalSources:
        """Of a medium."""
        return self.audio if kind == "audio" else self.video


def refuse(why: str) -> VidphoneError:
    """`MALFORMED`, with the reason for whoever reads a traceback."""
    error = VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"})
    error.add_note(why)
    return error


def offer(local: Local, video_names: Sequence[str]) -> Description:
    """Sound and video both ways; `video_names` are the codecs."""
    media = tuple(
        _described(
            local,
            Medium(
                kind=kind,
                mid=str(number),
                formats=formats.offered(kind, video_names),
                extensions=formats.EXTENSIONS[kind],
                setup=Setup.ACTPASS,
                reduced_rtcp=True,
                receiver_times=True,
            ),
        )
        for number, kind in enumerate(KINDS)
    )
    return Description(media, bundle=tuple(medium.mid for medium in media), session=local.session, trickle=True)


def answer(offered: Description, local: Local, video_names: Sequence[str]) -> Description:
    """The answer to an offer; of the codecs `video_names`, payload types and ids as offered.

    Raises:
        VidphoneError: `MALFORMED`: no medium that a call has.
    """
    taken = usable(offered)
    media = tuple(
        _answer_medium(medium, local, video_names) if among(medium, taken) else _rejected(medium)
        for medium in offered.media
    )
    bundle = tuple(mid for mid in offered.bundle if any(m.mid == mid and not m.rejected for m in media))
    accepted = [medium for medium in media if not medium.rejected]
    if not accepted:
        raise refuse("no codec in common")
    return Description(
        media, bundle=bundle or tuple(m.mid for m in accepted if m.mid), session=local.session, trickle=offered.trickle
    )


def usable(description: Description) -> tuple[Medium, ...]:
    """The sound and the video that share the first one's transport, each checked; in the order of the m-lines.

    Raises:
        VidphoneError: `MALFORMED`: there is none, or what there is breaks the rules that make it safe.
    """
    found: list[Medium] = []
    for medium in description.media:
        alone = not description.bundle and not found
        in_bundle = medium.mid in description.bundle if medium.mid else False
        if (
            medium.kind in KINDS
            and medium.protocol in SECURE_PROFILES
            and not medium.rejected
            and (in_bundle or alone)
            and all(other.kind != medium.kind for other in found)
        ):
            found.append(medium)
    if not found:
        raise refuse("neither sound nor video")
    transport = transport_of(description, found)
    if transport.ice is None or not transport.fingerprints or transport.setup is None:
        raise refuse("no ICE credentials, fingerprint or DTLS role")
    if any(not medium.rtcp_mux for medium in found):
        raise refuse("RTCP on a port of its own (RFC 9143 section 9.3)")
    if len({each for medium in found for each in medium.fingerprints}) != 1:
        raise refuse("more than one key")
    meanings: dict[int, str] = {}
    for medium in found:
        for uri, number in medium.extensions.items():
            if meanings.setdefault(number, uri) != uri:
                raise refuse("an extension with two meanings (RFC 9143 section 15)")
    return tuple(found)


def among(medium: Medium, media: Sequence[Medium]) -> bool:
    """This very medium, not one that says the same."""
    return any(medium is each for each in media)


def transport_of(description: Description, found: Sequence[Medium]) -> Medium:
    """The medium whose ICE and DTLS lines count: the first of the bundle that is used (RFC 9143 section 7.2)."""
    order = {mid: at for at, mid in enumerate(description.bundle)}
    return min(found, key=lambda medium: order.get(medium.mid, 0))


def _described(local: Local, medium: Medium) -> Medium:
    """A medium with what every m-line of ours says of our side."""
    sources = local.sources(medium.kind)
    listed = tuple(str(each.payload_type) for each in medium.formats)
    ssrcs, groups = [sources.media], []
    names = {each.name for each in medium.formats}
    if "rtx" in names:
        ssrcs.append(sources.rtx)
        groups.append(SourceGroup("FID", (sources.media, sources.rtx)))
    if "flexfec-03" in names:
        ssrcs.append(sources.fec)
        groups.append(SourceGroup("FEC-FR", (sources.media, sources.fec)))
    said = medium.direction.sends
    return replace(
        medium,
        words=listed,
        ice=local.ice,
        fingerprints=(local.fingerprint,),
        rtcp_mux=True,
        stream=local.stream if said else "",
        track=sources.track if said else "",
        sources=tuple(Source(ssrc, local.cname) for ssrc in ssrcs) if said else (),
        groups=tuple(groups) if said else (),
    )


def _rejected(medium: Medium) -> Medium:
    return Medium(medium.kind, medium.mid, medium.protocol, port=0, words=medium.words, direction=Direction.INACTIVE)


def _answer_medium(medium: Medium, local: Local, video_names: Sequence[str]) -> Medium:
    ours = formats.offered(medium.kind, video_names)
    chosen = _chosen(medium.formats, ours)
    if not chosen:
        return _rejected(medium)
    known = formats.EXTENSIONS[medium.kind]
    return _described(
        local,
        Medium(
            kind=medium.kind,
            mid=medium.mid,
            protocol=medium.protocol,
            formats=chosen,
            direction=Direction.of(sends=medium.direction.receives, receives=medium.direction.sends),
            extensions={uri: number for uri, number in medium.extensions.items() if uri in known},
            # Passive by choice: OpenSSL's server answers repeated flights at once, its client waits a second.
            setup=Setup.ACTIVE if medium.setup is Setup.PASSIVE else Setup.PASSIVE,
            reduced_rtcp=medium.reduced_rtcp,
            receiver_times=medium.receiver_times,
        ),
    )


def _chosen(theirs: Sequence[Format], ours: Sequence[Format]) -> tuple[Format, ...]:
    """Formats of an answer: codecs by our order, each with its RTX; then RED and what repairs."""
    codecs: list[Format] = []
    for own in ours:
        for found in theirs:
            if formats.same(own, found) and all(found.payload_type != each.payload_type for each in codecs):
                codecs.append(formats.answer_to(found, own))
    chosen: list[Format] = []
    for codec in codecs:
        chosen.append(codec)
        rtx = formats.rtx_of(theirs, codec.payload_type)
        if rtx is not None and codec.name != formats.AUDIO_NAME:
            chosen.append(replace(rtx, fmtp={"apt": str(codec.payload_type)}, feedback=frozenset()))
    if codecs and (red := formats.red_of(theirs, codecs[0].payload_type)) is not None:
        inner = codecs[0].payload_type
        chosen.append(replace(red, fmtp={"": f"{inner}/{inner}"}, feedback=frozenset()))
    if (
        codecs
        and (ulpfec := formats.ulpfec_of(theirs)) is not None
        and (own_red := formats.ulpfec_of(ours)) is not None
    ):
        chosen.append(replace(ulpfec[0], fmtp={}, feedback=own_red[0].feedback & ulpfec[0].feedback))
        if (rtx := formats.rtx_of(theirs, ulpfec[0].payload_type)) is not None:
            chosen.append(replace(rtx, fmtp={"apt": str(ulpfec[0].payload_type)}, feedback=frozenset()))
        chosen.append(replace(ulpfec[1], fmtp={}, feedback=frozenset()))
    if codecs and (flexfec := formats.flexfec_of(theirs)) is not None:
        own = next(each for each in ours if each.name == flexfec.name)
        chosen.append(replace(own, payload_type=flexfec.payload_type, feedback=own.feedback & flexfec.feedback))
    return tuple(chosen)
