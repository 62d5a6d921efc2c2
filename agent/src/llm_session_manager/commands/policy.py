"""Which commands this machine takes, and from whom; the server has no say in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from llm_session_manager import protocol
from llm_session_manager.protocol.commands import AskedBy

KINDS: tuple[protocol.CommandKind, ...] = get_args(protocol.CommandKind)


@dataclass(frozen=True, slots=True)
class Policy:
    """All three kinds from the session's owner, none from anybody else, unless told otherwise.

    The owner could do all of it at the machine: a refresh tells what is told anyway, an export holds what the
    capture tier lets out anyway, and a closed session can be resumed from its transcript. An admin is
    somebody else, whose reach ends at what was shared.
    """

    kinds: tuple[protocol.CommandKind, ...] = KINDS
    admins: bool = False

    def objection(self, kind: protocol.CommandKind, asked_by: AskedBy) -> str | None:
        """Why this is not done here; `None` when it is."""
        if kind not in self.kinds:
            return f"This machine takes no command to {kind}."
        if asked_by == "admin" and not self.admins:
            return "This machine takes commands from the session's owner only."
        return None


def named_kinds(text: str) -> Sequence[protocol.CommandKind]:
    """The kinds in `refresh,export,close`, or none of `none`. Raises ValueError for any other word."""
    words = {word.strip() for word in text.split(",") if word.strip()} - {"none"}
    if unknown := words - set(KINDS):
        raise ValueError(f"{', '.join(sorted(unknown))} is no command; there are {', '.join(KINDS)}")
    return tuple(kind for kind in KINDS if kind in words)
