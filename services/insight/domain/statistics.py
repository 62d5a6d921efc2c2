"""What may be concluded from counts: bounds and comparisons of shares."""

from collections.abc import Sequence
from math import erfc, sqrt

# One-sided, 99 of 100.
SURE = 2.326


def lower_bound(count: int, of: int, z: float = SURE) -> float:
    """The share that lies behind `count` of `of` at least, 99 times of 100 (Wilson's bound); 0 of nothing."""
    if not of:
        return 0.0
    share, more = count / of, z * z / of
    middle = share + more / 2
    spread = z * sqrt(share * (1 - share) / of + more / of / 4)
    return max(0.0, (middle - spread) / (1 + more))


def chance(count: int, of: int, other: int, of_other: int) -> float:
    """How likely the first share would exceed the second by so much if both were the same (pooled z-test)."""
    if not of or not of_other:
        return 1.0
    pooled = (count + other) / (of + of_other)
    spread = sqrt(pooled * (1 - pooled) * (1 / of + 1 / of_other))
    if not spread:
        return 1.0
    return erfc((count / of - other / of_other) / spread / sqrt(2)) / 2


def least_difference(count: int, of: int, other: int, of_other: int, z: float = SURE) -> float:
    """By how much the first share exceeds the second at least (Newcombe's bound); below 0: maybe not."""
    if not of or not of_other:
        return -1.0
    first, second = count / of, other / of_other
    low = first - lower_bound(count, of, z)
    high = (1 - lower_bound(of_other - other, of_other, z)) - second
    return first - second - sqrt(low * low + high * high)


def median(values: Sequence[float]) -> float:
    """The middle one. Raises `IndexError` of none."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
