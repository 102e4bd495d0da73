"""An operator's key service, in memory."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from vidphone.service.vault.custody import VaultError


class Custodian:
    """See `KeyCustodian`. `padding`: bytes that a wrapped key is longer, as those of some services are."""

    def __init__(self, padding: int = 0) -> None:
        self._keys = {"key-0": AESGCMSIV.generate_key(256)}
        self._active = "key-0"
        self._padding = bytes(padding)

    def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        wrapped = AESGCMSIV(self._keys[self._active]).encrypt(bytes(12), data_key, context)
        return self._active, wrapped + self._padding

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        if key_id not in self._keys:
            raise VaultError("unknown-key")
        try:
            whole = wrapped[: len(wrapped) - len(self._padding)]
            return AESGCMSIV(self._keys[key_id]).decrypt(bytes(12), whole, context)
        except (InvalidTag, ValueError) as error:
            raise VaultError("altered") from error

    def active(self) -> str:
        return self._active

    def rotate(self) -> None:
        self._active = f"key-{len(self._keys)}"
        self._keys[self._active] = AESGCMSIV.generate_key(256)

    def forget(self, key_id: str) -> None:
        del self._keys[key_id]
