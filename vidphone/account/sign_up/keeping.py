"""What is kept of an unfinished sign-up, so that a crash at any moment loses nothing and reveals nobody.

One folder a service in the profile. With a keyring everything that tells who the person is is sealed with a secret
there. Without one, it is not kept until the person gives a passphrase for the signature; from then on that seals it.
"""

import asyncio
import base64
import json
import logging
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from vidphone.account.keeper import TokenKeeper
from vidphone.account.profile import set_aside, write_bytes_whole
from vidphone.account.sealing import SALT_BYTES, Seal, seal_of_passphrase, seal_of_secret
from vidphone.account.sign_up.draft import SECRET_FIELDS, Draft, from_json, to_json
from vidphone.account.sign_up.places import DRAFT, folder, read_document
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import SignUpBegun

log = logging.getLogger(__name__)

KEYRING_ENTRY = "papers"
"""Under which the secrets of sign-ups and of their keys stand in the keyring, by the id of the sign-up."""
_BEGUN, _SIGNED, _KEY, _SALT = "begun.sealed", "signed.sealed", "key.pem", "salt"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the service answered, and whom it is to be checked against: the root of the offer that was shown."""

    begun: SignUpBegun
    root_pem: str
    signing_place: str


@dataclass(frozen=True, slots=True)
class SealedKey:
    """The customer's key, encrypted with the secret or the passphrase, and the request for its certificate."""

    pem: bytes
    request_pem: str


