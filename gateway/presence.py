"""Who looks at which session now, through any gateway."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID, uuid4

from pydantic import ValidationError

from gateway.changes import Card, SessionChange
from gateway.client import Subscription
from gateway.connection import Surroundings
from gateway.room import Room
from services.contracts.channels import PresenceTold, presence_channel
from services.runtime.fanout import Entry, Fanout, Listener
from services.runtime.tasks import end

Key = tuple[UUID, str]


class Presence:
    """Keeps a room for each session that somebody here has open, and tells those in it once a second at most.

    Gateways tell each other over the fan-out: what has changed at once, all of it every few seconds. One that
    falls silent is forgotten with everybody in it, so what is told is right again within seconds, whatever
    was lost. Nothing is stored.
    """

    def __init__(self, fanout: Fanout, around: Surroundings) -> None:
        self._fanout = fanout
        self._settings = around.settings
        self._clock = around.clock
        self._name = uuid4().hex
        self._rooms: dict[Key, Room] = {}
        self._heard: set[UUID] = set()
        self._beat_at = 0.0
        self._listener: Listener | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run())]

    async def stop(self) -> None:
        """Say that nobody is here any more."""
        await end(*self._tasks)
        for room in self._rooms.values():
            room.clear()
        with contextlib.suppress(OSError):
            await self._say()
        if self._listener is not None:
            await self._listener.close()

    def enter(self, subscription: Subscription, card: Card | None) -> None:
        """Somebody opens one session, or hears of many; `card` is what they see of the one."""
        key = _key(subscription)
        if key is None:
            return
        if key not in self._rooms:
            self._rooms[key] = Room(key[1], self._settings.presence_people)
        self._rooms[key].enter(subscription, card)

    def leave(self, subscription: Subscription) -> None:
        """Somebody who may have entered hears no more."""
        key = _key(subscription)
        if key in self._rooms:
            self._rooms[key].leave(subscription)

    def judge(self, team_id: UUID, change: SessionChange) -> None:
        """Learn of a change of a session who may see it."""
        room = self._rooms.get((team_id, change.id))
        if room is not None:
            room.judge(change)

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(self._settings.presence_seconds)
            if not self._rooms and not self._heard:
                continue
            self._tell()
            # What could not be told is told in the next turn.
            with contextlib.suppress(OSError):
                await self._listen()
                await self._say()

    def _tell(self) -> None:
        now = self._clock.monotonic()
        for room in self._rooms.values():
            room.forget(now)
            if room.is_stale:
                room.tell()

    async def _say(self) -> None:
        """Tell the other gateways what has changed, or everything when it is time for that."""
        is_time = self._clock.monotonic() >= self._beat_at
        if is_time:
            self._beat_at = self._clock.monotonic() + self._settings.presence_beat_seconds
        told: defaultdict[UUID, dict[str, Room]] = defaultdict(dict)
        for (team_id, session_id), room in self._rooms.items():
            if room.is_unsaid or (is_time and room.here()):
                told[team_id][session_id] = room
        self._rooms = {key: room for key, room in self._rooms.items() if not room.is_empty}
        for team_id, rooms in told.items():
            await self._publish(team_id, rooms)

    async def _publish(self, team_id: UUID, rooms: Mapping[str, Room]) -> None:
        message = PresenceTold(
            gateway=self._name,
            rooms={session_id: room.here() for session_id, room in rooms.items()},
            asks=any(room.is_new for room in rooms.values()),
        )
        for room in rooms.values():
            room.is_unsaid = False
        try:
            await self._fanout.publish(presence_channel(team_id), message.model_dump_json().encode())
        except OSError:
            for room in rooms.values():
                room.is_unsaid = True
            raise
        for room in rooms.values():
            room.is_new = False

    async def _listen(self) -> None:
        """Hear the other gateways of the teams that somebody here belongs to."""
        if self._listener is None:
            self._listener = await self._fanout.listen()
            self._tasks.append(asyncio.create_task(self._hear(self._listener)))
        teams = {team_id for team_id, _ in self._rooms}
        for team_id in teams - self._heard:
            await self._listener.add(presence_channel(team_id))
            self._heard.add(team_id)
        for team_id in self._heard - teams:
            self._heard.discard(team_id)
            await self._listener.remove(presence_channel(team_id))

    async def _hear(self, listener: Listener) -> None:
        async for entry in listener:
            self._take(entry)

    def _take(self, entry: Entry) -> None:
        try:
            told = PresenceTold.model_validate_json(entry.payload)
        except ValidationError:
            return
        if told.gateway == self._name:
            return
        until = self._clock.monotonic() + self._settings.presence_expiry_seconds
        team_id = UUID(entry.channel.rpartition(":")[2])
        for session_id, people in told.rooms.items():
            room = self._rooms.get((team_id, session_id))
            if room is not None:
                room.hear(told.gateway, people, until)
                room.is_unsaid |= told.asks


def _key(subscription: Subscription) -> Key | None:
    session_id, team_id = subscription.interest.session_id, subscription.client.caller.team_id
    return None if session_id is None or team_id is None else (team_id, session_id)
