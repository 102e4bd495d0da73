"""The operations of the HTTP interface."""

import asyncio
import time
from functools import partial
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response, WebSocket

from vidphone import __version__
from vidphone.service.http.asking import SIGNED_IN_ONLY, Asked, Caller
from vidphone.service.http.languages import preferred
from vidphone.service.http.parts import Parts, authenticate, bearer_of, client_address, name_of
from vidphone.service.http.problems import problem, responses
from vidphone.service.hub.sessions import Identity
from vidphone.service.passwords import hash_token, new_token
from vidphone.service.ports import AccountEvent, AccountEventKind
from vidphone.service.relay import relay_holder
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import Health, IceServers, Me, SignedIn, SignInRequest
from vidphone.wire.signaling import PATH, PROTOCOL_VERSION

router = APIRouter()
_SIGNED_IN_ONLY = responses(*SIGNED_IN_ONLY)


@router.post(
    "/v1/sign-in",
    responses=responses(
        ErrorCode.SIGN_IN_REFUSED,
        ErrorCode.ACCOUNT_DISABLED,
        ErrorCode.AGREEMENT_ENDED,
        ErrorCode.TOO_LARGE,
        ErrorCode.BAD_REQUEST,
        ErrorCode.TOO_MANY_ATTEMPTS,
        ErrorCode.SERVICE_BUSY,
    ),
)
async def sign_in(request: Request, body: SignInRequest, parts: Asked) -> SignedIn:
    """Sign a device in with number and password. Its earlier token, if any, holds no longer."""
    await parts.rates.sign_in(body.number, client_address(request))
    known = await asyncio.to_thread(parts.customers.credentials, body.number)
    password = body.password.get_secret_value()
    checked = await parts.passwords.check(known.password_hash if known else None, password)
    if known is None or checked is None:
        parts.metrics.sign_ins.labels("refused").inc()
        raise VidphoneError(ErrorCode.SIGN_IN_REFUSED)
    await parts.rates.signed_in(body.number)
    if not known.enabled:
        parts.metrics.sign_ins.labels("disabled").inc()
        if await asyncio.to_thread(parts.money.has_left, known.account):
            raise VidphoneError(ErrorCode.AGREEMENT_ENDED)
        raise VidphoneError(ErrorCode.ACCOUNT_DISABLED)
    if checked != known.password_hash:
        await asyncio.to_thread(parts.customers.replace_hash, known.number, known.password_hash, checked)
    token = new_token()
    await asyncio.to_thread(
        parts.customers.issue_token, known.number, body.device, body.device_name, hash_token(token), time.time()
    )
    parts.metrics.sign_ins.labels("done").inc()
    return SignedIn(token=token, number=known.number, name=await name_of(parts, known.account, known.name))


@router.post("/v1/sign-out", status_code=204, response_class=Response, responses=_SIGNED_IN_ONLY)
async def sign_out(parts: Asked, caller: Caller) -> Response:
    """Revoke the token. The device's calls end."""
    await asyncio.to_thread(parts.customers.revoke, caller.token)
    await parts.bus.publish(AccountEvent(AccountEventKind.SIGNED_OUT, caller.number, caller.token))
    return Response(status_code=204)


@router.get("/v1/me", responses=_SIGNED_IN_ONLY)
async def me(parts: Asked, caller: Caller) -> Me:
    """The customer that the token stands for."""
    return Me(number=caller.number, name=await name_of(parts, caller.account, caller.name))


@router.get("/v1/ice-servers", responses=_SIGNED_IN_ONLY)
async def ice_servers(parts: Asked, caller: Caller) -> IceServers:
    """STUN and TURN servers, with credentials that hold for a limited time."""
    return parts.relay.ice_servers(relay_holder(caller.number, caller.device), time.time())


@router.get("/health")
async def health() -> Health:
    """Whether the service runs."""
    return Health(status="ok", version=__version__, protocol=PROTOCOL_VERSION)


@router.get("/metrics", response_class=Response, include_in_schema=False)
async def metrics(request: Request, parts: Asked) -> Response:
    """Figures for Prometheus, to those addresses that the configuration allows; to others it does not exist."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None
    if not any(address in network for network in parts.config.metrics.allow):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return Response(parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.websocket(PATH)
async def signaling(websocket: WebSocket) -> None:
    """The door to the hub: docs/signaling.md."""
    parts: Parts = websocket.app.state.parts
    try:
        bearer = await authenticate(parts, websocket)
    except VidphoneError as error:
        await websocket.send_denial_response(problem(error, websocket))
        return
    await websocket.accept()
    identity = Identity(bearer.number, bearer.device, bearer.token)
    language = preferred(websocket.headers.get("accept-language"))
    await parts.hub.serve(websocket, identity, language, partial(bearer_of, parts, websocket))
