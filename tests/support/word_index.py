"""Reads what SQLite's full-text index holds byte by byte: the words of deleted rows too, until it merges."""

from collections.abc import Iterator

# The numbers of the averages and of the structure; a leaf's has its segment above these bits.
SEGMENT, KIND = 37, 31


def stored_words(number: int, block: bytes) -> list[str]:
    """Every word on a page of `session_search_data`, by the format of FTS5; none on pages of another kind."""
    is_leaf = number >> SEGMENT > 0 and not (number >> KIND) & 0b111111
    return [word.removeprefix(b"0").decode() for word in _terms(block)] if is_leaf else []


def _terms(page: bytes) -> Iterator[bytes]:
    """A word shares its beginning with the one before it. Where words begin stands at the page's end."""
    at, footer, word = 0, int.from_bytes(page[2:4], "big"), b""
    while footer < len(page):
        step, footer = _number(page, footer)
        kept, start = (0, at + step) if not at else _number(page, at + step)
        size, start = _number(page, start)
        at += step
        word = word[:kept] + page[start : start + size]
        yield word


def _number(page: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = 0
    while True:
        value = value << 7 | page[at] & 0x7F
        at += 1
        if page[at - 1] < 0x80:
            return value, at
