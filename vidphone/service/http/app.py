"""The application that uvicorn runs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vidphone import __version__
from vidphone.service.console.app import console_app, index_names, watch_load
from vidphone.service.console.sections import PREFIX
from vidphone.service.coturn import CoturnControl
from vidphone.service.http import (
    case_routes,
    mine_routes,
    money_routes,
    network_routes,
    notice_routes,
    outage_routes,
    pay_routes,
    problems,
    release_routes,
    release_staff_routes,
    report_routes,
    routes,
    sign_up_routes,
)
from vidphone.service.http.bodies import BodyLimit
from vidphone.service.http.parts import Parts
from vidphone.service.loops import repeat
from vidphone.service.outages.life import BEAT_S
from vidphone.service.relay import relay_holder
from vidphone.service.relay_guard import guard_relays
from vidphone.wire.http import Problem

FORGET_EVERY_S = 60.0
"""How often what was kept of sign-ups is looked through for what is over."""

BILLED_EVERY_S = 20.0
REHEARSED_EVERY_S = 1.0
"""How often to look for what is due by date."""
ANNOUNCED_EVERY_S = 1.0
"""How often to look for what is to be published."""
RELEASES_EVERY_S = 300.0
"""How often to look whether snapshot and timestamp of releases run out."""


def build_app(parts: Parts) -> FastAPI:
    """The application over its parts; the hub runs as long as it does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.hub.start()
        lasting = (
            _forget_sign_ups(parts),
            _guard_relays(parts),
            _bill(parts),
            _keep_releases(parts),
            _announce(parts),
            _keep_outages(parts),
            _close_cases(parts),
            index_names(parts),
        )
        works = [asyncio.create_task(work) for work in (*lasting, watch_load(parts.console))]
        yield
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        await parts.hub.stop()
        parts.passwords.close()
        parts.few.close()

    app = FastAPI(title="vidphone service", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.parts = parts
    for part in (
        routes,
        sign_up_routes,
        mine_routes,
        money_routes,
        notice_routes,
        outage_routes,
        network_routes,
        case_routes,
        pay_routes,
        report_routes,
        release_routes,
        release_staff_routes,
    ):
        app.include_router(part.router)
    app.mount(PREFIX, console_app(parts))
    app.add_middleware(BodyLimit)
    problems.install(app)
    app.openapi = cache(partial(_openapi, app))  # type: ignore[method-assign] # FastAPI's documented way to say it
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description, with the problems that are answered in place of the validation errors it assumes."""
    schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
    schemas: dict[str, Any] = schema["components"]["schemas"]
    for assumed in ("HTTPValidationError", "ValidationError"):
        schemas.pop(assumed, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    return schema


async def _guard_relays(parts: Parts) -> None:
    ice = parts.config.ice
    if not ice.relay_only:
        return
    controls = [
        CoturnControl(turn.control, turn.control_password.get_secret_value()) for turn in ice.turn if turn.control
    ]
    try:
        await guard_relays(
            controls, lambda: frozenset(relay_holder(*device) for device in parts.hub.devices_in_calls())
        )
    finally:
        for control in controls:
            await control.close()


async def _bill(parts: Parts) -> None:
    """Do what is due by date, a piece at a time: between two of them calls have their turn at the database."""

    async def step() -> bool:
        return await asyncio.to_thread(parts.runner.step, parts.clock.now())

    await repeat(step, _dated(parts, BILLED_EVERY_S), "what is due could not be billed")


async def _announce(parts: Parts) -> None:
    """Publish what is due, change numbers, let the time accept agreements."""

    async def step() -> bool:
        return await asyncio.to_thread(parts.notice_runner.step, parts.clock.now())

    await repeat(step, ANNOUNCED_EVERY_S, "what is due could not be announced")


async def _keep_outages(parts: Parts) -> None:
    """Sign that the service lives, find out how long it did not, give what interruptions earn."""
    begun = False

    async def step() -> bool:
        nonlocal begun
        at = parts.clock.now()
        if not parts.clock.rehearsal:  # a clock that somebody sets is no sign of life
            await asyncio.to_thread(parts.life.beat if begun else parts.life.begin, at)
            begun = True
        return await asyncio.to_thread(parts.outage_credits.step, at)

    await repeat(step, _dated(parts, BEAT_S), "outages could not be looked through")


async def _close_cases(parts: Parts) -> None:
    """Close cases whose customers have let their time pass."""

    async def step() -> bool:
        return await asyncio.to_thread(parts.cases.expire, parts.clock.now()) > 0

    await repeat(step, _dated(parts, BILLED_EVERY_S), "cases could not be looked through")


async def _forget_sign_ups(parts: Parts) -> None:
    async def step() -> bool:
        await asyncio.to_thread(parts.sign_ups.expire, time.time())
        return False

    await repeat(step, FORGET_EVERY_S, "sign-ups could not be looked through")


async def _keep_releases(parts: Parts) -> None:
    """Sign anew what phones would take for a frozen repository otherwise."""

    async def step() -> bool:
        await asyncio.to_thread(parts.releases.keep_fresh)
        return False

    await asyncio.sleep(RELEASES_EVERY_S)  # it was done as the service started
    await repeat(step, RELEASES_EVERY_S, "releases could not be signed anew")


def _dated(parts: Parts, every_s: float) -> float:
    """How often to look for what is due by date."""
    return REHEARSED_EVERY_S if parts.clock.rehearsal else every_s
