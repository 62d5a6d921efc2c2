"""What can happen in a session, each at `at` seconds after its start and with the status that follows."""

from dataclasses import dataclass
from typing import Literal

from llm_session_manager.protocol import Outcome, Status


@dataclass(frozen=True, slots=True)
class Moment:
    """A change of status and nothing else, where it is no kind of its own."""

    at: float
    status: Status
    reason: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """The tokens of one model call; `input` is what was not cached."""

    input: int
    output: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    reasoning: int | None

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    @property
    def total(self) -> int:
        return self.prompt + self.output


@dataclass(frozen=True, slots=True)
class Edit:
    path: str
    change: Literal["added", "updated"]
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Prompted(Moment):
    pass


@dataclass(frozen=True, slots=True)
class Answered(Moment):
    """`lane` is the sub-agent that answered; only the session's own answers fill its context."""

    call: Call
    context: int
    lane: str | None


@dataclass(frozen=True, slots=True)
class Used(Moment):
    """A tool call that came to its end after `seconds`. `target` is the file or what else it was about."""

    name: str
    target: str
    is_file: bool
    outcome: Outcome
    category: str | None
    seconds: float
    lane: str | None
    edit: Edit | None


@dataclass(frozen=True, slots=True)
class Failed(Moment):
    """A model call that failed."""

    category: str


@dataclass(frozen=True, slots=True)
class Compacted(Moment):
    context: int


@dataclass(frozen=True, slots=True)
class Committed(Moment):
    sha: str
    subject: str


@dataclass(frozen=True, slots=True)
class Proposed(Moment):
    """A pull request was opened."""

    number: int


@dataclass(frozen=True, slots=True)
class Delegated(Moment):
    lane: str
    kind: str


@dataclass(frozen=True, slots=True)
class Returned(Moment):
    """A sub-agent came back after `seconds`."""

    lane: str
    seconds: float
