"""What happens to a call. The messages of the other side and of the hub are events as they come (`wire.signaling`)."""

from dataclasses import dataclass

from vidphone.call.view import Direction
from vidphone.wire.signaling import Candidate


@dataclass(frozen=True, slots=True)
class Ring:
    """Let an incoming call ring at this side."""


@dataclass(frozen=True, slots=True)
class TakeCall:
    """The user answers. `direction` and `dialled_at` are what the user sees: a call folded in glare was dialled."""

    video: bool
    microphone: bool
    nonce: str
    direction: Direction = Direction.INCOMING
    dialled_at: float | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """The user declines, or is busy."""

    busy: bool = False


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """The user ends the call, in whatever state it is."""


@dataclass(frozen=True, slots=True)
class HoldCall:
    """The user holds (`on`) or resumes."""

    on: bool


@dataclass(frozen=True, slots=True)
class SwitchMicrophone:
    """The user switches the own microphone."""

    on: bool


@dataclass(frozen=True, slots=True)
class CameraWorks:
    """The own camera gives pictures, or cannot: the other side is told, the user's wish stays."""

    on: bool


@dataclass(frozen=True, slots=True)
class SwitchCamera:
    """The user switches the own camera."""

    on: bool


@dataclass(frozen=True, slots=True)
class SwitchRecording:
    """The user began or ended recording."""

    on: bool


@dataclass(frozen=True, slots=True)
class PressKeys:
    """The user presses keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class OfferMade:
    """`MakeOffer` is done."""

    generation: int
    sdp: str
    local_fingerprint: str


@dataclass(frozen=True, slots=True)
class AnswerMade:
    """`TakeOffer` is done."""

    generation: int
    sdp: str
    local_fingerprint: str
    remote_fingerprint: str


@dataclass(frozen=True, slots=True)
class AnswerTaken:
    """`TakeAnswer` is done."""

    generation: int
    remote_fingerprint: str


@dataclass(frozen=True, slots=True)
class CandidatesFound:
    """Local candidates of a transport were gathered."""

    generation: int
    candidates: tuple[Candidate, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class MediaConnected:
    """The transport of that generation carries media."""

    generation: int


@dataclass(frozen=True, slots=True)
class MediaLost:
    """Nothing comes in any more."""


@dataclass(frozen=True, slots=True)
class MediaRecovered:
    """Packets come in again on the transport that had lost them."""


@dataclass(frozen=True, slots=True)
class TransportFailed:
    """The transport of that generation cannot be set up, or is closed for good."""

    generation: int


@dataclass(frozen=True, slots=True)
class FirstFrame:
    """The first remote picture was handed to the viewer."""


@dataclass(frozen=True, slots=True)
class MediaBroke:
    """A media operation raised: this call's media cannot go on."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """The signaling link is up. `resumed`: the hub's session goes on as if nothing had been."""

    resumed: bool


@dataclass(frozen=True, slots=True)
class LinkDown:
    """The signaling link is down; what is sent waits in it."""


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """The machine's addresses or routes changed."""


@dataclass(frozen=True, slots=True)
class NotListed:
    """The hub's new session does not know the call (`standing`)."""


@dataclass(frozen=True, slots=True)
class GlareLost:
    """The hub prefers the other side's call, whose proposal has not come in yet."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The other side's call goes on in place of this one."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`Call.deadline` has come."""
