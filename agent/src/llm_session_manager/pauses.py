"""How long to wait before the next try."""

import random
from collections.abc import Callable

from llm_session_manager.config import Limits
from llm_session_manager.transports import Failure


def pause(
    failure: Failure, attempt: int, limits: Limits, jitter: Callable[[], float] = random.random
) -> float:
    """Seconds to wait before try `attempt` + 1: full jitter, growing, shorter while the port answers."""
    if failure.retry_after is not None:
        return min(failure.retry_after, limits.backoff_cap) + jitter()
    if failure.refused:
        return limits.refused_pause * (0.5 + jitter() / 2)
    cap = limits.backoff_cap_answering if failure.answered else limits.backoff_cap
    return jitter() * min(cap, limits.backoff_first * 2.0 ** min(attempt, 16))
