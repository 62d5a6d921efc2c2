"""An export as people read it: everything it holds, and nothing of it as markup."""

from datetime import UTC, datetime

from llm_session_manager.protocol import Commit, FileChange
from llm_session_manager.protocol.commands import SessionExport
from services.ingest.domain.exports import as_markdown
from tests.support.builders import START, make_event, make_facts, make_usage

CHANGE = FileChange(path="src/a_b.py", change="updated", edits=2, added=3, removed=None, last_at=START)
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def export(**changes):
    facts = {
        "files": (
            FileChange(path="src/a_b.py", change="updated", edits=2, added=3, removed=None, last_at=START),
        ),
        "commits": (Commit(sha="0123456789abcdef", branch="main", subject="Fix *it*", at=START),),
        "usage": (make_usage(cache_write_5m=3, cache_write_1h=4), make_usage(input=5)),
    } | changes.pop("facts", {})
    session = make_facts("native-1", **facts)
    known = {"exported_at": AT, "tier": "metadata", "session": session, "events": (make_event(detail="ls"),)}
    return SessionExport(**(known | changes))


def test_all_of_it_is_there():
    text = as_markdown(export())
    assert text.splitlines()[:3] == [
        "# Fix the cart",
        "",
        "Exported 2026-03-01T12:30:00Z at the tier metadata.",
    ]
    for line in (
        "* Tool: claude-code", "* Machine: anna-mbp", "* Failed: 1", "* Started: 2026-03-01T12:00:00Z",
        "* Input: 1005", "* Cache write: 7", "* 0123456789ab Fix \\*it\\*",
        "* updated src/a\\_b.py (+3 −0)", "* 2026-03-01T12:00:00Z tool · Bash · ls",
    ):  # fmt: skip
        assert line in text.splitlines(), line


def test_what_is_not_known_is_left_out():
    text = as_markdown(
        export(facts={"files": (), "commits": (), "usage": (), "title": None, "branch": None}, events=())
    )
    assert text.startswith("# native-1\n")
    for absent in ("Branch", "## Files", "## Commits", "## Tokens", "## Timeline", "None"):
        assert absent not in text


def test_what_was_left_out_is_said():
    assert "* 7 earlier steps are left out." in as_markdown(export(events_left_out=7)).splitlines()


def test_nothing_it_quotes_is_markup():
    text = as_markdown(export(facts={"title": "<b> [x](http://a)"}))
    assert text.startswith("# \\<b\\> \\[x\\](http\\://a)\n")
