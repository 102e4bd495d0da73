"""What the hub asks that only the database knows."""

from dataclasses import dataclass
from typing import Protocol

from vidphone.service.ledger.values import Outcome
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A customer, as far as calls go."""

    number: str
    name: str
    enabled: bool
    barred: EndReason | None = None
    """Why they may call free numbers only, if so."""


@dataclass(frozen=True, slots=True)
class Dial:
    """A call that somebody wants to begin, as proposed.

    Who proposes chooses the id, so all of it together tells one from another, never `call` alone.
    """

    caller: str
    callee: str
    call: str
    video: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What prices, bills and the law say of a call that is about to begin (clauses 2, 5, 9, 10)."""

    refusal: EndReason | None = None
    """Why the caller may not begin it."""
    callee_closed: bool = False
    """Whether the callee's service is suspended, so that nobody but free numbers reaches them."""
    rate: Rate | None = None
    """What it costs; None where it is not metered."""


OPEN = Gate()


class Directory(Protocol):
    """Answers at once: the shell looks up beforehand what a batch of messages will ask for."""

    def find(self, number: str) -> Subscriber | None:
        """The customer of a number, or the one to whom a number leads that was changed."""

    def used(self, call: str) -> bool:
        """Whether there was a call of that id, however long ago."""

    def gate(self, dial: Dial) -> Gate:
        """What there is to say of a call before it begins."""

    def reserve(self, dial: Dial) -> Outcome:
        """Take the first quota of a call that costs from the ledger, in the transaction of the batch."""
