"""Bytes to measure a customer's network with (clause 12). They mean nothing, and nothing of it is kept."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from vidphone.service.http.asking import SIGNED_IN_ONLY, Asked, Caller, binary
from vidphone.service.http.problems import responses
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.network_test import MAX_DOWN_BYTES, MAX_UP_BYTES, PATH, Received

router = APIRouter()
BYTES = "application/octet-stream"
CHUNK_BYTES = 32_768
LONGEST_UPLOAD_S = 20.0
"""What has not come by then is not waited for."""
_DOWN: dict[int | str, dict[str, object]] = {200: binary("Bytes by chance", BYTES)}
_BODY = {"requestBody": {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get(PATH, response_class=Response, responses=_DOWN | responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST))
async def send_bytes(
    parts: Asked, caller: Caller, count: Annotated[int, Query(alias="bytes", ge=1, le=MAX_DOWN_BYTES)]
) -> Response:
    """So many bytes by chance, which no proxy can make fewer."""
    await parts.rates.network_test(caller.number)
    headers = {"Content-Length": str(count), "Cache-Control": "no-store"}
    return StreamingResponse(_by_chance(count), media_type=BYTES, headers=headers)


@router.post(
    PATH, responses=responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE), openapi_extra=_BODY
)
async def take_bytes(request: Request, parts: Asked, caller: Caller) -> Received:
    """Take bytes, and tell how long they took to come."""
    await parts.rates.network_test(caller.number)
    received, began_s, ended_s = 0, 0.0, 0.0
    try:
        async with asyncio.timeout(LONGEST_UPLOAD_S):
            async for chunk in request.stream():
                ended_s = time.monotonic()
                began_s = began_s or ended_s
                received += len(chunk)
                if received > MAX_UP_BYTES:
                    raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_UP_BYTES})
    except (ClientDisconnect, TimeoutError):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "body"}) from None
    return Received(bytes=received, seconds=ended_s - began_s)


async def _by_chance(count: int) -> AsyncIterator[bytes]:
    while count > 0:
        yield os.urandom(min(count, CHUNK_BYTES))
        count -= CHUNK_BYTES
