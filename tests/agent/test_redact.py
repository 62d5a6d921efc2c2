from pathlib import Path

import pytest

from llm_session_manager import protocol
from llm_session_manager.redact import HIDDEN, Redaction
from tests.agent.transcripts import AT, event, facts

HOME = Path("/home/anna")
KEY = "sk-" + "a1B2" * 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/anna/src/shop", "~/src/shop"),
        ("/home/anna", "~"),
        ("/home/annabel/src", "/home/annabel/src"),
        ("/home/anna.bak/x", "/home/anna.bak/x"),
        ("/backup/home/anna/x", "/backup/home/anna/x"),
        ("edit /home/anna/a and /home/anna/b", "edit ~/a and ~/b"),
        ("https://anna:hunter2@git.example/acme/shop.git", "https://git.example/acme/shop.git"),
        ("https://oauth2:x@git.example", "https://git.example"),
        ("https://git.example/@anna", "https://git.example/@anna"),
        (f"use {KEY} now", f"use {HIDDEN} now"),
        ("rotate ghp_" + "x" * 36, f"rotate {HIDDEN}"),
        ("AKIAIOSFODNN7EXAMPLE", HIDDEN),
        ("add password=hunter22 to .env", f"add password={HIDDEN} to .env"),
        ('set API_KEY: "abcdef123456"', f'set API_KEY: {HIDDEN}"'),
        ("x?token=abcdef&y=1", f"x?token={HIDDEN}&y=1"),
        ("count tokens in the answer", "count tokens in the answer"),
        ("fix password reset: redirect", "fix password reset: redirect"),
        ("task-management-for-everybody-here", "task-management-for-everybody-here"),
    ],
)
def test_lines(text: str, expected: str) -> None:
    assert Redaction("metadata", HOME).text(text) == expected


def test_a_root_as_home_is_no_name() -> None:
    assert Redaction("metadata", Path("/")).text("/srv/app") == "/srv/app"


def test_a_windows_home() -> None:
    assert Redaction("metadata", Path("C:\\Users\\anna")).text("C:\\Users\\anna\\src") == "~\\src"


def full(**given: object) -> protocol.Session:
    return facts(
        title="Fix tax in /home/anna/shop",
        title_source="tool",
        project="shop",
        directory="/home/anna/shop",
        repository="acme/shop",
        branch="main",
        files_changed=1,
        files=(
            protocol.FileChange(
                path="/home/anna/shop/a.py", change="updated", edits=1, added=1, removed=0, last_at=AT
            ),
        ),
        commits=(protocol.Commit(sha="1a2b3c4", branch="main", subject=f"use {KEY}", at=AT),),
        pull_requests=(
            protocol.PullRequest(
                number=1, url="https://u:p@git.example/pull/1", repository="acme/shop", at=AT
            ),
        ),
        memories=(
            protocol.Memory(
                name="/home/anna/.claude/CLAUDE.md", scope="user", bytes=1, lines=1, modified_at=AT
            ),
        ),
        **given,
    )


def test_metadata_keeps_names_without_secrets() -> None:
    clean = Redaction("metadata", HOME).session(full())
    assert clean.title == "Fix tax in ~/shop"
    assert clean.directory == "~/shop"
    assert clean.files[0].path == "~/shop/a.py"
    assert clean.commits[0].subject == f"use {HIDDEN}"
    assert clean.pull_requests[0].url == "https://git.example/pull/1"
    assert clean.memories[0].name == "~/.claude/CLAUDE.md"


def test_counts_keeps_numbers_only() -> None:
    clean = Redaction("counts", HOME).session(full())
    text = clean.model_dump_json()
    for word in ("anna", "shop", "acme", "main", "CLAUDE", "tax"):
        assert word not in text
    assert clean.files_changed == 1
    assert clean.commits[0].sha == "1a2b3c4"


@pytest.mark.parametrize(("tier", "kept"), [("counts", False), ("metadata", False), ("content", True)])
def test_a_title_made_from_a_prompt_needs_content(tier: protocol.Tier, kept: bool) -> None:
    clean = Redaction(tier, HOME).session(facts(title="my words", title_source="prompt"))
    assert (clean.title, clean.title_source) == (("my words", "prompt") if kept else (None, None))


@pytest.mark.parametrize(
    ("tier", "kind", "expected"),
    [
        ("content", "prompt", "in ~/x"),
        ("metadata", "prompt", None),
        ("metadata", "tool", "in ~/x"),
        ("counts", "tool", None),
    ],
)
def test_details_of_events(tier: protocol.Tier, kind: protocol.EventKind, expected: str | None) -> None:
    assert Redaction(tier, HOME).event(event("e", kind=kind, detail="in /home/anna/x")).detail == expected


def test_what_is_redacted_is_still_valid() -> None:
    long = "x password=" + "y" * 6
    clean = Redaction("metadata", HOME).session(
        facts(title="z" * (500 - len(long)) + long, title_source="tool")
    )
    protocol.Session.model_validate_json(clean.model_dump_json())
