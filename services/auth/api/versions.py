"""`ETag` and `If-Match`: who sends the version they saw changes nothing newer."""

from typing import Annotated

from fastapi import Header

from services.runtime.errors import Problem

IfMatch = Annotated[str | None, Header(max_length=64)]


def etag(version: int) -> str:
    return f'"{version}"'


def check(if_match: str | None, version: int) -> None:
    """Raise `Problem` 412 when the caller saw another version."""
    if if_match is not None and if_match.strip() not in {"*", etag(version)}:
        raise Problem(412, "version_mismatch", "It was changed meanwhile: read it again.")
