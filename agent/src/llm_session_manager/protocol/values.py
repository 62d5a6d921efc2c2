"""The small types that everything said between an agent and a server is made of."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MAX_INTEGER = 2**53 - 1
MAX_TOKENS = 10**15

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def no_control(text: str) -> str:
    """Give the text back. Raises `ValueError` when it holds what would harm a terminal or a database."""
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time lies outside the years 1 to 9999") from None


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(no_control)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(no_control)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(no_control)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(no_control)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Tokens = Annotated[int, Field(ge=0, le=MAX_TOKENS)]
Instant = Annotated[datetime, AfterValidator(_in_utc)]


class Fact(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
