"""From the text of a WebSocket message to a frame, or to what is wrong with it. Pure.

A message whose body cannot be read still has its number booked (`Unreadable`): the sender keeps it until it is
acknowledged and would send it again for ever.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, ValidationError

from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import FRAME, MAX_FRAME_BYTES, Ack, Hello, Message, Sequence

MARGIN_BYTES = 1024
"""Room for what the hub adds to a message it hands on (numbers, the caller's name): it must not come out larger than
the other side takes, which would cost that side its connection."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A frame that is refused: the answer is an `error` frame."""

    code: ErrorCode
    about: dict[str, str | int] = field(default_factory=dict)
    call: str | None = None


def not_now(why: str) -> Refusal:
    """What was asked for is understood, but not possible in this state; `why` names a text `service.detail.…`."""
    return Refusal(ErrorCode.NOT_POSSIBLE_NOW, {"why": why})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message with a readable number and an unreadable body."""

    seq: int
    ack: int
    refusal: Refusal


Incoming = Hello | Message | Ack | Unreadable | Refusal


class _Envelope(BaseModel):
    type: Literal["message"]
    seq: Annotated[int, Field(ge=1, le=2**53)]
    ack: Sequence
    body: JsonValue


def decode(data: str | bytes) -> Incoming:
    """Read one frame of a client. Never raises."""
    if isinstance(data, bytes):
        return Refusal(ErrorCode.MALFORMED, {"detail": "binary"})
    if _exceeds(data, MAX_FRAME_BYTES):
        return Refusal(ErrorCode.TOO_LARGE, {"limit": MAX_FRAME_BYTES})
    try:
        frame = FRAME.validate_json(data)
    except ValidationError as error:
        return _unreadable(data, _first_fault(error))
    if isinstance(frame, Message) and _exceeds(data, MAX_FRAME_BYTES - MARGIN_BYTES):
        limit = MAX_FRAME_BYTES - MARGIN_BYTES
        call = getattr(frame.body, "call", None)
        return Unreadable(frame.seq, frame.ack, Refusal(ErrorCode.TOO_LARGE, {"limit": limit}, call))
    if isinstance(frame, Hello | Message | Ack):
        return frame
    return Refusal(ErrorCode.MALFORMED, {"detail": f"type: {frame.type}"})


def _exceeds(text: str, limit_bytes: int) -> bool:
    """A character has at most four bytes: short texts need no encoding to be known as small enough."""
    return len(text) * 4 > limit_bytes and len(text.encode(errors="replace")) > limit_bytes


def _first_fault(error: ValidationError) -> str:
    """Where the fault is and what it is, without the value: values are somebody's."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])[:80]
    return f"{where}: {first['type']}" if where else str(first["type"])


def _unreadable(data: str, detail: str) -> Unreadable | Refusal:
    try:
        envelope = _Envelope.model_validate_json(data)
    except ValidationError:
        return Refusal(ErrorCode.MALFORMED, {"detail": detail})
    call = envelope.body.get("call") if isinstance(envelope.body, dict) else None
    named = call if isinstance(call, str) and len(call) <= 64 else None
    return Unreadable(envelope.seq, envelope.ack, Refusal(ErrorCode.MALFORMED, {"detail": detail}, named))
