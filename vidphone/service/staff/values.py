"""What the room of staff hands out. Times are UTC seconds since 1970."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.service.staff.roles import Role


class Way(StrEnum):
    """How somebody signed in."""

    PASSKEY = "passkey"
    CODE = "code"
    """Password and one-time code."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff."""

    id: int
    name: str
    handle: bytes
    """What names them to a passkey."""
    roles: frozenset[Role]
    enabled: bool
    has_code: bool
    """Whether password and one-time code are set up."""
    passkeys: int
    sessions: int
    signed_in_at: float | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in now."""

    id: int
    staff: int
    name: str
    roles: frozenset[Role]
    way: Way
    begun_at: float
    ends_at: float
    """Whatever they do."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that is open: whom it lets set up a way to sign in, and the secret of their one-time codes."""

    staff: int
    name: str
    totp: str
    """Base32, as authenticator apps take it."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey of a member of staff."""

    id: int
    staff: int
    credential: bytes
    public_key: bytes
    sign_count: int
    added_at: float
    used_at: float | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a sign-in with password and code is checked against."""

    staff: int
    password_hash: str
    totp: str
