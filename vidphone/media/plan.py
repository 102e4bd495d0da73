"""What an offer and its answer agreed on, in the words of the media pipeline: no SDP beyond this point."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["audio", "video"]


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload format under one payload type of one direction."""

    name: str
    """As the pipeline spells it: `AV1`, `VP9`, `VP8`, `H264`, `opus`."""
    payload_type: int
    clock_rate: int
    """RTP ticks a second."""
    channels: int
    """1 for video; 2 for Opus, whatever is inside (RFC 7587 section 7)."""
    fmtp: Mapping[str, str]
    """Parameters of the side that receives: what a sender has to keep to. Names in lower case."""
    rtx_payload_type: int | None
    """Of its retransmissions (RFC 4588), where agreed."""


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """One m-line that both sides take part in."""

    kind: Kind
    mid: str
    send_codecs: tuple[Codec, ...]
    """What may be sent, best first: the first is what both descriptions prefer. Empty only where nothing is sent."""
    receive_codecs: Mapping[int, Codec]
    """By payload type."""
    receive_rtx: Mapping[int, int]
    """Payload type of retransmissions to the payload type inside."""
    red_send: int | None
    """Payload type of RFC 2198 redundancy: of Opus; of video with ULPFEC."""
    red_receive: int | None
    ulpfec_send: int | None
    """Payload type of RFC 5109 repair packets inside RED; video only."""
    ulpfec_receive: int | None
    red_rtx_send: int | None
    """Payload type of retransmissions of what went inside RED; video only."""
    flexfec_send: int | None
    """Payload type of FlexFEC-03 repair packets; video only."""
    flexfec_receive: int | None
    extensions: Mapping[str, int]
    """Header extensions agreed: URI to id, the same both ways (RFC 8285 section 5)."""
    transport_cc: bool
    nack: bool
    pli: bool
    fir: bool
    remb: bool
    sends: bool
    receives: bool
    local_ssrc: int
    local_rtx_ssrc: int
    local_fec_ssrc: int | None
    """None where no FlexFEC was agreed."""
    cname: str
    """RTCP's name of our side, the same for all m-lines (RFC 7022); a lip-sync needs it."""
    remote_ssrc: int | None
    """As announced; None where the description names none (RFC 8829 allows that): learn it from MID or payload type."""
    remote_rtx_ssrc: int | None
    remote_fec_ssrc: int | None
    max_bps: int | None
    """What the other side says it can take (`b=TIAS`, `b=AS`, Opus' `maxaveragebitrate`), of this medium."""
    ptime_ms: int | None
    """Audio: how much sound the other side wants in a packet; None: it does not say."""
    reduced_rtcp: bool
    """Feedback may go without a report beside it (RFC 5506)."""
    receiver_times: bool
    """Both take receiver reference times (RFC 3611 section 4.4): who only receives learns the round trip, too."""


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A call's media as negotiated, both on one transport (RFC 9143)."""

    audio: MediaPlan | None
    video: MediaPlan | None
    bundle: tuple[str, ...]
    """MIDs in the order of the m-lines."""
    synchronised: bool = True
    """The other side's sound and picture are of one stream (RFC 8830), so meant to be heard and seen together."""

    @property
    def media(self) -> tuple[MediaPlan, ...]:
        """Those there are, sound first."""
        return tuple(plan for plan in (self.audio, self.video) if plan is not None)
