"""Signing in and out, in one's own language and light."""

import asyncio
import re

from starlette.responses import JSONResponse, Response

from vidphone.service.console import cookies, passkeys
from vidphone.service.console.sections import PREFIX
from vidphone.service.console.visit import THEMES, Visit
from vidphone.service.http.parts import client_address
from vidphone.service.passwords import MOST
from vidphone.service.staff.register import NoStaff
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError, explain

_NEXT = re.compile(r"(?:/[A-Za-z0-9._-]+)+")
MAX_NAME = 32


def show(visit: Visit) -> Response:
    """The form; whoever is signed in goes on."""
    if visit.session is not None:
        return visit.go("/")
    return _form(visit)


async def by_code(visit: Visit) -> Response:
    """Password and one-time code, of which nothing says which was wrong."""
    name, code = visit.field("name").strip()[:MAX_NAME], visit.field("code").replace(" ", "")[:8]
    password = visit.field("password")[:MOST]
    try:
        await _count(visit, name)
        sessions = visit.console.sessions
        known = await asyncio.to_thread(sessions.secrets, name)
        fits = await visit.parts.passwords.check(known.password_hash if known else None, password)
        token = None
        if known is not None and fits is not None:
            token = await asyncio.to_thread(sessions.sign_in_by_code, known, code, visit.secret, visit.at)
    except VidphoneError as error:
        return _form(visit, 429, explain(error.code, visit.language, error.about or {}).message)
    if token is None:
        return _form(visit, 403, visit.words("sign-in.refused"))
    await visit.parts.rates.signed_in(f"staff:{name}")
    _signed_in(visit, token)
    return visit.go(_next(visit))


async def ask_passkey(visit: Visit) -> Response:
    """What a passkey is to sign."""
    await _count(visit, "")
    challenge = await asyncio.to_thread(visit.console.sessions.challenge, None, visit.at)
    return Response(passkeys.ask_to_sign_in(visit.origin, challenge), media_type="application/json")


def by_passkey(visit: Visit) -> Response:
    """Sign in with a passkey."""
    sessions, answer = visit.console.sessions, visit.json()
    refused = VidphoneError(ErrorCode.SIGN_IN_REFUSED)
    try:
        passkey = sessions.passkey(passkeys.credential_of(answer))
        if passkey is None or not sessions.take_challenge(passkeys.challenge_of(answer), None, visit.at):
            raise refused
        member = visit.console.register.one(passkey.staff)
        count = passkeys.proved(visit.origin, answer, passkey, member.handle)
    except (passkeys.BadPasskey, NoStaff):
        raise refused from None
    token = sessions.sign_in_by_passkey(passkey, count, visit.secret, visit.at)
    if token is None:
        raise refused
    _signed_in(visit, token)
    return JSONResponse({"next": f"{PREFIX}/"})


def out(visit: Visit) -> Response:
    """Sign out here."""
    visit.console.sessions.sign_out(visit.secret)
    visit.cookies[cookies.SESSION] = None
    return visit.go("/sign-in", "signed-out")


def out_everywhere(visit: Visit) -> Response:
    """Sign out here and wherever else."""
    visit.console.sessions.sign_out_everywhere(visit.staff.staff, visit.staff.name, visit.at)
    visit.cookies[cookies.SESSION] = None
    return visit.go("/sign-in", "signed-out")


def look(visit: Visit) -> Response:
    """Another language, or another light; back to the page that asked."""
    language, theme = visit.field("language"), visit.field("theme")
    if language in {one.value for one in Language}:
        visit.cookies[cookies.LANGUAGE] = language
    if theme in THEMES:
        visit.cookies[cookies.THEME] = theme
    return visit.go(_next(visit))


async def _count(visit: Visit, name: str) -> None:
    """Count an attempt, before anything is looked at; of passkeys, which cannot be guessed, by address alone."""
    address = client_address(visit.request)
    await visit.parts.rates.sign_in(f"staff:{name}" if name else f"staff-at:{address}", address)


def _signed_in(visit: Visit, token: str) -> None:
    visit.cookies[cookies.SESSION] = token
    visit.cookies[cookies.VISIT] = None


def _form(visit: Visit, status: int = 200, problem: str = "") -> Response:
    return visit.page(
        "sign-in",
        status,
        problem=problem,
        name=visit.field("name")[:MAX_NAME],
        next=_next(visit, visit.query("next", 200)),
        passkeys=passkeys.possible(visit.origin),
    )


def _next(visit: Visit, wanted: str | None = None) -> str:
    """Where to go after it: a page of the console, or its first; never anywhere else."""
    path = visit.field("next") if wanted is None else wanted
    path = path.removeprefix(PREFIX)
    return path if _NEXT.fullmatch(path) else "/"
