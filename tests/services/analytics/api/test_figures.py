"""What the API answers, and what it refuses."""

import csv
import io
import json
from datetime import timedelta

import pytest

from services.analytics.snapshots import Snapshots
from services.contracts.sessions import Health
from tests.services.ingest.api.team import code
from tests.support.builders import MODEL, START, after, make_usage

DAY = {"from": "2026-03-01", "to": "2026-03-02"}


async def test_figures_stand_beside_those_of_the_period_before(office):
    anna, ben = office.team.anna, office.team.ben
    uses = [make_usage(input=10, output=5, cache_write_5m=10, cache_read=75)]
    await office.tell(anna, "a", uses, commits=2)
    await office.tell(ben, "b", [make_usage(input=0, output=0, model=None)], status="ended", commits=None)
    await office.tell(ben, "before", [make_usage(at=after(days=-1))], started_at=after(days=-1))
    told = await office.told_to(anna, "team", **DAY)
    assert (told["from"], told["to"], told["tz"]) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "UTC")
    assert (told["sessions"], told["members"], told["sessions_per_member"]) == (2, 2, 1.0)
    assert told["tokens"] == {
        "input": 10, "output": 5, "cache_read": 75, "cache_write": 10, "reasoning": None, "total": 100,
    }  # fmt: skip
    assert (told["token_efficiency"], told["output_per_uncached"]) == (0.05, 0.25)
    assert (told["commits"], told["tool_calls"], told["unpriced_models"]) == (2, 6, ["unknown"])
    assert told["cost_per_commit"] == pytest.approx(told["cost_usd"] / 2, abs=1e-6)
    # Ben's has ended; whatever is not over counts, however long ago it began.
    assert told["active_sessions"] == 2
    assert (told["previous"]["from"], told["previous"]["sessions"]) == ("2026-02-28T00:00:00Z", 1)
    assert told["previous"]["active_sessions"] is None


async def test_what_is_unknown_is_null(office):
    told = await office.told_to(office.team.anna, "team")
    unknown = {name for name, value in told.items() if value is None}
    assert unknown == {
        "average_health", "sessions_per_member", "token_efficiency", "output_per_uncached", "cost_per_commit",
    }  # fmt: skip
    assert told["tokens"]["total"] == 0


async def test_a_person(office):
    ben = office.team.ben
    for n, score in enumerate((90, 50, 10)):
        health = Health(score=score, grade="good", top_reason=".")
        ended = {"last_activity_at": after(minutes=n), "tags": ["x", f"t{n}"]}
        await office.tell(ben, f"n{n}", [], health=health, **ended)
    await office.tell(ben, "unknown", [], health=None, started_at=START, tags=["x"])
    told = await office.told_to(office.team.vera, f"user/{ben.user_id}")
    assert told["health_distribution"] == {"good": 1, "warning": 1, "critical": 1, "unknown": 1}
    assert (told["average_health"], told["average_duration_s"]) == (50.0, 45.0)
    assert told["top_tags"][0] == {"tag": "x", "sessions": 4}
    assert (told["username"], told["insights_shared"]) == ("ben", 0)
    assert code(await office.ask(office.team.olga, f"user/{ben.user_id}")) == (404, "not_found")


async def test_trends_of_a_day_by_hour(office):
    await office.tell(office.team.anna, "a", [make_usage(), make_usage(at=after(minutes=30), model="other")])
    told = await office.told_to(office.team.anna, "trends", bucket="hour", group_by="model", **DAY)
    assert len(told["buckets"]) == 24
    assert {one["key"]: (one["values"][12], one["total"]) for one in told["series"]} == {
        MODEL: (1200, 1200), "other": (1200, 1200),
    }  # fmt: skip
    # It is half past twelve: what has yet to come is not known.
    assert told["unfinished"] is False
    assert {one["values"][13] for one in told["series"]} == {None}
    sunday = told["peak_hours"]["values"][6]
    assert (sunday[12], sum(sunday)) == (2400, 2400)
    kinds = await office.told_to(office.team.anna, "trends", group_by="kind", **DAY)
    assert {one["key"]: one["total"] for one in kinds["series"]} == {
        "input": 2000, "output": 400, "cache_read": 0, "cache_write": 0,
    }  # fmt: skip
    assert kinds["unfinished"] is True


