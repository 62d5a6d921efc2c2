"""Tables as text that a spreadsheet takes for nothing but text."""

import csv
import io
import unicodedata
from collections.abc import Sequence

_STARTS = ("=", "+", "-", "@")
_BREAKS = ("\t", "\r", "\n")


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    seen = unicodedata.normalize("NFKC", value)
    dangerous = seen.lstrip().startswith(_STARTS) or seen.startswith(_BREAKS)
    return f"'{value}" if dangerous else value
