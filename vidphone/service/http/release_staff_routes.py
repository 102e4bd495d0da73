"""What `vidphone release` asks: uploads, publications, holds, figures. Each asks by the token of a member of staff;
what is published is decided by signatures alone. Not part of `/openapi.json`: both ends are of this program."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from vidphone.service.http.asking import Asked
from vidphone.service.http.bodies import read_body
from vidphone.service.http.languages import preferred
from vidphone.service.http.parts import MAX_TOKEN_LENGTH, Parts, client_address
from vidphone.service.releases.refusal import Refusal
from vidphone.texts import text
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.release_staff import (
    MAX_PUBLICATION_BYTES,
    MAX_WANTED_BYTES,
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
from vidphone.wire.releases import MAX_FILE_BYTES

PREFIX = "/v1/releases/staff"
router = APIRouter(prefix=PREFIX, include_in_schema=False)
Body = TypeVar("Body", bound=BaseModel)
T = TypeVar("T")
HashInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


async def _member(request: Request, parts: Asked) -> str:
    """Whose token it is. Only attempts that fail are counted: a build has thousands of contents."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() == "bearer" and 0 < len(token) <= MAX_TOKEN_LENGTH:
        name = await asyncio.to_thread(parts.releases.staff.name_of, token)
        if name is not None:
            return name
    await parts.rates.sign_in("release-staff", client_address(request))
    raise VidphoneError(ErrorCode.NOT_SIGNED_IN)


Member = Annotated[str, Depends(_member)]


@router.get("/online-keys")
async def online_keys(_staff: Member, parts: Asked) -> OnlineKeys:
    """The service's own public keys, for the first root and each that follows."""
    snapshot, timestamp = parts.releases.repository.keys.public
    return OnlineKeys(
        snapshot={"keyid": snapshot.keyid} | snapshot.to_dict(),
        timestamp={"keyid": timestamp.keyid} | timestamp.to_dict(),
    )


@router.put("/wanted")
async def wanted(request: Request, _staff: Member, parts: Asked) -> Stored:
    """What of a build is there already."""
    asked = await _read(request, Wanted, MAX_WANTED_BYTES)
    return await asyncio.to_thread(parts.releases.repository.contents.stored, asked)


@router.put("/blobs/{sha256}", status_code=204, response_class=Response)
async def keep_blob(request: Request, sha256: HashInPath, _staff: Member, parts: Asked) -> Response:
    """A packed content."""
    return await _keep(request, parts, lambda upload: parts.releases.repository.contents.keep_blob(upload, sha256))


@router.put("/deltas/{old}-{new}", status_code=204, response_class=Response)
async def keep_delta(request: Request, old: HashInPath, new: HashInPath, _staff: Member, parts: Asked) -> Response:
    """What makes one content from another."""
    return await _keep(request, parts, lambda upload: parts.releases.repository.contents.keep_delta(upload, old, new))


@router.put("/publications")
async def publish(request: Request, staff: Member, parts: Asked) -> Published:
    """Signed metadata and what it names. With signatures enough it is published, else it waits for more."""
    publication = await _read(request, Publication, MAX_PUBLICATION_BYTES)
    return await _refusing(request, lambda: parts.releases.office.publish(publication, staff, time.time()))


@router.get("/proposals")
async def proposals(_staff: Member, parts: Asked) -> Proposals:
    """What waits for signatures."""
    return await asyncio.to_thread(parts.releases.office.proposals)


@router.put("/hold", status_code=204, response_class=Response)
async def hold(change: HoldChange, staff: Member, parts: Asked) -> Response:
    """Offer a build to nobody from now on, or again."""
    await asyncio.to_thread(parts.releases.office.hold, change, staff, time.time())
    return Response(status_code=204)


@router.get("/offers")
async def offers(_staff: Member, parts: Asked) -> Offers:
    """What was ever published."""
    return await asyncio.to_thread(parts.releases.office.offers)


@router.get("/status")
async def status(_staff: Member, parts: Asked) -> Status:
    """Figures by build, and what was done by whom."""
    return await asyncio.to_thread(parts.releases.office.status)


async def _read(request: Request, model: type[Body], limit: int) -> Body:
    content = await read_body(request, limit)
    try:
        return await asyncio.to_thread(model.model_validate_json, content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": f"{where}: {first['type']}"[:200]}) from None


async def _keep(request: Request, parts: Parts, keep: Callable[[FilePath], None]) -> Response:
    announced = request.headers.get("content-length", "")
    if not announced.isdecimal() or int(announced) > MAX_FILE_BYTES:
        raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_FILE_BYTES})
    contents = parts.releases.repository.contents

    async def take() -> None:
        with contents.incoming(int(announced)) as upload:
            await _write(request, upload, int(announced))
            await asyncio.to_thread(keep, upload)

    try:
        await take()
    except Refusal as refusal:
        raise _told(request, refusal) from None
    return Response(status_code=204)


async def _write(request: Request, upload: FilePath, announced: int) -> None:
    taken = 0
    with upload.open("wb") as file:
        try:
            async for chunk in request.stream():
                taken += len(chunk)
                if taken > announced:
                    raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": announced})
                await asyncio.to_thread(file.write, chunk)
        except ClientDisconnect:
            raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "body"}) from None


async def _refusing(request: Request, work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except Refusal as refusal:
        raise _told(request, refusal) from None


def _told(request: Request, refusal: Refusal) -> VidphoneError:
    language = preferred(request.headers.get("accept-language"))
    detail = text(f"releases.{refusal.reason}", language, **refusal.places)
    return VidphoneError(ErrorCode.RELEASE_REFUSED, {"detail": detail})
