"""Errors that know their answer: RFC 9457 problem documents with a stable `code`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

_OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class FieldError:
    field: str
    message: str


class Problem(Exception):  # noqa: N818 - the name is RFC 9457's
    """Becomes an `application/problem+json` answer wherever it is raised in a request.

    `detail` is written by us and never repeats what the caller sent.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


def place(location: Sequence[object]) -> str:
    """Say where in a body something is wrong; `*` stands for a name that none of our fields could have."""
    return ".".join(_name(part) for part in location)[:200] or "body"


def _name(part: object) -> str:
    text = str(part)
    return text if isinstance(part, int) or _OWN_NAME.fullmatch(text) else "*"


def unauthenticated(detail: str = "Sign in, or send a valid token.") -> Problem:
    return Problem(401, "unauthenticated", detail)


def forbidden(detail: str = "Your role does not allow this.") -> Problem:
    return Problem(403, "forbidden", detail)


def not_found(what: str = "resource") -> Problem:
    """Answer for what is absent and for what is somebody else's: nobody can tell which."""
    return Problem(404, "not_found", f"There is no such {what}.")


def conflict(code: str, detail: str) -> Problem:
    return Problem(409, code, detail)


def unprocessable(field: str, message: str, code: str = "invalid") -> Problem:
    return Problem(422, code, "The request has invalid fields.", errors=[FieldError(field, message)])


def unavailable(detail: str, retry_after: int = 2) -> Problem:
    return Problem(503, "unavailable", detail, retry_after=retry_after)
