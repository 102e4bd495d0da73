"""Becoming a customer, as the phone does it: the conversation with the service, the key, the two signatures.

Each step is kept before the next begins, so that a crash at any moment is gone on from: a key that was made is made
once, a document that was signed is sent as it is, and what the service answered is asked for again by the same id.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from vidphone.account.copies import Copies
from vidphone.account.keeper import TokenKeeper
from vidphone.account.sign_up import flow, signing
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.account.sign_up.keeping import Begun, SignUpKeeper
from vidphone.account.sign_up_client import SignUpClient
from vidphone.papers.keys import MIN_PASSPHRASE, PrivateKey
from vidphone.phone import commands, events
from vidphone.phone.engine import Emit
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import order_sha256
from vidphone.texts import Language, text
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import Offer, SignUpRequest

log = logging.getLogger(__name__)

Command = commands.OpenSignUp | commands.FindNumbers | commands.BeginSigning | commands.Sign | commands.LeaveSignUp
SignIn = Callable[[str, str, str], None]
"""Signs in at a service with number and password."""
MAX_DIGITS = 15
OFFER_CHANGED = frozenset({ErrorCode.AGREEMENT_CHANGED, ErrorCode.CATALOGUE_CHANGED})


class SignUp:
    """Sign-ups, one at a time. `perform` is run in a lane; `keep_draft` in another, so that it waits for no answer."""

    def __init__(self, profile: Path, tokens: TokenKeeper, emit: Emit, sign_in: SignIn, *, use_keyring: bool) -> None:
        self._profile = profile
        self._tokens = tokens
        self._emit = emit
        self._sign_in = sign_in
        self._use_keyring = use_keyring
        self._session: _Session | None = None

    async def perform(self, command: Command) -> None:
        """Do what was asked for; what fails is told as `SignUpFailed`."""
        try:
            await self._perform(command)
        except VidphoneError as error:
            about = tuple((error.about or {}).items())
            hint = flow.page_hint(error.code, error.faults)
            self._emit(events.SignUpFailed(error.code, about, error.faults, hint))

    async def keep_draft(self, draft: Draft) -> None:
        """Keep what was entered. Without an open sign-up there is nothing to keep it for.

        Raises:
            VidphoneError: `BAD_FILE`, the profile cannot be written.
        """
        if self._session is not None and self._session.service == draft.service:
            await self._session.keep_draft(draft)

    async def close(self) -> None:
        """Leave for now; everything is kept."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _perform(self, command: Command) -> None:
        if isinstance(command, commands.OpenSignUp):
            await self.close()
            self._session = await self._opened(command.service)
            await self._session.resume()
            return
        session = self._session
        if session is None:
            if isinstance(command, commands.LeaveSignUp):
                return
            raise VidphoneError(ErrorCode.SIGN_UP_GONE)
        match command:
            case commands.FindNumbers(containing=containing):
                await session.find_numbers(containing)
            case commands.BeginSigning(draft=draft, password=password):
                await session.begin(draft, password)
            case commands.Sign(passphrase=passphrase):
                await session.sign(passphrase)
            case commands.LeaveSignUp(forget=forget):
                if forget:
                    await session.forget()
                await self.close()

    async def _opened(self, service: str) -> "_Session":
        client = await asyncio.to_thread(SignUpClient, service)  # reading the trusted certificates takes 160 ms
        try:
            offer = await _checked_offer(client)
            keeper = SignUpKeeper(self._profile, service, self._tokens, use_keyring=self._use_keyring)
            return _Session(service, client, keeper, offer, self._profile, self._emit, self._sign_in)
        except BaseException:
            await client.close()
            raise


