"""The port behind which the key-encryption keys are kept: a file of ours, or an operator's key service."""

from collections.abc import Mapping
from typing import Protocol


class VaultError(Exception):
    """Keys or sealed data are not as they must be. `reason` is the text `vault.<reason>`, filled from `places`."""

    def __init__(self, reason: str, places: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = dict(places or {})


class KeyCustodian(Protocol):
    """Wraps data keys with key-encryption keys that never leave it. Blocking; called from several threads.

    `context` goes in as associated data ("encryption context" in some key services): what was wrapped with one
    context opens with no other.
    """

    def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        """Wrap with the active key; its id (at most 255 bytes of UTF-8) and the wrapped key (at most 64 KiB).

        Raises:
            VaultError: the keys cannot be reached.
        """

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """Unwrap with the key of that id, active or older.

        Raises:
            VaultError: there is no such key (`unknown-key`), it does not fit (`altered`), or cannot be reached.
        """

    def active(self) -> str:
        """The id of the key that wraps now.

        Raises:
            VaultError: the keys cannot be reached.
        """
