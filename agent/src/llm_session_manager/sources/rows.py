"""A mapping in little more memory than its content: there may be a million facts."""

from array import array
from collections.abc import ItemsView, Iterator, Mapping, ValuesView

_FIRST_SLOTS = 8
_STEP_BITS = 32


class Index:
    """The places of distinct numbers, counted from 0 in the order in which they came. None ever leaves.

    Numbers are from 0 to 2^63 - 1; fast as long as their last bits differ.
    """

    __slots__ = ("_mask", "_slots", "keys")

    def __init__(self) -> None:
        self.keys: array[int] = array("q")
        self._spread(_FIRST_SLOTS)

    def find(self, key: int) -> int:
        """Where `key` is, -1 if it is nowhere."""
        slots, mask, keys = self._slots, self._mask, self.keys
        slot, step = key & mask, key >> _STEP_BITS | 1
        while place := slots[slot]:
            if keys[place - 1] == key:
                return place - 1
            slot = (slot + step) & mask
        return -1

    def add(self, key: int) -> None:
        """Give a number that is nowhere yet the next place."""
        self.keys.append(key)
        if 3 * len(self.keys) > 2 * len(self._slots):
            self._spread(2 * len(self._slots))
        else:
            self._settle(key, len(self.keys))

    def _settle(self, key: int, place: int) -> None:
        slots, mask = self._slots, self._mask
        slot, step = key & mask, key >> _STEP_BITS | 1
        while slots[slot]:
            # An odd step comes to every slot; that it differs from key to key keeps the searches short.
            slot = (slot + step) & mask
        slots[slot] = place

    def _spread(self, size: int) -> None:
        """Have so many slots, a power of two; a third of them stays free."""
        self._slots = array("I", bytes(4)) * size
        self._mask = size - 1
        for place, key in enumerate(self.keys, 1):
            self._settle(key, place)

    def __getstate__(self) -> "array[int]":
        return self.keys

    def __setstate__(self, keys: "array[int]") -> None:
        self.keys = keys
        size = _FIRST_SLOTS
        while 3 * len(keys) > 2 * size:
            size *= 2
        self._spread(size)


class Rows(Mapping[int, bytes]):
    """Rows of `width` bytes by such numbers, in the order in which the numbers came."""

    __slots__ = ("_index", "_rows", "_width")

    def __init__(self, width: int) -> None:
        self._width = width
        self._index = Index()
        self._rows = bytearray()

    def __getitem__(self, key: int) -> bytes:
        place = self._index.find(key)
        if place < 0:
            raise KeyError(key)
        start = place * self._width
        return bytes(self._rows[start : start + self._width])

    def __setitem__(self, key: int, row: bytes) -> None:
        place = self._index.find(key)
        if place < 0:
            self._index.add(key)
            self._rows += row
        else:
            start = place * self._width
            self._rows[start : start + self._width] = row

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self._index.find(key) >= 0

    def __iter__(self) -> Iterator[int]:
        return iter(self._index.keys)

    def __len__(self) -> int:
        return len(self._index.keys)

    def values(self) -> ValuesView[bytes]:
        return _Values(self)

    def items(self) -> ItemsView[int, bytes]:
        return _Items(self)

    def in_order(self) -> Iterator[bytes]:
        """All rows, without a search for each."""
        rows, width = self._rows, self._width
        return (bytes(rows[start : start + width]) for start in range(0, len(rows), width))


class _Values(ValuesView[bytes]):
    _mapping: Rows

    def __iter__(self) -> Iterator[bytes]:
        return self._mapping.in_order()


class _Items(ItemsView[int, bytes]):
    _mapping: Rows

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        return zip(self._mapping, self._mapping.in_order(), strict=True)
