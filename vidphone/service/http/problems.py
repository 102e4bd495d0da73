"""Every refusal as a problem (RFC 9457), in the language of the client."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from vidphone.service.http.languages import preferred
from vidphone.wire.errors import HTTP_STATUS, ErrorCode, VidphoneError, explain
from vidphone.wire.http import Problem

MEDIA_TYPE = "application/problem+json"
_BY_STATUS = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.METHOD_NOT_ALLOWED, 413: ErrorCode.TOO_LARGE}


def problem(error: VidphoneError, connection: HTTPConnection) -> Response:
    """The answer to a request that failed with `error`."""
    about = error.about or {}
    explanation = explain(error.code, preferred(connection.headers.get("accept-language")), about)
    status = HTTP_STATUS[error.code]
    seconds = about.get("seconds")
    body = Problem(
        title=explanation.message,
        status=status,
        code=error.code,
        detail=explanation.message,
        next_step=explanation.next_step,
        clause=explanation.clause,
        retry_after_s=seconds if isinstance(seconds, int) else None,
        faults=error.faults,
    )
    response = Response(body.model_dump_json(exclude_none=True), status, media_type=MEDIA_TYPE)
    if body.retry_after_s is not None:
        response.headers["Retry-After"] = str(body.retry_after_s)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, VidphoneError)  # noqa: S101 - FastAPI calls it for nothing else
    return problem(error, request)


async def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"] if step != "body")
    detail = f"{where}: {first['type']}" if where else str(first["type"])  # never the value: it is somebody's
    return problem(VidphoneError(ErrorCode.BAD_REQUEST, {"detail": detail[:200]}), request)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _BY_STATUS.get(error.status_code, ErrorCode.BAD_REQUEST)
    response = problem(VidphoneError(code, {"detail": "body"}), request)
    if error.headers and "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


async def _internal(request: Request, _error: Exception) -> Response:
    return problem(VidphoneError(ErrorCode.INTERNAL), request)


def install(app: FastAPI) -> None:
    """Answer all failures of an application with problems."""
    app.add_exception_handler(VidphoneError, _refused)
    app.add_exception_handler(RequestValidationError, _bad_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal)


def responses(*codes: ErrorCode) -> dict[int | str, dict[str, object]]:
    """What `/openapi.json` says of an operation that may fail with these codes."""
    described: dict[int | str, dict[str, object]] = {}
    for code in codes:
        status = HTTP_STATUS[code]
        known = described.get(status)
        description = f"{known['description']}, {code.value}" if known else code.value
        described[status] = {
            "description": description,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if code in (ErrorCode.TOO_MANY_ATTEMPTS, ErrorCode.SERVICE_BUSY):
            described[status]["headers"] = {
                "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}
            }
    return described
