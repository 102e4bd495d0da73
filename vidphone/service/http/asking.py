"""What most operations ask for: the service's parts, and who is asking."""

from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPBearer

from vidphone.service.http.parts import Parts, authenticate, client_address
from vidphone.service.http.problems import responses
from vidphone.service.ports import Bearer
from vidphone.wire.errors import ErrorCode

SIGNED_IN_ONLY = (ErrorCode.NOT_SIGNED_IN, ErrorCode.ACCOUNT_DISABLED, ErrorCode.TOO_MANY_ATTEMPTS)
OPEN = responses(ErrorCode.TOO_MANY_ATTEMPTS)
PDF = "application/pdf"
_bearer = HTTPBearer(auto_error=False, description="The token of a sign-in")


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


async def _caller(request: Request, _token: Annotated[object, Depends(_bearer)]) -> Bearer:
    return await authenticate(_parts(request), request)


async def _counted(request: Request) -> None:
    await _parts(request).rates.request(client_address(request))


Asked = Annotated[Parts, Depends(_parts)]
Caller = Annotated[Bearer, Depends(_caller)]
Counted = Depends(_counted)
"""For operations that anybody may ask for: the requests of an address are counted."""
IdInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


def binary(description: str, *media_types: str) -> dict[str, object]:
    """What `/openapi.json` says of a body that is a file."""
    schema = {"type": "string", "format": "binary"}
    return {"description": description, "content": {media_type: {"schema": schema} for media_type in media_types}}


PDF_ANSWER: dict[int | str, dict[str, object]] = {200: binary("The PDF", PDF)}
