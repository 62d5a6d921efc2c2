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


async def test_each_factor_that_costs_names_the_event_it_comes_from(team):
    """The latest of what it counts; of a loop the last call of the longest run; of nothing, nothing."""
    events = [
        make_event("fine", at=after(seconds=1), kind="tool", name="Read", outcome="ok"),
        make_event("failed", at=after(seconds=2), kind="tool", name="Bash", outcome="failed"),
        make_event("failed-2", at=after(seconds=3), kind="tool", name="Bash", outcome="failed"),
        make_event("other", at=after(seconds=4), kind="tool", name="Edit", outcome="ok"),
        make_event("packed", at=after(seconds=5), kind="compaction"),
        make_event("packed-2", at=after(seconds=6), kind="compaction"),
        make_event("last", at=after(seconds=7), kind="prompt"),
    ]
    counts = {"tool_calls": 10, "errors": 3, "refusals": 0, "compactions": 2, "longest_repeat": 6}
    report = team.report(context_used=180_000, **counts).model_copy(update={"events": tuple(events)})
    assert (await team.laptop.send(report)).status_code == 202
    (made,) = (await team.anna.browser.get(LIST)).json()["items"]

    factors = {each["name"]: each for each in (await part(team, made, "health"))["factors"]}
    found = {name: each["event"] and each["event"]["id"] for name, each in factors.items()}
    assert found["tool_failures"] == found["loops"] == "failed-2"
    assert (found["context"], found["compactions"], found["errors"]) == ("last", "packed-2", None)
    assert factors["compactions"]["event"] == {
        "id": "packed-2", "at": "2026-03-01T12:00:06Z", "kind": "compaction",
    }  # fmt: skip


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


async def test_what_came_of_a_session_is_listed_with_it(team):
    """Sub-agents its tool tells of; and sessions of their own, as far as one may see them."""
    told = SubAgent(
        id="s", kind="review", model=None, status=None, tool_calls=1, tokens=None, started_at=None,
        last_activity_at=None,
    )  # fmt: skip
    parent = await team.shared(native_id="parent", subagents=(told,))
    second = await team.shared(native_id="b", parent_native_id="parent", started_at=after(seconds=2))
    first = await team.session(native_id="a", parent_native_id="parent", started_at=after(seconds=1))
    await team.session(team.bens, native_id="c", parent_native_id="parent")
    body = await part(team, parent, "subagents")
    assert [one["id"] for one in body["items"]] == ["s"]
    assert [one["id"] for one in body["sessions"]] == [first["id"], second["id"]]
    assert body["sessions"][0] == {
        "id": first["id"], "title": first["title"], "tool": "claude-code", "status": "active",
        "username": "anna", "last_activity_at": first["last_activity_at"],
    }  # fmt: skip
    seen = await team.ben.browser.get(f"{LIST}/{parent['id']}/subagents")
    assert [one["id"] for one in seen.json()["sessions"]] == [second["id"]]


async def test_the_neighbours_of_a_session_are_those_of_the_list_one_comes_from(team):
    made = {
        name: (await team.session(native_id=name, project=project, last_activity_at=after(seconds=n)))["id"]
        for n, (name, project) in enumerate([("a", "shop"), ("b", "web"), ("c", "shop")])
    }
    url = f"{LIST}/{made['b']}/neighbours"

    async def neighbours(**params):
        body = (await team.anna.browser.get(url, params=params)).json()
        return [body[side] and body[side]["id"] for side in ("previous", "next")]

    assert await neighbours() == [made["c"], made["a"]]
    assert await neighbours(sort="last_activity_at") == [made["a"], made["c"]]
    assert await neighbours(project="web") == [None, None]
    assert await neighbours(q="shop") == [made["c"], made["a"]]
    assert code(await team.ben.browser.get(url)) == (404, "not_found")
