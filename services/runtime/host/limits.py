"""Sizes are checked before anything is parsed."""

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.errors import Problem
from services.runtime.host.documents import problem_response
from services.runtime.settings import Settings

SYNC = "/api/sessions/sync"
NUL = b"%00"


class _TooBig(Exception):  # noqa: N818
    pass


class BodyLimit:
    """Answers 413 to a body above the limit and 414 to a URL above its own, without reading the rest.

    A NUL in the address is a 400: no database and no file system takes it.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.default = settings.body_bytes
        self.sync = settings.sync_body_bytes
        self.url = settings.url_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self.url:
            await _refuse(Problem(414, "url_too_long", "The address is too long."), scope, receive, send)
            return
        if NUL in (scope.get("raw_path") or b"") or NUL in scope["query_string"]:
            await _refuse(Problem(400, "bad_request", "The address holds a NUL."), scope, receive, send)
            return
        limit = self.sync if scope["path"] == SYNC else self.default
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > limit:
            await _refuse(_too_big(limit), scope, receive, send)
            return
        await self._counted(limit, scope, receive, send)

    async def _counted(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0
        begun = False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _TooBig
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            # Whoever reads the body may take the exception for a body that cannot be read, and say so.
            if begun or seen <= limit:
                begun = True
                await send(message)

        with suppress(_TooBig):
            await self.app(scope, counting, watched)
        if seen > limit and not begun:
            await _refuse(_too_big(limit), scope, receive, send)


def _too_big(limit: int) -> Problem:
    return Problem(413, "too_large", f"The body is larger than {limit} bytes.")


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(problem)(scope, receive, send)
