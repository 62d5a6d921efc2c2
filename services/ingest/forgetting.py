"""A timer that takes out of SQLite's full-text index the words of what is no longer there."""

from services.ingest.store import search
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings


class Forgetting:
    """Within `words_forget_seconds` after a deletion or change no file of the database holds its words.

    The index itself forgets nothing until it merges. That is done here rather than with the deletion: it
    costs some 20 ms of 10,000 sessions, once for all that was deleted meanwhile. On PostgreSQL there is
    nothing to do.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._rounds = Rounds("forgotten words", self.once, settings.words_forget_seconds, clock)
        self._log_holds_them = False

    async def start(self) -> None:
        await self._rounds.start()

    async def stop(self) -> None:
        """Finish the round in hand."""
        await self._rounds.stop()

    async def once(self) -> bool:
        """Forget what is to be forgotten; a log that is in use is emptied in a later round."""
        async with self._database.read(NOBODY) as connection:
            due = await search.is_word_forgotten(None, connection)
        if due:
            async with self._database.write(NOBODY) as connection:
                await search.merge_words(None, connection)
            self._log_holds_them = True
        if self._log_holds_them:
            self._log_holds_them = not await self._database.empty_log()
        return False
