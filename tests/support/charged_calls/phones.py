"""The clients of a run: they speak the real protocol, keep what the service may not have, and come back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import ReliableLink, Verdict
from vidphone.wire.signaling import (
    FRAME,
    PROTOCOL_VERSION,
    Accept,
    Ack,
    CallMessage,
    Charging,
    End,
    Hello,
    Media,
    Message,
    Propose,
    Reject,
    Retract,
    Ringing,
    Standing,
    Welcome,
)


@dataclass(eq=False)
class Talk:
    """A call as its two phones have it; times are virtual seconds."""

    id: str
    caller: "Phone"
    callee: "Phone"
    dialled_at: float
    talks_s: float
    """0: nobody answers."""
    caller_hangs_up: bool
    proposed: bool = False
    refused: bool = False
    limited: bool = False
    """Ended because the credit was used up: what was said later than that is not charged."""
    began: float | None = None
    """When media flowed on both sides."""
    ended: float | None = None
    """When it no longer did."""
    heard: dict[int, dict[str, tuple[float, float]]] = field(default_factory=dict)
    """By life of the service and device: when it first and last had, for certain, the word that media flows."""
    disturbed: bool = False
    """Somebody died while it lasted, or its end was on its way when the service did."""
    charge: Charging | None = None

    def word(self, life: int, device: str, now: float) -> None:
        """The service has the word of a device that media flows."""
        words = self.heard.setdefault(life, {})
        words[device] = words.get(device, (now, now))[0], now

    @property
    def confirmed_s(self) -> float:
        """The seconds that both have confirmed to one life of the service: one word alone is lost with the life."""
        both = [words.values() for _, words in sorted(self.heard.items()) if len(words) == 2]
        if not both:
            return 0.0
        return max(0.0, max(min(last for _, last in each) for each in both) - max(first for first, _ in both[0]))

    def stop(self, now: float) -> None:
        """Media flows no more."""
        if self.ended is None:
            self.ended = now


@dataclass(eq=False)
class Phone:
    """One device."""

    number: str
    device: str
    token: int
    link: ReliableLink = field(default_factory=ReliableLink)
    session: str | None = None
    wire: int | None = None
    dead: bool = False
    talk: Talk | None = None

    def hello(self) -> str:
        """The first frame of a connection."""
        greeting = Hello(
            version=PROTOCOL_VERSION, device=self.device, session=self.session, received=self.link.received
        )
        return greeting.model_dump_json(exclude_none=True)

    def say(self, body: CallMessage) -> str:
        """A frame, which is kept until the service has it."""
        return self.link.send(body).model_dump_json(exclude_none=True)

    def hear(self, data: str, now: float, answered: Callable[[Talk], None]) -> list[str]:
        """Take a frame; what there is to say to it."""
        frame = FRAME.validate_json(data)
        if isinstance(frame, Welcome):
            waiting = self.link.resend(frame.received) if frame.resumed else self.link.renumber()
            self.session = frame.session
            return [message.model_dump_json(exclude_none=True) for message in waiting]
        if isinstance(frame, Ack):
            self.link.acknowledge(frame.ack)
        if not isinstance(frame, Message) or self.link.receive(frame) is not Verdict.DELIVER:
            return []
        said = self._act(frame.body, now, answered)
        return [*said, Ack(ack=self.link.received).model_dump_json()]

    def _act(self, body: object, now: float, answered: Callable[[Talk], None]) -> list[str]:
        talk = self.talk
        if isinstance(body, Standing):
            if talk is not None and talk.proposed and talk.id not in body.calls:
                talk.stop(now)
            return []
        if talk is None or getattr(body, "call", None) != talk.id:
            return []
        match body:
            case Propose() if talk.talks_s and talk.ended is None:
                accept = Accept(call=talk.id, video=True, sdp="v=0", nonce="b" * 32)
                return [self.say(Ringing(call=talk.id)), self.say(accept)]
            case Accept():
                answered(talk)
            case Charging():
                talk.charge = body
            case Reject() | Retract() | End():
                talk.refused |= isinstance(body, Reject) and body.reason is EndReason.CREDIT_LIMIT
                talk.limited |= isinstance(body, End) and body.reason is EndReason.CREDIT_LIMIT
                talk.stop(now)
        return []

    def media(self, *, flowing: bool) -> str | None:
        """Whether media flows, if there is a call."""
        return self.say(Media(call=self.talk.id, flowing=flowing)) if self.talk is not None else None
