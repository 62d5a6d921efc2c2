"""Rules that look at a team's own history, one a file; each states its statistic and how much it needs."""

from collections.abc import Sequence

from services.insight.domain.findings import Finding, Rule
from services.insight.domain.history import Past
from services.insight.rules import (
    bad_endings,
    best_hours,
    borrowed_habits,
    compaction_storms,
    dear_models,
    full_context,
    idle_cache,
    loops,
    tool_failures,
)

RULES: Sequence[Rule] = (
    tool_failures.find, full_context.find, compaction_storms.find, loops.find, idle_cache.find,
    dear_models.find, bad_endings.find, best_hours.find, borrowed_habits.find,
)  # fmt: skip


def all_findings(history: Sequence[Past]) -> list[Finding]:
    """What holds of this history, the strongest first."""
    found = [finding for rule in RULES for finding in rule(history)]
    return sorted(found, key=lambda one: (-one.strength, one.rule, tuple(one.subject)))
