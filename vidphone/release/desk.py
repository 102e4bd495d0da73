"""Asking the service as a member of support staff: over TLS, or in the open on this machine alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from vidphone.account.asking import checked_address, tls_context
from vidphone.release.said import refused
from vidphone.texts import system_language
from vidphone.wire.errors import VidphoneError, explain
from vidphone.wire.http import Problem
from vidphone.wire.release_staff import (
    HoldChange,
    Offers,
    OnlineKeys,
    Proposals,
    Publication,
    Published,
    Status,
    Stored,
    Wanted,
)

BASE = "/v1/releases"
STAFF = f"{BASE}/staff"
TIMEOUT_S = 30.0
UPLOAD_TIMEOUT_S = 600.0
CHUNK_BYTES = 262_144
MAX_ANSWER_BYTES = 33_554_432
Body = TypeVar("Body", bound=BaseModel)


class Desk:
    """One service. Every request raises `Refused` with what the service says, or that there was no answer."""

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask; nothing is sent yet.

        Raises:
            Refused: the address is neither https nor on this machine.
        """
        try:
            url, here = checked_address(service)
        except VidphoneError as error:
            raise refused("bad-service", detail=explain(error.code, system_language(), error.about).message) from None
        self._service = service
        self._client = httpx.Client(
            base_url=url,
            verify=tls_context(),
            timeout=TIMEOUT_S,
            trust_env=not here,
            headers={
                "Authorization": f"Bearer {token}",
                "Accept-Language": system_language().value,
                "Accept-Encoding": "identity",  # what is packed may unpack to any size
            },
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def online_keys(self) -> OnlineKeys:
        """The service's own public keys."""
        return self._parsed(OnlineKeys, self._ask("GET", f"{STAFF}/online-keys"))

    def stored(self, wanted: Wanted) -> Stored:
        """What of a build the service has."""
        return self._parsed(Stored, self._ask("PUT", f"{STAFF}/wanted", wanted))

    def upload(self, path: str, file: Path) -> None:
        """Send a packed content or a delta; `path` as `blobs/<hash>`."""
        size = str(file.stat().st_size)
        self._send("PUT", f"{STAFF}/{path}", content=_chunks(file), headers={"Content-Length": size})

    def publish(self, publication: Publication) -> Published:
        """Hand in signed metadata."""
        return self._parsed(Published, self._ask("PUT", f"{STAFF}/publications", publication))

    def proposals(self) -> Proposals:
        """What waits for signatures."""
        return self._parsed(Proposals, self._ask("GET", f"{STAFF}/proposals"))

    def hold(self, change: HoldChange) -> None:
        """Hold a build, or lift that."""
        self._ask("PUT", f"{STAFF}/hold", change)

    def offers(self) -> Offers:
        """What was ever published."""
        return self._parsed(Offers, self._ask("GET", f"{STAFF}/offers"))

    def status(self) -> Status:
        """Figures by build, and deeds."""
        return self._parsed(Status, self._ask("GET", f"{STAFF}/status"))

    def fetch(self, path: str) -> bytes | None:
        """A file of the repository; None where there is none."""
        status, content = self._answer("GET", f"{BASE}/{path}", {})
        return None if status == httpx.codes.NOT_FOUND else self._checked(status, content)

    def _ask(self, method: str, path: str, body: BaseModel | None = None) -> bytes:
        if body is None:
            return self._send(method, path)
        return self._send(method, path, content=body.model_dump_json(), headers={"Content-Type": "application/json"})

    def _send(
        self,
        method: str,
        path: str,
        *,
        content: str | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        return self._checked(*self._answer(method, path, headers or {}, content))

    def _answer(
        self, method: str, path: str, headers: dict[str, str], content: str | Iterator[bytes] | None = None
    ) -> tuple[int, bytes]:
        timeout = UPLOAD_TIMEOUT_S if content is not None else TIMEOUT_S
        try:
            with self._client.stream(method, path, content=content, headers=headers, timeout=timeout) as answer:
                return answer.status_code, self._read(answer)
        except httpx.HTTPError as error:
            raise refused("unreachable", service=self._service, detail=type(error).__name__) from None

    def _read(self, answer: httpx.Response) -> bytes:
        content = bytearray()
        for chunk in answer.iter_raw():
            content += chunk
            if len(content) > MAX_ANSWER_BYTES:
                raise refused("unreachable", service=self._service, detail=f"> {MAX_ANSWER_BYTES // 1000} kB")
        return bytes(content)

    def _checked(self, status: int, content: bytes) -> bytes:
        if httpx.codes.is_success(status):
            return content
        if status == httpx.codes.UNAUTHORIZED:
            raise refused("no-token")
        try:
            problem = Problem.model_validate_json(content)
        except ValidationError:
            raise refused("unreachable", service=self._service, detail=str(status)) from None
        raise refused("service-refused", detail=problem.detail)

    def _parsed(self, model: type[Body], content: bytes) -> Body:
        try:
            return model.model_validate_json(content)
        except ValidationError:
            raise refused("unreachable", service=self._service, detail=model.__name__) from None


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK_BYTES):
            yield chunk
