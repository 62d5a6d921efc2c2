"""Serves the built front end from the same process, with a nonce of its own for every page."""

import secrets
from pathlib import Path

from fastapi import FastAPI, Response
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

NONCE = "__CSP_NONCE__"
OTHERS = frozenset({"api", "ws", "internal"})
IMMUTABLE = "public, max-age=31536000, immutable"


def content_policy(nonce: str) -> str:
    """Return the page's Content-Security-Policy; `infra/nginx` sends the same."""
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Page:
    """The files of one build; every address that is no file and no API is the page itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def mount(self, app: FastAPI) -> None:
        """Answer what no route of the app is for."""
        unknown = app.router.default

        async def page(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"].lstrip("/")
            if scope["type"] != "http" or path.split("/", 1)[0] in OTHERS:
                await unknown(scope, receive, send)
            elif scope["method"] not in {"GET", "HEAD"}:
                raise HTTPException(405)
            else:
                await self.answer(path)(scope, receive, send)

        app.router.default = page

    def answer(self, path: str) -> Response:
        """Give a file of the build, or the page with a fresh nonce."""
        wanted = self._file(path)
        if wanted is not None and wanted.name != "index.html":
            cache = IMMUTABLE if path.startswith("assets/") else "no-cache"
            return FileResponse(wanted, headers={"Cache-Control": cache})
        index = self.folder / "index.html"
        if not index.is_file():
            return Response("The page is not built: run make run.", 503, media_type="text/plain")
        nonce = secrets.token_urlsafe(16)
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": content_policy(nonce)}
        return Response(index.read_text().replace(NONCE, nonce), headers=headers, media_type="text/html")

    def _file(self, path: str) -> Path | None:
        try:
            wanted = (self.folder / path).resolve()
            return wanted if wanted.is_relative_to(self.folder) and wanted.is_file() else None
        except (OSError, ValueError):  # a name that no file can have
            return None
