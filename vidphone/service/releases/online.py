"""The service's own keys, and what it signs with them: snapshot and timestamp.

They say which metadata is the newest, and nothing of what is in it: whoever takes them can withhold upgrades for a
while, and give out none (The Update Framework 1.0.34, section 6.1).
"""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, MetaFile, Snapshot, Timestamp

from vidphone.service.vault.files import create_secret, open_to_others
from vidphone.wire.release_staff import SNAPSHOT_DAYS, TIMESTAMP_DAYS

SNAPSHOT_FILE, TIMESTAMP_FILE = "release-snapshot.pem", "release-timestamp.pem"


class KeysUnfit(Exception):
    """A key file is open to others, or holds no key; the text is its path."""


class OnlineKeys:
    """The two keys, in files of their own beside those that seal personal data."""

    def __init__(self, folder: Path) -> None:
        """Open them; made where they are not there yet.

        Raises:
            KeysUnfit: one of the files cannot be used.
            OSError: the folder cannot be written.
        """
        self._snapshot = _open(folder / SNAPSHOT_FILE)
        self._timestamp = _open(folder / TIMESTAMP_FILE)

    @property
    def public(self) -> tuple[Key, Key]:
        """Of snapshot and timestamp, as root names them."""
        return self._snapshot.public_key, self._timestamp.public_key

    def snapshot(self, versions: dict[str, int], version: int, now: datetime) -> Metadata[Snapshot]:
        """Which version of each role is the newest."""
        made = Snapshot(version, expires=_after(now, SNAPSHOT_DAYS))
        made.meta = {name: MetaFile(number) for name, number in sorted(versions.items())}
        signed = Metadata(made)
        signed.sign(self._snapshot)
        return signed

    def timestamp(self, snapshot: int, version: int, now: datetime) -> Metadata[Timestamp]:
        """Which snapshot is the newest."""
        made = Timestamp(version, expires=_after(now, TIMESTAMP_DAYS), snapshot_meta=MetaFile(snapshot))
        signed = Metadata(made)
        signed.sign(self._timestamp)
        return signed


def _after(now: datetime, days: int) -> datetime:
    return now.replace(microsecond=0) + timedelta(days=days)


def _open(path: Path) -> CryptoSigner:
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        create_secret(path, made)
    if open_to_others(path):
        raise KeysUnfit(str(path))
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        raise KeysUnfit(str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysUnfit(str(path))
    return CryptoSigner(key)
