"""How a session's context fills, and what its model calls cost of tokens."""

from random import Random

from llm_session_manager.protocol import Status
from services.demo.moments import Answered, Call
from services.demo.plots import Plot

FULL, AFTER_COMPACTION = 0.93, 0.16
SMALL_WINDOW = 200_000


class Spending:
    """`context` is what the next call of the session sends; sub-agents have small contexts of their own."""

    def __init__(self, plot: Plot, draw: Random) -> None:
        self._plot = plot
        self._draw = draw
        self._window = plot.model.window
        # Large windows are used for larger things, though not in proportion.
        weight = 2.2 if plot.mood in {"heavy", "lost"} else draw.uniform(0.5, 1.3)
        self._weight = weight * (self._window / SMALL_WINDOW) ** 0.4
        self._context = draw.randint(11_000, 19_000)
        self._cached = 0
        self._in_lane: dict[str, int] = {}

    @property
    def is_full(self) -> bool:
        return self._context > self._window * FULL

    def hear(self) -> None:
        """Take in a prompt of the person's."""
        self._grow(150, 1800)

    def take_in(self, tool: str) -> None:
        """Take in what a tool gave back."""
        large = tool.lower().startswith(("read", "view", "task"))
        self._grow(*((900, 5200) if large else (150, 2300)))

    def compact(self) -> int:
        """Shorten the context; answers what is left."""
        self._context = int(self._window * AFTER_COMPACTION * self._draw.uniform(0.8, 1.2))
        self._cached = 0
        return self._context

    def answer(self, at: float, reason: str, lane: str | None) -> Answered:
        status: Status = "active"
        output = int(self._draw.lognormvariate(5.6, 0.8)) + 20
        if lane is not None:
            held = self._in_lane.get(lane, 0)
            sent = held + self._draw.randint(900, 4000)
            self._in_lane[lane] = sent + output
            return Answered(at, status, reason, self._call(sent, held, output), self._context, lane)
        call = self._call(self._context, self._cached, output)
        self._cached = self._context
        self._context = min(self._context + output, self._window)
        return Answered(at, status, reason, call, self._context, None)

    def _call(self, sent: int, cached: int, output: int) -> Call:
        new = sent - cached
        if self._plot.kit.books == "written":
            few = min(self._draw.randint(3, 12), new)
            # The first write of a session holds for an hour, as the tool asks for its instructions.
            short, hour = (new - few, 0) if cached else (0, new - few)
            return Call(few, output, cached, short, hour, None)
        hit = cached - cached % 128
        return Call(sent - hit, output, hit, 0, 0, int(output * self._draw.uniform(0.2, 0.7)))

    def _grow(self, low: int, high: int) -> None:
        grown = self._context + int(self._draw.uniform(low, high) * self._weight)
        self._context = min(grown, self._window)
