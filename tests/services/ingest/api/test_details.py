"""The parts of one session's page."""

from llm_session_manager.protocol import Commit, FileChange, Memory, PullRequest, SubAgent, ToolUse
from tests.services.ingest.api.team import code
from tests.services.ingest.api.test_sessions import sealed
from tests.support.builders import START, after, make_event, make_report, make_usage

LIST = "/api/sessions"


async def part(team, made, name, **params):
    answer = await team.anna.browser.get(f"{LIST}/{made['id']}/{name}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_health_is_the_cards_with_its_factors_and_history(team):
    team.stack.clock.advance(hours=1)
    await team.session(context_used=20_000)
    made = await team.session(context_used=180_000, last_activity_at=after(minutes=50))
    team.stack.clock.advance(hours=5)
    body = await part(team, made, "health")
    assert (body["score"], body["grade"]) == (made["health"]["score"], made["health"]["grade"])
    factors = {factor["name"]: factor for factor in body["factors"]}
    assert body["factors"][0]["explanation"] == made["health"]["top_reason"] == "Context 90 % full"
    assert (factors["context"]["score"], factors["context"]["value"], factors["context"]["weight"]) == (
        30,
        0.9,
        25,
    )
    weight = sum(factor["weight"] for factor in body["factors"])
    whole = sum(factor["score"] * factor["weight"] for factor in body["factors"]) / weight
    assert abs(whole - body["score"]) <= 0.1
    assert [point["at"] for point in body["history"]] == ["2026-03-01T12:00:00Z", "2026-03-01T12:45:00Z"]


async def test_health_may_be_unknown(team):
    unknown = dict.fromkeys(
        (
            "context_used",
            "tool_calls",
            "errors",
            "api_errors",
            "compactions",
            "active_seconds",
            "last_activity_at",
        )
    )
    made = await team.session(**unknown)
    assert made["health"] is None
    assert await part(team, made, "health") == {"score": None, "grade": None, "factors": [], "history": []}


async def test_history_is_newest_first_in_pages(team):
    events = [
        make_event(f"e{n}", at=after(seconds=n // 2), detail="x", kind="tool" if n % 3 else "commit")
        for n in range(7)
    ]
    team.n += 1
    await team.laptop.send(make_report(team.n, events=events))
    made = await team.session()
    got, cursor = [], None
    while True:
        page = await part(team, made, "history", limit=2, **({"cursor": cursor} if cursor else {}))
        got += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert got == ["e6", "e5", "e4", "e3", "e2", "e1", "e0"]
    commits = await part(team, made, "history", kind="commit")
    assert [one["id"] for one in commits["items"]] == ["e6", "e3", "e0"]
    both = await part(team, made, "history", kind=["commit", "tool"])
    assert len(both["items"]) == 7
    assert both["items"][0] == {
        "id": "e6", "at": "2026-03-01T12:00:03Z", "kind": "commit", "lane": None, "name": "Bash",
        "outcome": None, "category": None, "duration_ms": None, "tokens": None, "context_used": None,
        "detail": "x",
    }  # fmt: skip


async def test_an_unknown_place_in_history_is_told_so(team):
    made = await team.session()
    at = "2026-01-01T00:00:00+00:00"
    places = [(at,), ("2026-01-01T00:00:00", "e"), (5, "e"), (at, 5), (at, "a\0")]
    for cursor in ("x", *(sealed(*place) for place in places)):
        answer = await team.anna.browser.get(f"{LIST}/{made['id']}/history", params={"cursor": cursor})
        assert code(answer) == (400, "bad_cursor")
    answer = await team.anna.browser.get(f"{LIST}/{made['id']}/history", params={"kind": "secret"})
    assert code(answer) == (422, "invalid")


async def test_usage_is_a_series_of_quarters_of_an_hour(team):
    team.stack.clock.advance(hours=1)
    made = await team.session(
        last_activity_at=after(minutes=31),
        context_used=5000,
        usage=(
            make_usage(at=after(minutes=30), cache_write_5m=1, cache_write_1h=2),
            make_usage(input=1, output=0, cache_read=1_000_000),
            make_usage(model="gpt-5", input=1_000_000, output=0),
            make_usage(at=after(minutes=15), model="unlisted", input=3),
        ),
    )
    first, second, third = (await part(team, made, "usage"))["items"]
    assert first == {
        "at": "2026-03-01T12:00:00Z", "input": 1_000_001, "output": 0, "cache_read": 1_000_000,
        "cache_write": 0,
        "context_used": None, "cost_usd": 1.550003,
    }  # fmt: skip
    assert (second["input"], second["cost_usd"]) == (3, None)
    assert (third["at"], third["cache_write"], third["context_used"]) == ("2026-03-01T12:30:00Z", 3, 5000)


async def test_lists_give_what_was_reported(team):
    facts = {
        "commits": (
            Commit(sha="c1", branch="main", subject="One", at=START),
            Commit(sha="c2", branch=None, subject=None, at=after(seconds=1)),
        ),
        "files": (FileChange(path="a.py", change="added", edits=2, added=None, removed=None, last_at=START),),
        "memories": (Memory(name="CLAUDE.md", scope="project", bytes=5, lines=1, modified_at=START),),
        "tools": (ToolUse(name="Bash", calls=3, errors=1),),
        "error_categories": {"exit_code": 1},
        "pull_requests": (
            PullRequest(number=7, url="https://example.com/7", repository="acme/shop", at=START),
        ),
        "subagents": (
            SubAgent(
                id="s1", kind="Explore", model=None, status="done", tool_calls=1, tokens=None,
                started_at=START, last_activity_at=None,
            ),
        ),
    }  # fmt: skip
    made = await team.session(**facts)
    assert [one["sha"] for one in (await part(team, made, "commits"))["items"]] == ["c2", "c1"]
    assert (await part(team, made, "files"))["items"] == [
        {
            "path": "a.py",
            "change": "added",
            "edits": 2,
            "added": None,
            "removed": None,
            "last_at": "2026-03-01T12:00:00Z",
        }
    ]
    assert [one["name"] for one in (await part(team, made, "memories"))["items"]] == ["CLAUDE.md"]
    tools = await part(team, made, "tools")
    assert (tools["tools"], tools["error_categories"]) == (
        [{"name": "Bash", "calls": 3, "errors": 1}],
        {"exit_code": 1},
    )
    assert tools["pull_requests"][0]["url"] == "https://example.com/7"
    assert tools["subagents"][0]["started_at"] == "2026-03-01T12:00:00Z"
    assert made["commits"] == 2


async def test_an_id_that_is_none_is_refused(team):
    for name in ("", "/health", "/history", "/usage"):
        assert code(await team.anna.browser.get(f"{LIST}/native-1{name}")) == (422, "invalid")
