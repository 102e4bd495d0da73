"""Signed builds, as phones fetch them, and what phones report of them (clause 8). Everybody may fetch: what is there is
signed, and a phone that nobody is signed in to needs upgrades as well."""

import asyncio
import re
import time
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import FileResponse

from vidphone.service.http.asking import OPEN, SIGNED_IN_ONLY, Asked, Caller
from vidphone.service.http.parts import Parts, client_address
from vidphone.service.http.problems import responses
from vidphone.service.releases.repository import PACKED
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildReport, Held, blob_path, delta_path

router = APIRouter()
FOR_EVER = "public, max-age=31536000, immutable"
"""What has its hash or its version in its name."""
NEVER = "no-cache"
JSON, ZSTD = "application/json", "application/zstd"
NEWEST = "timestamp.json"

MetadataFile = Annotated[
    str, Path(pattern=r"^(?:timestamp|[0-9]{1,9}\.(?:root|snapshot|targets|stable|beta|test))\.json$")
]
ChannelInPath = Annotated[str, Path(pattern=r"^(?:stable|beta|test)$")]
PlatformInPath = Annotated[str, Path(pattern=r"^[a-z]{5,7}-[a-z0-9_]{2,16}$")]
ManifestFile = Annotated[str, Path(pattern=r"^[0-9a-f]{64}\.manifest\.json$")]
Half = Annotated[str, Path(pattern=r"^[0-9a-f]{2}$")]
HashInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.get("/v1/releases/metadata/{file}", include_in_schema=False)
async def metadata(file: MetadataFile, parts: Asked) -> Response:
    """Metadata of the update framework."""
    return await _file(parts, f"metadata/{file}", JSON, NEVER if file == NEWEST else FOR_EVER)


@router.get("/v1/releases/targets/{channel}/{platform}/{file}", include_in_schema=False)
async def manifest(
    request: Request, channel: ChannelInPath, platform: PlatformInPath, file: ManifestFile, parts: Asked
) -> Response:
    """A manifest; packed for who can unpack it."""
    name = f"targets/{channel}/{platform}/{file}"
    for coding in codings(request.headers.get("accept-encoding", "")):
        try:
            answer = await _file(parts, name + PACKED[coding][0], JSON, FOR_EVER)
        except VidphoneError:  # published by a version that made no such copy
            continue
        answer.headers["Content-Encoding"] = coding
        break
    else:
        answer = await _file(parts, name, JSON, FOR_EVER)
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


@router.get("/v1/releases/blobs/{beginning}/{sha256}.zst", include_in_schema=False)
async def blob(beginning: Half, sha256: HashInPath, parts: Asked) -> Response:
    """A packed content; parts of it by `Range`."""
    if not sha256.startswith(beginning):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return await _file(parts, blob_path(sha256), ZSTD, FOR_EVER)


@router.get("/v1/releases/deltas/{old}-{new}.zst", include_in_schema=False)
async def delta(old: HashInPath, new: HashInPath, parts: Asked) -> Response:
    """What makes one content from another; parts of it by `Range`."""
    return await _file(parts, delta_path(old, new), ZSTD, FOR_EVER)


@router.get("/v1/releases/held", responses=OPEN)
async def held(request: Request, parts: Asked) -> Held:
    """Builds that are offered to nobody for now. Not signed: it only withholds."""
    await parts.rates.request(client_address(request))
    return await asyncio.to_thread(parts.releases.reports.held)


@router.post(
    "/v1/releases/reports",
    status_code=204,
    response_class=Response,
    responses=responses(*SIGNED_IN_ONLY, ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE),
)
async def report(request: Request, body: BuildReport, caller: Caller, parts: Asked) -> Response:
    """What became of a build on an installation. The same report again counts once.

    An account is asked for: enough failures withhold a build from everybody.
    """
    await parts.rates.release_report(client_address(request))
    await asyncio.to_thread(parts.releases.reports.take, body, caller.account, time.time())
    return Response(status_code=204)


def codings(accepted: str) -> list[str]:
    """What is kept packed and may be sent, the better first, by an `Accept-Encoding` (RFC 9110, 12.5.3)."""
    weights = {}
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return [coding for coding in PACKED if weights.get(coding, weights.get("*", False))]


async def _file(parts: Parts, name: str, media_type: str, cache: str) -> FileResponse:
    path: FilePath = parts.releases.repository.folder / name
    if not await asyncio.to_thread(path.is_file):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": cache})
