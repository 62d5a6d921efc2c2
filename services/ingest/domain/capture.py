"""How much of what machines send a team takes in."""

from collections.abc import Mapping
from typing import Any

from llm_session_manager.protocol import Tier
from llm_session_manager.protocol.tiers import TIERS


def most_of(settings: Mapping[str, Any]) -> Tier:
    """The highest capture tier of a team with these settings; all of them where it says nothing."""
    chosen = settings.get("capture_tier")
    return next((tier for tier in TIERS if tier == chosen), "content")
