"""The customer's part of the two signatures (clause 17): the key, the signature, and what is checked before and after.

All functions here take tens or hundreds of milliseconds: call them in a thread.
"""

import hashlib
from datetime import datetime

from vidphone.account.sign_up.keeping import Begun, SealedKey
from vidphone.papers import CUSTOMER
from vidphone.papers.keys import PrivateKey, certificate_request, make_key, open_key, same_key, seal_key
from vidphone.papers.signing import SigningFailed, sign
from vidphone.papers.verifying import verify
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import SignUpDone

_REQUEST_NAME = "vidphone"
"""In the request for a certificate: the authority takes the name from the agreement."""


def new_key() -> tuple[PrivateKey, str]:
    """A key and the request for its certificate, in PEM."""
    key = make_key()
    return key, certificate_request(key, _REQUEST_NAME)


def sealed(key: PrivateKey, request_pem: str, passphrase: str) -> SealedKey:
    """A key that only this passphrase opens.

    Raises:
        VidphoneError: `PASSPHRASE_WRONG`, it is too short or too long.
    """
    try:
        return SealedKey(seal_key(key, passphrase), request_pem)
    except ValueError:
        raise VidphoneError(ErrorCode.PASSPHRASE_WRONG) from None


def opened(kept: SealedKey | None, passphrase: str) -> PrivateKey | None:
    """The key that was sealed; None where there is none, or another passphrase sealed it."""
    if kept is None:
        return None
    try:
        return open_key(kept.pem, passphrase)
    except ValueError:
        return None


def check_document(pdf: bytes, begun: Begun) -> None:
    """Whether this is the document that the service announced.

    Raises:
        VidphoneError: `DOCUMENT_DIFFERS`.
    """
    if hashlib.sha256(pdf).hexdigest() != begun.begun.document_sha256:
        raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS)


def check_certificate(key: PrivateKey, begun: Begun) -> None:
    """Whether the certificate is for this key.

    Raises:
        VidphoneError: `DOCUMENT_DIFFERS`.
    """
    if not same_key(key, begun.begun.certificate_pem):
        raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS)


def signed_by_customer(pdf: bytes, key: PrivateKey, begun: Begun, reason: str, at: datetime) -> bytes:
    """The document with the customer's signature; it begins with the bytes of `pdf`.

    Raises:
        VidphoneError: `DOCUMENT_DIFFERS`, it cannot be signed, so it is not the document that was announced.
    """
    try:
        return sign(
            pdf,
            key,
            begun.begun.certificate_pem,
            field=CUSTOMER,
            reason=reason,
            location=begun.signing_place,
            at=at,
        )
    except SigningFailed:
        raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS) from None


def check_final(signed: bytes, final: bytes, done: SignUpDone, root_pem: str) -> None:
    """Whether what came back is what the customer signed, with the provider's signature and nothing else.

    Raises:
        VidphoneError: `DOCUMENT_DIFFERS`.
    """
    same = hashlib.sha256(final).hexdigest() == done.document_sha256 and final.startswith(signed)
    try:
        good = same and verify(final, root_pem).complete
    except ValueError:  # the root is none
        good = False
    if not good:
        raise VidphoneError(ErrorCode.DOCUMENT_DIFFERS)
