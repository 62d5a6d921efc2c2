"""The tables that ingest owns."""

from services.ingest.tables.agents import agents, commands
from services.ingest.tables.base import metadata
from services.ingest.tables.details import (
    session_commits,
    session_events,
    session_files,
    session_memories,
    session_samples,
    session_usage,
)
from services.ingest.tables.people import departed, ingest_teams, session_owners
from services.ingest.tables.search import session_tags, session_words
from services.ingest.tables.sessions import EMPTIED, sessions
from services.ingest.tables.sharing import session_links, session_views
from services.ingest.tables.tokens import agent_tokens
from services.runtime.outbox import outbox_table

# All that goes with a session, in an order in which it may go.
CHILDREN = (
    session_usage, session_events, session_files, session_commits, session_memories, session_samples,
    commands, session_tags, session_words, session_views, session_links,
)  # fmt: skip

# What is told of a session beyond its figures, and what it ran with.
DETAILS = (session_events, session_files, session_commits, session_samples)

outbox = outbox_table(metadata, "ingest")

__all__ = [
    "CHILDREN", "DETAILS", "EMPTIED", "agent_tokens", "agents", "commands", "departed", "ingest_teams",
    "metadata", "outbox", "session_commits", "session_events", "session_files", "session_links",
    "session_memories", "session_owners", "session_samples", "session_tags", "session_usage", "session_views",
    "session_words", "sessions",
]  # fmt: skip