class SignUpKeeper:
    """Keeps the sign-up at one service. Nothing here runs on the loop but what waits."""

    def __init__(self, profile: Path, service: str, tokens: TokenKeeper, *, use_keyring: bool) -> None:
        self._service = service
        self._folder = folder(profile, service)
        self._tokens = tokens
        self._use_keyring = use_keyring
        self._seal: Seal | None = None
        self._sealed_before = b""
        """The sealed part of a draft that could not be opened: its secret may be back at the next start."""
        self.id = ""
        """Of the sign-up: random, and known to this machine and the service alone."""
        self.secret: str | None = None
        """What seals the key where there is a keyring."""

    @property
    def keyring(self) -> bool:
        """Whether the secret is in the system's keyring."""
        return self.secret is not None

    async def open(self) -> Draft | None:
        """Read what is kept; the draft, if there is one. What cannot be read is set aside or counts as not entered."""
        kept = await asyncio.to_thread(self._read_draft)
        self.id = kept[0] if kept else secrets.token_hex(16)
        _, draft, sealed = kept or ("", None, b"")
        await self._find_secret(draw=not sealed)
        if draft is None:
            return None
        if self._seal is None:
            self._sealed_before = sealed
        elif sealed:
            with suppress(ValueError):
                known = from_json(self._seal.open(self._place(DRAFT), sealed).decode())
                draft = replace(draft, **{name: getattr(known, name) for name in SECRET_FIELDS})
        return replace(draft, service=self._service)

    async def keep_draft(self, draft: Draft) -> None:
        """Keep what was entered; without a keyring not what tells who the person is.

        Raises:
            VidphoneError: `BAD_FILE`, the profile cannot be written.
        """
        await asyncio.to_thread(self._write_draft, draft)

    async def keep_key(self, key: SealedKey) -> None:
        """Keep the sealed key. Raises as `keep_draft`."""
        content = json.dumps({"key": key.pem.decode(), "request": key.request_pem})
        await asyncio.to_thread(self._write, _KEY, content.encode())

    async def load_key(self) -> SealedKey | None:
        """The sealed key, if there is one."""
        content = await asyncio.to_thread(self._load, _KEY)
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            values = json.loads(content or b"{}")
            return SealedKey(values["key"].encode(), values["request"])
        return None

    async def keep_begun(self, begun: Begun) -> None:
        """Keep the service's answer, where there is something to seal it with. Raises as `keep_draft`."""
        values = {
            "begun": begun.begun.model_dump(mode="json"), "root": begun.root_pem, "place": begun.signing_place
        }  # fmt: skip
        await self._keep_sealed(_BEGUN, json.dumps(values).encode())

    async def load_begun(self) -> Begun | None:
        """The service's answer, if it is kept and can be opened."""
        content = await self._load_sealed(_BEGUN)
        with suppress(ValueError, KeyError, TypeError):
            values = json.loads(content or b"{}")
            return Begun(SignUpBegun.model_validate_json(json.dumps(values["begun"])), values["root"], values["place"])
        return None

    async def keep_signed(self, pdf: bytes) -> None:
        """Keep the signed document until the service has it. Raises as `keep_draft`."""
        await self._keep_sealed(_SIGNED, pdf)

    async def load_signed(self) -> bytes | None:
        """The signed document, if it is kept and can be opened."""
        return await self._load_sealed(_SIGNED)

    @property
    def locked(self) -> bool:
        """Whether a document waits that a passphrase was given for."""
        return self._seal is None and all((self._folder / name).exists() for name in (_SALT, _BEGUN))

    async def unlock(self, passphrase: str) -> None:
        """Use a passphrase: the one that was given before, where there was one.

        Raises:
            VidphoneError: `PASSPHRASE_WRONG`; `BAD_FILE`, the profile cannot be written.
        """
        self._seal = await asyncio.to_thread(self._unlock, passphrase)

    async def drop_signed(self) -> None:
        """Keep the signed document no longer: it is to be signed anew."""
        await asyncio.to_thread(self._remove, _SIGNED)

    async def drop_locked(self) -> None:
        """Keep no longer what a passphrase seals: another document takes its place, and another passphrase may."""
        self._seal = None
        for name in (_BEGUN, _SIGNED, _KEY, _SALT):
            await asyncio.to_thread(self._remove, name)

    async def start_anew(self, draft: Draft) -> None:
        """Forget the service's answer and the key, keep what was entered, under another id. Raises as `keep_draft`."""
        await self.drop_locked()
        before, self.id = self.id, secrets.token_hex(16)
        await self._find_secret(draw=True)
        await self.keep_draft(draft)
        await self._tokens.forget(KEYRING_ENTRY, before)

    async def forget(self, *, keep_secret: bool = False) -> None:
        """Erase everything; the secret as well unless it seals a key that is in use."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        if not keep_secret:
            await self._tokens.forget(KEYRING_ENTRY, self.id)
        self._seal, self.secret = None, None

    # --- in a thread

    def _read_draft(self) -> tuple[str, Draft, bytes] | None:
        path = self._folder / DRAFT
        try:
            values = read_document(path)
            id_, draft = str(values["id"]), from_json(values["draft"])
            if len(bytes.fromhex(id_)) != 16:
                raise ValueError("no id")
            return id_, draft, base64.b64decode(values.get("sealed", ""))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError):
            log.warning("the draft of a sign-up cannot be read and was set aside")
            with suppress(OSError):
                set_aside(path)
            return None

    def _write_draft(self, draft: Draft) -> None:
        blanked = replace(draft, **dict.fromkeys(SECRET_FIELDS, ""))  # type: ignore[arg-type]
        values = {"id": self.id, "draft": to_json(blanked)}
        sealed = self._sealed_before
        if self._seal is not None and self.keyring:
            sealed = self._seal.seal(self._place(DRAFT), to_json(draft).encode())
        if sealed:
            values["sealed"] = base64.b64encode(sealed).decode()
        self._write(DRAFT, json.dumps(values).encode())

    def _unlock(self, passphrase: str) -> Seal:
        salt, sealed = self._load(_SALT), self._load(_BEGUN)
        if salt is None or len(salt) != SALT_BYTES:
            salt, sealed = secrets.token_bytes(SALT_BYTES), None  # what is sealed there, a lost secret sealed
            self._write(_SALT, salt)
        seal = seal_of_passphrase(passphrase, salt)
        if sealed is not None:
            try:
                seal.open(self._place(_BEGUN), sealed)
            except ValueError:
                raise VidphoneError(ErrorCode.PASSPHRASE_WRONG) from None
        return seal

    def _write(self, name: str, content: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_bytes_whole(self._folder / name, content)
        except OSError as error:
            raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(self._folder / name)}) from error

    def _load(self, name: str) -> bytes | None:
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return None

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink()

    def _place(self, name: str) -> str:
        return f"{self.id} {name}"

    # --- on the loop

    async def _find_secret(self, *, draw: bool) -> None:
        """The secret of this sign-up, drawn where there is none and a keyring will keep it.

        `draw` False: it was drawn before, so a keyring without it is locked, and another would overwrite it.
        """
        self.secret = None
        if self._use_keyring:
            self.secret = await self._tokens.load(KEYRING_ENTRY, self.id)
            if self.secret is None and draw:
                drawn = secrets.token_hex(32)
                try:
                    await self._tokens.save(KEYRING_ENTRY, self.id, drawn)
                    self.secret = drawn
                except VidphoneError:
                    await self._tokens.forget(KEYRING_ENTRY, self.id)
                    log.info("no keyring: identity data of the sign-up are not kept")
        self._seal = None if self.secret is None else seal_of_secret(self.secret)

    async def _keep_sealed(self, name: str, plain: bytes) -> None:
        seal = self._seal
        if seal is not None:
            await asyncio.to_thread(lambda: self._write(name, seal.seal(self._place(name), plain)))

    async def _load_sealed(self, name: str) -> bytes | None:
        seal, content = self._seal, await asyncio.to_thread(self._load, name)
        if seal is None or content is None:
            return None
        try:
            return await asyncio.to_thread(seal.open, self._place(name), content)
        except ValueError:
            log.warning("a file of a sign-up cannot be opened and is not used")
            return None
