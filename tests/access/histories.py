"""What people do in the open, and what one of them does in private meanwhile, one way or another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from hypothesis import strategies as st

from tests.access.worlds import PRIVATE, SHARED, World
from tests.support.builders import make_event, make_usage

WORDS = ("invoice", "lantern", "zebra")
SCRIPTED = "scripted"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    """One batch of one machine; none at all is a heartbeat."""

    sessions: Mapping[str, Facts]
    machine: int = 0


@dataclass(frozen=True)
class Change:
    native_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Share:
    native_id: str
    visibility: str


@dataclass(frozen=True)
class Delete:
    native_id: str


@dataclass(frozen=True)
class Command:
    native_id: str
    kind: str


@dataclass(frozen=True)
class Script:
    """A report in the plain form, of a session that no agent knows."""

    tokens: int


@dataclass(frozen=True)
class Learn:
    """An insight, linked to a session or not."""

    native_id: str | None


Act = Report | Change | Share | Delete | Command | Script | Learn


@dataclass(frozen=True)
class Step:
    """Some time passes, somebody does what others may see, and the one in question what they may not.

    `private` has an act, or none, for each of the two worlds.
    """

    seconds: float
    actor: str
    open_act: Act | None
    private: tuple[Act | None, Act | None]


async def live(world: World, one: str, steps: list[Step], which: int) -> list[tuple[str, httpx.Response]]:
    """Go through the steps in one of the worlds; answers what others than `one` were answered meanwhile."""
    told = []
    for step in steps:
        await world.pass_time(step.seconds)
        secret = step.private[which]
        joined = _joined(step.open_act, secret) if step.actor == one else None
        for actor, act in ((step.actor, joined or step.open_act), (one, None if joined else secret)):
            if act is None:
                continue
            answer = await _do(world, actor, act)
            assert answer.status_code < 500, answer.text
            await world.settle()
            if actor != one:
                told.append((f"{actor} {act}", answer))
    await world.pass_time(5)
    return told


def _joined(act: Act | None, secret: Act | None) -> Act | None:
    """Both in one batch, where a machine reports both. A heartbeat is one by being empty."""
    if (
        isinstance(act, Report)
        and isinstance(secret, Report)
        and act.sessions
        and act.machine == secret.machine
    ):
        return Report({**act.sessions, **secret.sessions}, act.machine)
    return None


async def _do(world: World, who: str, act: Act) -> httpx.Response:
    if isinstance(act, Report):
        at = world.clock.now()
        return await world.report(
            who, {name: _dated(facts, at) for name, facts in act.sessions.items()}, act.machine
        )
    if isinstance(act, Script):
        body = {"session_id": SCRIPTED, "metrics": {"token_count": act.tokens}, "hostname": "secret-host"}
        return await world.bearing(world.past.agent_tokens[who][0]).post("/api/sessions/sync", json=body)
    if isinstance(act, Learn):
        body = {"type": "learning", "title": "Lantern", "content": "So it is.", "tags": ["light"]}
        link = world.past.session(who, act.native_id) if act.native_id else None
        return await world.ask(who, "POST", "/api/insights", body | {"session_id": link})
    return await _do_to_session(world, who, act)


async def _do_to_session(world: World, who: str, act: Change | Share | Delete | Command) -> httpx.Response:
    path = world.path(who, act.native_id)
    if isinstance(act, Change):
        return await world.ask(who, "PUT", path, act.values)
    if isinstance(act, Share):
        return await world.ask(who, "POST", f"{path}/share", {"visibility": act.visibility})
    if isinstance(act, Command):
        return await world.ask(who, "POST", f"{path}/commands", {"kind": act.kind})
    return await world.ask(who, "DELETE", path)


def _dated(facts: Facts, at: Any) -> dict[str, Any]:
    """Facts with times of their own, some seconds before now."""
    made = {name: value for name, value in facts.items() if name not in {"ago", "events", "output"}}
    made["last_activity_at"] = at - timedelta(seconds=facts.get("ago", 0))
    made["usage"] = (make_usage(output=facts.get("output", 1)),)
    made["events"] = [make_event(f"event-{n}", name=name) for n, name in enumerate(facts.get("events", ()))]
    return made


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(WORDS),
        "project": st.sampled_from(("shop", "hidden")),
        "branch": st.sampled_from(("main", "hidden")),
        "repository": st.sampled_from(("acme/shop", "acme/hidden")),
        "status": st.sampled_from(("active", "waiting", "idle", "error", "ended")),
        "model": st.sampled_from(("claude-opus-4-5", "gpt-5.4")),
        "parent_native_id": st.sampled_from((*SHARED, *PRIVATE)),
        "context_used": st.sampled_from((10, 190_000)),
        "output": st.integers(1, 10**6),
        "errors": st.integers(0, 3),
        "ago": st.sampled_from((0, 40, 4000)),
        "events": st.lists(st.sampled_from(("Bash", "Read")), max_size=3),
    },
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(WORDS),
        "note": st.sampled_from(WORDS),
        "tags": st.lists(st.sampled_from(("open", "hidden")), max_size=2),
    },
).filter(bool)
HIDDEN, SEEN = st.sampled_from(PRIVATE), st.sampled_from(SHARED)
MACHINE = st.integers(0, 1)
PRIVATE_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(Report, st.dictionaries(HIDDEN, FACTS, min_size=1, max_size=3), MACHINE),
    st.builds(Report, st.dictionaries(HIDDEN, FACTS, min_size=1, max_size=3), MACHINE),
    st.builds(Change, HIDDEN, VALUES),
    st.builds(Delete, HIDDEN),
    st.builds(Share, HIDDEN, st.just("private")),
    st.builds(Command, HIDDEN, st.sampled_from(("refresh", "close", "export"))),
    st.builds(Script, st.integers(1, 100)),
)
OPEN_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(Report, st.dictionaries(SEEN, FACTS, min_size=1, max_size=2)),
    st.builds(Report, st.just({})),
    st.builds(Change, SEEN, VALUES),
    st.builds(Share, SEEN, st.sampled_from(("private", "team"))),
    st.builds(Delete, SEEN),
    st.builds(Command, SEEN, st.just("refresh")),
)
PAUSES = st.sampled_from((2.0, 2.0, 35.0, 95.0, 2_000.0))


def steps_of(one: str) -> st.SearchStrategy[list[Step]]:
    """What may happen around one person; the two worlds differ in what they do in private."""
    secrets = st.none() | PRIVATE_ACTS
    step = st.builds(
        Step, PAUSES, st.sampled_from((one, one, "mia")), st.none() | OPEN_ACTS, st.tuples(secrets, secrets)
    )
    return st.lists(step, min_size=2, max_size=8)
