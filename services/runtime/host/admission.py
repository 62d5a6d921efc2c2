"""Finds out who asks before anything is read, and whether they ask too often."""

from ipaddress import ip_address

from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.runtime.auth.gate import SHOWN, TokenGate
from services.runtime.errors import Problem
from services.runtime.host.documents import problem_response
from services.runtime.rates import Rates

API = "/api/"
# Our own services fetch this one, and it costs nothing.
UNCOUNTED = frozenset({"/api/auth/jwks.json"})
# It counts as anonymous where its cookie is found wanting: a whole office may refresh from one address.
BY_COOKIE = "/api/auth/refresh"


class Turnstile:
    """Lets requests through at their rates.

    Who shows a good token is counted as that person, everybody else by address: so nobody's bad requests take
    anything from a neighbour with a good token. The token is checked this once; the gate goes on from there.
    """

    def __init__(self, gate: TokenGate, rates: Rates) -> None:
        self._gate = gate
        self._rates = rates

    async def admit(self, scope: Scope) -> None:
        """Count one request. Raises `Problem` 429 where it is one too many."""
        path, headers = scope["path"], Headers(scope=scope)
        scheme, token = get_authorization_scheme_param(headers.get("authorization"))
        if scheme.lower() != "bearer" or not token:
            by_cookie = path == BY_COOKIE
            await (self._rates.refresh if by_cookie else self._rates.anonymous)(host_of(scope))
            return
        shown = await self._gate.look(token)
        scope.setdefault("state", {})[SHOWN] = shown
        if shown.caller is not None:
            await self._rates.caller(shown.caller, scope["method"], path, scope["query_string"])
        elif shown.is_refused:
            await self._rates.anonymous(host_of(scope))


class Admission:
    """Answers 429 to what the turnstile does not let through, without reading any of its body."""

    def __init__(self, app: ASGIApp, turnstile: Turnstile) -> None:
        self.app = app
        self.turnstile = turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(API) and scope["path"] not in UNCOUNTED:
            try:
                await self.turnstile.admit(scope)
            except Problem as problem:
                await problem_response(problem)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_loopback(host: str) -> bool:
    """Whether it is this very machine that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(scope: Scope) -> str:
    """The address of whoever asks, as a proxy of ours names it where there is one."""
    return str(scope["client"][0]) if scope.get("client") else ""
