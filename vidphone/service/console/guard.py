"""Who may have a page: decided for every request from the table's row, before anything of the page runs."""

import asyncio
import hmac
import inspect
import time
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from vidphone.service.console import cookies
from vidphone.service.console.sections import PREFIX, Page, Section
from vidphone.service.console.visit import THEMES, Visit, csrf_token
from vidphone.service.http.languages import preferred
from vidphone.service.http.parts import Parts, client_address
from vidphone.service.passwords import new_token
from vidphone.service.staff.values import Session
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.hosts import is_loopback

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
MAX_FIELDS = 64


class Refused(Exception):
    """The page is not given: the status, and the end of the text `console.refused.<why>`."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class SignInFirst(Exception):
    """Nobody is signed in."""


async def visit_of(request: Request, parts: Parts, section: Section, page: Page | None) -> Visit:
    """Who visits, whatever they are allowed. `page` None: there is none.

    Raises:
        Refused: the way to this place is not private, or it is not the place that the configuration names.
        VidphoneError: `TOO_MANY_ATTEMPTS`, the address asks too often.
    """
    origin = _origin(request, parts)
    await parts.rates.request(client_address(request))
    at = time.time()
    secure = request.url.scheme == "https"
    token = request.cookies.get(cookies.named(cookies.SESSION, secure), "")
    session: Session | None = None
    if 0 < len(token) <= cookies.MAX_LENGTH:
        seen = page is not None and not page.quiet
        session = await asyncio.to_thread(parts.console.sessions.session, token, at, seen=seen)
    set_too: dict[str, str | None] = {}
    secret = token
    if session is None:
        secret = request.cookies.get(cookies.named(cookies.VISIT, secure), "")
        if not cookies.MIN_LENGTH <= len(secret) <= cookies.MAX_LENGTH:
            secret = new_token()
            set_too[cookies.VISIT] = secret
    return Visit(
        request=request,
        parts=parts,
        console=parts.console,
        section=section.name,
        session=session,
        language=_language(request, secure),
        theme=_theme(request, secure),
        origin=origin,
        secret=secret,
        at=at,
        now=await asyncio.to_thread(parts.clock.now),
        cookies=set_too,
    )


async def answer(visit: Visit, page: Page) -> Response:
    """The page, if it may be had.

    Raises:
        SignInFirst: nobody is signed in, and somebody must be.
        Refused: the role is missing, or the form comes from elsewhere.
        VidphoneError: as the page itself.
    """
    if page.method == "POST":
        await _read_body(visit)
        _check_sender(visit)
    if page.roles is not None:
        if visit.session is None:
            raise SignInFirst
        if not page.roles & visit.session.roles:
            raise Refused(403, "role")
    if page.method == "POST":
        _check_token(visit)
    if inspect.iscoroutinefunction(page.handler):
        response: Response = await page.handler(visit)
        return response
    return await run_in_threadpool(page.handler, visit)  # type: ignore[arg-type] # the other kind was taken above


def _origin(request: Request, parts: Parts) -> str:
    """The origin that the browser opened."""
    origin = f"{request.url.scheme}://{request.url.netloc}".lower()
    settings = parts.console.settings
    if settings.url is not None and origin != settings.url:
        raise Refused(421, "elsewhere")
    if request.url.scheme != "https" and not is_loopback(request.url.hostname or ""):
        raise Refused(403, "not-private")
    return origin


async def _read_body(visit: Visit) -> None:
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM, JSON):
        raise Refused(415, "form")
    visit.body = await visit.request.body()
    if kind == FORM:
        try:
            visit.form = parse_qs(visit.body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError:
            raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "form"}) from None


def _check_sender(visit: Visit) -> None:
    """A form comes from a page of this origin; browsers say so, and nothing but a browser signs in here."""
    headers = visit.request.headers
    if headers.get("origin", "").lower() != visit.origin:
        raise Refused(403, "form")
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403, "form")


def _check_token(visit: Visit) -> None:
    sent = visit.request.headers.get(CSRF_HEADER) or visit.field(CSRF_FIELD)
    if not hmac.compare_digest(sent.encode(), csrf_token(visit.secret).encode()):
        raise Refused(403, "form")


def _language(request: Request, secure: bool) -> Language:
    chosen = request.cookies.get(cookies.named(cookies.LANGUAGE, secure), "")
    if chosen in {language.value for language in Language}:
        return Language(chosen)
    return preferred(request.headers.get("accept-language"))


def _theme(request: Request, secure: bool) -> str:
    chosen = request.cookies.get(cookies.named(cookies.THEME, secure), "")
    return chosen if chosen in THEMES else THEMES[0]


def sign_in_path(visit: Visit) -> str:
    """Where to sign in, and what to come back to after it."""
    path = visit.request.url.path.removeprefix(PREFIX)
    return f"/sign-in?next={path}" if visit.request.method == "GET" and path not in ("", "/") else "/sign-in"
