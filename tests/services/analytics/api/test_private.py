"""Others' private sessions count in totals of three people or more, and are seen nowhere else."""

from tests.services.analytics.api.office import CLEO
from tests.support.builders import make_usage

HIDDEN = {"visibility": "private", "project": "hidden", "tags": ["hidden"], "model": "hidden-model"}


async def fill(office, cleos=1):
    anna, ben = office.team.anna, office.team.ben
    await office.tell(anna, "annas", [make_usage(input=1)])
    await office.tell(ben, "bens", [make_usage(input=10)])
    await office.tell(ben, "bens own", [make_usage(input=100, model="hidden-model")], **HIDDEN)
    if cleos:
        await office.tell(CLEO, "cleos own", [make_usage(input=1000, model="hidden-model")], **HIDDEN)


async def test_totals_of_three_people_hold_what_is_private(office):
    await fill(office)
    for who in (office.team.anna, office.team.ben, office.team.vera):
        told = await office.told_to(who, "team")
        assert (told["tokens"]["input"], told["sessions"], told["members"]) == (1111, 4, 3)
        assert told["excludes_private"] is False
    assert (await office.told_to(office.team.vera, "team"))["unpriced_models"] == []
    assert (await office.told_to(office.team.ben, "team"))["unpriced_models"] == ["hidden-model"]
    assert (await office.told_to(office.team.olga, "team"))["tokens"]["input"] == 0


async def test_of_two_people_they_are_left_out(office):
    await fill(office, cleos=0)
    seen = {"anna": 11, "vera": 11, "ben": 111}
    for name, tokens in seen.items():
        told = await office.told_to(getattr(office.team, name), "team")
        assert (told["tokens"]["input"], told["excludes_private"]) == (tokens, True)
        parts = await office.told_to(getattr(office.team, name), "breakdown")
        assert not any(one["private"] for one in parts["items"])
        assert parts["total"]["tokens"]["input"] == tokens


async def test_groups_add_up_by_one_row_that_names_nobody(office):
    await fill(office)
    for by in ("user", "tool", "project", "model"):
        told = await office.told_to(office.team.anna, "breakdown", by=by)
        (row,) = [one for one in told["items"] if one["private"]]
        assert (row["key"], row["label"]) == ("private", "Others' private sessions")
        assert row["tokens"]["input"] == 1100
        assert sum(one["tokens"]["input"] for one in told["items"]) == 1111
        assert told["total"]["tokens"]["input"] == 1111
        trend = await office.told_to(office.team.anna, "trends", group_by=by)
        assert sum(one["total"] for one in trend["series"]) == told["total"]["tokens"]["total"]
        assert [one["key"] for one in trend["series"] if one["private"]] == ["private"]
        assert "hidden" not in str(told) + str(trend)


async def test_a_narrower_question_leaves_them_out(office):
    await fill(office)
    ben = office.team.ben.user_id
    for narrowing in (
        {"user_id": str(ben)}, {"user_id": str(CLEO)}, {"tool": "claude-code"}, {"project": "hidden"},
        {"tag": "hidden"}, {"model": "hidden-model"},
    ):  # fmt: skip
        for path in ("team", "trends", "breakdown", "sessions"):
            told = await office.told_to(office.team.anna, path, **narrowing)
            assert told["excludes_private"] is True
            assert "hidden" not in str(told)
            assert "100" not in str(told.get("tokens"))
    tags = await office.told_to(office.team.anna, "breakdown", by="tag")
    assert not any(one["private"] for one in tags["items"])


async def test_they_are_in_no_list_no_file_and_no_filter(office):
    await fill(office)
    for path in ("sessions", "export", "options"):
        assert "hidden" not in (await office.ask(office.team.anna, path)).text
        assert "hidden" in (await office.ask(office.team.ben, path)).text
    told = await office.told_to(office.team.anna, f"user/{office.team.ben.user_id}")
    assert (told["sessions"], told["tokens"]["input"], told["top_tags"][0]["tag"]) == (1, 10, "backend")
    assert (await office.told_to(office.team.ben, f"user/{office.team.ben.user_id}"))["sessions"] == 2
    # Cleo neither has joined nor shared anything.
    assert (await office.ask(office.team.anna, f"user/{CLEO}")).status_code == 404


async def test_failures_of_others_private_sessions_are_no_pattern(office):
    await fill(office)
    parts = {"error_categories": {"secret_failure": 3}}
    await office.tell(CLEO, "cleos own", [make_usage(input=1)], **HIDDEN, parts=parts)
    session = await office.tell(CLEO, "shared", [], parts={"error_categories": {"timeout": 2}})
    (pattern,) = (await office.told_to(office.team.anna, "trends"))["error_patterns"]
    assert (pattern["category"], pattern["count"], pattern["sessions"]) == ("timeout", 2, 1)
    assert pattern["example_session_id"] == session
