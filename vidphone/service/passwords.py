"""Passwords and tokens.

Passwords are kept as Argon2id with the library's parameters (RFC 9106, second recommended option: 64 MiB, 3 passes,
4 lanes). One check takes tens of milliseconds of a core and 64 MiB, so few run at a time and few may wait.
"""

import asyncio
import functools
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vidphone.wire.errors import ErrorCode, VidphoneError

AT_A_TIME = 2
MAX_WAITING = 64
BUSY_RETRY_S = 5
LEAST, MOST = 8, 256
"""Characters of a new password."""
TOKEN_BYTES = 32
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The form to keep. Takes tens of milliseconds."""
    return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether a password is that of a hash. Takes tens of milliseconds."""
    return _check(password_hash, password) is not None


def generate_password() -> str:
    """Twelve characters in three groups, 59 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))


def new_token() -> str:
    """An opaque token of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """The form to keep. A plain hash is enough: nobody guesses 256 bits."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


@functools.cache
def _nobody() -> str:
    """Checked where there is no such number, so that the time taken does not tell."""
    return _hasher.hash(secrets.token_urlsafe(TOKEN_BYTES))


class PasswordChecker:
    """Checks passwords outside the loop, a few at a time."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="passwords")
        self._executor.submit(_nobody)  # ready before anybody can ask
        self._waiting = 0

    async def check(self, password_hash: str | None, password: str) -> str | None:
        """Whether the password fits: None if not, else the hash to keep (a new one where the cost was raised).

        Without a hash, as long as with one, and never.

        Raises:
            VidphoneError: `SERVICE_BUSY`, when too many wait already.
        """
        if self._waiting >= MAX_WAITING:
            raise VidphoneError(ErrorCode.SERVICE_BUSY, {"seconds": BUSY_RETRY_S})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, _check, password_hash, password)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Stop the threads."""
        self._executor.shutdown()


def _check(password_hash: str | None, password: str) -> str | None:
    try:
        _hasher.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    if password_hash is None:
        return None
    return _hasher.hash(password) if _hasher.check_needs_rehash(password_hash) else password_hash
