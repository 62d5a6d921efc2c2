"""The refresh token's cookie, and who may use it."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from services.auth.grants import SignedIn
from services.runtime.errors import Problem
from services.runtime.settings import Settings

SECURE_NAME = "__Host-refresh"
OWN_HEADER = "X-Requested-With"
OWN_VALUE = "dashboard"


class RefreshCookie:
    """Over HTTPS `__Host-refresh`, Secure.

    Plain HTTP is for loopback. There not every client keeps Secure cookies, and cookies are shared between
    ports: so the name bears the port, and two dashboards on one machine leave each other's alone.
    """

    def __init__(self, settings: Settings) -> None:
        self._public = urlsplit(settings.public_url)
        self._origins = frozenset(settings.origins)

    def read(self, request: Request) -> str | None:
        """The refresh token. Raises `Problem` unless our own page asks: others cannot send this request."""
        self._check_own_page(request)
        token = request.cookies.get(self._name(request))
        return token if token and len(token) <= 128 else None

    def write(self, request: Request, response: Response, signed_in: SignedIn) -> None:
        if signed_in.refresh_token is not None:
            self._set(request, response, signed_in.refresh_token, signed_in.refresh_seconds or 0)

    def clear(self, request: Request, response: Response) -> None:
        self._set(request, response, "", 0)

    def _set(self, request: Request, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self._name(request),
            value,
            max_age=seconds,
            path="/",
            secure=self._secure(request),
            httponly=True,
            samesite="strict",
        )

    def _secure(self, request: Request) -> bool:
        return request.url.scheme == "https" or self._public.scheme == "https"

    def _name(self, request: Request) -> str:
        return SECURE_NAME if self._secure(request) else f"refresh-{request.url.port or 80}"

    def _check_own_page(self, request: Request) -> None:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Problem(415, "wrong_type", "Send application/json.")
        if request.headers.get(OWN_HEADER) != OWN_VALUE:
            raise Problem(403, "foreign_page", f"This needs the header {OWN_HEADER}: {OWN_VALUE}.")
        origin = request.headers.get("origin")
        # Browsers send it with every POST.
        if origin is None or not self._own(origin, request):
            raise Problem(403, "foreign_page", "Only our own page may ask this; its Origin must say so.")

    def _own(self, origin: str, request: Request) -> bool:
        if origin in self._origins:
            return True
        asked = urlsplit(origin)
        hosts = {request.headers.get("host", ""), self._public.netloc} - {""}
        return asked.scheme in {"http", "https"} and asked.netloc in hosts
