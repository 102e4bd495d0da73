"""What a signed-in customer asks of cases, terminals, evidence and the quality of calls (clauses 4, 6, 16 and 18)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from vidphone.service.copies import PICTURE_TYPE
from vidphone.service.copies.reader import read_copy
from vidphone.service.http.asking import SIGNED_IN_ONLY, Asked, Caller, IdInPath, binary
from vidphone.service.http.bodies import media_type, read_body
from vidphone.service.http.problems import responses
from vidphone.wire.cases import (
    CASE_PATTERN,
    MAX_CASES,
    MAX_MESSAGES,
    AskedStep,
    CaseDetail,
    Cases,
    NewCase,
    NewClaim,
    NewMessage,
    QualityReport,
    Terminals,
)
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import COPY_TYPES, MAX_COPY_BYTES

router = APIRouter()
ZIP = "application/zip"
_MINE = responses(*SIGNED_IN_ONLY)
_ONE = (*SIGNED_IN_ONLY, ErrorCode.NOT_FOUND, ErrorCode.BAD_REQUEST)
_WRITTEN = (*_ONE, ErrorCode.CASE_NOT_NOW, ErrorCode.TOO_MANY_CASES, ErrorCode.TOO_LARGE)
_PHOTO: dict[int | str, dict[str, object]] = {200: binary("The picture", PICTURE_TYPE)}
_BUNDLE: dict[int | str, dict[str, object]] = {200: binary("The signed bundle", ZIP)}
CaseInPath = Annotated[str, Path(pattern=CASE_PATTERN)]
MessageInPath = Annotated[int, Path(ge=1, le=MAX_MESSAGES)]
PageInPath = Annotated[int, Path(ge=1, le=100)]
TerminalInPath = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/v1/me/cases", responses=responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST))
async def cases(
    parts: Asked,
    caller: Caller,
    before: Annotated[str | None, Query(pattern=CASE_PATTERN)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CASES)] = 50,
) -> Cases:
    """The customer's cases, newest first."""
    return await asyncio.to_thread(parts.cases.list, caller.account, before, limit, parts.clock.now())


@router.post("/v1/me/cases", responses=responses(*_WRITTEN))
async def open_case(body: NewCase, parts: Asked, caller: Caller) -> CaseDetail:
    """Open a case from a line of a bill, a call or a clause; the same id again, the same case."""
    return await asyncio.to_thread(parts.cases.open, caller.account, body, parts.clock.now())


@router.get("/v1/me/cases/{case}", responses=responses(*_ONE))
async def case(case: CaseInPath, parts: Asked, caller: Caller) -> CaseDetail:
    """A case with all that was written."""
    return await asyncio.to_thread(parts.cases.detail, caller.account, case, parts.clock.now())


@router.post("/v1/me/cases/{case}/messages", responses=responses(*_WRITTEN))
async def say(case: CaseInPath, body: NewMessage, parts: Asked, caller: Caller) -> CaseDetail:
    """Write in a case, once an id."""
    return await asyncio.to_thread(parts.cases.say, caller.account, case, body, parts.clock.now())


@router.post("/v1/me/cases/{case}/steps", responses=responses(*_WRITTEN, ErrorCode.BAD_DATA))
async def take_step(case: CaseInPath, body: AskedStep, parts: Asked, caller: Caller) -> CaseDetail:
    """Contest the answer, go to the arbitration commission, be content, or take the case back; once an id."""
    return await asyncio.to_thread(parts.cases.step, caller.account, case, body, parts.clock.now())


@router.put("/v1/me/cases/{case}/seen", status_code=204, response_class=Response, responses=responses(*_ONE))
async def seen(case: CaseInPath, parts: Asked, caller: Caller) -> Response:
    """The customer has looked at the case."""
    await asyncio.to_thread(parts.cases.seen, caller.account, case, parts.clock.now())
    return Response(status_code=204)


@router.put(
    "/v1/me/cases/{case}/photos/{photo}",
    responses=responses(*_WRITTEN, ErrorCode.COPY_REFUSED, ErrorCode.SERVICE_BUSY),
    openapi_extra={"requestBody": {"required": True, **binary("The picture", *COPY_TYPES)}},
)
async def send_photo(request: Request, case: CaseInPath, photo: IdInPath, parts: Asked, caller: Caller) -> CaseDetail:
    """Add a picture to a case, once an id. What is kept is made anew of it."""
    await asyncio.to_thread(parts.cases.takes_photos, caller.account, case)
    body = await read_body(request, MAX_COPY_BYTES)
    pages = await parts.few.run(read_copy, body, media_type(request))
    now = parts.clock.now()
    return await asyncio.to_thread(parts.cases.photograph, caller.account, case, photo, pages, now)


@router.get("/v1/me/cases/{case}/photos/{message}/{page}", response_class=Response, responses=_PHOTO | responses(*_ONE))
async def photo(case: CaseInPath, message: MessageInPath, page: PageInPath, parts: Asked, caller: Caller) -> Response:
    """A picture of a case."""
    found = await asyncio.to_thread(parts.cases.photo, caller.account, case, message, page)
    return Response(found, media_type=PICTURE_TYPE)


@router.get("/v1/me/terminals", responses=_MINE)
async def terminals(parts: Asked, caller: Caller) -> Terminals:
    """The customer's devices under warranty or not, with their history."""
    return await asyncio.to_thread(parts.cases.terminals, caller.account, parts.clock.now())


@router.post("/v1/me/terminals/{terminal}/claims", responses=responses(*_WRITTEN))
async def claim(terminal: TerminalInPath, body: NewClaim, parts: Asked, caller: Caller) -> CaseDetail:
    """A claim under the warranty, in writing; once an id. Pictures are added to its case."""
    return await asyncio.to_thread(parts.cases.claim, caller.account, terminal, body, parts.clock.now())


@router.get(
    "/v1/me/evidence",
    response_class=Response,
    responses=_BUNDLE | responses(*SIGNED_IN_ONLY, ErrorCode.SIGN_UP_CLOSED, ErrorCode.SERVICE_BUSY),
)
async def evidence(parts: Asked, caller: Caller) -> Response:
    """Agreement, orders, bills, calls and correspondence in one file that the provider signed (clause 16)."""
    bundle = await parts.few.run(parts.evidence.make, caller.account, caller.number, parts.clock.now())
    return Response(bundle, media_type=ZIP)


@router.post(
    "/v1/me/calls/{call}/quality",
    status_code=204,
    response_class=Response,
    responses=responses(*_ONE, ErrorCode.TOO_LARGE),
)
async def call_quality(call: IdInPath, body: QualityReport, parts: Asked, caller: Caller) -> Response:
    """How a call went at this end: told once by the device that had it."""
    await asyncio.to_thread(parts.cases.quality.told, caller, call, body, parts.clock.now())
    return Response(status_code=204)
