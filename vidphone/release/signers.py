"""Keys that sign: in files sealed by a passphrase (PKCS#8), or in hardware (PKCS#11).

A key is named as a path, or as `hsm:2?label=…`, which is the framework's own way to name one in hardware. A passphrase
is asked for at the terminal, read from a file, or taken from the environment; never from the command line, where other
users of the machine would see it.
"""

import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_plus

from securesystemslib.exceptions import UnsupportedLibraryError
from securesystemslib.signer import CryptoSigner, HSMSigner, Key, Signer

from vidphone.papers.keys import MAX_PASSPHRASE, MIN_PASSPHRASE, WrongPassphrase, make_key, open_key, seal_key
from vidphone.release.said import refused, words

PASSPHRASE_VARIABLE = "VIDPHONE_RELEASE_PASSPHRASE"  # noqa: S105
HARDWARE = "hsm:"
MAX_KEY_BYTES = 8192
SUFFIX = ".pem"


@dataclass(frozen=True)
class Passphrases:
    """Where passphrases come from: a file, the environment, else the terminal."""

    file: Path | None = None

    def of(self, name: str) -> str:
        """The passphrase of a key that is there.

        Raises:
            Refused: the file cannot be read, or nobody is at the terminal.
        """
        return self._given() or _ask(words("ask-passphrase", name=name))

    def new(self, name: str) -> str:
        """The passphrase of a new key; at the terminal it is asked for twice.

        Raises:
            Refused: as `of`; it is too short or too long, or both were not the same.
        """
        found = self._given()
        if found is None:
            found = _ask(words("ask-new-passphrase", name=name))
            if _ask(words("ask-again")) != found:
                raise refused("passphrases-differ")
        if len(found) < MIN_PASSPHRASE:
            raise refused("passphrase-short", least=MIN_PASSPHRASE)
        if len(found) > MAX_PASSPHRASE:
            raise refused("passphrase-long", most=MAX_PASSPHRASE)
        return found

    def _given(self) -> str | None:
        if self.file is None:
            return os.environ.get(PASSPHRASE_VARIABLE)
        try:
            return self.file.read_text(encoding="utf-8").partition("\n")[0]
        except (OSError, UnicodeDecodeError):
            raise refused("no-file", path=str(self.file)) from None


def make(path: Path, passphrases: Passphrases) -> Signer:
    """A new key in a file of its owner's alone.

    Raises:
        Refused: the file is there, or the passphrase is not fit.
        OSError: it cannot be written.
    """
    if path.exists():
        raise refused("key-exists", path=str(path))
    key = make_key()
    sealed = seal_key(key, passphrases.new(path.stem))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
    return CryptoSigner(key)


def open_signer(named: str, passphrases: Passphrases) -> Signer:
    """The key of a name.

    Raises:
        Refused: there is no such key, the passphrase is wrong, or hardware cannot be reached.
    """
    if named.startswith(HARDWARE):
        return _in_hardware(named, passphrases.of)
    path = Path(named)
    try:
        sealed = path.read_bytes()[: MAX_KEY_BYTES + 1]
    except OSError:
        raise refused("no-file", path=named) from None
    try:
        return CryptoSigner(open_key(sealed, passphrases.of(path.stem)))
    except WrongPassphrase:
        raise refused("passphrase-wrong", name=path.stem) from None
    except ValueError:
        raise refused("no-key", path=named) from None


def public_of(named: str, passphrases: Passphrases) -> Key:
    """The public half of a key. Raises as `open_signer`."""
    return open_signer(named, passphrases).public_key


def _in_hardware(uri: str, ask: Callable[[str], str]) -> Signer:
    """The framework's PKCS#11 signer: keys on the curves P-256 and P-384. The PIN comes as passphrases do."""
    number, _, label = uri.removeprefix(HARDWARE).partition("?label=")
    try:
        made, public = HSMSigner.import_(int(number) if number else None, unquote_plus(label) or None, ask)
        return HSMSigner.from_priv_key_uri(made, public, ask)
    except UnsupportedLibraryError:
        raise refused("no-hardware-support") from None
    except Exception as error:  # whatever the token's own library raises
        raise refused("hardware-failed", named=uri, detail=str(error) or type(error).__name__) from error


def _ask(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise refused("no-passphrase", variable=PASSPHRASE_VARIABLE)
    return getpass.getpass(prompt)
