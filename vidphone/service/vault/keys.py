"""The key-encryption keys in a file, kept apart from the database so that a copy of the one opens nothing."""

import base64
import binascii
import json
import os
import secrets
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.envelope import bind
from vidphone.service.vault.files import create_secret, open_to_others, write_secret
from vidphone.service.vault.vault import KEY_BYTES, NONCE_BYTES

FILE_NAME = "keys.json"
MAX_FILE_BYTES = 1_048_576
KEY_ID_BYTES = 8


def default_key_file(data: Path) -> Path:
    """Beside the data folder, not in it: who copies the folder for a backup does not copy the keys with it."""
    data = data.resolve()
    return data.with_name(f"{data.name}-keys") / FILE_NAME


def _key(value: str) -> str:
    if len(_bytes(value)) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return value


def _bytes(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


_Key = Annotated[str, AfterValidator(_key), Field(repr=False)]


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _KeptKey(_Kept):
    key: _Key
    made_at: float
    retired_at: float | None = None


class _KeptFile(_Kept):
    version: Annotated[int, Field(ge=1, le=1)] = 1
    active: str
    keys: dict[str, _KeptKey]
    index_key: _Key

    @model_validator(mode="after")
    def _active_is_there(self) -> Self:
        if self.active not in self.keys:
            raise ValueError("the active key is missing")
        return self


@dataclass(frozen=True, slots=True)
class _Loaded:
    kept: _KeptFile
    stamp: tuple[int, int, int]


class KeyFile:
    """See `KeyCustodian`. Follows the file: keys that another process added are seen before the next value is sealed.

    A wrapped key is nonce, ciphertext and tag of AES-256-GCM; the key id is part of the associated data.
    """

    def __init__(self, path: Path) -> None:
        """Open a file that is there.

        Raises:
            VaultError: `missing`, `open-to-others`, `unreadable`.
        """
        self._path = path
        self._lock = threading.Lock()
        self._loaded = _load(path)

    @classmethod
    def create(cls, path: Path, at: float) -> "KeyFile":
        """Make the file, or open it where it is there. Of two processes at once, both get the same keys.

        Raises:
            VaultError: as the constructor; `unwritable`.
        """
        first = _new_id()
        kept = _KeptFile(active=first, keys={first: _KeptKey(key=_new_key(), made_at=at)}, index_key=_new_key())
        try:
            if not path.exists():
                create_secret(path, _dump(kept))
        except OSError as error:
            raise VaultError("unwritable", {"path": str(path), "detail": error.strerror or ""}) from error
        return cls(path)

    @property
    def index_key(self) -> bytes:
        """The key of the blind indexes. It stays: another would find nothing of what was indexed before."""
        return _bytes(self._loaded.kept.index_key)

    def active(self) -> str:
        """See `KeyCustodian`."""
        return self._fresh().active

    def wrap(self, data_key: bytes, context: bytes) -> tuple[str, bytes]:
        """See `KeyCustodian`."""
        kept = self._fresh()
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(_bytes(kept.keys[kept.active].key))
        return kept.active, nonce + cipher.encrypt(nonce, data_key, bind(kept.active, context))

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        """See `KeyCustodian`."""
        key = self._loaded.kept.keys.get(key_id) or self._fresh().keys.get(key_id)
        if key is None:
            raise VaultError("unknown-key", {"id": key_id, "path": str(self._path)})
        try:
            return AESGCM(_bytes(key.key)).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bind(key_id, context))
        except (InvalidTag, ValueError) as error:
            raise VaultError("altered") from error

    def ids(self) -> frozenset[str]:
        """Of all keys that can open something."""
        return frozenset(self._fresh().keys)

    def retired(self, before: float) -> frozenset[str]:
        """The ids of the keys that have wrapped nothing since `before`."""
        keys = self._fresh().keys.items()
        return frozenset(key_id for key_id, key in keys if key.retired_at is not None and key.retired_at <= before)

    def rotate(self, at: float) -> str:
        """Make a new active key; its id. The older ones stay to open what they wrapped.

        Raises:
            VaultError: `unwritable`.
        """
        kept, new = self._fresh(), _new_id()
        keys = kept.keys | {kept.active: kept.keys[kept.active].model_copy(update={"retired_at": at})}
        self._write(kept.model_copy(update={"active": new, "keys": keys | {new: _KeptKey(key=_new_key(), made_at=at)}}))
        return new

    def drop(self, ids: Collection[str]) -> None:
        """Destroy retired keys: what they wrapped, in backups too, is never opened again.

        Raises:
            ValueError: one of them is the active key.
            VaultError: `unwritable`.
        """
        kept = self._fresh()
        if kept.active in ids:
            raise ValueError("the active key cannot be dropped")
        if ids:
            left = {key_id: key for key_id, key in kept.keys.items() if key_id not in ids}
            self._write(kept.model_copy(update={"keys": left}))

    def _fresh(self) -> _KeptFile:
        """The keys as the file has them now; read again only when it was replaced."""
        with self._lock:
            if _stamp(self._path) != self._loaded.stamp:
                self._loaded = _load(self._path)
            return self._loaded.kept

    def _write(self, kept: _KeptFile) -> None:
        try:
            write_secret(self._path, _dump(kept))
        except OSError as error:
            raise VaultError("unwritable", {"path": str(self._path), "detail": error.strerror or ""}) from error


def _load(path: Path) -> _Loaded:
    try:
        stamp = _stamp(path)
        if open_to_others(path):
            raise VaultError("open-to-others", {"path": str(path)})
        if path.stat().st_size > MAX_FILE_BYTES:
            raise VaultError("unreadable", {"path": str(path), "detail": ""})
        return _Loaded(_KeptFile.model_validate_json(path.read_bytes()), stamp)
    except OSError as error:
        raise VaultError("unreadable", {"path": str(path), "detail": error.strerror or ""}) from error
    except ValidationError:
        raise VaultError("unreadable", {"path": str(path), "detail": ""}) from None  # its text would show the keys


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise VaultError("missing", {"path": str(path)}) from error
    return found.st_mtime_ns, found.st_ino, found.st_size


def _dump(kept: _KeptFile) -> bytes:
    return json.dumps(kept.model_dump(mode="json"), indent=2).encode() + b"\n"


def _new_id() -> str:
    return secrets.token_hex(KEY_ID_BYTES)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
