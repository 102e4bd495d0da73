"""What a profile keeps encrypted: AES-256-GCM, each file bound to its name, so that one cannot stand for another.

The key comes from a secret in the system's keyring, or from a passphrase that the person types (scrypt, RFC 7914).
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_BYTES = 16
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SCRYPT_N = 2**16  # 64 MiB; some 200 ms a guess
_SCRYPT_R = 8


class Seal:
    """Seals and opens bytes with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, name: str, plain: bytes) -> bytes:
        """The bytes, encrypted for a place of that name."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """What was sealed for that place.

        Raises:
            ValueError: another key sealed it, it was for another place, or it was changed.
        """
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise ValueError("too short")
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
        except InvalidTag:
            raise ValueError("not sealed with this key, or changed") from None


def seal_of_secret(secret: str) -> Seal:
    """The seal of a secret of 256 random bits, in hexadecimal."""
    # Derived (HKDF, RFC 5869), because the secret is the passphrase of a key as well.
    return Seal(HKDF(SHA256(), 32, salt=None, info=b"vidphone files").derive(bytes.fromhex(secret)))


def seal_of_passphrase(passphrase: str, salt: bytes) -> Seal:
    """The seal of a passphrase; takes some 200 ms and 64 MiB."""
    key = hashlib.scrypt(passphrase.encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=1, maxmem=2**27, dklen=32)
    return Seal(key)
