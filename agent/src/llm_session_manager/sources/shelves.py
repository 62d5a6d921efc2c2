"""Puts away what a session that rests has in memory: there may be thousands of them."""

import pickle
import zlib
from typing import TYPE_CHECKING, Any, ClassVar

from llm_session_manager.sources.packed import Packed

RESTS_AFTER = 3600 * 1_000_000
MOST_SHELVED = 20_000
_FAST = 1


class Shelved:
    """An object whose `HEAVY` attributes can be put away; the first use of one brings all back.

    Nobody may hold one of them across `shelve`.
    """

    HEAVY: ClassVar[tuple[str, ...]]
    size: int
    last: int

    def rest(self, now: int) -> None:
        """Put most away if nothing happened for long, unless it is so much that packing it would take long.

        `size` is the number of lines, `last` the time of the latest.
        """
        if self.last < now - RESTS_AFTER and self.size < MOST_SHELVED:
            self.shelve()

    def shelve(self) -> None:
        """Put the heavy attributes away, in a few bytes."""
        own = vars(self)
        if "_shelf" in own:
            return
        heavy = {name: own.pop(name) for name in self.HEAVY}
        shells = {name: value for name, value in heavy.items() if isinstance(value, Packed)}
        plain = heavy | {name: shell.take() for name, shell in shells.items()}
        own["_shelf"] = (zlib.compress(pickle.dumps(plain, pickle.HIGHEST_PROTOCOL), _FAST), shells)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            shelf = vars(self).pop("_shelf", None)
            if shelf is None:
                raise AttributeError(name)
            vars(self).update(pickle.loads(zlib.decompress(shelf[0])))  # noqa: S301 - our own bytes
            for shell_name, shell in shelf[1].items():
                shell.fill(vars(self)[shell_name])
                vars(self)[shell_name] = shell
            return getattr(self, name)
