"""A bound on request bodies, before anything reads them."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vidphone.service.http.problems import problem
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_BODY_BYTES = 16_384
"""A sign-in takes some 400 bytes at the most; nothing else has a body yet."""


class BodyLimit:
    """ASGI middleware: reads a body of up to `MAX_BODY_BYTES` and hands it on whole, or answers `too-large`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client left
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_BODY_BYTES:
                refusal = VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_BODY_BYTES})
                await problem(refusal, HTTPConnection(scope))(scope, receive, send)
                return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
