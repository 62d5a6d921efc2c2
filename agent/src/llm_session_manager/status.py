"""Which state a session is in, from all that is known of it; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from llm_session_manager import protocol
from llm_session_manager.sources import Tail

RegistryStatus = Literal["busy", "idle", "waiting", "shell"]
Life = Literal["running", "gone", "unseen"]
StatusSource = Literal["registry", "transcript", "process", "age"]

YOUNG = timedelta(seconds=60)
TOOL_USUAL = timedelta(seconds=45)
IDLE_AFTER = timedelta(minutes=10)
ENDED_AFTER = timedelta(hours=1)

TURN_FINISHED = "turn finished"
ASKS_QUESTION = "asks a question"
ASKS_OR_RUNS = "asks to run a command or runs a long one"
INTERRUPTED = "was interrupted"
API_ERROR = "the last model call failed"
WORKING = "the model is working"
QUIET = "nothing happened for a while"

# Per tail: status, reason, and whether it becomes idle with time.
_TAILS: dict[str, tuple[protocol.Status, str, bool]] = {
    "working": ("active", WORKING, True),
    "finished": ("waiting", TURN_FINISHED, True),
    "interrupted": ("waiting", INTERRUPTED, True),
    "question": ("waiting", ASKS_QUESTION, False),
    "api_error": ("error", API_ERROR, False),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What this machine says about a session's process.

    `running`: a process of it was found; `registry` is the tool's own word, `busy_child` tells that it
    started a child since the tail was written. `gone`: there would be one to see, and there is none.
    `unseen`: its process cannot be seen from here (a copied folder, a container, another host).
    """

    life: Life
    registry: RegistryStatus | None = None
    busy_child: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    status: protocol.Status
    reason: str | None
    source: StatusSource
    ended_at: datetime | None = None


def decide(tail: Tail, evidence: Evidence, last_activity: datetime | None, now: datetime) -> Decision:
    """Registry, then process, then the transcript's tail, then age.

    A session whose process cannot be seen counts as live for 10 minutes after its last activity (its tail
    says in which state), as idle for up to an hour, and then as ended. `ended_at` is the last activity.
    """
    age = max(now - last_activity, timedelta(0)) if last_activity else timedelta.max
    quiet = max(now - tail.at, timedelta(0)) if tail.at else age
    ended_at = last_activity
    match evidence.life:
        # In the middle of a turn the process may only be hard to see: wait a minute.
        case "gone" if tail.state not in {"working", "tool"} or age >= YOUNG:
            return Decision("ended", None, "process", ended_at)
        case "unseen" if age >= ENDED_AFTER:
            return Decision("ended", None, "age", ended_at)
        case "unseen" if age >= IDLE_AFTER:
            return Decision("idle", QUIET, "age")
        case "running" if evidence.registry is not None:
            return _by_registry(evidence.registry, tail, age)
    return _by_tail(tail, evidence, age, min(quiet, age))


def _by_registry(said: RegistryStatus, tail: Tail, age: timedelta) -> Decision:
    if said == "busy":
        return Decision("active", _work(tail), "registry")
    if said == "shell":
        return Decision("active", "running a shell command", "registry")
    if tail.state == "api_error":
        return Decision("error", API_ERROR, "transcript")
    if said == "waiting":
        reason = {"question": ASKS_QUESTION, "tool": "asks to run a command"}.get(
            tail.state, "waits for an answer"
        )
        return Decision("waiting", reason, "registry")
    reason = INTERRUPTED if tail.state == "interrupted" else TURN_FINISHED
    if age >= IDLE_AFTER:
        return Decision("idle", reason, "age")
    return Decision("waiting", reason, "registry")


def _by_tail(tail: Tail, evidence: Evidence, age: timedelta, quiet: timedelta) -> Decision:
    if tail.state == "tool":
        return _tool(tail, evidence, age)
    if tail.state == "unknown":
        return Decision("active", None, "age") if age < YOUNG else Decision("idle", QUIET, "age")
    status, reason, may_idle = _TAILS[tail.state]
    idle = may_idle and (age if tail.state == "working" else quiet) >= IDLE_AFTER
    return Decision("idle", reason, "age") if idle else Decision(status, reason, "transcript")


def _tool(tail: Tail, evidence: Evidence, age: timedelta) -> Decision:
    # A permission prompt and a long command look the same in the files; a child process tells them apart.
    if age < TOOL_USUAL:
        return Decision("active", _work(tail), "transcript")
    if evidence.busy_child:
        return Decision("active", _work(tail), "process")
    return Decision("waiting", ASKS_OR_RUNS, "age")


def _work(tail: Tail) -> str:
    if tail.state == "tool":
        return f"running {tail.detail}" if tail.detail else "running a tool"
    return WORKING
