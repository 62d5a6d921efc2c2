"""What may happen to a team's sessions, drawn at random: around the days on which clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from llm_session_manager.protocol import ToolUse
from services.contracts.sessions import Health
from tests.services.analytics.bench import deletion_of, state_of
from tests.support.builders import ANNA, BEN, MODEL, OTHER_TEAM, TEAM, make_usage

CLEO, DORA = UUID(int=0x13), UUID(int=0x14)
PEOPLE = (ANNA, BEN, CLEO, DORA)
# Two weeks in which clocks change on either side of the Atlantic, and two in autumn.
SPANS = (datetime(2026, 3, 24, tzinfo=UTC), datetime(2026, 10, 22, tzinfo=UTC))
QUARTERS = st.builds(
    lambda start, n: start + timedelta(minutes=15 * n), st.sampled_from(SPANS), st.integers(0, 9 * 96)
)
USAGE = st.builds(
    lambda at, model, tokens, tier: make_usage(
        at=at, model=model, service_tier=tier, input=tokens, output=tokens // 3, cache_read=tokens * 7,
        cache_write_5m=tokens % 11, reasoning=tokens % 5 or None,
    ),
    QUARTERS,
    st.sampled_from((MODEL, "claude-haiku-4-5", "an-unknown-model", None)),
    st.integers(0, 10**9),
    st.sampled_from(("standard", "priority")),
)  # fmt: skip
USED = st.lists(USAGE, max_size=6, unique_by=lambda use: (use.at, use.model, use.service_tier))
HEALTH = st.builds(lambda n: Health(score=n / 10, grade="good", top_reason="."), st.integers(0, 1000))
CHANGES = st.fixed_dictionaries(
    {"started_at": QUARTERS, "visibility": st.sampled_from(("private", "team"))},
    optional={
        "project": st.sampled_from(("shop", None)),
        "tags": st.lists(st.sampled_from(("a", "b", "c")), max_size=3, unique=True),
        "model": st.sampled_from((MODEL, None)),
        "health": st.none() | HEALTH,
        "errors": st.none() | st.integers(0, 9),
        "commits": st.none() | st.integers(0, 9),
        "status": st.sampled_from(("active", "ended")),
        "parts": st.builds(
            lambda categories, tools: {
                "error_categories": categories,
                "tools": tuple(ToolUse(name=name, calls=9, errors=n) for name, n in tools.items()),
            },
            st.dictionaries(st.sampled_from(("failed", "timeout")), st.integers(0, 3)),
            st.dictionaries(st.sampled_from(("Bash", "Edit")), st.integers(0, 3)),
        ),
    },
)  # fmt: skip


@st.composite
def told(draw: Any) -> list[Any]:
    """States and deletions of a few sessions, in any order, some of them more than once."""
    messages: list[Any] = []
    for n in range(draw(st.integers(1, 6))):
        user, tool = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(("claude-code", "codex")))
        team = draw(st.sampled_from((TEAM, TEAM, TEAM, OTHER_TEAM)))
        own = {"native_id": f"native-{n}", "user_id": user, "tool": tool, "team_id": team}
        count = draw(st.integers(1, 3))
        for version in range(1, count + 1):
            state = state_of(draw(USED), version=version, **own, **draw(CHANGES))
            messages.append(state)
        if draw(st.integers(0, 4)) == 0:
            messages.append(deletion_of(state, draw(st.integers(1, count + 1))))
    again = draw(st.lists(st.sampled_from(messages), max_size=4))
    mixed: list[Any] = draw(st.permutations([*messages, *again]))
    return mixed
