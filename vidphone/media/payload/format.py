"""What the payload formats of all video codecs have in common. Sizes are in bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SMALLEST_LIMIT_BYTES = 64


@dataclass(frozen=True, slots=True)
class Piece:
    """What one packet says of its frame.

    `data` is what `assemble` needs. `starts_frame` is said only where no earlier packet of the frame can be missing;
    where it is False, only the packet before (a marker, or another timestamp) can tell. `keyframe` is set on the packet
    by which a decoder knows that it can begin at this frame. `picture` and `picture_before` are the numbers of its
    picture and of the one before it, where the format counts pictures: packets between them that never come hold none.
    """

    data: bytes
    starts_frame: bool
    keyframe: bool = False
    picture: int | None = None
    picture_before: int | None = None


class Packetizer(Protocol):
    """Cuts the frames of one stream into RTP payloads."""

    def packetize(self, frame: bytes, *, keyframe: bool, limit_bytes: int) -> list[bytes]:
        """Return the payloads of one frame in order, evenly sized, none above `limit_bytes`; the last bears the marker.

        Raises:
            ValueError: the frame is empty or damaged, or the limit is below 64.
        """


class Depacketizer(Protocol):
    """Reads the payloads of one stream; keeps nothing between calls."""

    def piece(self, payload: bytes) -> Piece:
        """Read one packet's payload.

        Raises:
            ValueError: it is damaged or of a kind that was not agreed.
        """

    def assemble(self, pieces: Sequence[Piece]) -> bytes:
        """Join all packets of one timestamp, in sequence order, to the decoder's input.

        Raises:
            ValueError: they do not make a whole frame.
        """


def picture_numbers(payload: bytes, at: int) -> tuple[int, int]:
    """The picture id that begins at `at`, of 7 or 15 bits (RFC 7741 section 4.2, RFC 9628 section 4.2), and the one
    before it; IndexError past the packet's end."""
    if payload[at] & 0x80:
        picture = (payload[at] & 0x7F) << 8 | payload[at + 1]
        return picture, (picture - 1) & 0x7FFF
    return payload[at], (payload[at] - 1) & 0x7F


def even_sizes(total_bytes: int, limit_bytes: int, first_extra_bytes: int = 0) -> list[int]:
    """Cut `total_bytes` into the fewest parts of at most `limit_bytes`, as equal as can be.

    `first_extra_bytes` is room that only the first part needs for its own header.
    """
    count = -(-(total_bytes + first_extra_bytes) // limit_bytes)
    size, larger = divmod(total_bytes + first_extra_bytes, count)
    sizes = [size + 1] * larger + [size] * (count - larger)
    sizes[0] -= first_extra_bytes
    return sizes


def check(frame: bytes, limit_bytes: int) -> None:
    """Refuse what no packetizer can cut.

    Raises:
        ValueError: an empty frame, or a limit outside 64..65535 bytes.
    """
    if not frame:
        raise ValueError("an empty frame")
    if not SMALLEST_LIMIT_BYTES <= limit_bytes <= 0xFFFF:
        raise ValueError(f"packets of {limit_bytes} bytes")
