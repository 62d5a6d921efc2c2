"""Reports ready to be sent."""

from collections.abc import Sequence

from llm_session_manager.spool import tables
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.spool.store import Entry, Spool
from tests.agent.transcripts import facts


def ready(*names: str, **given: object) -> Sequence[Outgoing]:
    """One report for each name."""
    spool = Spool(tables.open_memory())
    spool.record([Entry(facts(name, **given)) for name in names], {})
    made = spool.outgoing("metadata", limit=10_000, max_bytes=10**9)
    spool.close()
    return made
