"""What a signed-in customer asks of prices, credit, bills, payments and leaving (clauses 2, 5, 9 and 11)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from vidphone.service.http.asking import PDF, SIGNED_IN_ONLY, Asked, Caller, IdInPath, binary
from vidphone.service.http.languages import preferred
from vidphone.service.http.problems import responses
from vidphone.wire.billing import (
    MAX_CALLS,
    Account,
    Balance,
    BillDetail,
    Bills,
    CallCharges,
    CreditLimitChange,
    Leaving,
    Payment,
    PaymentRequest,
    Payments,
    PlanChange,
    PlanChoice,
    Quote,
)
from vidphone.wire.errors import ErrorCode, VidphoneError

router = APIRouter()
CSV = "text/csv"
_MINE = responses(*SIGNED_IN_ONLY)
_ASKED = responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST)
_ONE = (*SIGNED_IN_ONLY, ErrorCode.NOT_FOUND, ErrorCode.BAD_REQUEST)
_CHANGED = (*SIGNED_IN_ONLY, ErrorCode.BAD_DATA, ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE)
_BILL_PDF: dict[int | str, dict[str, object]] = {200: binary("The bill with its itemised list", PDF)}
_BILL_CSV: dict[int | str, dict[str, object]] = {200: binary("The itemised list", CSV)}
BillInPath = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,24}$")]


@router.get("/v1/me/quote", responses=_ASKED)
async def quote(
    parts: Asked, caller: Caller, number: Annotated[str, Query(pattern=r"^[0-9]{3,15}$")], video: bool = True
) -> Quote:
    """What a call would cost now, how long the credit lasts at that, and why it would be refused, if it would."""
    return await asyncio.to_thread(parts.money.quote, caller.account, number, video, parts.clock.now())


@router.get("/v1/me/account", responses=_MINE)
async def account(parts: Asked, caller: Caller) -> Account:
    """This month: what is spent, reserved and left, what is due, and where the customer stands."""
    return await asyncio.to_thread(parts.money.account, caller.account, caller.number, parts.clock.now())


@router.get("/v1/me/calls", responses=_ASKED)
async def calls(
    parts: Asked,
    caller: Caller,
    before: Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CALLS)] = 50,
) -> CallCharges:
    """Calls with what they cost, newest first."""
    return await asyncio.to_thread(parts.money.calls, caller.account, before, limit)


@router.get("/v1/me/bills", responses=_MINE)
async def bills(parts: Asked, caller: Caller) -> Bills:
    """The customer's bills, newest first."""
    return await asyncio.to_thread(parts.money.bills, caller.account, parts.clock.now())


@router.get(
    "/v1/me/bills/{number}.pdf",
    response_class=Response,
    responses=_BILL_PDF | responses(*_ONE, ErrorCode.SERVICE_BUSY),
)
async def bill_pdf(request: Request, number: BillInPath, parts: Asked, caller: Caller) -> Response:
    """A bill as a document, in the language that is asked for."""
    language = preferred(request.headers.get("accept-language"))
    document = await parts.few.run(parts.money.bill_pdf, caller.account, number, language)
    return Response(_there(document), media_type=PDF)


@router.get(
    "/v1/me/bills/{number}.csv",
    response_class=Response,
    responses=_BILL_CSV | responses(*_ONE),
)
async def bill_csv(request: Request, number: BillInPath, parts: Asked, caller: Caller) -> Response:
    """The calls of a bill as a table: UTF-8 with a byte order mark, as spreadsheets expect it."""
    language = preferred(request.headers.get("accept-language"))
    table = await asyncio.to_thread(parts.money.bill_csv, caller.account, number, language)
    return Response(_there(table), media_type=CSV)


@router.get("/v1/me/bills/{number}", responses=responses(*_ONE))
async def bill(number: BillInPath, parts: Asked, caller: Caller) -> BillDetail:
    """A bill with its lines, its calls and what was paid of it."""
    found = await asyncio.to_thread(parts.money.bill, caller.account, number, parts.clock.now())
    if found is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return found


@router.put("/v1/me/credit-limit", responses=responses(*_CHANGED))
async def change_limit(body: CreditLimitChange, parts: Asked, caller: Caller) -> Balance:
    """Another credit limit of those on offer, at once; not below what is used."""
    return await asyncio.to_thread(parts.money.change_limit, caller.account, body.limit_fen, parts.clock.now())


@router.put("/v1/me/plan", responses=responses(*_CHANGED, ErrorCode.CATALOGUE_CHANGED, ErrorCode.SIGN_UP_CLOSED))
async def change_plan(body: PlanChoice, parts: Asked, caller: Caller) -> PlanChange:
    """Another plan from the next month on."""
    if body.catalogue_version != parts.offers.catalogue().version:
        raise VidphoneError(ErrorCode.CATALOGUE_CHANGED)
    return await asyncio.to_thread(parts.money.change_plan, caller.account, body, parts.clock.now())


@router.get("/v1/me/leaving", responses=_MINE)
async def leaving(parts: Asked, caller: Caller) -> Leaving:
    """Whether the agreement is coming to its end, and what it waits for."""
    return await asyncio.to_thread(parts.money.leaving, caller.account)


@router.post("/v1/me/leaving", responses=responses(*SIGNED_IN_ONLY))
async def ask_to_leave(parts: Asked, caller: Caller) -> Leaving:
    """Ask for the end of the agreement. Again: the same."""
    return await asyncio.to_thread(parts.money.ask_to_leave, caller.account, parts.clock.now())


@router.delete("/v1/me/leaving", responses=responses(*SIGNED_IN_ONLY, ErrorCode.NOT_ASKED_FOR))
async def stay(parts: Asked, caller: Caller) -> Leaving:
    """Take the request to leave back, as long as the agreement has not ended."""
    return await asyncio.to_thread(parts.money.stay, caller.account, parts.clock.now())


@router.post("/v1/me/payments", responses=responses(*_CHANGED, ErrorCode.PAYMENT_CLOSED))
async def begin_payment(request: Request, body: PaymentRequest, parts: Asked, caller: Caller) -> Payment:
    """Begin to pay: `pay_at` is the payment provider's page. Nothing is owed for beginning."""
    base = str(request.base_url).rstrip("/")
    return await asyncio.to_thread(parts.money.begin_payment, caller.account, body, base, parts.clock.now())


@router.get("/v1/me/payments", responses=_MINE)
async def payments(parts: Asked, caller: Caller) -> Payments:
    """The customer's payments, newest first."""
    return await asyncio.to_thread(parts.money.payments, caller.account)


@router.get("/v1/me/payments/{payment}", responses=responses(*_ONE))
async def payment(payment: IdInPath, parts: Asked, caller: Caller) -> Payment:
    """Where one payment is on its way."""
    found = await asyncio.to_thread(parts.money.payment, caller.account, payment)
    if found is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return found


def _there(document: bytes | None) -> bytes:
    if document is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return document
