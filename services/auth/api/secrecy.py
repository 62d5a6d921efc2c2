"""Answers that hold secrets are kept by nobody on the way."""

from fastapi import Response


def unkept(response: Response) -> None:
    """Forbid caches to keep the answer."""
    response.headers["Cache-Control"] = "no-store"
