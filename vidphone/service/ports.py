"""What the service needs from outside itself. One process with SQLite fills these today; PostgreSQL, a bus between
nodes and any relay that takes time-limited credentials can fill them without a change elsewhere.

The methods of `Customers`, `Gates` and `Journal` block: they are called in worker threads.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vidphone.service.hub.directory import Dial, Gate, Subscriber
from vidphone.service.hub.effects import JournalEntry, StoredCall
from vidphone.service.ledger.values import Outcome, Reserve, Step
from vidphone.wire.http import IceServers
from vidphone.wire.signaling import Topic


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    number: str
    name: str
    password_hash: str
    enabled: bool
    account: int


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token stands for; `token` is its id, not its secret."""

    token: int
    number: str
    name: str
    device: str
    enabled: bool
    account: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the provider lists them."""

    number: str
    name: str
    enabled: bool
    devices: int
    seen_at: float | None


class AccountEventKind(StrEnum):
    """What may happen to a customer while a service runs."""

    DISABLED = "disabled"
    SIGNED_OUT = "signed-out"
    STANDING = "standing"
    """Money or standing of a number changed: what its calls may cost, and whether it may call."""
    RENUMBERED = "renumbered"
    """The number is another one now: its phones are to come again."""
    NOTICE = "notice"
    """There is something new on a topic, for a number or for everyone (empty)."""


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Something that happened to a number, to its sessions of one token or to all of them (None)."""

    kind: AccountEventKind
    number: str
    token: int | None = None
    topic: Topic | None = None


class Customers(Protocol):
    """The customers, their passwords and tokens. Times are UTC seconds since 1970."""

    def subscribers(self, numbers: Collection[str]) -> dict[str, Subscriber]:
        """Those of these numbers that exist. One that was changed leads to its customer, who is there twice."""

    def credentials(self, number: str) -> Credentials | None:
        """What a sign-in is checked against; of a number that was changed, those of the new one."""

    def issue_token(self, number: str, device: str, device_name: str, token_hash: str, at: float) -> None:
        """Sign a device in; its earlier token holds no longer."""

    def authenticate(self, token_hash: str, at: float) -> Bearer | None:
        """Whom a token stands for; remembers, to the minute, when it was seen."""

    def revoke(self, token: int) -> None:
        """Make a token hold no longer."""

    def set_password(self, number: str, password_hash: str, at: float, keep: int | None = None) -> None:
        """A new password. All devices but that of the token `keep` are signed out."""

    def replace_hash(self, number: str, old: str, new: str) -> None:
        """Keep the same password under today's cost, unless it was changed meanwhile."""

    def events_after(self, last: int) -> list[tuple[int, AccountEvent]]:
        """What other processes did to customers since an event's id, with ids, in order."""

    def last_event(self) -> int:
        """The id of the latest event."""


class Gates(Protocol):
    """What prices, bills and the law say of calls (clauses 2, 5, 9, 10)."""

    def gates(self, dials: Collection[Dial], at: float) -> dict[Dial, tuple[Gate, Reserve | None]]:
        """Of each of these, with what to ask of the ledger where it costs. `at`: UTC seconds since 1970."""

    def paused(self, number: str) -> bool:
        """Whether the service of a number is paused as the law asks (clause 10)."""


class Batch(Protocol):
    """One transaction of journal and ledger. On the disk when its context is left, all of it or nothing."""

    def expect(self, reserves: Sequence[Reserve]) -> None:
        """Once, before anything else: which of these may be asked to `reserve`. They are read together."""

    def reserve(self, wanted: Reserve) -> Outcome:
        """Take the first quota of a call. Raises ValueError where it is not expected."""

    def perform(self, steps: Sequence[Step]) -> list[Outcome]:
        """Ask the ledger, in order."""

    def write(self, entries: Sequence[JournalEntry]) -> None:
        """Write the journal."""


class Journal(Protocol):
    """The calls, on the disk before anybody is told of them."""

    def batch(self, at: float) -> AbstractContextManager[Batch]:
        """Begin a transaction; `at`: UTC seconds since 1970."""

    def used(self, ids: Collection[str]) -> set[str]:
        """Those of these ids that calls had, however long ago."""

    def recover(self, at: float, ended_after: float) -> list[StoredCall]:
        """After a start: end what rang, and return accepted calls and those ended since `ended_after`.

        Calls that cost and are over are charged what of them was confirmed; the others come with their meters.
        """


class Bus(Protocol):
    """Tells all nodes what happened on one."""

    async def publish(self, event: AccountEvent) -> None:
        """Tell every subscriber."""

    def subscribe(self, handler: Callable[[AccountEvent], Awaitable[None]]) -> None:
        """Be told from now on."""


class Relay(Protocol):
    """Where media goes when it cannot go directly."""

    def ice_servers(self, holder: str, now: float) -> IceServers:
        """The servers for one session; `holder` marks its credentials and tells nothing about a person."""
