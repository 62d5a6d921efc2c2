"""Headers that every answer has, whatever answered."""

from collections.abc import Iterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # No search engine keeps a page of a team's, a public one neither.
    (b"x-robots-tag", b"noindex, nofollow"),
)
UNKEPT = (b"cache-control", b"no-store")
SECURE = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
Header = tuple[bytes, bytes]


class SafeHeaders:
    """Adds what an answer does not have yet. Caches keep nothing of the API unless it says otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                held = {name.lower() for name, _ in message["headers"]}
                added = [header for header in _wanted(scope) if header[0] not in held]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self.app(scope, receive, answer)


def _wanted(scope: Scope) -> Iterator[Header]:
    yield from ALWAYS
    if scope["path"].startswith("/api/"):
        yield UNKEPT
    # It would hold for every port of one's own machine.
    if scope["scheme"] == "https" and not _host(scope).endswith("localhost"):
        yield SECURE


def _host(scope: Scope) -> str:
    named: bytes = dict(scope["headers"]).get(b"host", b"")
    return named.decode("latin-1").partition(":")[0].lower()
