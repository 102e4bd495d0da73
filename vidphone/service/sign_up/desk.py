"""Where sign-ups are begun, signed and finished. Blocking: each call takes up to a second of work."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import NoReturn

from vidphone.papers import PROVIDER
from vidphone.papers.signing import sign
from vidphone.papers.verifying import check_signed_by_customer
from vidphone.service.days import provider_day, utc
from vidphone.service.documents.authority import Issuer
from vidphone.service.documents.compose import Composer, Contents, NoGlyph
from vidphone.service.offer import Offers
from vidphone.service.passwords import fits, hash_password, hash_token, new_token
from vidphone.service.sign_up import rules
from vidphone.service.sign_up.rules import HOLD_S, Pending, SignUpState
from vidphone.service.store.identities import IdentityInUse
from vidphone.service.store.numbers import NumberTaken
from vidphone.service.store.sign_ups import Signed, SignUp, SignUpGone, StoredSignUps
from vidphone.terms.agreement import fill
from vidphone.terms.orders import make_order, order_number, order_sha256
from vidphone.texts import text
from vidphone.wire.agreement import customer_fields, in_language, order_fields, provider_fields, signing_fields
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import SignUpBegun, SignUpDone, SignUpRequest


@dataclass(frozen=True)
class SignUpDesk:
    """Signs customers up. Its methods take the time as UTC seconds since 1970; they may run on several threads.

    All of them raise `VidphoneError`: `SIGN_UP_GONE` for one that is not there (any more), and what they name.
    """

    offers: Offers
    kept: StoredSignUps
    composer: Composer
    issuer: Issuer
    timestamp_url: str | None

    def begin(self, request: SignUpRequest, at: float) -> SignUpBegun:
        """Hold number and identity, and compose what is to be signed. The same request gets the same answer.

        Raises:
            VidphoneError: `AGREEMENT_CHANGED`, `CATALOGUE_CHANGED`, `BAD_DATA`, `NUMBER_TAKEN`, `IDENTITY_IN_USE`,
                `SIGN_UP_CLOSED`, or `BAD_REQUEST` where the request for a certificate is no such thing.
        """
        known = self.kept.find(request.id, at)
        if known and self._is_same(known.pending, request):
            return _begun(known.id, known.pending, known.expires_at)
        if known and known.state is SignUpState.DONE:
            raise VidphoneError(ErrorCode.SIGN_UP_GONE)
        pending, document = self._prepare(request, at)
        try:
            self.kept.begin(request.id, hash_token(pending.token), pending, document, at, at + HOLD_S)
        except NumberTaken:
            raise VidphoneError(ErrorCode.NUMBER_TAKEN) from None
        except IdentityInUse:
            raise VidphoneError(ErrorCode.IDENTITY_IN_USE) from None
        except SignUpGone:
            _refuse_gone()
        return _begun(request.id, pending, at + HOLD_S)

    def holder(self, sign_up: str, token: str, at: float) -> SignUp:
        """The sign-up, for whoever has its token.

        Raises:
            VidphoneError: `NOT_SIGNED_IN` with another token.
        """
        found = self.kept.find(sign_up, at)
        if found is None:
            _refuse_gone()
        if not hmac.compare_digest(found.token_hash, hash_token(token)):
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        return found

    def document(self, sign_up: SignUp) -> bytes:
        """The PDF: unsigned until it is done, then with both signatures."""
        try:
            return self.kept.document(sign_up)
        except SignUpGone:
            _refuse_gone()

    def finish(self, sign_up: SignUp, signed: bytes, at: float) -> SignUpDone:
        """Check the customer's signature, add the provider's, and make the agreement. Again: the same answer.

        Raises:
            VidphoneError: `DOCUMENT_REFUSED`: it is not the document that was sent with the customer's signature.
        """
        if sign_up.agreement is not None:
            return self._done(sign_up, sign_up.agreement)
        pending = sign_up.pending
        unsigned = self.document(sign_up)
        chain, root = pending.chain_pem, self.issuer.root_pem
        if problem := check_signed_by_customer(unsigned, signed, chain, root, now=utc(at)):
            raise VidphoneError(ErrorCode.DOCUMENT_REFUSED, {"detail": f"paper.{problem.value}"})
        document = sign(
            signed,
            self.issuer.provider_key,
            self.issuer.provider_chain_pem,
            field=PROVIDER,
            reason=text("sign-up.provider-signs", pending.language, number=pending.order.customer_number),
            location=in_language(self.offers.provider().signing_place, pending.language),
            at=utc(at),
            timestamp_url=self.timestamp_url,
        )
        new = Signed(secrets.token_hex(16), at, hashlib.sha256(document).hexdigest())
        try:
            return self._done(sign_up, self.kept.complete(sign_up, document, new))
        except SignUpGone:
            _refuse_gone()

    def give_up(self, sign_up: SignUp) -> None:
        """Forget it, and give back number and identity.

        Raises:
            VidphoneError: `NOT_ASKED_FOR`: it is done, and an agreement ends otherwise (clause 11).
        """
        try:
            self.kept.give_up(sign_up.id)
        except SignUpGone:
            raise VidphoneError(ErrorCode.NOT_ASKED_FOR) from None

    def _is_same(self, pending: Pending, request: SignUpRequest) -> bool:
        if rules.request_sha256(request) != pending.request_sha256:
            return False
        return fits(pending.password_hash, request.password.get_secret_value())

    def _prepare(self, request: SignUpRequest, at: float) -> tuple[Pending, bytes]:
        version, agreements = self.offers.agreement()
        catalogue, provider, today = self.offers.catalogue(), self.offers.provider(), provider_day(at)
        data = rules.check_request(request, version, catalogue, today)
        if self.kept.identity_in_use(data.identity_number):
            raise VidphoneError(ErrorCode.IDENTITY_IN_USE)
        order = make_order(
            catalogue,
            request.plan,
            request.terminal,
            request.credit_limit_fen,
            number=order_number(today, self.kept.next_order(today.isoformat())),
            ordered_on=today,
            customer_number=request.number,
        )
        language = request.language
        filled = fill(
            agreements[language],
            provider_fields(provider, language)
            | customer_fields(data, request.number, language)
            | order_fields(order, order_sha256(order))
            | signing_fields(today, language),
        )
        named = in_language(provider.name, language)
        contents = Contents(
            filled, language, version.version, (order,), named, data.name, request.number, made_on=today
        )
        try:
            document = self.composer.compose(contents)
        except NoGlyph as missing:
            raise rules.unprintable(data, missing.characters) from None
        try:
            asked, number = request.certificate_request_pem, request.number
            chain = self.issuer.issue(asked, customer_number=number, name=data.name, at=utc(at))
        except ValueError:
            raise rules.bad_certificate_request() from None
        pending = Pending(
            request_sha256=rules.request_sha256(request),
            token=new_token(),
            language=language,
            data=data,
            password_hash=hash_password(request.password.get_secret_value()),
            order=order,
            agreement_version=version.version,
            agreement_sha256=version.sha256,
            notice_sha256=request.identity_notice_sha256,
            chain_pem=chain,
            document_sha256=hashlib.sha256(document).hexdigest(),
            begun_at=at,
        )
        return pending, document

    def _done(self, sign_up: SignUp, agreement: str) -> SignUpDone:
        signed = self.kept.signed(agreement)
        return SignUpDone(
            number=sign_up.pending.order.customer_number,
            agreement=signed.agreement,
            signed_at=signed.signed_at,
            document_sha256=signed.document_sha256,
        )


def _begun(sign_up: str, pending: Pending, expires_at: float) -> SignUpBegun:
    return SignUpBegun(
        id=sign_up,
        token=pending.token,
        expires_at=expires_at,
        order=pending.order,
        order_sha256=order_sha256(pending.order),
        certificate_pem=pending.chain_pem,
        document_sha256=pending.document_sha256,
    )


def _refuse_gone() -> NoReturn:
    raise VidphoneError(ErrorCode.SIGN_UP_GONE)
