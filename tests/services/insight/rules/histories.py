"""Histories of a team: of everyday work, with or without what a rule is to find in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from services.insight.domain.history import Past, ToolWork
from tests.support.builders import START

PLACES = ("acme/shop", "acme/api", "acme/site")
MODELS = ("claude-sonnet-4-5", "claude-haiku-4-5")
Change = Callable[[Random, Past], dict[str, Any]]


def everyday(random: Random, sessions: int = 240) -> list[Past]:
    """Four weeks in which nothing is out of the way, and much is by chance."""
    return [_session(random, n) for n in range(sessions)]


def planted(random: Random, change: Change, *, place: str = PLACES[0], sessions: int = 240) -> list[Past]:
    """The same, but for what `change` makes of the sessions of one place."""
    return [
        replace(past, **change(random, past)) if past.repository == place else past
        for past in everyday(random, sessions)
    ]


def _session(random: Random, n: int) -> Past:
    prompt = random.randint(50_000, 2_000_000)
    read = int(prompt * random.uniform(0.6, 0.95))
    calls = random.randint(5, 120)
    window = 200_000
    return Past(
        id=UUID(int=random.getrandbits(128)),
        tool=random.choice(("claude-code", "codex")),
        at=START - timedelta(minutes=random.randint(0, 28 * 24 * 60)),
        project="work",
        repository=PLACES[n % len(PLACES)],
        model=random.choice(MODELS),
        seconds=random.uniform(300, 5 * 3_600),
        grade=_one_of(random, {"good": 0.8, "warning": 0.15, "critical": 0.05}),
        input=prompt - read - prompt // 20,
        output=random.randint(2_000, 80_000),
        cache_read=read,
        cache_write=prompt // 20,
        total=prompt,
        context_used=int(window * random.uniform(0.1, 0.85)),
        context_window=window,
        tool_calls=calls,
        api_errors=int(random.random() < 0.05),
        compactions=int(random.random() < 0.08),
        files_changed=random.randint(0, 12),
        commits=int(random.random() < 0.6),
        longest_repeat=random.randint(1, 6),
        cost_usd=random.uniform(0.5, 2),
        tools={name: _work(random, 0.06) for name in ("Bash", "Edit", "Read")},
        instructed=random.random() < 0.5,
        delegates=random.random() < 0.5,
    )


def _work(random: Random, share: float) -> ToolWork:
    calls = random.randint(5, 40)
    return ToolWork(calls, sum(random.random() < share for _ in range(calls)))


def _one_of(random: Random, shares: dict[str, float]) -> str:
    return random.choices(list(shares), list(shares.values()))[0]


def failing_tool(random: Random, past: Past) -> dict[str, Any]:
    return {"tools": {**past.tools, "Bash": _work(random, 0.35)}}


def exhausted(random: Random, _: Past) -> dict[str, Any]:
    return {"compactions": 1} if random.random() < 0.55 else {}


def stormy(random: Random, _: Past) -> dict[str, Any]:
    return {"compactions": random.randint(3, 9)} if random.random() < 0.3 else {}


def stuck(random: Random, _: Past) -> dict[str, Any]:
    loop = {"longest_repeat": random.randint(8, 30), "files_changed": 0, "commits": 0}
    return loop if random.random() < 0.3 else {}


def uncached(random: Random, past: Past) -> dict[str, Any]:
    prompt = past.prompt or 0
    read = int(prompt * random.uniform(0, 0.15))
    return {"input": prompt - read, "cache_read": read, "cache_write": 0}


def as_good_and_cheaper(random: Random, past: Past) -> dict[str, Any]:
    done = {"commits": int(random.random() < 0.9), "api_errors": 0, "grade": "good"}
    cost = random.uniform(3, 6) if past.model == MODELS[0] else random.uniform(0.3, 0.6)
    return done | {"cost_usd": cost, "tool_calls": random.randint(21, 99)}


def dearer_and_better(random: Random, past: Past) -> dict[str, Any]:
    """What the dearer model costs is worth it."""
    dear = past.model == MODELS[0]
    changed = as_good_and_cheaper(random, past)
    return changed | {"commits": int(random.random() < (0.95 if dear else 0.4))}


def bad_when_long(random: Random, past: Past) -> dict[str, Any]:
    bad = random.random() < (0.7 if (past.seconds or 0) > 2 * 3_600 else 0.05)
    return {"api_errors": int(bad), "grade": "good"}


def good_in_the_morning(random: Random, past: Past) -> dict[str, Any]:
    share = 0.85 if 6 <= past.at.hour < 12 else 0.35
    return {"commits": int(random.random() < share), "api_errors": 0, "grade": "good"}


def instructed_elsewhere(random: Random, past: Past) -> dict[str, Any]:
    """Everywhere but in the last place there is an instruction file, and more comes of the work."""
    here = past.repository == PLACES[-1]
    share = 0.35 if here else 0.8
    good = {"commits": int(random.random() < share), "api_errors": 0, "grade": "good"}
    return good | {"instructed": not here}


def instructed_for_nothing(random: Random, past: Past) -> dict[str, Any]:
    """Everywhere but in the last place there is an instruction file, and it makes no difference."""
    return {"instructed": past.repository != PLACES[-1]}


def everywhere(random: Random, change: Change, sessions: int = 240) -> list[Past]:
    return [replace(past, **change(random, past)) for past in everyday(random, sessions)]


def many(make: Callable[[Random], Sequence[Past]], histories: int = 100) -> Iterator[Sequence[Past]]:
    """So many histories, always the same ones."""
    for seed in range(histories):
        yield make(Random(seed))
