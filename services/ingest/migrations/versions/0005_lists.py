"""Lists in the order of their indexes, tags and words to find sessions by, links to public pages."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from services.ingest.domain.words import words_of
from services.runtime.row_security import FOUND, TEAMS, widening

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SORTS: tuple[tuple[str, Any, str], ...] = (
    ("sort_started_at", INSTANT, "'1970-01-01 00:00:00'"),
    ("sort_tokens", sa.BigInteger(), "-1"),
    ("sort_cost", sa.BigInteger(), "-1"),
    ("sort_health", sa.Float(), "-1"),
)
SORTED = """
UPDATE sessions SET sort_started_at = coalesce(started_at, sort_at), sort_tokens = coalesce(total_tokens, -1),
    sort_cost = coalesce(cost_pico, -1), sort_health = coalesce(health_score, -1)
"""
INDEXES: Mapping[str, Sequence[str]] = {
    "sessions_by_change": ["team_id", "updated_at", "id"],
    "sessions_by_start": ["team_id", "sort_started_at", "id"],
    "sessions_by_tokens": ["team_id", "sort_tokens", "id"],
    "sessions_by_cost": ["team_id", "sort_cost", "id"],
    "sessions_by_health": ["team_id", "sort_health", "id"],
    "sessions_of_project": ["team_id", "project", "sort_at", "id"],
    "sessions_of_repository": ["team_id", "repository", "sort_at", "id"],
    "sessions_of_branch": ["team_id", "branch", "sort_at", "id"],
    "sessions_of_tool": ["team_id", "tool", "sort_at", "id"],
}
FEW: Mapping[str, tuple[str, Sequence[str]]] = {
    "sessions_living": ("status <> 'ended'", ["team_id", "status", "sort_at", "id"]),
    "sessions_public": ("visibility = 'public'", ["team_id", "sort_at", "id"]),
    "sessions_ending": ("shared_until IS NOT NULL", ["shared_until"]),
    "sessions_of_parent": ("parent_id IS NOT NULL", ["parent_id"]),
}
SEARCH = (
    """CREATE VIRTUAL TABLE session_search USING fts5(
        words, content = 'session_words', content_rowid = 'place', detail = none, tokenize = 'ascii')""",
    """CREATE TRIGGER session_words_made AFTER INSERT ON session_words BEGIN
        INSERT INTO session_search (rowid, words) VALUES (new.place, new.words);
    END""",
    """CREATE TRIGGER session_words_gone AFTER DELETE ON session_words BEGIN
        INSERT INTO session_search (session_search, rowid, words) VALUES ('delete', old.place, old.words);
    END""",
    """CREATE TRIGGER session_words_changed AFTER UPDATE ON session_words BEGIN
        INSERT INTO session_search (session_search, rowid, words) VALUES ('delete', old.place, old.words);
        INSERT INTO session_search (rowid, words) VALUES (new.place, new.words);
    END""",
)
# Under row-level security an operator that may tell of rows uses an index only where the policy itself says
# it. So the policy holds what is sought; where nothing is, all of the team's rows.
SOUGHT = "(SELECT coalesce(nullif(current_setting('td.sought', true), ''), '!_')::tsquery)"
OURS = f"team_id = ANY ({TEAMS})"
WORDS = f"CREATE POLICY of_team ON session_words USING ({OURS} AND words @@ {SOUGHT}) WITH CHECK ({OURS})"
REACH = f"""
CREATE FUNCTION ingest_sharing_reach(what text, key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    their_teams uuid[];
BEGIN
    PERFORM set_config('td.finding', 'on', true);
    CASE what
        WHEN 'link' THEN
            SELECT array_agg(team_id) INTO their_teams FROM session_links WHERE secret_hash = key;
        WHEN 'ending' THEN
            SELECT array_agg(team_id) INTO their_teams FROM (
                SELECT team_id FROM sessions
                WHERE shared_until IS NOT NULL AND shared_until <= key::timestamptz
                UNION SELECT team_id FROM sessions
                WHERE visibility = 'public' AND deleted_at IS NULL AND team_id NOT IN (
                    SELECT team_id FROM ingest_teams WHERE settings ->> 'allow_public' = 'true')
            ) theirs;
    END CASE;
    PERFORM set_config('td.finding', '', true);
    {widening("td.teams", "their_teams")}
END
$$
"""  # noqa: S608
AT_ONCE = 1_000


def upgrade() -> None:
    _sessions()
    _search()
    _sharing()
    if op.get_context().dialect.name == "postgresql":
        op.execute(WORDS)
        for table in ("session_links", "ingest_teams"):
            op.execute(f"CREATE POLICY found ON {table} FOR SELECT USING ({FOUND})")
        op.execute(REACH)
    else:
        for statement in SEARCH:
            op.execute(statement)
    _fill()


def _sessions() -> None:
    op.add_column("sessions", sa.Column("shared_until", INSTANT))
    op.add_column("sessions", sa.Column("visibility_after", sa.String(16)))
    for name, kind, default in SORTS:
        op.add_column("sessions", sa.Column(name, kind, nullable=False, server_default=sa.text(default)))
    op.execute(SORTED)
    op.drop_index("sessions_by_status", "sessions")
    for name, columns in INDEXES.items():
        op.create_index(name, "sessions", columns)
    for name, (which, columns) in FEW.items():
        some = sa.text(which)
        op.create_index(name, "sessions", columns, postgresql_where=some, sqlite_where=some)


def _search() -> None:
    op.create_table(
        "session_tags",
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), primary_key=True),
        sa.Column("tag", sa.String(50), primary_key=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
    )
    op.create_index("session_tags_of_team", "session_tags", ["team_id", "tag", "session_id"])
    place = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "session_words",
        sa.Column("place", place, primary_key=True, autoincrement=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False, unique=True),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
    )
    if op.get_context().dialect.name == "postgresql":
        op.create_index("session_words_found", "session_words", ["words"], postgresql_using="gin")


def _sharing() -> None:
    op.create_table(
        "session_links",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
    )
    op.create_index("session_links_by_secret", "session_links", ["secret_hash"], unique=True)
    op.create_index("session_links_of_session", "session_links", ["session_id", "made_at"])
    op.create_table(
        "session_views",
        sa.Column("link_id", sa.Uuid, sa.ForeignKey("session_links.id"), primary_key=True),
        sa.Column("hour", INSTANT, primary_key=True),
        sa.Column("network", sa.String(64), primary_key=True),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("views", sa.BigInteger, nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
    )
    op.create_index("session_views_of_session", "session_views", ["session_id", "last_at"])


SESSIONS = sa.table(
    "sessions", sa.column("id", sa.Uuid), sa.column("team_id", sa.Uuid), sa.column("tags", sa.JSON),
    *(sa.column(name, sa.Text) for name in ("own_title", "title", "project", "repository", "branch", "note")),
    sa.column("deleted_at", INSTANT),
)  # fmt: skip
WORDS_OF = sa.table(
    "session_words", sa.column("session_id", sa.Uuid), sa.column("team_id", sa.Uuid),
    sa.column("words", sa.Text().with_variant(TSVECTOR(), "postgresql")),
)  # fmt: skip
TAGS_OF = sa.table(
    "session_tags", sa.column("session_id", sa.Uuid), sa.column("team_id", sa.Uuid), sa.column("tag", sa.Text)
)


def _fill() -> None:
    """Write down the tags and words of the sessions that are there."""
    connection, identity = op.get_bind(), SESSIONS.c.id
    query = sa.select(SESSIONS).where(SESSIONS.c.deleted_at.is_(None)).order_by(identity).limit(AT_ONCE)
    page = query
    while found := [dict(row) for row in connection.execute(page).mappings()]:
        keys = [{"session_id": row["id"], "team_id": row["team_id"]} for row in found]
        words = [key | {"words": words_of(row)} for key, row in zip(keys, found, strict=True)]
        connection.execute(sa.insert(WORDS_OF), words)
        tags = [key | {"tag": tag} for key, row in zip(keys, found, strict=True) for tag in row["tags"]]
        if tags:
            connection.execute(sa.insert(TAGS_OF), tags)
        page = query.where(identity > found[-1]["id"])


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ingest_sharing_reach")
        op.execute("DROP POLICY found ON ingest_teams")
    else:
        op.execute("DROP TABLE session_search")
    for table in ("session_views", "session_links", "session_words", "session_tags"):
        op.drop_table(table)
    for name in (*INDEXES, *FEW):
        op.drop_index(name, "sessions")
    op.create_index("sessions_by_status", "sessions", ["status", "team_id"])
    for name in ("shared_until", "visibility_after", *(name for name, _, _ in SORTS)):
        op.drop_column("sessions", name)
