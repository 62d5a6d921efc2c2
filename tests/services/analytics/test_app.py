import asyncio
from pathlib import Path

import pytest

from services.analytics.app import AnalyticsPart
from services.runtime.bus import Handler, Queue
from services.runtime.bus.consumer import Consumer
from services.runtime.bus.memory import MemoryBus
from tests.support.compositions import open_stack, settings_for

ROUNDS = {"rollups", "snapshots", "budgets", "weekly reports"}


@pytest.mark.parametrize("consumes", [True, False])
async def test_a_process_takes_in_and_sums_up_or_only_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, consumes: bool
) -> None:
    heard: list[str] = []
    subscribe = MemoryBus.subscribe

    async def noted(self: MemoryBus, queue: Queue, handler: Handler) -> Consumer:
        heard.append(queue.name)
        return await subscribe(self, queue, handler)

    monkeypatch.setattr(MemoryBus, "subscribe", noted)
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'a.db'}", analytics_consumes=consumes)
    async with open_stack(settings, ["auth", "analytics"]) as stack:
        (part,) = [part for part in stack.built.parts if isinstance(part, AnalyticsPart)]
        assert part.problem() is None
        assert ("analytics.sessions" in heard) == consumes
        assert (ROUNDS & {task.get_name() for task in asyncio.all_tasks()}) == (ROUNDS if consumes else set())
        anna = await stack.person("anna")
        answer = await anna.browser.get("/api/analytics/team")
        assert (answer.status_code, answer.json()["sessions"]) == (200, 0)