async def test_the_zone_is_the_teams(office):
    path, zone = f"/api/teams/{office.team.anna.team_id}", {"settings": {"timezone": "Asia/Tokyo"}}
    answer = await office.team.anna.browser.put(path, json=zone)
    assert answer.status_code == 200
    for _ in range(500):
        told = await office.told_to(office.team.anna, "team", **DAY)
        if told["tz"] == "Asia/Tokyo":
            break
    assert told["from"] == "2026-02-28T15:00:00Z"
    assert (await office.told_to(office.team.anna, "team", tz="UTC", **DAY))["from"] == "2026-03-01T00:00:00Z"


SORTS = ("tokens", "cost", "duration", "health", "started_at", "last_activity_at")


async def test_pages_hold_each_session_once_in_order(office):
    for n in range(5):
        uses = [make_usage(at=after(hours=-n), input=100 * (n % 3)), make_usage(at=after(days=-n), input=1)]
        lasted = {"started_at": after(hours=-n), "last_activity_at": after(minutes=n)}
        health = Health(score=n % 2, grade="critical", top_reason=".")
        await office.tell(office.team.anna, f"n{n}", uses, health=health, **lasted)
    span = {"from": "2026-02-27T00:00:00Z", "to": "2026-03-02"}
    wanted = await office.told_to(office.team.anna, "team", **span)
    for order in (*SORTS, *(f"-{sort}" for sort in SORTS)):
        whole = (await office.told_to(office.team.anna, "sessions", sort=order, limit=200, **span))["items"]
        got, cursor = [], {}
        while cursor is not None:
            page = await office.told_to(office.team.anna, "sessions", sort=order, limit=2, **span, **cursor)
            got += page["items"]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert got == whole
        assert len(whole) == 5
        assert sum(one["tokens"]["input"] for one in whole) == wanted["tokens"]["input"]
    answer = await office.ask(office.team.anna, "export", sort=order, **span)
    assert [row["id"] for row in csv.DictReader(io.StringIO(answer.text))] == [one["id"] for one in whole]


async def test_a_file_is_the_list_and_no_cell_is_a_formula(office):
    evil = {"title": "=HYPERLINK(1)", "project": "＝1+1", "tags": ["@x"], "repository": " -2"}
    await office.tell(office.team.anna, "a", [make_usage()], **evil)
    answer = await office.ask(office.team.anna, "export", format="csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="analytics.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["title"], row["project"]) == ("'=HYPERLINK(1)", "'＝1+1")
    assert (row["tags"], row["repository"], row["tokens_input"]) == ("'@x", "' -2", "1000")
    listed = await office.told_to(office.team.anna, "sessions")
    assert json.loads((await office.ask(office.team.anna, "export", format="json")).text) == listed["items"]


REFUSED = [
    ("team", {"tz": "Mars/Olympus"}, 422), ("team", {"tz": "a\0"}, 400), ("team", {"from": "x"}, 422),
    ("team", {"from": "2020-01-01", "to": "2026-01-01"}, 422), ("team", {"user_id": "x"}, 422),
    ("team", {"project": "a\0b"}, 400), ("team", {"weekends": "perhaps"}, 422),
    ("trends", {"from": "2026-01-01", "to": "2026-06-01", "bucket": "hour"}, 422),
    ("trends", {"metric": "love"}, 422), ("trends", {"group_by": "kind", "metric": "cost"}, 422),
    ("breakdown", {"by": "team"}, 422), ("export", {"format": "xml"}, 422),
    ("unpriced", {"tz": "Mars/Olympus"}, 422),
    ("sessions", {"cursor": "x"}, 400), ("sessions", {"sort": "name"}, 422),
    ("sessions", {"limit": 0}, 422), ("sessions", {"sort": "cost", "cursor": "WyItY29zdCIsMSwieCJd"}, 400),
    ("user/nobody", {}, 422), ("user/00000000-0000-0000-0000-000000000099", {}, 404),
]  # fmt: skip


async def test_what_makes_no_sense_is_refused(office):
    for path, params, status in REFUSED:
        answer = await office.ask(office.team.anna, path, **params)
        assert code(answer)[0] == status, (path, params)


async def test_what_was_active_in_a_range_that_is_over_is_in_its_snapshots(office):
    await office.tell(office.team.anna, "a", [make_usage()])
    await office.tell(office.team.ben, "p", [make_usage()], visibility="private")
    office.clock.at = START + timedelta(hours=1)
    await Snapshots(office.team.stack.built.database, office.clock).step()
    office.clock.at = START + timedelta(days=3)
    told = await office.told_to(office.team.anna, "team", **DAY)
    assert told["active_sessions"] == 1
