"""Turns every failure of a request into a problem document that repeats nothing of the request."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from services.runtime.bus import NotConfirmed, Transient
from services.runtime.db import is_transient
from services.runtime.errors import FieldError, Problem, place, unavailable
from services.runtime.telemetry import correlation_id

log = structlog.get_logger(__name__)

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 415: "wrong_type"}
REFUSALS = frozenset({401, 403, 429})
DETAILS = {
    400: "The request could not be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}


def problem_response(problem: Problem) -> Response:
    """Render a problem as RFC 9457 says."""
    body: dict[str, Any] = {
        "type": f"https://llm-session-manager.dev/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "correlation_id": correlation_id(),
    }
    if problem.errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in problem.errors]
    headers = {"Cache-Control": "no-store"}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    return Response(orjson.dumps(body), problem.status, headers, media_type="application/problem+json")


def answer_problems(app: FastAPI) -> None:
    """Install the handlers on an app."""

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        if error.status in REFUSALS:
            _note_refusal(request, error)
        return problem_response(error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = error.errors()
        if any(one["loc"][:1] == ("body",) for one in wrong) and not _is_json(request):
            return problem_response(Problem(415, "wrong_type", "Send application/json."))
        return problem_response(from_validation(wrong))

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.status_code
        detail = DETAILS.get(status, "The request was refused.")
        answer = problem_response(Problem(status, CODES.get(status, "refused"), detail))
        # The route that refused names its own methods alone, and at this address there may be others.
        answer.headers.update({"Allow": _allowed(request)} if status == HTTPStatus.METHOD_NOT_ALLOWED else {})
        return answer

    async def busy(_request: Request, error: Exception) -> Response:
        log.warning("unavailable", error=type(error).__name__)
        return problem_response(unavailable("A part this needs is not available; try again shortly."))

    async def database(request: Request, error: Exception) -> Response:
        assert isinstance(error, DBAPIError)
        if error.connection_invalidated or is_transient(error):
            return await busy(request, error)
        return unexpected(error)

    app.add_exception_handler(Problem, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(DBAPIError, database)
    for kind in (PoolTimeoutError, NotConfirmed, Transient, ConnectionError, TimeoutError):
        app.add_exception_handler(kind, busy)


def _note_refusal(request: Request, problem: Problem) -> None:
    # The route's pattern, not the address: that holds what was asked for.
    route = getattr(request.scope.get("route"), "path", "")
    log.info("refused", method=request.method, route=route, status=problem.status, code=problem.code)


def _allowed(request: Request) -> str:
    def is_taken(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    # The page takes what no route does, and is only read.
    return ", ".join(filter(is_taken, METHODS)) or "GET, HEAD"


def unexpected(error: Exception) -> Response:
    """Log what nobody foresaw, and answer so that the log's line can be found."""
    log.error("request failed", exc_info=error)
    return problem_response(
        Problem(500, "internal", "Something went wrong here; the correlation id finds it in the log.")
    )


def from_validation(errors: Sequence[Any]) -> Problem:
    """Name fields and reasons of a validation, never values. A body that is no JSON at all is a 400."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Problem(400, "not_json", "The body is not valid JSON.")
    # A location begins with where it is: body, query, path or header.
    fields = [FieldError(place(error["loc"][1:]), _reason(error)) for error in errors[:50]]
    return Problem(422, "invalid", "The request has invalid fields.", errors=fields)


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _reason(error: Any) -> str:
    kind = str(error["type"])
    # A message of ours (`value_error`) is safe; pydantic's other messages may hold what was sent.
    return str(error["msg"])[:200] if kind in {"value_error", "missing"} else kind.replace("_", " ")
