"""The console as an application of its own, mounted below `/console`."""

import asyncio
import logging
import time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from vidphone.service.console import cookies, guard
from vidphone.service.console.headers import protect
from vidphone.service.console.load import EVERY_S
from vidphone.service.console.parts import Console
from vidphone.service.console.rendering import HERE
from vidphone.service.console.sections import Page, Section
from vidphone.service.console.table import NOWHERE, SECTIONS
from vidphone.service.console.visit import Visit
from vidphone.service.http.parts import Parts
from vidphone.service.loops import repeat
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.identities import NoIdentity
from vidphone.wire.errors import HTTP_STATUS, ErrorCode, VidphoneError, explain

log = logging.getLogger(__name__)
BETWEEN_NAMES_S = 0.05


def console_app(parts: Parts) -> ASGIApp:
    """The application over the service's parts."""
    routes: list[Route | Mount] = [
        Route(page.path, _Endpoint(parts, section, page), methods=[page.method])
        for section in SECTIONS
        for page in section.pages
    ]
    routes.append(Mount("/static", _Static(StaticFiles(directory=HERE / "static"))))
    routes.append(Route("/{rest:path}", _Endpoint(parts, NOWHERE, None), methods=["GET", "POST"]))
    return Starlette(routes=routes)


async def watch_load(console: Console) -> None:
    """Take samples of the load as long as the service runs."""

    async def step() -> bool:
        console.load.take(time.monotonic())
        return False

    await repeat(step, EVERY_S, "the load could not be sampled")


async def index_names(parts: Parts) -> None:
    """Make findable by name whom earlier versions kept without it."""
    more = True
    try:
        while more:
            more = bool(await asyncio.to_thread(parts.identities.index_names))
            await asyncio.sleep(BETWEEN_NAMES_S)
    except Exception:  # a full disk, a busy database, a fault of ours: the next start will do
        log.exception("names could not be made findable")


class _Endpoint:
    """One row of the table as an ASGI application."""

    def __init__(self, parts: Parts, section: Section, page: Page | None) -> None:
        self._parts = parts
        self._section = section
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answered(request)
        except guard.Refused as refused:  # not even by whom it was asked is known
            response = Response(refused.why, refused.status, media_type="text/plain")
        except VidphoneError as error:
            response = Response(error.code.value, HTTP_STATUS[error.code], media_type="text/plain")
        await protect(response)(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        visit = await guard.visit_of(request, self._parts, self._section, self._page)
        try:
            response = await self._page_of(visit)
        except guard.SignInFirst:
            response = visit.go(guard.sign_in_path(visit))
        except guard.Refused as refused:
            response = _told(visit, refused.status, visit.words(f"refused.{refused.why}"))
        except (UnknownNumber, NoIdentity):
            response = _told(visit, 404, visit.words("refused.nothing"))
        except VidphoneError as error:
            said = explain(error.code, visit.language, error.about or {})
            response = _told(visit, HTTP_STATUS[error.code], said.message, said.next_step)
        except Exception:
            log.exception("a page of the console failed")
            said = explain(ErrorCode.INTERNAL, visit.language, {})
            response = _told(visit, 500, said.message, said.next_step)
        for name, value in visit.cookies.items():
            cookies.put(response, name, value, secure=request.url.scheme == "https")
        return response

    async def _page_of(self, visit: Visit) -> Response:
        if self._page is None:
            if visit.session is None:
                raise guard.SignInFirst
            raise guard.Refused(404, "nothing")
        return await guard.answer(visit, self._page)


class _Static:
    """The files that pages load."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._files.get_path(scope)
        try:
            response = await self._files.get_response(path, scope)
        except HTTPException:  # it is not there
            response = Response(status_code=404)
        await protect(response, kept=True)(scope, receive, send)


def _told(visit: Visit, status: int, message: str, step: str = "") -> Response:
    return visit.page("refused", status, message=message, step=step)
