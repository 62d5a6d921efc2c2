"""Any set of parts as one ASGI app with `/healthz`, `/readyz` and `/metrics`."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from services.runtime.host.admission import Admission, Turnstile, host_of, is_loopback
from services.runtime.host.documents import answer_problems
from services.runtime.host.failures import Failures
from services.runtime.host.headers import SafeHeaders
from services.runtime.host.json_bodies import JsonBodies
from services.runtime.host.limits import BodyLimit
from services.runtime.host.origins import open_to_origins
from services.runtime.host.page import Page
from services.runtime.host.reference import reference_page
from services.runtime.host.timing import RequestMetrics
from services.runtime.metrics import Metrics
from services.runtime.part import Part
from services.runtime.settings import Settings
from services.runtime.telemetry import CorrelationMiddleware

log = structlog.get_logger(__name__)

TITLE = "Team Dashboard for LLM Session Manager"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is opened before the parts and closed after them."""

    name: str
    start: Callable[[], Any]
    stop: Callable[[], Any]


def build_app(
    settings: Settings,
    metrics: Metrics,
    parts: Sequence[Part],
    steps: Sequence[Step] = (),
    *,
    internal: Sequence[APIRouter] = (),
    turnstile: Turnstile | None = None,
    page: Page | None = None,
    document: Callable[[], dict[str, Any]] | None = None,
) -> FastAPI:
    """Make the app. Parts start in order and stop in reverse; `page` answers what is not API."""
    app = FastAPI(
        title=TITLE,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(parts, steps),
        redirect_slashes=False,
    )
    answer_problems(app)
    _operations(app, metrics, parts, is_door=page is not None)
    for router in (*(router for part in parts for router in part.routers), *internal):
        app.include_router(router)
    if document is not None:
        _documents(app, document)
    if page is not None:
        page.mount(app)
    app.add_middleware(JsonBodies)
    app.add_middleware(BodyLimit, settings=settings)
    if turnstile is not None:
        app.add_middleware(Admission, turnstile=turnstile)
    app.add_middleware(Failures)
    open_to_origins(app, settings)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestMetrics, metrics=metrics)
    app.add_middleware(CorrelationMiddleware)
    return app


def _lifespan(parts: Sequence[Part], steps: Sequence[Step]) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        started: list[Step] = []
        todo = [*steps, *(Step(part.name, part.start, part.stop) for part in parts)]
        try:
            for step in todo:
                await step.start()
                started.append(step)
            log.info("started", parts=[part.name for part in parts])
            yield
        finally:
            for step in reversed(started):
                try:
                    await step.stop()
                except Exception:
                    log.exception("stop failed", step=step.name)

    return lifespan


def _operations(app: FastAPI, metrics: Metrics, parts: Sequence[Part], *, is_door: bool) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        problems = {part.name: part.problem() for part in parts}
        ready = not any(problems.values())
        body = {"ready": ready, "parts": {name: problem or "running" for name, problem in problems.items()}}
        return JSONResponse(body, status_code=200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def scrape(request: Request) -> Response:
        # Where people come in, totals are for the machine itself.
        if is_door and not is_loopback(host_of(request.scope)):
            raise HTTPException(404)
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _documents(app: FastAPI, document: Callable[[], dict[str, Any]]) -> None:
    @app.get("/api/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(document())

    @app.get("/api/docs", include_in_schema=False)
    async def docs() -> Response:
        page, nonce = reference_page(document())
        headers = {"Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'"}
        return Response(page, headers=headers, media_type="text/html")
