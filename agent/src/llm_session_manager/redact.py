"""What is taken out of every report before it is even spooled."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from llm_session_manager import protocol
from llm_session_manager.protocol.tiers import event_at, session_at

_Fact = TypeVar("_Fact", bound=protocol.Fact)

HIDDEN = "[redacted]"

_URL_SECRET = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{1,20}://)[^/\s@]{1,300}@", re.IGNORECASE)
_SECRETS = re.compile(
    r"""
    \b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}            # keys of model vendors and payment services
  | \b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}
  | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_[A-Za-z0-9_]{20,} | \bglpat-[A-Za-z0-9_-]{16,}
  | \bxox[abeprs]-[A-Za-z0-9-]{10,}
  | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
  | \bAIza[A-Za-z0-9_-]{30,}
  | \b(?:npm|lsm|hf|dop_v1)_[A-Za-z0-9_-]{20,}
  | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}
  | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*
    """,
    re.VERBOSE,
)
_NAMED_SECRET = re.compile(
    r"(?P<name>\b[\w.-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key)[\w-]{0,40}"
    r"[\"']?\s{0,3}[=:]\s{0,3})[\"']?(?P<value>[^\s\"'&,;]{6,})",
    re.IGNORECASE,
)

_LIMITS = {
    **dict.fromkeys(("title", "status_reason", "subject"), 500),
    **dict.fromkeys(("directory", "path", "url", "name"), 1024),
    **dict.fromkeys(("repository", "project", "branch"), 200),
}


class Redaction:
    """Applies a tier, and at every tier takes out credentials, secrets and the name of the home folder."""

    def __init__(self, tier: protocol.Tier, home: Path | None = None) -> None:
        self._tier = tier
        self._homes = _home_patterns(home or Path.home())

    def session(self, facts: protocol.Session) -> protocol.Session:
        """The facts as they may leave."""
        changes: dict[str, object] = {
            name: self.text(value, _LIMITS[name])
            for name in ("title", "directory", "repository", "project", "branch", "status_reason")
            if (value := getattr(facts, name)) is not None
        }
        changes |= {
            "files": self._each(facts.files, "path"),
            "commits": self._each(facts.commits, "subject", "branch"),
            "pull_requests": self._each(facts.pull_requests, "url"),
            "memories": self._each(facts.memories, "name"),
        }
        return session_at(facts.model_copy(update=changes), self._tier)

    def event(self, event: protocol.Event) -> protocol.Event:
        """The event as it may leave."""
        event = event_at(event, self._tier)
        if event.detail is None:
            return event
        return event.model_copy(update={"detail": self.text(event.detail)})

    def text(self, text: str, limit: int = 500) -> str:
        """A line without credentials, secrets and the home folder's name; never empty or over `limit`."""
        text = self._homes.sub("~", text)
        clean = _URL_SECRET.sub(r"\g<scheme>", text)
        clean = _SECRETS.sub(HIDDEN, clean)
        clean = _NAMED_SECRET.sub(rf"\g<name>{HIDDEN}", clean)
        return clean[:limit] or HIDDEN

    def _each(self, items: Iterable[_Fact], *names: str) -> tuple[_Fact, ...]:
        return tuple(
            item.model_copy(
                update={
                    name: self.text(value, _LIMITS[name])
                    for name in names
                    if (value := getattr(item, name)) is not None
                }
            )
            for item in items
        )


def _home_patterns(home: Path) -> re.Pattern[str]:
    spellings = {str(home), home.as_posix(), str(home).replace("\\", "/")}
    usable = sorted((s.rstrip("/\\") for s in spellings if len(s.rstrip("/\\")) > 1), key=len, reverse=True)
    if not usable:
        return re.compile(r"(?!)")
    either = "|".join(re.escape(text) for text in usable)
    return re.compile(rf"(?<![\w.~-])(?:{either})(?![\w.-])")
