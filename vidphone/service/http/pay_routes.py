"""Where payments come from: the payment provider's word, and the page of the one for trials (clause 5).

The page is for a browser, which has no token: who knows the random id of a payment may pay it, as at any cashier's.
"""

import asyncio
from html import escape
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from vidphone.service.http.asking import OPEN, Asked, Counted, IdInPath
from vidphone.service.http.languages import preferred
from vidphone.service.http.parts import Parts
from vidphone.service.http.problems import responses
from vidphone.service.ports import AccountEvent, AccountEventKind
from vidphone.terms.money import format_fen
from vidphone.texts import Language, text
from vidphone.wire.billing import Payment, PaymentState
from vidphone.wire.errors import ErrorCode, VidphoneError

router = APIRouter()
HTML = "text/html"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
    "button{font:inherit;padding:.5rem 1.5rem;margin:.5rem .5rem 0 0}"
)


@router.post(
    "/v1/payments/notifications",
    status_code=204,
    response_class=Response,
    dependencies=[Counted],
    responses=responses(ErrorCode.NOT_SIGNED_IN, ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE) | OPEN,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def notification(
    request: Request, parts: Asked, x_signature: Annotated[str, Header(max_length=256)] = ""
) -> Response:
    """The payment provider's word of a payment. `X-Signature` signs these very bytes. Again: nothing twice."""
    await _take(parts, await request.body(), x_signature)
    return Response(status_code=204)


@router.get("/v1/pay/{payment}", include_in_schema=False, dependencies=[Counted])
async def page(request: Request, payment: IdInPath, parts: Asked) -> Response:
    """What a customer sees who pays on trial."""
    return _page(await _found(parts, payment), preferred(request.headers.get("accept-language")))


@router.post("/v1/pay/{payment}", include_in_schema=False, dependencies=[Counted])
async def settle(request: Request, payment: IdInPath, parts: Asked, paid: Annotated[bool, Query()]) -> Response:
    """The button on it: the payment provider tells the service, with its signature, and shows what came of it."""
    found = await _found(parts, payment)
    if parts.sandbox is not None and found is not None and found.state is PaymentState.PENDING:
        body, signature = await asyncio.to_thread(parts.sandbox.settle, payment, paid, parts.clock.now())
        await _take(parts, body, signature)
        found = await _found(parts, payment)
    return _page(found, preferred(request.headers.get("accept-language")))


async def _take(parts: Parts, body: bytes, signature: str) -> None:
    """Take a notification; the customer's calls that wait for it go on at once."""
    number = await asyncio.to_thread(parts.money.notified, body, signature, parts.clock.now())
    if number is not None:
        await parts.bus.publish(AccountEvent(AccountEventKind.STANDING, number))


async def _found(parts: Parts, payment: str) -> Payment | None:
    if parts.sandbox is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return await asyncio.to_thread(parts.sandbox.page, payment)


def _page(payment: Payment | None, language: Language) -> Response:
    def said(key: str, **places: object) -> str:
        return escape(text(f"pay.{key}", language, **places))

    if payment is None:
        told = f"<p role=alert>{said('gone')}</p>"
    elif payment.state is PaymentState.PENDING:
        told = f"<p><strong>{said('amount', amount=format_fen(payment.amount_fen))}</strong></p>" + "".join(
            f'<form method=post action="?paid={paid}" style=display:inline><button>{said(key)}</button></form>'
            for key, paid in (("pay", "true"), ("refuse", "false"))
        )
    else:
        told = (
            f"<p>{said('amount', amount=format_fen(payment.amount_fen))}</p>"
            f"<p role=status><strong>{said(payment.state.value)}</strong></p>"
        )
    title = said("title")
    body = (
        f"<!doctype html><html lang={language.value}><meta charset=utf-8><title>{title}</title>"
        f'<meta name=viewport content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{said('notice')}</p>{told}"
    )
    return Response(body, 404 if payment is None else 200, headers=_HEADERS, media_type=HTML)
