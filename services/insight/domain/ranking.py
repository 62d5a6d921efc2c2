"""How insights are ordered where what is new and what is liked both count."""

from datetime import datetime
from math import log10

# So much older is worth a tenth of the votes.
SECONDS_OF_TEN = 45_000


def hot(upvotes: int, created_at: datetime) -> float:
    """`log10(max(upvotes, 1)) + seconds since 1970 / 45,000`.

    Ten times the votes are worth twelve and a half hours. Time adds to nothing that is there already, so it
    changes with votes alone and an index can have its order.
    """
    return round(log10(max(upvotes, 1)) + created_at.timestamp() / SECONDS_OF_TEN, 6)
