"""Reports of problems and crashes. Anybody may send one: who cannot sign in has a problem, too."""

import asyncio

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from vidphone.service.config import first_fault
from vidphone.service.http.asking import Asked, IdInPath
from vidphone.service.http.bodies import read_body
from vidphone.service.http.parts import client_address
from vidphone.service.http.problems import responses
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reports import MAX_REPORT_BYTES, Report

router = APIRouter()
_SCHEMA = Report.model_json_schema()
_SCHEMA["properties"]["kind"] = _SCHEMA.pop("$defs")["ReportKind"]  # a reference would lead nowhere in the document
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}}


@router.put(
    "/v1/reports/{report}",
    status_code=204,
    response_class=Response,
    responses=responses(ErrorCode.BAD_REQUEST, ErrorCode.TOO_LARGE, ErrorCode.TOO_MANY_ATTEMPTS),
    openapi_extra=_BODY,
)
async def send_report(request: Request, report: IdInPath, parts: Asked) -> Response:
    """Tell of a problem or a crash. Again under the same id: nothing more is kept."""
    await parts.rates.report(client_address(request))
    content = await read_body(request, MAX_REPORT_BYTES)
    try:
        told = Report.model_validate_json(content)
    except ValidationError as error:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": first_fault(error)}) from None
    await asyncio.to_thread(parts.reports.keep, report, told, parts.clock.now())
    return Response(status_code=204)
