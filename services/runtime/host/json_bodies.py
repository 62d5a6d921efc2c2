"""A JSON body is JSON: no NaN, no half of a character, no bottomless nesting reaches any route."""

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.errors import Problem
from services.runtime.host.documents import problem_response
from services.runtime.host.limits import SYNC


class JsonBodies:
    """Answers 400 to a body that calls itself JSON and is none; the parser behind it is more lenient.

    It reads the whole body, so it stands behind the limit of sizes. Batches of reports are read by their
    own route, once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == SYNC or not _is_json(scope):
            await self.app(scope, receive, send)
            return
        messages = await _all(receive)
        body = b"".join(message.get("body", b"") for message in messages)
        if body and not _parses(body):
            problem = Problem(400, "not_json", "The body is not valid JSON.")
            await problem_response(problem)(scope, receive, send)
            return
        waiting = iter(messages)

        async def again() -> Message:
            return next(waiting, None) or await receive()

        await self.app(scope, again, send)


def _is_json(scope: Scope) -> bool:
    kind: bytes = dict(scope["headers"]).get(b"content-type", b"")
    return b"json" in kind.lower()


async def _all(receive: Receive) -> list[Message]:
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _parses(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except ValueError:
        return False
    return True
