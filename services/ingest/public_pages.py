"""A session's page for whoever has its link."""

from llm_session_manager import protocol
from services.contracts.prices import PriceBook
from services.ingest.domain.prices import priced_by
from services.ingest.domain.public import (
    PublicSession,
    network_of,
    public_event,
    public_facts,
    public_file,
    public_steps,
    withholds,
)
from services.ingest.domain.views import Row, fact, session_view
from services.ingest.domain.vitals import assess_row
from services.ingest.store import links, people, received
from services.ingest.tables import session_commits, session_files, session_usage
from services.runtime.auth import ANONYMOUS, TeamsCaller
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, not_found
from services.runtime.settings import Settings


class PublicPages:
    """What a team pays for tokens is nobody else's matter: pages show what they cost by the `book` alone."""

    def __init__(self, database: Database, book: PriceBook, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._book = book
        self._events = settings.public_events
        self._clock = clock

    async def open(self, secret: str, host: str) -> PublicSession:
        """The page, its look noted. Raises `Problem`: 404 for no link's secret, 410 for one that has ended.

        It has ended when it was taken back or replaced, its time is over, or its team allows none.
        """
        now = self._clock.now()
        async with self._database.write(ANONYMOUS) as connection:
            link = await links.by_secret(ANONYMOUS, connection, LinkSecret(secret).digest)
            if link is None:
                raise not_found("page")
            team = TeamsCaller.of({link["team_id"]})
            row = await links.public_session(team, connection, link["session_id"])
            settings = (await people.team_settings(team, connection)).get(link["team_id"], {})
            over = link["ended_at"] is not None or link["expires_at"] <= now
            if over or row is None or not settings.get("allow_public"):
                raise Problem(410, "page_ended", "This page is not shared any more.")
            await links.note_view(team, connection, link, network_of(host), now)
            return await self._page(team, connection, row, link, settings)

    async def _page(
        self, team: TeamsCaller, connection: Connection, row: Row, link: Row, settings: Row
    ) -> PublicSession:
        ids = [row["id"]]
        used = await received.children_of(team, connection, session_usage, ids)
        listed, usage = priced_by(self._book, row, used)
        files = await received.children_of(team, connection, session_files, ids)
        commits = await received.children_of(team, connection, session_commits, ids)
        events = await links.newest_events(team, connection, row["id"], self._events + 1)
        return PublicSession(
            **public_facts(session_view(listed), row),
            factors=list(assess_row(row, settings, row["updated_at"]).factors),
            expires_at=link["expires_at"],
            usage=public_steps(sorted(usage, key=lambda one: one["at"])),
            changed_files=[public_file(one) for one in sorted(files, key=lambda one: one["path"])],
            made_commits=[fact(protocol.Commit, one) for one in sorted(commits, key=lambda one: one["at"])],
            events=[public_event(one, withheld=withholds(row)) for one in events[: self._events]],
            events_left_out=len(events) > self._events,
        )
