"""Facts by the ten thousand, each in a few dozen bytes."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from struct import Struct
from typing import Generic, TypeVar, get_args

from llm_session_manager import protocol
from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.rows import Rows
from llm_session_manager.sources.steps import ErrorCategory, Result, Tool

_Fact = TypeVar("_Fact")

_TIME = Struct("<q")
_TOOL = Struct("<HqqqHII")
_RESULT = Struct("<qqBBq")
_OUTCOMES: tuple[protocol.Outcome, ...] = get_args(protocol.Outcome)
_CATEGORIES: tuple[ErrorCategory | None, ...] = (None, *get_args(ErrorCategory))


class Packed(Mapping[int, _Fact], Generic[_Fact]):
    """A mapping that keeps its values as bytes and makes them anew whenever they are asked for."""

    def __init__(self, width: int, pack: Callable[[_Fact], bytes], unpack: Callable[[bytes], _Fact]) -> None:
        self._rows = Rows(width)
        self._width = width
        self._pack = pack
        self._unpack = unpack

    def take(self) -> Rows:
        """All rows; none are left here until they are filled in again."""
        rows, self._rows = self._rows, Rows(self._width)
        return rows

    def fill(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, key: int) -> _Fact:
        return self._unpack(self._rows[key])

    def __setitem__(self, key: int, fact: _Fact) -> None:
        self._rows[key] = self._pack(fact)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def values(self) -> ValuesView[_Fact]:
        return _Values(self)

    def items(self) -> ItemsView[int, _Fact]:
        return _Items(self)

    def in_order(self) -> Iterator[_Fact]:
        """All values, without a search for each."""
        return map(self._unpack, self._rows.in_order())


class _Values(ValuesView[_Fact]):
    _mapping: Packed[_Fact]

    def __iter__(self) -> Iterator[_Fact]:
        return self._mapping.in_order()


class _Items(ItemsView[int, _Fact]):
    _mapping: Packed[_Fact]

    def __iter__(self) -> Iterator[tuple[int, _Fact]]:
        return zip(self._mapping, self._mapping.in_order(), strict=True)


def packed_times() -> Packed[int]:
    """Times in microseconds, by key."""
    return Packed(_TIME.size, _TIME.pack, _time)


def _time(row: bytes) -> int:
    at: int = _TIME.unpack(row)[0]
    return at


def packed_tools(names: Names, details: Names) -> Packed[Tool]:
    """Tool calls by key; their names and details are kept once in `names` and `details`."""

    def pack(tool: Tool) -> bytes:
        name, at, given, call, lane, order, detail = tool
        return _TOOL.pack(names.number(name), at, given, call, lane, order, details.number(detail))

    def unpack(row: bytes) -> Tool:
        name, at, given, call, lane, order, detail = _TOOL.unpack(row)
        return Tool(names[name] or "unknown", at, given, call, lane, order, details[detail])

    return Packed(_TOOL.size, pack, unpack)


def packed_results() -> Packed[Result]:
    """Results by the key of their tool call."""

    def pack(result: Result) -> bytes:
        outcome, category = _OUTCOMES.index(result.outcome), _CATEGORIES.index(result.category)
        duration = -1 if result.duration_ms is None else result.duration_ms
        return _RESULT.pack(result.at, result.line, outcome, category, duration)

    def unpack(row: bytes) -> Result:
        at, line, outcome, category, duration = _RESULT.unpack(row)
        return Result(at, line, _OUTCOMES[outcome], _CATEGORIES[category], None if duration < 0 else duration)

    return Packed(_RESULT.size, pack, unpack)


class Due:
    """Keys of facts whose events are due, the latest at the end; of too many the oldest are let go."""

    MOST = 10_000

    def __init__(self) -> None:
        self._keys: dict[int, None] = {}

    def add(self, key: int) -> None:
        self._keys.pop(key, None)
        self._keys[key] = None
        if len(self._keys) > 2 * self.MOST:
            self._keys = dict.fromkeys(self.take())

    def take(self) -> list[int]:
        """The latest keys, and none are due any more."""
        keys = list(self._keys)[-self.MOST :]
        self._keys = {}
        return keys
