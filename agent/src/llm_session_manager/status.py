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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What this machine says about a session's process.

    `running`: a process of it was found, with `registry` being the tool's own word and `busy_child` telling that it
    started a child since the tail was written. `gone`: there would be one to see, and there is none. `unseen`: its
    process cannot be seen from here (a copied folder, a container, another host).
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

    A session whose process cannot be seen counts as live for 10 minutes after its last activity (its tail says in
    which state), as idle for up to an hour, and then as ended. `ended_at` is always the last activity.
    """
    age = max(now - last_activity, timedelta(0)) if last_activity else timedelta.max
    quiet = max(now - tail.at, timedelta(0)) if tail.at else age
    if evidence.life == "gone":
        # In the middle of a turn the process may only be hard to see: wait a minute.
        if tail.state in {"working", "tool"} and age < YOUNG:
            return _by_tail(tail, evidence, age, quiet)
        return Decision("ended", None, "process", last_activity)
    if evidence.life == "unseen":
        if age >= ENDED_AFTER:
            return Decision("ended", None, "age", last_activity)
        if age >= IDLE_AFTER:
            return Decision("idle", QUIET, "age")
        return _by_tail(tail, evidence, age, min(quiet, age))
    if evidence.registry is not None:
        return _by_registry(evidence.registry, tail, age)
    return _by_tail(tail, evidence, age, quiet)


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
    match tail.state:
        case "working":
            return _unless_idle(Decision("active", WORKING, "transcript"), age)
        case "tool" if age < TOOL_USUAL:
            return Decision("active", _work(tail), "transcript")
        case "tool" if evidence.busy_child:
            return Decision("active", _work(tail), "process")
        case "tool":
            return Decision("waiting", ASKS_OR_RUNS, "age")
        case "question":
            return Decision("waiting", ASKS_QUESTION, "transcript")
        case "api_error":
            return Decision("error", API_ERROR, "transcript")
        case "finished":
            return _unless_idle(Decision("waiting", TURN_FINISHED, "transcript"), quiet)
        case "interrupted":
            return _unless_idle(Decision("waiting", INTERRUPTED, "transcript"), quiet)
    if age < YOUNG:
        return Decision("active", None, "age")
    return Decision("idle", QUIET, "age")


def _unless_idle(decision: Decision, since: timedelta) -> Decision:
    return Decision("idle", decision.reason, "age") if since >= IDLE_AFTER else decision


def _work(tail: Tail) -> str:
    if tail.state == "tool":
        return f"running {tail.detail}" if tail.detail else "running a tool"
    return WORKING
