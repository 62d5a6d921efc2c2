"""Plays the demo to a server: its past in batches, its present as it happens."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import httpx
import structlog

from llm_session_manager.protocol import Report
from services.contracts.sessions import UNHEARD
from services.demo.desk import Desk, RefusedError
from services.demo.lessons import LESSONS
from services.demo.plots import Plot
from services.demo.schedule import DAYS, around, cast, history, live
from services.demo.story import Story
from services.runtime.clock import Clock

log = structlog.get_logger(__name__)
SEED = "demo"
TICK_SECONDS = 1.0
AGAIN_SECONDS = 5.0
HEARTBEAT_SECONDS = 25.0
PAST_AT_ONCE = 6
PAST_PAUSE_SECONDS = 0.2


class Play:
    """`wanted` tells whether to go on; it is asked before every step."""

    def __init__(
        self,
        desks: Sequence[Desk],
        clock: Clock,
        wanted: Callable[[], bool],
        *,
        seed: str = SEED,
        days: int = DAYS,
    ) -> None:
        self._desks: Mapping[str, Desk] = {desk.person.name: desk for desk in desks}
        self._clock = clock
        self._wanted = wanted
        self._seed = seed
        self._days = days
        self._known: dict[str, str] = {}
        self._started: dict[str, datetime] = {}
        self._on_stage: dict[str, Story] = {}
        self._told_at: dict[str, float] = {}
        self._past: list[Plot] = []

    async def run(self) -> None:
        """Play until it is no longer wanted, or the server refuses us."""
        try:
            await self.open()
            while self._wanted():
                await self.tick()
                await self._clock.sleep(PAST_PAUSE_SECONDS if self._past else TICK_SECONDS)
        except (RefusedError, httpx.HTTPError, ValueError) as error:
            log.warning("the demo has ended", error=str(error) or type(error).__name__)
        except Exception:
            log.exception("the demo has failed")

    async def open(self) -> None:
        """Learn what the server knows, end what ended while nobody played, show cast and lessons."""
        for desk in self._desks.values():
            for item in await desk.own_sessions():
                # One that was given up comes back with the first word from its machine.
                status = "idle" if item["status_reason"] == UNHEARD else item["status"]
                self._known[item["native_id"]] = status
                if status != "ended" and item["started_at"]:
                    self._started[item["native_id"]] = datetime.fromisoformat(item["started_at"])
        now = self._clock.now()
        shown = cast(self._seed, now)
        await self._tell([*shown, *self._forsaken(now)], now)
        await self._teach()
        past = history(self._seed, now, self._days)
        self._past = [plot for plot in past if self._known.get(plot.native_id) != "ended"]

    async def _teach(self) -> None:
        """Write down what the people have learned, unless it is there already."""
        if await next(iter(self._desks.values())).has_lessons():
            return
        for lesson in LESSONS:
            path = await self._desks[lesson.by].share(lesson)
            for name in lesson.votes:
                await self._desks[name].vote(path)
            for name, words in lesson.said:
                await self._desks[name].say(path, words)

    @property
    def untold(self) -> int:
        """How many sessions of the past are still to be told."""
        return len(self._past)

    async def tick(self) -> None:
        """Tell what has happened since the last tick, and some more of the past."""
        now = self._clock.now()
        await self._tell(live(self._seed, now), now)
        await self._tell_past(now)
        for desk in self._desks.values():
            if self._clock.monotonic() - desk.sent_at >= HEARTBEAT_SECONDS:
                await desk.send([])

    def _forsaken(self, now: datetime) -> Iterable[Plot]:
        """Find the sessions that the server holds for live, and whose end it has not heard."""
        for native_id, started_at in self._started.items():
            for plot in around(self._seed, started_at):
                if plot.native_id == native_id and plot.ends_at <= now:
                    yield plot

    async def _tell(self, plots: Iterable[Plot], now: datetime) -> None:
        for plot in plots:
            if plot.native_id not in self._on_stage and self._known.get(plot.native_id) != "ended":
                self._on_stage[plot.native_id] = Story(plot)
        for name, desk in self._desks.items():
            stories = [story for story in self._on_stage.values() if story.plot.person.name == name]
            reports = [report for story in stories for report in self._news(story, now)]
            if reports:
                await desk.send(reports)
            await self._introduce(desk, [story.plot for story in stories])
        for native_id in [key for key, story in self._on_stage.items() if story.is_over]:
            del self._on_stage[native_id]
            self._known[native_id] = "ended"

    def _news(self, story: Story, now: datetime) -> list[Report]:
        at, key = self._clock.monotonic(), story.plot.native_id
        reports = story.go_on(now)
        if not reports and story.is_working and at - self._told_at.get(key, at) >= AGAIN_SECONDS:
            reports = [story.again(now)]
        if reports:
            self._told_at[key] = at
        return reports

    async def _tell_past(self, now: datetime) -> None:
        some, self._past = self._past[:PAST_AT_ONCE], self._past[PAST_AT_ONCE:]
        for name, desk in self._desks.items():
            plots = [plot for plot in some if plot.person.name == name]
            if plots:
                await desk.send([report for plot in plots for report in Story(plot).by_bucket(now)])
                await self._introduce(desk, plots)

    async def _introduce(self, desk: Desk, plots: Sequence[Plot]) -> None:
        new = [plot for plot in plots if plot.native_id not in self._known]
        if new:
            await desk.dress(new)
            self._known |= {plot.native_id: "active" for plot in new}
