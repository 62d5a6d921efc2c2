"""Cuts texts into the words that things are found by: the same ones whatever database keeps them.

A word is a run of letters and digits, without case and accents. Of `CartService` the parts count, too; signs
of scripts that write no blanks are words of their own. Nothing else is left in a word, so that none means
anything to a database's own language of search.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

MOST = 64
_RUN = re.compile(r"[぀-ヿ㐀-鿿豈-﫿]|[^\W_぀-ヿ㐀-鿿豈-﫿]+")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_OTHER = re.compile(r"[\W_]+")


def sought(text: str) -> list[str]:
    """The words of a question, in its order; the last one may be the beginning of a word."""
    return list(_clean(_runs(text)))


def every_word(texts: Iterable[str]) -> list[str]:
    """All words of these texts and their parts, sorted."""
    return sorted({word for text in texts for word in _all(text)})


def _all(text: str) -> Iterator[str]:
    for run in _runs(text):
        yield from _clean([run, *_PART.findall(run)])


def _runs(text: str) -> list[str]:
    return _RUN.findall(_plain(text))


def _clean(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        if word := _OTHER.sub("", _plain(run.casefold())):
            yield word[:MOST]


def _plain(text: str) -> str:
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFC", bare)
