"""What the hub asks that only the database knows."""

from dataclasses import dataclass
from typing import Protocol

from vidphone.wire.reasons import EndReason


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A customer, as far as calls go."""

    number: str
    name: str
    enabled: bool
    barred: EndReason | None = None
    """Why they may call free numbers only, if so."""


class Directory(Protocol):
    """Answers at once: the shell looks up beforehand what a batch of messages will ask for."""

    def find(self, number: str) -> Subscriber | None:
        """The customer of a number."""

    def used(self, call: str) -> bool:
        """Whether there was a call of that id, however long ago."""
