"""The bytes of a sealed value, and the bytes that bind it to its place. Pure.

A sealed value is a wrapped data key, followed by what that key encrypted; a wrapped data key alone is the same with
nothing after it. So a change of the key-encryption key replaces the front and leaves the rest as it is.

    1 byte   version, 1
    1 byte   length of the key id, then the key id (UTF-8): which key-encryption key wrapped
    16 bytes id of the data key, at random
    2 bytes  length of the wrapped data key, big-endian, then the wrapped data key
    rest     12 bytes nonce, ciphertext, 16 bytes tag (AES-256-GCM, NIST SP 800-38D); or nothing
"""

from dataclasses import dataclass

from vidphone.service.vault.custody import VaultError

VERSION = 1
DATA_KEY_ID_BYTES = 16
MAX_FRONT_BYTES = 2 + 255
"""Of a sealed value: all that `front_key` needs."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed value taken apart."""

    key_id: str
    data_key_id: bytes
    wrapped: bytes
    body: bytes


def pack(envelope: Envelope) -> bytes:
    """The bytes to keep."""
    return b"".join(
        (
            key_front(envelope.key_id),
            envelope.data_key_id,
            len(envelope.wrapped).to_bytes(2, "big"),
            envelope.wrapped,
            envelope.body,
        )
    )


def unpack(sealed: bytes) -> Envelope:
    """Take kept bytes apart; nothing is checked yet but their form.

    Raises:
        VaultError: `altered`, these are no such bytes.
    """
    key_id = front_key(sealed)
    id_end = 2 + sealed[1]
    length_at = id_end + DATA_KEY_ID_BYTES
    start = length_at + 2
    end = start + int.from_bytes(sealed[length_at:start], "big")
    if not start <= end <= len(sealed):
        raise VaultError("altered")
    return Envelope(key_id, sealed[id_end:length_at], sealed[start:end], sealed[end:])


def key_front(key_id: str) -> bytes:
    """What a sealed value begins with, when that key wrapped its data key."""
    as_bytes = key_id.encode()
    return bytes((VERSION, len(as_bytes))) + as_bytes


def front_key(sealed: bytes) -> str:
    """The id of the key-encryption key, from the first `MAX_FRONT_BYTES` or more of a sealed value.

    Raises:
        VaultError: `altered`, this is no sealed value.
    """
    try:
        if sealed[0] != VERSION:
            raise VaultError("altered")
        return sealed[2 : 2 + sealed[1]].decode()
    except (IndexError, UnicodeDecodeError) as error:
        raise VaultError("altered") from error


def bind(*parts: str | bytes) -> bytes:
    """Associated data of some parts. Each is preceded by its length, so no two lists of parts give the same bytes."""
    as_bytes = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in as_bytes)
