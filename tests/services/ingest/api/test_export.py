"""A whole session as a file."""

from llm_session_manager.protocol import Commit, FileChange, Memory, PullRequest, SubAgent, ToolUse
from tests.services.ingest.api.team import code
from tests.support.builders import START, after, make_event, make_usage
from tests.support.waiting import eventually

FACTS = {
    "title": "Fix <b>the</b> | cart",
    "files": (FileChange(path="src/a|b.py", change="updated", edits=2, added=3, removed=1, last_at=START),),
    "commits": (Commit(sha="0123456789abcdef", branch="main", subject="Fix *it*", at=START),),
    "memories": (Memory(name="CLAUDE.md", scope="project", bytes=9, lines=2, modified_at=START),),
    "pull_requests": (PullRequest(number=7, url="https://git.example/7", repository=None, at=START),),
    "subagents": (
        SubAgent(id="s", kind="review", model=None, status="done", tool_calls=2, tokens=5, started_at=None,
                 last_activity_at=None),
    ),
    "tools": (ToolUse(name="Bash", calls=1200, errors=1),),
    "usage": (make_usage(calls=3), make_usage(model="unlisted", at=after(minutes=-15))),
    "incomplete_calls": 2,
}  # fmt: skip
EVENTS = [
    make_event("one", detail="[x](javascript:y)", outcome="failed", category="exit", duration_ms=1500),
    make_event("two", at=after(seconds=5), kind="prompt", name=None, lane="s"),
]


async def export(person, made, form):
    return await person.browser.get(f"/api/sessions/{made['id']}/export", params={"format": form})


async def test_a_session_as_json_is_whole(team):
    made = await team.shared(events=EVENTS, **FACTS)
    answer = await export(team.ben, made, "json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = answer.json()
    assert body["session"] == made
    assert (body["v"], body["kind"], body["events_left_out"]) == (1, "session", False)
    assert [event["id"] for event in body["events"]] == ["one", "two"]
    assert [(step["model"], step["cost_usd"]) for step in body["usage"]] == [
        ("unlisted", None), ("claude-sonnet-4-5", 0.006),
    ]  # fmt: skip
    counts = {name: len(value) for name, value in body.items() if isinstance(value, list)}
    assert counts == {
        "factors": 6, "samples": 1, "usage": 2, "tools": 1, "files": 1, "commits": 1, "pull_requests": 1,
        "memories": 1, "sub_agents": 1, "events": 2,
    }  # fmt: skip


async def test_a_session_as_markdown_says_everything_and_is_nothing_but_text(team):
    made = await team.shared(events=EVENTS, **FACTS)
    answer = await export(team.anna, made, "md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "# Fix \\<b\\>the\\</b\\> \\| cart"
    for line in (
        "| Person | anna |", "| Repository | acme/shop |", "| Started | 2026-03-01T12:00:00Z |",
        "| Seen by | its team |", "| Input, not cached | 2,000 |", "| Tokens in all | 2,400 |",
        "| Cost | —, at API prices; not what was billed |",
        "| Without a known price | unlisted |", "| Figures | exact: read from the tool's own record |",
        "| At least | 2 calls wrote more than their record says |",
        "| claude-sonnet-4-5 | 3 | 1,200 | $0.006000 |", "| review | — | 2 | 5 |", "| Bash | 1,200 | 1 |",
        "| src/a\\|b.py | updated | 2 | +3 −1 |", "| CLAUDE.md | project | 2 |",
        "| 2026-03-01T12:00:00Z | 0123456789ab | main | Fix \\*it\\* |",
        "| 2026-03-01T12:00:00Z | https\\://git.example/7 |",
        "| 2026-03-01T12:00:00Z | tool: Bash | failed: exit | 1.5 s | — | \\[x\\](javascript:y) |",
        "| 2026-03-01T12:00:05Z | prompt (sub-agent s) | — | — | — | — |",
    ):  # fmt: skip
        assert line in lines, line
    assert "## Health" in lines
    assert "<" not in answer.text.replace("\\<", "")


async def test_of_a_session_without_anything_little_is_said(team):
    made = await team.session(
        title=None, usage=(), tool_calls=None, provenance="unknown", context_used=None, model=None
    )
    text = (await export(team.anna, made, "md")).text
    assert text.startswith("# Session without a title\n")
    assert "| Tokens in all | — |" in text
    for absent in ("None", "## Files", "## Timeline", "## By model", "| Model |"):
        assert absent not in text


async def test_its_name_is_the_servers(team):
    made = await team.session(title='../../etc/passwd"; x', started_at=after(days=-1))
    for form in ("md", "json"):
        held = (await export(team.anna, made, form)).headers["content-disposition"]
        assert held == f'attachment; filename="session-claude-code-2026-02-28-{made["id"][:8]}.{form}"'
    assert code(await export(team.anna, made, "pdf")) == (422, "invalid")
    plain = await team.anna.browser.get(f"/api/sessions/{made['id']}/export")
    assert plain.headers["content-type"] == "text/markdown; charset=utf-8"


async def test_a_long_session_says_what_it_leaves_out(team):
    most = team.stack.settings.export_events
    assert most >= 10_000
    made = await team.session(events=[make_event(f"e{n}", at=after(seconds=n)) for n in range(5)])
    object.__setattr__(team.stack.settings, "export_events", 3)
    body = (await export(team.anna, made, "json")).json()
    assert ([event["id"] for event in body["events"]], body["events_left_out"]) == (["e2", "e3", "e4"], True)
    text = (await export(team.anna, made, "md")).text
    assert "The last 3 events; earlier ones are left out." in text


async def entries(team):
    answer = await team.anna.browser.get(f"/api/teams/{team.anna.team_id}/audit")
    return [
        (one["actor_id"], one["target"])
        for one in answer.json()["items"]
        if one["action"] == "session.exported"
    ]


async def test_who_takes_a_shared_session_along_is_in_the_audit_log(team):
    made, private = await team.shared(), await team.session(native_id="private")
    for person, one in ((team.ben, made), (team.ben, made), (team.anna, private)):
        assert (await export(person, one, "md")).status_code == 200
    expected = [(str(team.ben.user_id), made["id"])] * 2

    async def noted():
        return await entries(team) == expected

    await eventually(noted)
