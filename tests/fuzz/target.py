"""What a fuzzer needs to know of a reader."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

PREFIX_BYTES = 2


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of foreign bytes.

    `run` takes an input and returns where it was read, and where it was refused as the reader says it would. Anything
    else that it raises is a fault.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    run: Callable[[bytes], None]
    text: bool = False
    """Inputs are lines of UTF-8."""
    max_bytes: int = 1500


def joined(parts: list[bytes]) -> bytes:
    """Several packets as one input: each after its length."""
    return b"".join(len(part).to_bytes(PREFIX_BYTES, "big") + part for part in parts)


def parted(data: bytes) -> Iterator[bytes]:
    """The packets of an input; the last is as long as there is data."""
    at = 0
    while at + PREFIX_BYTES <= len(data):
        size = int.from_bytes(data[at : at + PREFIX_BYTES], "big")
        at += PREFIX_BYTES
        yield data[at : at + size]
        at += size
