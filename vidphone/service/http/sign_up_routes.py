"""The operations of signing up (clauses 1, 2, 9, 17)."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import HTTPBearer

from vidphone.service.http.asking import OPEN, PDF, PDF_ANSWER, Asked, Counted, IdInPath, binary
from vidphone.service.http.bodies import media_type, read_body
from vidphone.service.http.parts import MAX_TOKEN_LENGTH, Parts, client_address
from vidphone.service.http.problems import responses
from vidphone.service.sign_up.desk import SignUpDesk
from vidphone.service.store.sign_ups import SignUp
from vidphone.terms.orders import Catalogue
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import (
    MAX_DOCUMENT_BYTES,
    AgreementVersion,
    FreeNumbers,
    Provider,
    SignUpBegun,
    SignUpDone,
    SignUpRequest,
)

router = APIRouter()
_token = HTTPBearer(auto_error=False, scheme_name="SignUp", description="The token of a sign-up")
_OFFER = responses(ErrorCode.SIGN_UP_CLOSED, ErrorCode.TOO_MANY_ATTEMPTS)
_HOLDER = (ErrorCode.NOT_SIGNED_IN, ErrorCode.SIGN_UP_GONE, ErrorCode.BAD_REQUEST, ErrorCode.TOO_MANY_ATTEMPTS)


@router.get("/v1/provider", responses=_OFFER, dependencies=[Counted])
async def provider(parts: Asked) -> Provider:
    """The other party of an agreement."""
    return parts.offers.provider()


@router.get("/v1/agreement", responses=_OFFER, dependencies=[Counted])
async def agreement(parts: Asked) -> AgreementVersion:
    """The agreement that is signed today."""
    return parts.offers.agreement()[0]


@router.get("/v1/catalogue", responses=_OFFER, dependencies=[Counted])
async def catalogue(parts: Asked) -> Catalogue:
    """The price list of today."""
    return parts.offers.catalogue()


@router.get("/v1/numbers", responses=responses(ErrorCode.BAD_REQUEST) | OPEN, dependencies=[Counted])
async def numbers(parts: Asked, containing: Annotated[str, Query(pattern=r"^[0-9]{0,15}$")] = "") -> FreeNumbers:
    """Some of the numbers that may be chosen now. None of them is held."""
    return FreeNumbers(numbers=await asyncio.to_thread(parts.pool.free, containing, time.time()))


@router.post(
    "/v1/sign-ups",
    responses=responses(
        ErrorCode.BAD_REQUEST,
        ErrorCode.BAD_DATA,
        ErrorCode.AGREEMENT_CHANGED,
        ErrorCode.CATALOGUE_CHANGED,
        ErrorCode.NUMBER_TAKEN,
        ErrorCode.IDENTITY_IN_USE,
        ErrorCode.SIGN_UP_GONE,
        ErrorCode.SIGN_UP_CLOSED,
        ErrorCode.TOO_LARGE,
        ErrorCode.TOO_MANY_ATTEMPTS,
        ErrorCode.SERVICE_BUSY,
    ),
)
async def begin(request: Request, body: SignUpRequest, parts: Asked) -> SignUpBegun:
    """Hold number and identity for an hour, and compose the document to sign. Again with the same `id`: the same."""
    await parts.rates.sign_up(client_address(request))
    return await parts.few.run(_desk(parts).begin, body, time.time())


async def _holder(request: Request, sign_up: IdInPath, parts: Asked, _: Annotated[object, Depends(_token)]) -> SignUp:
    await parts.rates.request(client_address(request))
    scheme, _separator, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token.strip()) <= MAX_TOKEN_LENGTH:
        raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
    return await asyncio.to_thread(_desk(parts).holder, sign_up, token.strip(), time.time())


Holder = Annotated[SignUp, Depends(_holder)]


@router.get("/v1/sign-ups/{sign_up}/document", response_class=Response, responses=PDF_ANSWER | responses(*_HOLDER))
async def document(parts: Asked, holder: Holder) -> Response:
    """The PDF to sign; once it is done, the one with both signatures."""
    return Response(await asyncio.to_thread(_desk(parts).document, holder), media_type=PDF)


@router.put(
    "/v1/sign-ups/{sign_up}/document",
    responses=responses(*_HOLDER, ErrorCode.DOCUMENT_REFUSED, ErrorCode.TOO_LARGE, ErrorCode.SERVICE_BUSY),
    openapi_extra={"requestBody": {"required": True, **binary("The PDF with the customer's signature", PDF)}},
)
async def finish(request: Request, parts: Asked, holder: Holder) -> SignUpDone:
    """Hand in the signed PDF. With the provider's signature added the agreement is in force. Again: the same."""
    signed = await read_body(request, MAX_DOCUMENT_BYTES)
    if media_type(request) != PDF:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "content-type"})
    return await parts.few.run(_desk(parts).finish, holder, signed, time.time())


@router.delete(
    "/v1/sign-ups/{sign_up}",
    status_code=204,
    response_class=Response,
    responses=responses(*_HOLDER, ErrorCode.NOT_ASKED_FOR),
)
async def give_up(parts: Asked, holder: Holder) -> Response:
    """Forget a sign-up that is not signed; number and identity are free again."""
    await asyncio.to_thread(_desk(parts).give_up, holder)
    return Response(status_code=204)


def _desk(parts: Parts) -> SignUpDesk:
    if parts.desk is None:
        raise VidphoneError(ErrorCode.SIGN_UP_CLOSED, {"detail": parts.offers.closed or ""})
    return parts.desk
