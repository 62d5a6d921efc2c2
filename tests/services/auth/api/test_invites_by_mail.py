"""Invitations by letter: who gets one, what it says, what became of it, and for whom it is."""

import asyncio
from uuid import uuid4

import pytest

from services.runtime.mail.post import LATE
from tests.services.auth.world import PASSWORD, mail_by, open_world
from tests.support.waiting import eventually

PREVIEW = "/api/auth/invites/preview"
BEN = "ben@example.com"


@pytest.fixture
async def team(mailing):
    admin, body = await mailing.register("anna")
    return admin, f"/api/teams/{body['user']['team_id']}/invites"


async def invite(team, email=BEN, **fields):
    admin, path = team
    answer = await admin.post(path, json={"email": email, **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(team):
    admin, path = team
    return {each["id"]: each for each in (await admin.get(path)).json()["items"]}


async def reached(team, made, state):
    """Whether the letter has got so far."""
    return (await listed(team))[made["id"]]["mail"]["state"] == state


async def tried_at_least_once(team, made):
    return (await listed(team))[made["id"]]["mail"]["reason"] is not None


async def register(world, secret, email=BEN, name="ben"):
    body = {"email": email, "username": name, "password": PASSWORD, "invite": secret}
    return await world.browser().post("/api/auth/register", json=body)


async def test_a_letter_goes_out_and_the_list_says_so(mailing, post_office, team):
    made = await invite(team, role="viewer")
    assert (made["email"], made["max_uses"], made["state"]) == (BEN, 1, "open")
    assert made["mail"] == {"state": "queued", "at": "2026-03-01T12:00:00Z", "reason": None}
    letter = await post_office.letter(BEN)
    assert (letter.sender, letter.message["Subject"]) == (
        "dashboard@example.org",
        "Join Alpha on Team Dashboard",
    )
    assert "anna invites you to join Alpha on Team Dashboard as a viewer." in " ".join(letter.text.split())
    assert "until 8 March 2026, 12:00 UTC" in " ".join(letter.text.split())
    assert letter.link == f"http://127.0.0.1:8000/invite#{letter.secret}"
    assert letter.link in letter.html
    await eventually(lambda: reached(team, made, "sent"))
    # What an admin is shown and what is sent are two secrets: neither is kept.
    assert letter.secret != made["invite"]
    assert letter.secret not in (await team[0].get(team[1])).text


@pytest.mark.parametrize("which", ["sent", "shown"])
async def test_it_brings_in_one_person(mailing, post_office, team, which):
    made = await invite(team)
    letter = await post_office.letter(BEN)
    used, other = (letter.secret, made["invite"]) if which == "sent" else (made["invite"], letter.secret)
    answer = await register(mailing, used, "Ben@Example.com")
    assert answer.status_code == 201
    assert answer.json()["user"]["role"] == "member"
    late = await register(mailing, other)
    assert (late.status_code, late.json()["code"]) == (409, "email_taken")
    preview = await mailing.browser().post(PREVIEW, json={"invite": other})
    assert (preview.json()["state"], preview.json()["email"]) == ("used_up", None)


async def test_it_is_for_the_address_it_was_sent_to(mailing, post_office, team):
    """Whoever else has the link, forwarded or found, neither registers nor joins by it."""
    await invite(team)
    secret = (await post_office.letter(BEN)).secret
    preview = (await mailing.browser().post(PREVIEW, json={"invite": secret})).json()
    assert (preview["email"], preview["state"]) == (BEN, "open")
    stranger = await register(mailing, secret, "eve@example.com", "eve")
    assert (stranger.status_code, stranger.json()["code"]) == (403, "invite_for_another")
    eve, _ = await mailing.register("eve", team_name=None)
    refused = await eve.post("/api/auth/accept-invite", json={"invite": secret})
    assert (refused.status_code, refused.json()["code"]) == (403, "invite_for_another")
    ben, _ = await mailing.register("ben", team_name="Beta")
    assert (await ben.post("/api/auth/accept-invite", json={"invite": secret})).status_code == 200


async def test_sent_again_it_has_a_new_link_and_a_new_week(mailing, post_office, team):
    admin, path = team
    made = await invite(team)
    first = await post_office.letter(BEN)
    mailing.clock.advance(8 * 86_400)
    assert (await listed(team))[made["id"]]["state"] == "expired"
    again = await admin.post(f"{path}/{made['id']}/resend")
    assert again.status_code == 200
    assert again.json()["id"] == made["id"]
    assert (again.json()["state"], again.json()["expires_at"]) == ("open", "2026-03-16T12:00:00Z")
    second = await post_office.letter(BEN, 2)
    for old in (first.secret, made["invite"]):
        assert (await register(mailing, old)).status_code == 404
    assert (await register(mailing, second.secret)).status_code == 201
    used = await admin.post(f"{path}/{made['id']}/resend")
    assert (used.status_code, used.json()["code"]) == (409, "invite_used_up")
    audit = await admin.get(path.replace("invites", "audit"), params={"action": "invite.resent"})
    assert [each["target"] for each in audit.json()["items"]] == [made["id"]]
    assert BEN not in (await admin.get(path.replace("invites", "audit"))).text


async def test_more_time_is_not_taken_away(mailing, post_office, team):
    admin, path = team
    made = await invite(team, expires_at="2026-03-30T12:00:00Z")
    again = await admin.post(f"{path}/{made['id']}/resend")
    assert again.json()["expires_at"] == "2026-03-30T12:00:00Z"


async def test_a_link_that_went_to_nobody_is_not_sent_again(mailing, team):
    admin, path = team
    made = (await admin.post(path, json={})).json()
    assert (made["email"], made["mail"]) == (None, None)
    answer = await admin.post(f"{path}/{made['id']}/resend")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_address")
    assert (await admin.post(f"{path}/{uuid4()}/resend")).status_code == 404


async def test_what_the_mail_server_refuses_stands_in_the_list(mailing, post_office, team):
    with post_office.answering({"RCPT": f"550 no {BEN} here"}):
        made = await invite(team)
        await eventually(lambda: reached(team, made, "failed"))
    failed = (await listed(team))[made["id"]]["mail"]
    assert failed["reason"] == "The mail server refused this address (550)."


async def test_while_the_mail_server_is_away_it_waits_and_says_why(mailing, post_office, team):
    with post_office.answering({"hello": "421 later"}):
        made = await invite(team)
        await eventually(lambda: tried_at_least_once(team, made))
        waiting = (await listed(team))[made["id"]]["mail"]
        assert waiting["state"] == "queued"
        assert waiting["reason"] == "The mail server is not ready (421)."
    mailing.clock.advance(mailing.settings.mail_retry_seconds)
    await eventually(lambda: reached(team, made, "sent"))
    assert (await listed(team))[made["id"]]["mail"]["reason"] is None
    assert (await register(mailing, (await post_office.letter(BEN)).secret)).status_code == 201


async def test_given_up_it_says_why(mailing, post_office, team):
    with post_office.answering({"hello": "421 later"}):
        made = await invite(team)
        await eventually(lambda: tried_at_least_once(team, made))
        mailing.clock.advance(24 * 3600)
        await eventually(lambda: reached(team, made, "failed"))
    assert (await listed(team))[made["id"]]["mail"]["reason"] == LATE


async def test_what_is_revoked_is_not_sent(mailing, post_office, team):
    admin, path = team
    with post_office.answering({"hello": "421 later"}):
        made = await invite(team)
        await eventually(lambda: tried_at_least_once(team, made))
        assert (await admin.delete(f"{path}/{made['id']}")).status_code == 204
    mailing.clock.advance(mailing.settings.mail_retry_seconds)
    other = await invite(team, "eve@example.com")
    await eventually(lambda: reached(team, other, "sent"))
    assert post_office.to(BEN) == []
    assert (await register(mailing, made["invite"])).status_code == 404


async def test_the_address_goes_with_its_account(mailing, post_office, team):
    made, other = await invite(team), await invite(team, "eve@example.com")
    answer = await register(mailing, made["invite"])
    ben = mailing.bearer(answer.json()["access_token"])
    assert (await ben.request("DELETE", "/api/auth/me", json={"password": PASSWORD})).status_code == 204
    assert list(await listed(team)) == [other["id"]]


async def test_who_is_there_or_is_invited_gets_no_second(mailing, post_office, team):
    admin, path = team
    made = await invite(team)
    twice = await admin.post(path, json={"email": "BEN@example.com"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_invited")
    assert (await register(mailing, made["invite"])).status_code == 201
    member = await admin.post(path, json={"email": BEN})
    assert (member.status_code, member.json()["code"]) == (409, "already_member")
    await mailing.register("eve")
    await invite(team, "eve@example.com")


async def test_a_member_elsewhere_is_told_apart_from_nobody_by_nothing(mailing, team):
    admin, path = team
    await mailing.register("eve")
    known, unknown = [
        (await admin.post(path, json={"email": email})).json()
        for email in ("eve@example.com", "x@example.com")
    ]
    own = {"id", "invite", "url", "email"}
    assert {k: v for k, v in known.items() if k not in own} == {
        k: v for k, v in unknown.items() if k not in own
    }


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address"},
        {"email": "a,b@example.com"},
        {"email": "a@example.com, b@example.com"},
        {"email": "Ben <ben@example.com>"},
        {"email": "a@example.com\r\nBcc: b@example.com"},
        {"email": f"{'x' * 250}@example.com"},
        {"email": ""},
        {"email": BEN, "max_uses": 2},
    ],
)
async def test_what_is_no_invitation_to_one_address_is_refused(mailing, post_office, team, body):
    admin, path = team
    answer = await admin.post(path, json=body)
    assert answer.status_code == 422
    assert "example.com" not in answer.text
    assert await listed(team) == {}


async def test_a_person_sends_few_letters_an_hour(database_url, tmp_path, post_office):
    few = {"invite_letters_per_hour": 3, "letters_per_address_hour": 2}
    async with open_world(database_url, tmp_path, **mail_by(post_office), **few) as world:
        admin, body = await world.register("anna")
        team = admin, f"/api/teams/{body['user']['team_id']}/invites"
        made = await invite(team)
        assert (await admin.post(f"{team[1]}/{made['id']}/resend")).status_code == 200
        await invite(team, "eve@example.com")
        refused = await admin.post(team[1], json={"email": "ida@example.com"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
        assert (await admin.post(team[1], json={})).status_code == 201
        world.clock.advance(3601)
        resends = [await admin.post(f"{team[1]}/{made['id']}/resend") for _ in range(3)]
        assert [each.status_code for each in resends] == [200, 200, 429]


async def test_names_are_no_markup_and_no_headers(mailing, post_office):
    admin, body = await mailing.register("<b>anna</b>", email="anna@example.com", team_name="Al & <Co>")
    await invite((admin, f"/api/teams/{body['user']['team_id']}/invites"))
    letter = await post_office.letter(BEN)
    assert letter.message["Subject"] == "Join Al & <Co> on Team Dashboard"
    assert "<b>" not in letter.html
    assert "&lt;b&gt;anna" in letter.html


async def test_the_link_is_of_the_public_address_whoever_asks(mailing, post_office, team):
    """A request's Host header is its sender's; letters go to somebody else."""
    admin, path = team
    answer = await admin.post(path, json={"email": BEN}, headers={"Host": "evil.example"})
    assert answer.status_code == 201
    assert (await post_office.letter(BEN)).link.startswith("http://127.0.0.1:8000/invite#")


async def test_admins_alone_send_again(mailing, post_office, team):
    admin, path = team
    made = await invite(team, "eve@example.com")
    secret = (await admin.post(path, json={})).json()["invite"]
    assert (await register(mailing, secret)).status_code == 201
    ben = mailing.bearer((await log_in(mailing, BEN)).json()["access_token"])
    stranger, _ = await mailing.register("ida")
    url = f"{path}/{made['id']}/resend"
    answers = await asyncio.gather(ben.post(url), stranger.post(url), mailing.browser().post(url))
    assert [each.status_code for each in answers] == [403, 404, 401]


async def log_in(world, email):
    return await world.browser().post("/api/auth/login", json={"email": email, "password": PASSWORD})


async def test_without_mail_there_are_links_alone(world):
    admin, body = await world.register("anna")
    path = f"/api/teams/{body['user']['team_id']}/invites"
    answer = await admin.post(path, json={"email": BEN})
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_off")
    assert (await admin.get(path)).json()["items"] == []
    assert (await admin.post(path, json={})).status_code == 201
