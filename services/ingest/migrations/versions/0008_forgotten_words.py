"""On SQLite: a note that the full-text index still holds words of what was deleted or changed."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The note is one row at most, made where there is none: a trigger's own OR IGNORE would not always hold.
NOTED = """INSERT INTO session_words_forgotten (place) SELECT 1 WHERE NOT EXISTS (
        SELECT place FROM session_words_forgotten);"""
GONE = "INSERT INTO session_search (session_search, rowid, words) VALUES ('delete', old.place, old.words);"
CAME = "INSERT INTO session_search (rowid, words) VALUES (new.place, new.words);"
TRIGGERS = {"gone": ("DELETE", GONE), "changed": ("UPDATE", f"{GONE}\n        {CAME}")}


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("CREATE TABLE session_words_forgotten (place INTEGER PRIMARY KEY)")
        # What was deleted before this may be there still.
        op.execute("INSERT INTO session_words_forgotten (place) VALUES (1)")
        _triggers(NOTED)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _triggers("")
        op.execute("DROP TABLE session_words_forgotten")


def _triggers(note: str) -> None:
    for name, (when, body) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER session_words_{name}")
        op.execute(
            f"CREATE TRIGGER session_words_{name} AFTER {when} ON session_words BEGIN\n"
            f"        {body}\n        {note}\n    END"
        )
