"""The signaling messages, version 1. `docs/signaling.md` tells the protocol that they make up.

A WebSocket text message holds one frame, a JSON object. `hello`, `welcome`, `ack` and `error` are about the connection;
`message` carries one call message, numbered, so that a connection lost and resumed loses none (`reliable.py`); `notice`
hints at something new beside calls.
The states are those of XEP-0353 and RFC 3261: propose, ringing, accept, reject, retract, end.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason

PROTOCOL_VERSION = 1
PATH = "/v1/signaling"
MAX_FRAME_BYTES = 65_536
"""Larger frames are refused with `too-large`; an offer of ours has some 6 kB, one of Chromium some 8 kB."""
RESUME_S = 30.0
"""How long a lost connection may come back and find all as it was."""
NO_ANSWER_S = 45.0
"""How long a call rings."""
MEDIA_S = 10.0
"""How often a client repeats that media flows."""
MAX_CANDIDATES = 32

CallId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
DeviceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
MAX_FREE_NUMBERS = 100
"""That are called by everybody and never blocked, customer service apart."""
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,15}$")]
Sdp = Annotated[str, StringConstraints(min_length=1, max_length=32_768)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Sequence = Annotated[int, Field(ge=0, le=2**53)]
Amount = Annotated[int, Field(ge=0, le=2**53)]
Generation = Annotated[int, Field(ge=0, le=10_000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Propose(_Model):
    """Caller to every device of the callee: a call, with the caller's offer.

    The hub fills in `caller` and `caller_name`, whatever the client wrote. `commitment` is the hash that
    `call/verification.py` makes the comparison code from.
    """

    type: Literal["propose"] = "propose"
    call: CallId
    callee: Number
    caller: Number | None = None
    caller_name: Annotated[str, Field(max_length=64)] = ""
    video: bool
    sdp: Sdp
    commitment: Hash


class Ringing(_Model):
    """Callee to caller: at least one device rings."""

    type: Literal["ringing"] = "ringing"
    call: CallId


class Accept(_Model):
    """Callee to caller: one device took the call. The hub takes the first and retracts the others."""

    type: Literal["accept"] = "accept"
    call: CallId
    video: bool
    sdp: Sdp
    nonce: Nonce


class Reveal(_Model):
    """Caller to callee after `accept`: the nonce that `commitment` was made from."""

    type: Literal["reveal"] = "reveal"
    call: CallId
    nonce: Nonce


class Reject(_Model):
    """Callee or hub to caller: no call. For `glare`, `winner` is the other side's call, to be accepted instead."""

    type: Literal["reject"] = "reject"
    call: CallId
    reason: EndReason
    winner: CallId | None = None


class Retract(_Model):
    """Caller or hub to ringing devices: stop ringing."""

    type: Literal["retract"] = "retract"
    call: CallId
    reason: EndReason


class End(_Model):
    """Either side, or the hub: an accepted call is over."""

    type: Literal["end"] = "end"
    call: CallId
    reason: EndReason


class Candidate(_Model):
    """One ICE candidate (RFC 8839): the value of an `a=candidate` line without `a=`."""

    candidate: Annotated[str, Field(min_length=1, max_length=512)]
    mid: Annotated[str, Field(max_length=32)]
    line: Annotated[int, Field(ge=0, le=16)]


class Candidates(_Model):
    """Either side: trickled candidates of a generation (RFC 8838); `last` says that no more follow."""

    type: Literal["candidates"] = "candidates"
    call: CallId
    generation: Generation
    candidates: Annotated[tuple[Candidate, ...], Field(max_length=MAX_CANDIDATES)]
    last: bool = False


class Restart(_Model):
    """Callee to caller: my media stopped, please offer a new transport."""

    type: Literal["restart"] = "restart"
    call: CallId


class Offer(_Model):
    """Caller to callee in an accepted call: a new transport, generation counted up from 0 (the first)."""

    type: Literal["offer"] = "offer"
    call: CallId
    generation: Generation
    sdp: Sdp


class Answer(_Model):
    """Callee to caller: the answer to `offer`."""

    type: Literal["answer"] = "answer"
    call: CallId
    generation: Generation
    sdp: Sdp


class Info(_Model):
    """Either side: what I send and do in this call now."""

    type: Literal["info"] = "info"
    call: CallId
    microphone: bool
    camera: bool
    hold: bool
    recording: bool


