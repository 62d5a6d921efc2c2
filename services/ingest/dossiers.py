"""Reads whole sessions, for whoever may see them and takes them along."""

from uuid import UUID

from services.ingest.changes import Changes
from services.ingest.domain.dossier import Dossier, make_dossier
from services.ingest.store import details, people
from services.ingest.store import sessions as store
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database, limit_statements
from services.runtime.errors import not_found
from services.runtime.settings import Settings


class Dossiers:
    def __init__(self, database: Database, changes: Changes, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._changes = changes
        self._settings = settings
        self._clock = clock

    async def exported(self, caller: Caller, session_id: UUID) -> Dossier:
        """Read one as of one moment. Of a shared session, the audit log is told who took it.

        Raises `Problem` 404 for what the caller does not see.
        """
        most = self._settings.export_events
        async with self._database.read(caller) as connection:
            await limit_statements(connection, self._settings.export_timeout_ms)
            row = await store.find_session(caller, connection, session_id)
            if row is None:
                raise not_found("session")
            settings = await people.team_settings(TeamsCaller.of({caller.team}), connection)
            parts = {
                read.__name__: await read(caller, connection, session_id)
                for read in (
                    details.usage, details.samples, details.files, details.commits, details.memories
                )
            }  # fmt: skip
            parts["events"] = await details.events(caller, connection, session_id, (), None, most + 1)
        dossier = make_dossier(row, parts, settings.get(caller.team, {}), self._clock.now(), most)
        if dossier.session.visibility != "private":
            async with self._database.write(caller) as connection:
                await self._changes.note(connection, dossier.session, "exported", caller.user_id)
            self._changes.sent()
        return dossier
