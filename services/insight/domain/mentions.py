"""Who is spoken to in a comment: `@` and the name of a member."""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

_CALL = re.compile(r"(?<!\w)@")
_WORD = re.compile(r"\w")


def mentioned(text: str, names: Mapping[UUID, str]) -> list[UUID]:
    """The members whose names stand behind an `@`, in the order of the text; of two names the longer one.

    Capitals make no difference. A name that two members have means both.
    """
    known: dict[str, list[UUID]] = {}
    for user_id, name in sorted(names.items()):
        known.setdefault(name.casefold(), []).append(user_id)
    lengths = sorted({len(name) for name in known}, reverse=True)
    plain = text.casefold()
    found = [one for at in _CALL.finditer(plain) for one in _called(plain, at.end(), known, lengths)]
    return list(dict.fromkeys(found))


def _called(plain: str, start: int, known: Mapping[str, list[UUID]], lengths: list[int]) -> Iterator[UUID]:
    for length in lengths:
        end = start + length
        ids = known.get(plain[start:end])
        if ids and not _WORD.match(plain[end : end + 1]):
            yield from ids
            return
