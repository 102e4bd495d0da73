"""What a signed-in customer asks of the agreement, of their data and of their password (clauses 1 and 17)."""

import asyncio
import time

from fastapi import APIRouter, Request, Response

from vidphone.service.copies import PICTURE_TYPE
from vidphone.service.copies.reader import read_copy
from vidphone.service.http.asking import PDF, PDF_ANSWER, SIGNED_IN_ONLY, Asked, Caller, IdInPath, binary
from vidphone.service.http.bodies import media_type, read_body
from vidphone.service.http.parts import client_address
from vidphone.service.http.problems import responses
from vidphone.service.passwords import hash_password
from vidphone.service.store.identities import NoIdentity
from vidphone.service.store.reviews import NotAskedFor
from vidphone.terms.passwords import check_password
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import (
    COPY_TYPES,
    MAX_COPY_BYTES,
    Disclosures,
    Export,
    MaskedData,
    MyAgreements,
    PasswordChange,
    PasswordReset,
    Review,
)

router = APIRouter()
_MINE = responses(*SIGNED_IN_ONLY)
_MINE_OR_NONE = responses(*SIGNED_IN_ONLY, ErrorCode.NOT_FOUND)


@router.get("/v1/me/agreements", responses=_MINE)
async def my_agreements(parts: Asked, caller: Caller) -> MyAgreements:
    """The customer's agreements with their orders, newest first."""
    return MyAgreements(agreements=await asyncio.to_thread(parts.agreements.of, caller.account))


@router.get(
    "/v1/me/agreements/{agreement}/document",
    response_class=Response,
    responses=PDF_ANSWER | responses(*SIGNED_IN_ONLY, ErrorCode.NOT_FOUND, ErrorCode.BAD_REQUEST),
)
async def my_document(agreement: IdInPath, parts: Asked, caller: Caller) -> Response:
    """The PDF with both signatures, the same bytes as the customer's own copy."""
    document = await asyncio.to_thread(parts.agreements.document, agreement, caller.account)
    if document is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return Response(document, media_type=PDF)


@router.get("/v1/me/data", responses=_MINE_OR_NONE)
async def my_data(parts: Asked, caller: Caller) -> MaskedData:
    """What is kept of the customer, masked. Of one who signed on paper nothing is kept here."""
    try:
        return await asyncio.to_thread(parts.identities.masked, caller.account)
    except NoIdentity:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None


@router.get("/v1/me/export", responses=_MINE_OR_NONE)
async def my_export(parts: Asked, caller: Caller) -> Export:
    """All that is kept of the customer, in clear (Personal Information Protection Law, article 45)."""
    now = time.time()
    try:
        return await asyncio.to_thread(
            lambda: Export(
                made_at=now,
                number=caller.number,
                data=parts.identities.export(caller.account, now),
                consents=parts.agreements.consents_of(caller.account),
                agreements=parts.agreements.of(caller.account),
                disclosures=parts.identities.disclosures(caller.account).disclosures,
            )
        )
    except NoIdentity:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None


@router.get("/v1/me/disclosures", responses=_MINE)
async def my_disclosures(parts: Asked, caller: Caller) -> Disclosures:
    """Each time that the customer's identity data were revealed, newest first."""
    try:
        return await asyncio.to_thread(parts.identities.disclosures, caller.account)
    except NoIdentity:
        return Disclosures(disclosures=())


@router.get("/v1/me/review", responses=_MINE)
async def my_review(parts: Asked, caller: Caller) -> Review:
    """Where the provider's look at the customer's identity stands."""
    return await asyncio.to_thread(parts.reviews.of, caller.account)


@router.put(
    "/v1/me/review/copy",
    responses=responses(
        *SIGNED_IN_ONLY,
        ErrorCode.NOT_ASKED_FOR,
        ErrorCode.COPY_REFUSED,
        ErrorCode.BAD_REQUEST,
        ErrorCode.TOO_LARGE,
        ErrorCode.SERVICE_BUSY,
    ),
    openapi_extra={"requestBody": {"required": True, **binary("The copy", *COPY_TYPES)}},
)
async def send_copy(request: Request, parts: Asked, caller: Caller) -> Review:
    """Send the copy of an identity card or a licence that the provider asked for. It replaces an earlier one."""
    if not await asyncio.to_thread(parts.reviews.waits_for_copy, caller.account):
        raise VidphoneError(ErrorCode.NOT_ASKED_FOR)
    body = await read_body(request, MAX_COPY_BYTES)
    pages = await parts.few.run(read_copy, body, media_type(request))
    try:
        return await asyncio.to_thread(parts.reviews.copy_sent, caller.account, pages, PICTURE_TYPE, time.time())
    except NotAskedFor:
        raise VidphoneError(ErrorCode.NOT_ASKED_FOR) from None


@router.post(
    "/v1/me/password",
    status_code=204,
    response_class=Response,
    responses=responses(
        *SIGNED_IN_ONLY,
        ErrorCode.PASSWORD_WRONG,
        ErrorCode.BAD_DATA,
        ErrorCode.BAD_REQUEST,
        ErrorCode.TOO_LARGE,
        ErrorCode.SERVICE_BUSY,
    ),
)
async def change_password(request: Request, body: PasswordChange, parts: Asked, caller: Caller) -> Response:
    """A new password. Other devices are signed out; the one that asks stays."""
    await parts.rates.sign_in(caller.number, client_address(request))
    known = await asyncio.to_thread(parts.customers.credentials, caller.number)
    fits = await parts.passwords.check(known.password_hash if known else None, body.old.get_secret_value())
    if fits is None:
        raise VidphoneError(ErrorCode.PASSWORD_WRONG)
    await parts.rates.signed_in(caller.number)
    new = body.new.get_secret_value()
    _refuse_weak(new, caller.number)
    hashed = await parts.few.run(hash_password, new)
    await asyncio.to_thread(parts.customers.set_password, caller.number, hashed, time.time(), caller.token)
    return Response(status_code=204)


@router.post(
    "/v1/password-reset",
    status_code=204,
    response_class=Response,
    responses=responses(
        ErrorCode.RESET_REFUSED,
        ErrorCode.BAD_DATA,
        ErrorCode.BAD_REQUEST,
        ErrorCode.TOO_LARGE,
        ErrorCode.TOO_MANY_ATTEMPTS,
        ErrorCode.SERVICE_BUSY,
    ),
)
async def reset_password(request: Request, body: PasswordReset, parts: Asked) -> Response:
    """A new password for who knows the identity number and the telephone of the agreement. All devices sign out.

    Every refusal is the same and takes as long as a success: whether a number exists, or whose it is, is not told.
    """
    await parts.rates.reset(body.number, client_address(request))
    new = body.password.get_secret_value()
    _refuse_weak(new, body.number, body.identity_number, body.telephone)
    hashed = await parts.few.run(hash_password, new)
    asked = (body.number, body.identity_number, body.telephone, hashed, time.time())
    if not await asyncio.to_thread(parts.resets.reset, *asked):
        raise VidphoneError(ErrorCode.RESET_REFUSED)
    return Response(status_code=204)


def _refuse_weak(password: str, *known: str) -> None:
    if weak := check_password(password, known):
        raise VidphoneError(ErrorCode.BAD_DATA, faults=(weak,))
