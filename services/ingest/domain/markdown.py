"""Markdown in which a text of somebody's is nothing but that text."""

import re
from collections.abc import Iterable, Iterator, Sequence

_MARKS = re.compile(r"[\\`*_{}\[\]<>#|~!&$^=@]")
# What a line may begin with to be a list, and what some readers make a link of unasked.
_BEGINNING = re.compile(r"^([-+]|\d+[.)])")
_ADDRESS = re.compile(r":(?=//)|(?<=[wW]{3})\.")


def plain(text: str) -> str:
    """The text on one line, without any meaning as Markdown: no markup, no HTML, no link, no cell's end."""
    line = " ".join(text.split())
    line = _ADDRESS.sub(lambda found: "\\" + found[0], _MARKS.sub(lambda found: "\\" + found[0], line))
    return _BEGINNING.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", line)


def heading(text: str, level: int = 2) -> Iterator[str]:
    yield from (f"{'#' * level} {text}", "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table whose cells are Markdown already; nothing where there are no rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if body:
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        yield from body
        yield ""
