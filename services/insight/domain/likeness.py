"""How much two titles speak of the same."""

from collections.abc import Collection

# What words of fewer letters say is in every other title, too.
SHORT = 3
LIKE = 0.5


def telling(words: Collection[str]) -> frozenset[str]:
    """The words of a title that tell it from others; all of them where there are only short ones."""
    long = frozenset(word for word in words if len(word) >= SHORT)
    return long or frozenset(words)


def likeness(one: Collection[str], other: Collection[str]) -> float:
    """Words in common over the words of the shorter title: 0 nothing, 1 everything."""
    ours, theirs = telling(one), telling(other)
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / min(len(ours), len(theirs))
