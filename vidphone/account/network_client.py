"""How fast bytes go to the provider's service and come from it (`wire/network_test.py`)."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

import httpx

from vidphone.account.asking import Asking, is_certificate_fault
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServers
from vidphone.wire.network_test import MAX_DOWN_BYTES, MAX_UP_BYTES, PATH, Received

MEASURE_S = 4.0
"""A slow network is known after so long, whatever has not come yet."""
ANSWER_S = 12.0
CHUNK_BYTES = 16_384
LEAST_S = 0.001
"""What took less is counted as that long: clocks are not finer."""


class NetworkClient(Asking):
    """Measures behind a token. Every request raises as `Asking` says; `TOO_MANY_ATTEMPTS`, tested too often."""

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def ice_servers(self) -> IceServers:
        """STUN and TURN servers that calls go by."""
        return self._parsed(IceServers, await self._ask("GET", "/v1/ice-servers", token=self._token))

    async def rate_down(self) -> float:
        """Bits a second from the service, of `MEASURE_S` or less."""
        request = self._client.build_request("GET", PATH, params={"bytes": str(MAX_DOWN_BYTES)})
        request.headers["Authorization"] = f"Bearer {self._token}"
        received, began_s, now_s = 0, 0.0, 0.0
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await self._client.send(request, stream=True)
                try:
                    if not answer.is_success:
                        raise self._refusal(answer.status_code, await self._read(answer, CHUNK_BYTES))
                    began_s = time.monotonic()
                    async for chunk in answer.aiter_raw(CHUNK_BYTES):
                        now_s = time.monotonic()
                        received += len(chunk)
                        if now_s - began_s > MEASURE_S:
                            break
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            if not received:
                raise self._unreached(error) from error
            now_s = time.monotonic()  # it broke off: what came, came in all this time
        return received * 8 / max(now_s - began_s, LEAST_S)

    async def rate_up(self) -> float:
        """Bits a second to the service, as it saw them, of `MEASURE_S` or less."""
        request = self._client.build_request("POST", PATH, content=_by_chance())
        content = await self._answer(request, self._token, CHUNK_BYTES, ANSWER_S)
        seen = self._parsed(Received, content)
        return seen.bytes * 8 / max(seen.seconds, LEAST_S)

    def _unreached(self, error: Exception) -> VidphoneError:
        code = ErrorCode.SERVICE_NOT_SECURE if is_certificate_fault(error) else ErrorCode.SERVICE_UNREACHABLE
        return VidphoneError(code, {"service": self.service})


async def _by_chance() -> AsyncIterator[bytes]:
    until_s = time.monotonic() + MEASURE_S
    left = MAX_UP_BYTES
    while left > 0 and time.monotonic() < until_s:
        yield os.urandom(min(left, CHUNK_BYTES))
        left -= CHUNK_BYTES
