"""What is taken out of every log line: by the name it is logged under, by its form, and our own secrets."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "[redacted]"
# Shorter ones would be found in the middle of plain words.
SHORTEST = 8
_NAMES = re.compile(
    r"(?:^|[_.-])(?:password|passwd|passphrase|secret|token|ticket|cookie|authorization|credentials?|"
    r"api_?key|private_?key|invite)$",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r"""
    (?P<before>\b[a-z][a-z0-9+.-]{1,20}://)[^/\s@"]{1,500}(?=@)   # who signs in, in a URL
  | \blsm_[A-Za-z0-9_]{20,}                                        # API tokens
  | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*      # access tokens
  | (?P<scheme>\b(?:Bearer|Basic)\s)[A-Za-z0-9._~+/=-]{8,}
  | (?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_=-])          # 32 random bytes: links, tickets
    """,
    re.VERBOSE,
)


class Redaction:
    """`by_name` is a step of structlog before a line is text, `by_form` the one after it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # As they stand in a line of JSON.
        texts = sorted(
            {json.dumps(one)[1:-1] for one in secrets if len(one) >= SHORTEST}, key=len, reverse=True
        )
        self._own = re.compile("|".join(map(re.escape, texts))) if texts else None

    def by_name(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {name: _hidden(name, value) for name, value in event.items()}

    def by_form(self, _logger: WrappedLogger, _method: str, line: Any) -> str:
        text = self._own.sub(HIDDEN, line) if self._own else line
        return _FORMS.sub(_replaced, text)


def _hidden(name: object, value: Any) -> Any:
    if isinstance(name, str) and _NAMES.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _hidden(key, inner) for key, inner in value.items()}
    return value


def _replaced(found: re.Match[str]) -> str:
    return (found["before"] or found["scheme"] or "") + HIDDEN
