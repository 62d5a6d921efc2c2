"""A part with a route for everything that may go wrong."""

import asyncio
from typing import Annotated

import structlog
from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.runtime.bus import NotConfirmed, Transient
from services.runtime.errors import FieldError, Problem, unauthenticated, unavailable
from services.runtime.settings import Settings


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    path: str = ""
    count: int = 0


class DriverError(Exception):
    sqlstate = "XX000"


RAISED = {
    "problem": Problem(409, "taken", "It is taken.", errors=[FieldError("name", "is taken")]),
    "anonymous": unauthenticated(),
    "busy": unavailable("Later.", retry_after=7),
    "unconfirmed": NotConfirmed("secret"),
    "transient": Transient("secret"),
    "away": ConnectionError("secret"),
    "slow": TimeoutError("secret"),
    "pool": PoolTimeout("secret"),
    "locked": OperationalError("secret", {}, Exception("database is locked")),
    "sql": DBAPIError("secret", {}, DriverError("secret")),
    "bug": ZeroDivisionError("secret"),
    "group": ExceptionGroup("secret", [ValueError("secret")]),
}


class Part:
    """A part that keeps what is done to it."""

    internal_routers = ()

    def __init__(self, name="thing", log=None, fails=False):
        self.name = name
        self.routers = [self._routes()] if name == "thing" else []
        self.log = log if log is not None else []
        self.fails = fails
        self.trouble: str | None = None
        self.begun = asyncio.Event()

    async def start(self):
        self.log.append(f"start {self.name}")
        if self.fails:
            raise RuntimeError("cannot start")

    async def drain(self):
        pass

    async def stop(self):
        self.log.append(f"stop {self.name}")
        raise RuntimeError("cannot stop")

    def problem(self):
        return self.trouble

    def _routes(self):
        router = APIRouter()

        @router.get("/api/raise/{name}")
        async def raising(name: str):
            raise RAISED[name]

        @router.post("/api/form")
        async def form(form: Form):
            return form

        @router.post("/api/any")
        async def anything(body: Annotated[dict, Body()]):
            return body

        @router.post("/api/sessions/sync")
        async def raw(request: Request):
            return {"size": len(await request.body())}

        @router.post("/api/slow")
        async def slow(request: Request):
            await asyncio.sleep(0.6)  # longer than the test's server waits for a body
            return {"size": len(await request.body())}

        @router.get("/api/client")
        async def client(request: Request):
            return {"client": request.client.host}

        @router.get("/api/id")
        async def identity():
            return structlog.contextvars.get_contextvars()

        @router.get("/api/twice")
        @router.post("/api/twice")
        async def twice():
            return "either"

        @router.get("/api/number")
        async def number(count: int):
            return count

        return router


LIMITS = Settings(body_bytes=1000, sync_body_bytes=5000)


def problem(answer):
    """Check the form of a problem document; answers its status and code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["type"].endswith(body["code"])
    assert body["title"]
    assert body["detail"]
    assert (body["status"], body["correlation_id"]) == (
        answer.status_code,
        answer.headers["x-correlation-id"],
    )
    return answer.status_code, body["code"]
