"""Setting up how one signs in, by a link that holds once; and one's own passkeys after that."""

import asyncio
from collections.abc import Sequence

from starlette.responses import JSONResponse, Response

from vidphone.service.console import cookies, passkeys
from vidphone.service.console.sections import PREFIX
from vidphone.service.console.visit import Visit
from vidphone.service.passwords import MOST, hash_password
from vidphone.service.staff.sessions import MAX_PASSKEYS, step_of
from vidphone.service.staff.values import Link
from vidphone.wire.errors import ErrorCode, VidphoneError

LEAST = 12
"""Characters of the password of a member of staff."""
GROUP = 4


def show(visit: Visit) -> Response:
    """What can be set up."""
    return _form(visit, _link(visit))


async def by_code(visit: Visit) -> Response:
    """Password and authenticator app, whose first code shows that it works."""
    link = await asyncio.to_thread(_link, visit)
    password, again, code = visit.field("password"), visit.field("again"), visit.field("code").replace(" ", "")[:8]
    wrongs = {
        "short": not LEAST <= len(password) <= MOST,
        "differ": password != again,
        "wrong-code": step_of(link.totp, code, visit.at) is None,
    }
    if any(wrongs.values()):
        told = [visit.words(f"enrol.{key}", least=LEAST, most=MOST) for key, wrong in wrongs.items() if wrong]
        return _form(visit, link, 422, told)
    kept = await visit.parts.few.run(hash_password, password)
    set_up = visit.console.sessions.set_up_code
    token = await asyncio.to_thread(set_up, visit.path["token"], link.totp, code, kept, visit.at)
    if token is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return _begun(visit, token, visit.go("/", "enrolled"))


def ask_passkey(visit: Visit) -> Response:
    """What a new passkey is to sign."""
    return _asked(visit, _link(visit).staff)


def by_passkey(visit: Visit) -> Response:
    """A passkey instead of password and codes."""
    link, answer = _link(visit), visit.json()
    made = _made(visit, link.staff, answer)
    token = visit.console.sessions.set_up_passkey(
        visit.path["token"], made.credential, made.public_key, made.sign_count, visit.at
    )
    if token is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return _begun(visit, token, JSONResponse({"next": f"{PREFIX}/?done=enrolled"}))


def mine(visit: Visit) -> Response:
    """How one signs in, and where one is signed in."""
    member = visit.console.register.one(visit.staff.staff)
    return visit.page(
        "mine",
        member=member,
        keys=visit.console.sessions.passkeys(member.id),
        more=member.passkeys < MAX_PASSKEYS,
        possible=passkeys.possible(visit.origin),
    )


def ask_another(visit: Visit) -> Response:
    """What another passkey of one's own is to sign."""
    return _asked(visit, visit.staff.staff)


def add_another(visit: Visit) -> Response:
    """Another passkey of one's own."""
    staff = visit.staff
    made = _made(visit, staff.staff, visit.json())
    keep = visit.console.sessions.add_passkey
    if not keep(staff.staff, staff.name, made.credential, made.public_key, made.sign_count, visit.at):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "passkey"})
    return JSONResponse({"next": f"{PREFIX}/mine?done=passkey-added"})


def remove(visit: Visit) -> Response:
    """One passkey less, where another way to sign in is left."""
    passkey = visit.field("passkey")
    known = int(passkey) if passkey.isascii() and passkey.isdigit() and len(passkey) < 12 else 0
    removed = visit.console.sessions.remove_passkey(visit.staff.staff, visit.staff.name, known, visit.at)
    return visit.go("/mine", "passkey-removed" if removed else "passkey-kept")


def _link(visit: Visit) -> Link:
    link = visit.console.register.link(str(visit.path["token"])[: cookies.MAX_LENGTH], visit.at)
    if link is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return link


def _asked(visit: Visit, staff: int) -> Response:
    member, sessions = visit.console.register.one(staff), visit.console.sessions
    challenge = sessions.challenge(staff, visit.at)
    provider = visit.words("name")
    question = passkeys.ask_to_add(
        visit.origin, provider, member.name, member.handle, sessions.passkeys(staff), challenge
    )
    return Response(question, media_type="application/json")


def _made(visit: Visit, staff: int, answer: dict[str, object]) -> passkeys.Added:
    try:
        if visit.console.sessions.take_challenge(passkeys.challenge_of(answer), staff, visit.at):
            return passkeys.added(visit.origin, answer)
    except passkeys.BadPasskey:
        pass
    raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "passkey"})


def _begun(visit: Visit, token: str, response: Response) -> Response:
    visit.cookies[cookies.SESSION] = token
    visit.cookies[cookies.VISIT] = None
    return response


def _form(visit: Visit, link: Link, status: int = 200, problems: Sequence[str] = ()) -> Response:
    groups = [link.totp[start : start + GROUP] for start in range(0, len(link.totp), GROUP)]
    return visit.page(
        "enrol",
        status,
        link=link,
        token=visit.path["token"],
        secret=" ".join(groups),
        least=LEAST,
        problems=problems,
        passkeys=passkeys.possible(visit.origin),
    )
