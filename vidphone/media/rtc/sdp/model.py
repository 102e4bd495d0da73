"""A session description as data: what `text` reads and writes and `negotiation` makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Direction(Enum):
    """Who sends (RFC 8866 section 6.7), seen by the side that describes itself."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"

    @property
    def sends(self) -> bool:
        """The describing side sends."""
        return self in (Direction.SENDRECV, Direction.SENDONLY)

    @property
    def receives(self) -> bool:
        """The describing side receives."""
        return self in (Direction.SENDRECV, Direction.RECVONLY)

    @classmethod
    def of(cls, *, sends: bool, receives: bool) -> "Direction":
        """The word for both."""
        return (cls.SENDRECV if receives else cls.SENDONLY) if sends else cls.RECVONLY if receives else cls.INACTIVE


class Setup(Enum):
    """Who begins the DTLS handshake (RFC 8842 section 5)."""

    ACTPASS = "actpass"
    ACTIVE = "active"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True)
class Format:
    """One payload type of an m-line, with its rtpmap, fmtp and rtcp-fb."""

    payload_type: int
    encoding: str
    """As written; compared without case."""
    clock_rate: int
    channels: int = 1
    fmtp: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case. A value without a name (RED's `111/111`) stands under the empty name."""
    feedback: frozenset[str] = frozenset()
    """`nack`, `nack pli`, `ccm fir`, …; what was written for `*` is among each."""

    @property
    def name(self) -> str:
        """The encoding in lower case."""
        return self.encoding.lower()


@dataclass(frozen=True, slots=True)
class Source:
    """A synchronisation source as announced (RFC 5576)."""

    ssrc: int
    cname: str = ""


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Sources that belong together: `FID` media and its RTX, `FEC-FR` media and its repair (RFC 5576, RFC 5956)."""

    semantics: str
    ssrcs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IceCredentials:
    """RFC 8839 section 5.4."""

    ufrag: str
    password: str


@dataclass(frozen=True, slots=True)
class Medium:
    """One m-line. What may stand at session level (ICE, DTLS, direction) has been brought down to it."""

    kind: str
    mid: str
    protocol: str = "UDP/TLS/RTP/SAVPF"
    port: int = 9
    words: tuple[str, ...] = ()
    """The formats as the m-line lists them, where they are no payload types (data channels)."""
    direction: Direction = Direction.SENDRECV
    formats: tuple[Format, ...] = ()
    """In the order of the m-line, best first; payload types without a known rtpmap are left out."""
    extensions: Mapping[str, int] = field(default_factory=dict)
    """Header extensions for both directions: URI to id (RFC 8285)."""
    sources: tuple[Source, ...] = ()
    groups: tuple[SourceGroup, ...] = ()
    stream: str = ""
    track: str = ""
    """Both from `msid` (RFC 8830)."""
    ice: IceCredentials | None = None
    fingerprints: tuple[str, ...] = ()
    """SHA-256 only, upper case."""
    setup: Setup | None = None
    rtcp_mux: bool = False
    reduced_rtcp: bool = False
    receiver_times: bool = False
    """A receiver that sends nothing may ask for the round trip (`rcvr-rtt`, RFC 3611 section 4.4)."""
    bundle_only: bool = False
    bandwidth_bps: int | None = None
    ptime_ms: int | None = None
    candidates: tuple[str, ...] = ()
    """`candidate:…`, without `a=`."""
    candidates_end: bool = False

    @property
    def rejected(self) -> bool:
        """Port 0 says no (RFC 3264 section 6), except where it stands for "only if bundled" (RFC 9143 section 6)."""
        return self.port == 0 and not self.bundle_only


@dataclass(frozen=True, slots=True)
class Description:
    """A session description."""

    media: tuple[Medium, ...]
    bundle: tuple[str, ...]
    """MIDs that share the transport of the first (RFC 9143)."""
    session: int = 0
    """The number in the `o=` line."""
    version: int = 0
    ice_lite: bool = False
    trickle: bool = False
