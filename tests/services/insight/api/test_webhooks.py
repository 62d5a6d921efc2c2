"""Where a team's news go: managed by admins, tried at once, and noted."""

from tests.services.ingest.api.team import code
from tests.support.waiting import eventually

SLACK = {
    "kind": "slack", "name": "Harbour", "url": "https://hooks.slack.com/services/T0/B0/secret",
    "events": ["health_alert", "mention", "mention"],
}  # fmt: skip
GENERIC = SLACK | {"kind": "generic", "url": "https://example.com/hook?key=secret"}


def path(forum, *more):
    return "/".join((f"/api/teams/{forum.anna.team_id}/webhooks", *more))


async def add(forum, **changes):
    answer = await forum.anna.browser.post(path(forum), json=SLACK | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_admins_see_all_of_it_but_its_secret_and_others_only_its_host(forum):
    made = await add(forum)
    assert (made["events"], made["secret"], made["last_status"]) == (["health_alert", "mention"], None, None)
    for who, url in (
        (forum.anna, SLACK["url"]),
        (forum.ben, "hooks.slack.com"),
        (forum.vera, "hooks.slack.com"),
    ):
        (seen,) = (await who.browser.get(path(forum))).json()["items"]
        assert seen["url"] == url
        assert "secret" not in seen
        assert (await who.browser.get(path(forum, made["id"]))).json() == seen
    assert code(await forum.olga.browser.get(path(forum)))[0] == 404
    made = await add(forum, **GENERIC)
    assert len(made["secret"]) >= 32
    assert made["secret"] not in (await forum.anna.browser.get(path(forum))).text
    assert made["secret"] != (await add(forum, **GENERIC))["secret"]


WRONG = (
    ({"url": "http://hooks.slack.com/x"}, "url"), ({"url": "https://example.com/x"}, "url"),
    ({"url": "https://hooks.slack.com:22/x"}, "url"), ({"events": ["nothing"]}, "events.0"),
    ({"name": " "}, "name"), ({"kind": "pigeon"}, "kind"), ({"secret": "mine"}, "secret"),
)  # fmt: skip


async def test_what_is_no_webhook_is_refused_and_a_team_has_so_many_at_most(forum):
    for change, field in WRONG:
        answer = await forum.anna.browser.post(path(forum), json=SLACK | change)
        assert answer.status_code == 422
        assert field in {one["field"] for one in answer.json()["errors"]}
        assert "example.com" not in answer.text
    for _ in range(forum.stack.settings.webhooks_per_team):
        await add(forum)
    assert code(await forum.anna.browser.post(path(forum), json=SLACK)) == (409, "too_many_webhooks")


async def test_it_is_changed_as_it_was_seen(forum):
    made = await add(forum)
    mine = path(forum, made["id"])
    seen = {"If-Match": '"1"'}
    answer = await forum.anna.browser.put(mine, json={"enabled": False}, headers=seen)
    assert (answer.json()["enabled"], answer.json()["version"], answer.headers["etag"]) == (False, 2, '"2"')
    assert code(await forum.anna.browser.put(mine, json={"name": "x"}, headers=seen))[0] == 412
    assert (await forum.anna.browser.put(mine, json={"name": "Harbour"})).json()["version"] == 2
    for wrong in ({"kind": "teams"}, {"url": "https://example.com/x"}):
        assert (await forum.anna.browser.put(mine, json=wrong)).status_code == 422
    assert (await forum.anna.browser.delete(mine)).status_code == 204
    assert code(await forum.anna.browser.get(mine))[0] == 404


async def test_a_test_says_at_once_what_became_of_it_and_what_was_done_is_noted(forum):
    made = await add(forum, **GENERIC | {"url": "https://127.0.0.1/hook"})
    answer = await forum.anna.browser.post(path(forum, made["id"], "test"))
    assert (answer.status_code, answer.json()["status"], answer.json()["attempts"]) == (200, "failed", 1)
    assert "not on the internet" in answer.json()["error"]
    (logged,) = (await forum.ben.browser.get(path(forum, made["id"], "deliveries"))).json()["items"]
    assert logged == answer.json()

    async def is_noted():
        entries = (await forum.anna.browser.get(f"/api/teams/{forum.anna.team_id}/audit")).json()["items"]
        return [one["action"] for one in entries][:2] == ["webhook.tested", "webhook.made"]

    await eventually(is_noted)
