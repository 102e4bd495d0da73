"""Where the sign-in token is kept between two starts: the system's keyring, or nowhere.

A keyring that writes plain text, or that forgets, is not used: the token then lives in memory, and the person is told.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from vidphone.wire.errors import ErrorCode, VidphoneError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
log = logging.getLogger(__name__)

SECURE_BACKENDS = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "kwallet", "libsecret", "macOS", "Windows")
)
"""Those that ship with keyring and hand the secret to the system: encrypted, and locked with the person's session."""


class TokenKeeper:
    """Keeps one token an account. `use_keyring=False` keeps them in memory alone."""

    def __init__(self, *, use_keyring: bool, choose: "Callable[[], KeyringBackend] | None" = None) -> None:
        self._use_keyring = use_keyring
        self._choose = choose or secure_keyring
        self._in_memory: dict[tuple[str, str], str] = {}

    async def save(self, service: str, number: str, token: str) -> None:
        """Keep a token.

        Raises:
            VidphoneError: `NO_KEYRING`; it is kept in memory, so until the program ends.
        """
        self._in_memory[service, number] = token
        if self._use_keyring:
            await self._ask(lambda keyring: keyring.set_password(_entry(service), number, token))

    async def load(self, service: str, number: str) -> str | None:
        """The token of an account, if there is one."""
        if (service, number) in self._in_memory or not self._use_keyring:
            return self._in_memory.get((service, number))
        try:
            return await self._ask(lambda keyring: keyring.get_password(_entry(service), number))
        except VidphoneError:
            return None

    async def forget(self, service: str, number: str) -> None:
        """Keep the token no longer; one that is not there is no error."""
        self._in_memory.pop((service, number), None)
        if self._use_keyring:
            try:
                await self._ask(lambda keyring: _delete(keyring, _entry(service), number))
            except VidphoneError:
                log.info("there was no keyring to forget a token in")

    async def _ask(self, work: "Callable[[KeyringBackend], T]") -> T:
        return await asyncio.to_thread(self._ask_blocking, work)

    def _ask_blocking(self, work: "Callable[[KeyringBackend], T]") -> T:
        """In a thread: a keyring may wait for the person to unlock it."""
        from keyring.errors import KeyringError  # noqa: PLC0415 - loads slowly

        keyring = self._choose()
        try:
            return work(keyring)
        except (KeyringError, OSError, RuntimeError) as error:
            log.warning("the keyring failed: %s", type(error).__name__)  # its text could name the account
            raise VidphoneError(ErrorCode.NO_KEYRING) from error


def secure_keyring() -> "KeyringBackend":
    """The system's keyring.

    Raises:
        VidphoneError: `NO_KEYRING`, there is none, it is locked, or it would keep secrets in the open.
    """
    import keyring  # noqa: PLC0415 - loads slowly
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        chosen = keyring.get_keyring()
        backends = getattr(chosen, "backends", (chosen,))  # the chainer asks several in turn
        for backend in backends:
            if type(backend).__module__ in SECURE_BACKENDS and type(backend).viable:
                return backend
    except (KeyringError, OSError, RuntimeError) as error:
        raise VidphoneError(ErrorCode.NO_KEYRING) from error
    raise VidphoneError(ErrorCode.NO_KEYRING)


def _entry(service: str) -> str:
    return f"vidphone {service}"


def _delete(keyring: "KeyringBackend", entry: str, number: str) -> None:
    from keyring.errors import PasswordDeleteError  # noqa: PLC0415 - loads slowly

    try:
        keyring.delete_password(entry, number)
    except PasswordDeleteError:
        log.info("there was no token to forget")
