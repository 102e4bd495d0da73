"""The application that uvicorn runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from vidphone import __version__
from vidphone.service.http import problems
from vidphone.service.http.bodies import BodyLimit
from vidphone.service.http.parts import Parts
from vidphone.service.http.routes import router
from vidphone.wire.http import Problem


def build_app(parts: Parts) -> FastAPI:
    """The application over its parts; the hub runs as long as it does."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await parts.hub.start()
        yield
        await parts.hub.stop()
        parts.passwords.close()

    app = FastAPI(title="vidphone service", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.parts = parts
    app.include_router(router)
    app.add_middleware(BodyLimit)
    problems.install(app)
    schema = _openapi(app)
    app.openapi = lambda: schema  # type: ignore[method-assign] # FastAPI's documented way to say it oneself
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
