"""What a call asks of its surroundings. The switchboard returns these in order; the desk carries them out."""

from dataclasses import dataclass

from vidphone.call.charge import Charge
from vidphone.call.view import CallView
from vidphone.wire.signaling import CallMessage, Candidate


@dataclass(frozen=True, slots=True)
class Send:
    """A message to the hub."""

    message: CallMessage


@dataclass(frozen=True, slots=True)
class OpenMedia:
    """Make the call's media session."""

    call: str
    send_video: bool


@dataclass(frozen=True, slots=True)
class MakeOffer:
    """Make an offer; answered by `OfferMade`."""

    call: str
    generation: int


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """Take the other side's offer; answered by `AnswerMade`."""

    call: str
    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class TakeAnswer:
    """Take the other side's answer; answered by `AnswerTaken`."""

    call: str
    generation: int
    sdp: str


@dataclass(frozen=True, slots=True)
class AddCandidates:
    """Take candidates of the other side."""

    call: str
    generation: int
    candidates: tuple[Candidate, ...]
    last: bool


@dataclass(frozen=True, slots=True)
class SetSending:
    """What leaves this machine from now on; overtakes the operations that wait."""

    call: str
    microphone: bool
    camera: bool
    hold: bool


@dataclass(frozen=True, slots=True)
class CloseMedia:
    """Free the call's media; drops the operations that wait."""

    call: str


@dataclass(frozen=True, slots=True)
class Report:
    """A call changed."""

    view: CallView


@dataclass(frozen=True, slots=True)
class ReportKeys:
    """The other side pressed keys."""

    call: str
    digits: str


@dataclass(frozen=True, slots=True)
class ReportCharge:
    """The hub told what a call costs, or has cost, this side."""

    call: str
    charge: Charge


MediaEffect = OpenMedia | MakeOffer | TakeOffer | TakeAnswer | AddCandidates | SetSending | CloseMedia
Effect = Send | Report | ReportKeys | ReportCharge | MediaEffect
