"""Asking the provider's service over HTTP, with bounds: how long, how much, and what may be told of a failure."""

import asyncio
import logging
import re
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TypeVar

import certifi
import httpx
from pydantic import BaseModel, ValidationError

from vidphone.texts import Language
from vidphone.wire.errors import HTTP_STATUS, ErrorCode, VidphoneError
from vidphone.wire.hosts import is_loopback
from vidphone.wire.http import Problem

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 15.0
"""For a whole answer; argon2 takes the service some 100 ms, the rest is the network's."""
DOCUMENT_TIMEOUT_S = 120.0
"""For a document or a copy, there or back: 10 MB at 0.7 Mb/s."""
MAX_ANSWER_BYTES = 262_144
GATEWAY_STATUS = frozenset({502, 504})
"""What a proxy before the service says when the service itself is gone."""
RETRY_AFTER_S = 60

_ID = re.compile(r"[0-9a-f]{32}")
Body = TypeVar("Body", bound=BaseModel)


class Asking:
    """One service, asked over TLS, or in the open on this machine alone. Made and used on one event loop.

    Every request raises `VidphoneError`: what the service says, or `SERVICE_UNREACHABLE`, no answer came;
    `SERVICE_NOT_SECURE`, its certificate is not good; `SERVICE_INCOMPATIBLE`, the answer is not ours.
    """

    def __init__(self, service: str) -> None:
        """Prepare to ask `service`; nothing is sent yet.

        Raises:
            VidphoneError: `SERVICE_NOT_SECURE`, its address is neither https nor on this machine;
                `SERVICE_UNREACHABLE`, it is no address.
        """
        self.service = service
        self.clock_epoch_s: float | None = None
        """What the service's clock said in its last answer."""
        url, here = checked_address(service)
        self._client = httpx.AsyncClient(
            base_url=url,
            verify=tls_context(),
            timeout=httpx.Timeout(ANSWER_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            trust_env=not here,  # a proxy of the person's network cannot reach this machine
            headers={"Accept": "application/json"},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(
        self, method: str, path: str, *, token: str = "", body: object = None, query: Mapping[str, str] | None = None
    ) -> bytes:
        request = self._client.build_request(method, path, json=body, params=query)
        return await self._answer(request, token, MAX_ANSWER_BYTES, ANSWER_TIMEOUT_S)

    async def _document(self, path: str, token: str, max_bytes: int, language: Language | None = None) -> bytes:
        """What is at a path, of any type; in a language, where it comes in several."""
        headers = {"Accept": "*/*"} if language is None else {"Accept": "*/*", "Accept-Language": language.value}
        request = self._client.build_request("GET", path, headers=headers, timeout=DOCUMENT_TIMEOUT_S)
        return await self._answer(request, token, max_bytes, DOCUMENT_TIMEOUT_S)

    async def _put(self, path: str, token: str, content: bytes, content_type: str) -> bytes:
        """Send a document; the answer is as of `_ask`."""
        headers = {"Content-Type": content_type}
        request = self._client.build_request("PUT", path, headers=headers, content=content, timeout=DOCUMENT_TIMEOUT_S)
        return await self._answer(request, token, MAX_ANSWER_BYTES, DOCUMENT_TIMEOUT_S)

    async def _answer(self, request: httpx.Request, token: str, max_bytes: int, timeout_s: float) -> bytes:
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        method, path = request.method, _ID.sub("…", request.url.path)  # an id of a sign-up is a secret
        try:
            async with asyncio.timeout(timeout_s):
                answer = await self._client.send(request, stream=True)
                try:
                    self.clock_epoch_s = _date_of(answer)
                    content = await self._read(answer, max_bytes)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            code = ErrorCode.SERVICE_NOT_SECURE if is_certificate_fault(error) else ErrorCode.SERVICE_UNREACHABLE
            log.info("%s %s: %s", method, path, type(error).__name__)
            raise VidphoneError(code, {"service": self.service}) from error
        if not answer.is_success:
            log.info("%s %s: status %d", method, path, answer.status_code)
            raise self._refusal(answer.status_code, content)
        return content

    async def _read(self, answer: httpx.Response, max_bytes: int) -> bytes:
        content = bytearray()
        async for chunk in answer.aiter_bytes():
            content += chunk
            if len(content) > max_bytes:
                raise self._incompatible()
        return bytes(content)

    def _parsed(self, model: type[Body], content: bytes) -> Body:
        try:
            return model.model_validate_json(content)
        except ValidationError:
            raise self._incompatible() from None  # the cause would carry the token

    def _refusal(self, status: int, content: bytes) -> VidphoneError:
        try:
            problem = Problem.model_validate_json(content)
        except ValidationError:
            if status in GATEWAY_STATUS:
                return VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": self.service})
            if status == httpx.codes.SERVICE_UNAVAILABLE:
                return VidphoneError(ErrorCode.SERVICE_BUSY, {"seconds": RETRY_AFTER_S})
            return self._incompatible()
        if problem.code not in HTTP_STATUS:  # it would need to be told what this side does not know
            return self._incompatible()
        return VidphoneError(
            problem.code,
            {
                "service": self.service,
                "detail": problem.detail,
                "seconds": problem.retry_after_s or RETRY_AFTER_S,
                "limit": MAX_ANSWER_BYTES,
            },
            problem.faults,
        )

    def _incompatible(self) -> VidphoneError:
        return VidphoneError(ErrorCode.SERVICE_INCOMPATIBLE, {"service": self.service})


def checked_address(service: str) -> tuple[httpx.URL, bool]:
    """The address of a service, and whether it is on this machine.

    Raises:
        VidphoneError: `SERVICE_NOT_SECURE`, it is neither https nor on this machine; `SERVICE_UNREACHABLE`, it is
            no address.
    """
    try:
        url = httpx.URL(service.strip())
    except httpx.InvalidURL as error:
        raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": service}) from error
    if not url.host or not 0 < (url.port or 443) < 65_536:
        raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": service})
    here = is_loopback(url.host)
    if url.scheme != "https" and not (url.scheme == "http" and here):
        raise VidphoneError(ErrorCode.SERVICE_NOT_SECURE, {"service": service})
    return url, here


@cache
def tls_context() -> ssl.SSLContext:
    """Trusts what the system trusts, so an organisation's own authority as well, and Mozilla's list.

    Made once: reading the lists takes some 50 ms.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _date_of(answer: httpx.Response) -> float | None:
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except (ValueError, OverflowError):
        return None


def is_certificate_fault(error: BaseException) -> bool:
    """Whether a connection failed because of the other end's certificate."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
