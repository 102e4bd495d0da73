"""Bounds on request bodies: of most before anything reads them, of documents once the sender is known."""

import re

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vidphone.service.http.problems import problem
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.network_test import PATH

MAX_BODY_BYTES = 16_384
"""A sign-up takes some 6,000 bytes at the most."""
MAX_FORM_BYTES = 98_304
"""Of the console's forms: a Chinese character takes nine bytes in one, an announcement in both languages has 8,000."""
CONSOLE = "/console/"
STREAMED = re.compile(
    r"/v1/(?:sign-ups/[^/]{1,64}/document|me/review/copy|me/cases/[^/]{1,64}/photos/[^/]{1,64}|reports/[^/]{1,64}"
    r"|releases/staff/(?:wanted|publications|(?:blobs|deltas)/[0-9a-f-]{64,129}))"
)
"""Paths whose larger bodies `read_body` reads, once it is known who sends them, or that it is not too often."""


class BodyLimit:
    """ASGI middleware: reads a body of up to `MAX_BODY_BYTES` and hands it on whole, or answers `too-large`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _streamed(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        body = b""
        limit = MAX_FORM_BYTES if scope["path"].startswith(CONSOLE) else MAX_BODY_BYTES
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client left
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                refusal = VidphoneError(ErrorCode.TOO_LARGE, {"limit": limit})
                await problem(refusal, HTTPConnection(scope))(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


def _streamed(method: str, path: str) -> bool:
    return (method == "PUT" and STREAMED.fullmatch(path) is not None) or (method == "POST" and path == PATH)


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request that the middleware let pass.

    Raises:
        VidphoneError: `TOO_LARGE` above `limit` bytes; `BAD_REQUEST`, the client left before its end.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": limit})
    except ClientDisconnect:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "body"}) from None
    return bytes(body)


def media_type(request: Request) -> str:
    """What a body says that it is, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