class Dtmf(_Model):
    """Either side: keys pressed."""

    type: Literal["dtmf"] = "dtmf"
    call: CallId
    digits: Annotated[str, StringConstraints(pattern=r"^[0-9*#A-D]{1,32}$")]


class Media(_Model):
    """Either side to the hub: whether media flows. What a metered call costs is counted from these (clauses 2 and 9).

    Media flows when the transport is connected and packets of the other side, RTCP's included, came in the last
    seconds: a muted or held side still flows. Said on change, every `MEDIA_S` while it flows, and after each `welcome`.
    """

    type: Literal["media"] = "media"
    call: CallId
    flowing: bool


class Charging(_Model):
    """Hub to the paying device: what the call costs so far and how long the credit lasts (clause 9).

    `spent_fen` is `terms.money.charge_fen` of `answered_s` at the price, so that a client can go on counting while
    `running`. `remaining_s` is None at a price of 0. With `final`, the hub ends the call when they have passed unless
    something is paid; `warning` is the threshold that this message warns of. `settled` is the last word: the charge.
    """

    type: Literal["charging"] = "charging"
    call: CallId
    price_e4_yuan: Amount
    minimum_s: Amount
    increment_s: Annotated[int, Field(ge=1, le=2**53)]
    spent_fen: Amount
    answered_s: Amount
    running: bool
    remaining_s: Amount | None = None
    final: bool = False
    warning: Amount | None = None
    settled: bool = False


class Standing(_Model):
    """Hub to a device whose session could not be resumed: the accepted calls it still has a part in.

    A client ends every other call of its own with `service-restarted`.
    """

    type: Literal["standing"] = "standing"
    calls: Annotated[tuple[CallId, ...], Field(max_length=64)]


CallMessage = (
    Propose
    | Ringing
    | Accept
    | Reveal
    | Reject
    | Retract
    | End
    | Candidates
    | Restart
    | Offer
    | Answer
    | Info
    | Dtmf
    | Media
    | Charging
)
Body = Annotated[CallMessage | Standing, Field(discriminator="type")]


class Hello(_Model):
    """Client, first: who is there. `session` and `received` resume a lost connection."""

    type: Literal["hello"] = "hello"
    version: int
    device: DeviceId
    session: SessionId | None = None
    received: Sequence = 0


class Welcome(_Model):
    """Hub: the session. With `resumed`, both sides send again what the other had not received."""

    type: Literal["welcome"] = "welcome"
    version: int
    session: SessionId
    resumed: bool
    received: Sequence
    number: Number


class Topic(StrEnum):
    """What a phone may find anew at the service's HTTP interface."""

    RELEASES = "releases"
    ANNOUNCEMENTS = "announcements"
    CASES = "cases"
    AGREEMENT = "agreement"
    OUTAGES = "outages"
    STANDING = "standing"


class Notice(_Model):
    """Hub: there is something new on these topics; what it is, the phone asks for over HTTP.

    Neither numbered nor acknowledged: one that is lost with its session is made up for by asking after every topic
    when a new session begins. A topic that is not known is passed over.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["notice"] = "notice"
    topics: Annotated[tuple[Annotated[str, Field(max_length=32)], ...], Field(max_length=32)]

    @property
    def known(self) -> frozenset[Topic]:
        """The topics that this build knows."""
        return frozenset(topic for topic in Topic if topic.value in self.topics)


class Message(_Model):
    """Either side: one call message. `seq` counts from 1 in each direction; `ack` is the last one received."""

    type: Literal["message"] = "message"
    seq: Annotated[int, Field(ge=1, le=2**53)]
    ack: Sequence
    body: Body


class Ack(_Model):
    """Either side: the last message received, when there is nothing else to say."""

    type: Literal["ack"] = "ack"
    ack: Sequence


class Error(_Model):
    """Hub: a frame was refused; nothing else happened. `seq` and `call` name it where they could be read."""

    type: Literal["error"] = "error"
    code: ErrorCode
    message: str
    next_step: str
    seq: int | None = None
    call: str | None = None
    expected: int | None = None
    versions: tuple[int, ...] | None = None


Frame = Annotated[Hello | Welcome | Message | Ack | Notice | Error, Field(discriminator="type")]
FRAME: TypeAdapter[Hello | Welcome | Message | Ack | Notice | Error] = TypeAdapter(Frame)
BODY: TypeAdapter[CallMessage | Standing] = TypeAdapter(Body)