class _Session:
    """One sign-up at one service."""

    def __init__(
        self,
        service: str,
        client: SignUpClient,
        keeper: SignUpKeeper,
        offer: Offer,
        profile: Path,
        emit: Emit,
        sign_in: SignIn,
    ) -> None:
        self.service = service
        self._client = client
        self._keeper = keeper
        self._offer = offer
        self._profile = profile
        self._emit = emit
        self._sign_in = sign_in
        self._draft: Draft | None = None
        self._password = ""
        self._key: tuple[PrivateKey, str] | None = None
        self._begun: Begun | None = None
        self._unsigned = b""
        self._signed: bytes | None = None
        self._writing = asyncio.Lock()
        self._over = False

    async def resume(self) -> None:
        """Tell the offer and where to go on, and go on by itself where nothing is asked of the person."""
        draft = await self._keeper.open()
        self._begun = await self._keeper.load_begun()
        self._signed = await self._keeper.load_signed() if self._begun else None
        locked = self._keeper.locked
        if draft is not None:
            draft = flow.renew(draft, self._offer)
            waits = locked or self._begun is not None
            page = Page.SIGN if waits else flow.resume_page(draft, self._offer, _today())
            draft = replace(draft, page=page)
        self._draft = draft
        self._tell_offer(signed=locked or self._signed is not None)
        if self._signed is not None:
            await self._finish()
        elif self._begun is not None:
            await self._show_document()

    async def keep_draft(self, draft: Draft) -> None:
        async with self._writing:
            if not self._over:
                self._draft = draft
                await self._keeper.keep_draft(draft)

    async def find_numbers(self, containing: str) -> None:
        digits = "".join(character for character in containing if character in "0123456789")[:MAX_DIGITS]
        numbers = await self._client.free_numbers(digits)
        self._emit(events.FreeNumbersFound(numbers, containing))

    async def begin(self, draft: Draft, password: str) -> None:
        """Send what was entered and show the document. One that is signed already is not replaced but sent."""
        self._password = password
        if self._signed is not None:
            await self._finish()
            return
        draft = replace(draft, service=self.service, page=Page.PASSWORD)
        await self.keep_draft(draft)
        faults = flow.faults_of(draft, self._offer, _today())
        guessed = flow.check_new_password(draft, password)
        if faults or guessed:
            raise VidphoneError(ErrorCode.BAD_DATA, faults=(*faults, *([guessed] if guessed else ())))
        if not self._keeper.keyring:
            await self._keeper.drop_locked()
        key, request_pem = await self._own_key()
        request = _request(draft, password, self._keeper.id, request_pem)
        try:
            begun = Begun(await self._client.begin(request), *self._whom(draft.language))
        except VidphoneError as error:
            await self._begin_failed(error, draft)
            raise
        sound = order_sha256(begun.begun.order) == begun.begun.order_sha256
        if not sound or not flow.is_as_chosen(begun.begun, draft, self._offer, self._keeper.id):
            raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS)
        await asyncio.to_thread(signing.check_certificate, key, begun)
        await self._keeper.keep_begun(begun)
        self._begun, self._unsigned = begun, b""
        await self._show_document()
        await self.keep_draft(replace(draft, page=Page.SIGN))

    async def sign(self, passphrase: str) -> None:
        """Sign the document and send it; what was signed before is sent as it is."""
        secret = self._keeper.secret
        if secret is None:
            if len(passphrase) < MIN_PASSPHRASE:
                raise VidphoneError(ErrorCode.BAD_DATA, faults=(Fault("passphrase", FaultCode.PASSWORD_TOO_SHORT),))
            secret = passphrase
            await self._unlock(passphrase)
        begun = self._begun
        if begun is None:
            raise VidphoneError(ErrorCode.SIGN_UP_GONE)
        if self._signed is None:
            key = self._key[0] if self._key else None
            if key is None:
                key = await asyncio.to_thread(signing.opened, await self._keeper.load_key(), secret)
            if key is None:  # the secret of the key is lost: another key, another certificate
                await self._start_anew()
                raise VidphoneError(ErrorCode.SIGN_UP_GONE)
            unsigned = self._unsigned or await self._document(begun)
            reason = text("sign-up.reason", self._draft.language if self._draft else Language.CHINESE)
            at = datetime.now(UTC)
            signed = await asyncio.to_thread(signing.signed_by_customer, unsigned, key, begun, reason, at)
            await self._keeper.keep_signed(signed)
            self._signed = signed
        await self._finish()

    async def forget(self) -> None:
        """Erase what was entered, and give number and identity free."""
        begun = self._begun
        async with self._writing:
            self._over = True
            await self._keeper.forget()
        if begun is not None:
            try:
                await self._client.give_up(begun.begun.id, begun.begun.token)
            except VidphoneError as error:
                log.info("the sign-up was not given up at the service: %s", error.code)  # it ends there by itself

    async def close(self) -> None:
        """Leave; everything is kept."""
        async with self._writing:
            self._over = True
        self._password = ""
        await self._client.close()

    # --- steps

    def _tell_offer(self, *, signed: bool = False) -> None:
        self._emit(events.SignUpOffer(self._offer, self._draft, self._keeper.keyring, signed))

    def _whom(self, language: Language) -> tuple[str, str]:
        provider = self._offer.provider
        place = provider.signing_place
        return provider.root_certificate_pem, place.zh if language is Language.CHINESE else place.en

    async def _own_key(self) -> tuple[PrivateKey, str]:
        """The key of this sign-up: made once, and kept before anybody hears of it where it can be sealed."""
        secret = self._keeper.secret
        if self._key is None and secret is not None:
            kept = await self._keeper.load_key()
            key = await asyncio.to_thread(signing.opened, kept, secret)
            if kept is not None and key is not None:
                self._key = key, kept.request_pem
        if self._key is None:
            self._key = await asyncio.to_thread(signing.new_key)
            if secret is not None:
                await self._keeper.keep_key(await asyncio.to_thread(signing.sealed, *self._key, secret))
        return self._key

    async def _begin_failed(self, error: VidphoneError, draft: Draft) -> None:
        if error.code is ErrorCode.SIGN_UP_GONE:
            await self._start_anew()
        elif error.code in OFFER_CHANGED:
            self._offer = await _checked_offer(self._client)
            page = flow.page_hint(error.code) or draft.page
            await self.keep_draft(replace(flow.renew(draft, self._offer), page=page))
            self._tell_offer()

    async def _show_document(self) -> None:
        begun = self._begun
        if begun is None:
            raise VidphoneError(ErrorCode.SIGN_UP_GONE)
        self._unsigned = await self._document(begun)
        self._emit(events.SigningReady(begun.begun.model_copy(update={"token": ""}), self._unsigned))

    async def _document(self, begun: Begun) -> bytes:
        try:
            pdf = await self._client.document(begun.begun.id, begun.begun.token)
        except VidphoneError as error:
            if error.code is ErrorCode.SIGN_UP_GONE:
                await self._start_anew()
            raise
        await asyncio.to_thread(signing.check_document, pdf, begun)
        return pdf

    async def _unlock(self, passphrase: str) -> None:
        """Seal with the passphrase what is to survive a crash from now on; or open what it sealed."""
        await self._keeper.unlock(passphrase)
        if self._begun is None:
            self._begun = await self._keeper.load_begun()
            self._signed = await self._keeper.load_signed()
        elif self._key is not None:
            await self._keeper.keep_key(await asyncio.to_thread(signing.sealed, *self._key, passphrase))
            await self._keeper.keep_begun(self._begun)

    async def _finish(self) -> None:
        """Send the signed document, check what comes back, keep it."""
        begun, signed = self._begun, self._signed
        assert begun is not None  # noqa: S101 - nothing is signed without it
        assert signed is not None  # noqa: S101 - the callers see to it
        id_, token = begun.begun.id, begun.begun.token
        try:
            done = await self._client.send_signed(id_, token, signed)
            final = await self._client.document(id_, token)
        except VidphoneError as error:
            if error.code is ErrorCode.DOCUMENT_REFUSED:
                self._signed = None
                await self._keeper.drop_signed()
            elif error.code is ErrorCode.SIGN_UP_GONE:
                await self._start_anew()
            raise
        await asyncio.to_thread(signing.check_final, signed, final, done, begun.root_pem)
        path = await asyncio.to_thread(self._keep_copy, begun, done.agreement, done.number, final)
        key = await self._keeper.load_key()
        if key is not None:
            copies = Copies(self._profile, self.service, done.number)
            await asyncio.to_thread(copies.keep_key, key.pem, self._keeper.id, begun.begun.certificate_pem)
        async with self._writing:
            self._over = True
            await self._keeper.forget(keep_secret=True)
        password, self._password = self._password, ""
        self._begun = self._signed = self._key = None
        self._emit(events.SignedUp(done.number, done, str(path), signs_in=bool(password)))
        if password:
            self._sign_in(self.service, done.number, password)

    def _keep_copy(self, begun: Begun, agreement: str, number: str, final: bytes) -> Path:
        copies = Copies(self._profile, self.service, number)
        copies.pin(agreement, begun.root_pem)
        return copies.keep(agreement, final)

    async def _start_anew(self) -> None:
        """Go on from the number with another id: the service knows this one no more."""
        self._key = self._begun = self._signed = None
        self._unsigned = b""
        async with self._writing:
            if self._draft is not None and not self._over:
                self._draft = replace(self._draft, page=Page.NUMBER)
                await self._keeper.start_anew(self._draft)


async def _checked_offer(client: SignUpClient) -> Offer:
    """The offer of today, if the agreement in it is the one that its hash says."""
    offer = await client.offer()
    if not flow.is_sound(offer):
        raise VidphoneError(ErrorCode.SERVICE_INCOMPATIBLE, {"service": client.service})
    return offer


def _request(draft: Draft, password: str, sign_up: str, request_pem: str) -> SignUpRequest:
    try:
        return flow.request_of(draft, password, sign_up, request_pem)
    except ValidationError as error:
        found = {str(each["loc"][0]) for each in error.errors(include_input=False, include_url=False)}
        faults = tuple(Fault(field, FaultCode.BAD_CHARACTERS) for field in sorted(found))
        raise VidphoneError(ErrorCode.BAD_DATA, faults=faults) from None  # the cause would carry what was entered


def _today() -> date:
    return datetime.now(UTC).astimezone().date()
