"""Makes a file of a session, of what its reports may hold and nothing else."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from llm_session_manager import protocol
from llm_session_manager.commands.desk import Outcome
from llm_session_manager.commands.sessions import Sessions
from llm_session_manager.protocol.commands import EXPORT_BYTES, EXPORT_EVENTS, Command, SessionExport
from llm_session_manager.protocol.tiers import event_at, lower, session_at


class Exporting:
    """At the capture tier of this machine, or at the team's where that is lower."""

    def __init__(
        self,
        sessions: Sessions,
        tier: protocol.Tier,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sessions, self._tier, self._now = sessions, tier, now

    async def __call__(self, welcome: protocol.Welcome, command: Command) -> Outcome:
        key = await self._sessions.key(welcome, command)
        found = await self._sessions.export(key) if key else None
        if found is None:
            return Sessions.UNKNOWN
        tier = lower(self._tier, welcome.most)
        events = [event_at(event, tier) for event in found[1]]
        whole = SessionExport(exported_at=self._now(), tier=tier, session=session_at(found[0], tier))
        made = bounded(whole, events)
        left = f", without the {made.events_left_out} oldest" if made.events_left_out else ""
        detail = f"The session was exported at the tier {tier}, with {len(made.events)} steps{left}."
        return Outcome(done=True, code="exported", detail=detail, export=made)


def bounded(
    export: SessionExport, events: Sequence[protocol.Event], most: int = EXPORT_BYTES
) -> SessionExport:
    """The export with as many of these events, the newest, as fit into `most` bytes of JSON."""
    room = most - len(export.model_dump_json(exclude_defaults=True).encode())
    first = len(events)
    while first > 0 and len(events) - first < EXPORT_EVENTS:
        room -= len(events[first - 1].model_dump_json(exclude_defaults=True).encode()) + 1
        if room < 0:
            break
        first -= 1
    return export.model_copy(update={"events": tuple(events[first:]), "events_left_out": first})
