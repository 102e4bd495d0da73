"""What a command works with: the person's folder, their keys, the service, and what is published."""

import argparse
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from securesystemslib.signer import Signer
from tuf.api.metadata import Metadata

from vidphone.account.profile import write_bytes_whole
from vidphone.release import roles
from vidphone.release.desk import Desk
from vidphone.release.said import refused, say
from vidphone.release.signers import SUFFIX, Passphrases, open_signer
from vidphone.release.view import View
from vidphone.wire.release_staff import ROOT, TARGETS, Action, Publication, Published

ROOT_FILE, SERVICE_FILE, TOKEN_FILE = "root.json", "service", "token"
KEYS = "keys"
TOKEN_VARIABLE, SERVICE_VARIABLE, KEY_VARIABLE = (
    "VIDPHONE_RELEASE_TOKEN",
    "VIDPHONE_RELEASE_SERVICE",
    "VIDPHONE_RELEASE_KEY",
)


class Bench:
    """Made of the command line. What needs the service or a passphrase is asked for when it is first needed."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.folder: Path = arguments.folder
        self.passphrases = Passphrases(arguments.passphrase_file)
        self.now = datetime.now(UTC)

    def close(self) -> None:
        """Close the connections, where there are any."""
        if "desk" in self.__dict__:
            self.desk.close()

    @cached_property
    def desk(self) -> Desk:
        """The service, by the person's token.

        Raises:
            Refused: no service or no token is named, or the address is not a secure one.
        """
        service = self.arguments.service or os.environ.get(SERVICE_VARIABLE) or self._kept(SERVICE_FILE)
        if not service:
            raise refused("no-service", variable=SERVICE_VARIABLE)
        file = self.arguments.token_file
        token = _line(file) if file else os.environ.get(TOKEN_VARIABLE) or self._kept(TOKEN_FILE)
        if not token:
            raise refused("no-token")
        return Desk(service, token)

    @cached_property
    def view(self) -> View:
        """What is published.

        Raises:
            Refused: no root is trusted yet, or something published has no good signature.
        """
        trusted = self.folder / ROOT_FILE
        given: Path | None = self.arguments.root
        if not trusted.exists() and given is not None:
            try:
                self.keep(ROOT_FILE, given.read_bytes())
            except OSError:
                raise refused("no-file", path=str(given)) from None
        if not trusted.exists():
            raise refused("no-root", path=str(trusted))
        return View(trusted, self.desk.fetch)

    @cached_property
    def signer(self) -> Signer:
        """The person's own key: the one that is named, else the only one of their folder.

        Raises:
            Refused: there is none or several, or it cannot be opened.
        """
        named = self.arguments.key or os.environ.get(KEY_VARIABLE)
        if not named:
            found = sorted((self.folder / KEYS).glob(f"*{SUFFIX}"))
            if len(found) != 1:
                raise refused("which-key", folder=str(self.folder / KEYS))
            named = str(found[0])
        return open_signer(named, self.passphrases)

    def offline(self) -> list[Signer]:
        """The offline keys that were named.

        Raises:
            Refused: one of them cannot be opened.
        """
        return [open_signer(named, self.passphrases) for named in self.arguments.offline]

    def publish(
        self,
        action: Action,
        changed: Mapping[str, Metadata[Any]],
        signers: Sequence[Signer],
        manifests: Mapping[str, bytes] | None = None,
    ) -> Published:
        """Sign with each signer what it may sign, hand it in, and say what became of it.

        Raises:
            Refused: a role has no signer at hand, or the service does not take it over.
        """
        metadata: dict[str, str] = {}
        for name, one in changed.items():
            above = TARGETS if name in roles.CHANNELS else ROOT
            allowed = set(roles.key_ids(changed[above] if above in changed else self.view.role(above), name))
            if name == ROOT and action is not Action.INIT:
                allowed |= set(self.view.key_ids(ROOT))
            fit = [signer for signer in signers if signer.public_key.keyid in allowed]
            if not fit and not one.signatures:
                raise refused("may-not-sign", role=name)
            metadata[name] = roles.sign(one, fit).decode()
        given = {path: content.decode() for path, content in (manifests or {}).items()}
        return self.hand_in(
            Publication(action=action, reason=self.arguments.reason, metadata=metadata, manifests=given)
        )

    def hand_in(self, publication: Publication) -> Published:
        """Hand in what is signed, and say what became of it. Raises as `publish`."""
        answer = self.desk.publish(publication)
        if answer.done:
            say("published", what=_what(publication))
        for role, signatures in answer.signatures.items():
            if signatures.have < signatures.need:
                say("waiting", role=role, have=signatures.have, need=signatures.need, id=answer.waiting)
        return answer

    def keep(self, name: str, content: bytes) -> None:
        """Keep a file in the person's folder, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_bytes_whole(self.folder / name, content)

    def _kept(self, name: str) -> str:
        path = self.folder / name
        return _line(path) if path.is_file() else ""


def _what(publication: Publication) -> str:
    return ", ".join([*sorted(publication.manifests)] or sorted(publication.metadata))


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        raise refused("no-file", path=str(path)) from None
