"""Answers what nobody foresaw."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.host.documents import unexpected


class Failures:
    """Turns an exception that no handler took into a 500, inside of the middleware that names the request.

    An answer that has begun cannot be replaced: then the exception goes on and ends the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if begun:
                raise
            await unexpected(error)(scope, receive, send)
