"""Sealing values (AES-256-GCM under data keys of their own) and finding them again without opening (HMAC-SHA-256)."""

import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vidphone.service.vault.custody import KeyCustodian, VaultError
from vidphone.service.vault.envelope import DATA_KEY_ID_BYTES, Envelope, bind, pack, unpack

KEY_BYTES = 32
NONCE_BYTES = 12
"""At random: a data key seals a handful of values, far below the 2^32 of NIST SP 800-38D, 8.3."""


class RecordKey:
    """The data key of one row, for several columns. Once the wrapped key is destroyed, so is what it sealed."""

    def __init__(self, data_key: bytes, wrapped: bytes, table: str, row: int | str) -> None:
        self.wrapped = wrapped
        """To be kept in the row; opened again by `Vault.open_record`."""
        self._cipher = AESGCM(data_key)
        self._place = ("field", table, str(row), unpack(wrapped).data_key_id)

    def encrypt(self, plain: bytes, column: str) -> bytes:
        """Seal the value of a column: nonce, ciphertext and tag, 28 bytes more than the value."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, bind(*self._place, column))

    def decrypt(self, sealed: bytes, column: str) -> bytes:
        """Open the value of a column.

        Raises:
            VaultError: `altered`, a byte was changed, or it comes from another table, row or column.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bind(*self._place, column))
        except (InvalidTag, ValueError) as error:
            raise VaultError("altered") from error


class Vault:
    """Seals values with data keys, and data keys with the custodian's key-encryption keys."""

    def __init__(self, custodian: KeyCustodian, index_key: bytes) -> None:
        self._custodian = custodian
        self._index_key = index_key

    def new_record(self, table: str, row: int | str) -> RecordKey:
        """A new data key for a row. `row` is its primary key, parts joined by `/`.

        Raises:
            VaultError: the keys cannot be reached.
        """
        data_key, data_key_id = AESGCM.generate_key(KEY_BYTES * 8), os.urandom(DATA_KEY_ID_BYTES)
        return RecordKey(data_key, self._wrap(data_key, data_key_id, table, row, b""), table, row)

    def open_record(self, wrapped: bytes, table: str, row: int | str) -> RecordKey:
        """The data key of a row.

        Raises:
            VaultError: `altered`, or `unknown-key`.
        """
        return RecordKey(self._unwrap(unpack(wrapped), table, row), wrapped, table, row)

    def encrypt(self, plain: bytes, *, table: str, row: int | str, column: str) -> bytes:
        """Seal one value together with a data key of its own.

        Raises:
            VaultError: the keys cannot be reached.
        """
        record = self.new_record(table, row)
        return record.wrapped + record.encrypt(plain, column)

    def decrypt(self, sealed: bytes, *, table: str, row: int | str, column: str) -> bytes:
        """Open what `encrypt` sealed.

        Raises:
            VaultError: `altered`, a byte was changed, or it comes from another place; `unknown-key`.
        """
        body = unpack(sealed).body
        return self.open_record(sealed[: len(sealed) - len(body)], table, row).decrypt(body, column)

    def rewrap(self, sealed: bytes, *, table: str, row: int | str) -> bytes:
        """The same sealed value, or wrapped data key, under the active key-encryption key. No value is opened.

        Raises:
            VaultError: `altered`, or `unknown-key`.
        """
        envelope = unpack(sealed)
        return self._wrap(self._unwrap(envelope, table, row), envelope.data_key_id, table, row, envelope.body)

    def blind_index(self, kind: str, value: str) -> bytes:
        """32 bytes by which equal values of a kind are found, and from which none can be read back.

        Compatibility forms, spaces, hyphens and case make no difference: `１１０101…x` is `110101…X`.
        """
        plain = unicodedata.normalize("NFKC", value).upper()
        plain = "".join(character for character in plain if not character.isspace() and character != "-")
        return hmac.digest(self._index_key, bind(kind, plain), hashlib.sha256)

    def active_key(self) -> str:
        """The id of the key-encryption key that wraps now.

        Raises:
            VaultError: the keys cannot be reached.
        """
        return self._custodian.active()

    def _wrap(self, data_key: bytes, data_key_id: bytes, table: str, row: int | str, body: bytes) -> bytes:
        key_id, wrapped = self._custodian.wrap(data_key, _context(data_key_id, table, row))
        return pack(Envelope(key_id, data_key_id, wrapped, body))

    def _unwrap(self, envelope: Envelope, table: str, row: int | str) -> bytes:
        return self._custodian.unwrap(envelope.key_id, envelope.wrapped, _context(envelope.data_key_id, table, row))


def _context(data_key_id: bytes, table: str, row: int | str) -> bytes:
    return bind("data key", table, str(row), data_key_id)
