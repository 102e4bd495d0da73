"""What a signed-in customer sees of announcements, changed numbers and changed agreements (clauses 7 and 15)."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from vidphone.service.http.asking import SIGNED_IN_ONLY, Asked, Caller, IdInPath
from vidphone.service.http.problems import responses
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import (
    MAX_ANNOUNCEMENTS,
    Announcements,
    AskedNumbers,
    ChangedVersion,
    ChangedVersions,
    ComparedVersions,
    NumbersChanged,
    Objection,
)

router = APIRouter()
_ONE = (*SIGNED_IN_ONLY, ErrorCode.NOT_FOUND, ErrorCode.BAD_REQUEST)
VersionInPath = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]


@router.get("/v1/me/announcements", responses=responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST))
async def announcements(
    parts: Asked,
    caller: Caller,
    before: Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_ANNOUNCEMENTS)] = MAX_ANNOUNCEMENTS,
) -> Announcements:
    """What was published for this customer, newest first."""
    return await asyncio.to_thread(parts.notices.announcements, caller.account, before, limit)


@router.put(
    "/v1/me/announcements/{announcement}/read",
    status_code=204,
    response_class=Response,
    responses=responses(*_ONE),
)
async def read(announcement: IdInPath, parts: Asked, caller: Caller) -> Response:
    """The customer has read it. Again: the first time stays."""
    if not await asyncio.to_thread(parts.notices.read, caller.account, announcement, parts.clock.now()):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return Response(status_code=204)


@router.post("/v1/me/numbers-changed", responses=responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE))
async def numbers_changed(body: AskedNumbers, parts: Asked, caller: Caller) -> NumbersChanged:
    """Which of some numbers are others now. They are looked up and not kept."""
    return await asyncio.to_thread(parts.notices.numbers_changed, caller.account, body.numbers)


@router.get("/v1/me/agreement-versions", responses=responses(*SIGNED_IN_ONLY))
async def versions(parts: Asked, caller: Caller) -> ChangedVersions:
    """Versions that were published after the customer's own, newest first: until when to object, and what stands."""
    return await asyncio.to_thread(parts.notices.versions, caller.account, parts.clock.now())


@router.get("/v1/me/agreement-versions/{version}", responses=responses(*_ONE))
async def compared(version: VersionInPath, parts: Asked, caller: Caller) -> ComparedVersions:
    """Such a version beside the one before it, with what changed marked."""
    return await asyncio.to_thread(parts.notices.compared, caller.account, version, parts.clock.now())


@router.post(
    "/v1/me/agreement-versions/{version}/objection",
    responses=responses(*_ONE, ErrorCode.OBJECTION_CLOSED, ErrorCode.TOO_MANY_CASES, ErrorCode.TOO_LARGE),
)
async def objection(version: VersionInPath, body: Objection, parts: Asked, caller: Caller) -> ChangedVersion:
    """Object to it, which opens a case. Again: the same case."""
    return await asyncio.to_thread(parts.notices.object, caller.account, version, body.words, parts.clock.now())
