"""A new password by letter: for whoever has the account's mailbox, once; nobody learns who has an account."""

import asyncio
import re
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from services.auth.tables import mail, password_resets
from services.runtime.reach import NOBODY
from tests.services.auth.world import PAGE, PASSWORD, mail_by, open_world
from tests.support.waiting import eventually

RESET, CONFIRM, LOGIN, ME = "/api/auth/reset", "/api/auth/reset/confirm", "/api/auth/login", "/api/auth/me"
ANNA, NEW = "anna@example.com", "a quiet mountain lake"
SECRET = re.compile(r"[\w-]{43}")


async def ask(world, email, browser=None):
    return await (browser or world.browser()).post(RESET, json={"email": email})


async def confirm(world, secret, password=NEW):
    return await world.browser().post(CONFIRM, json={"token": secret, "password": password})


async def log_in(world, password, email=ANNA):
    return await world.browser().post(LOGIN, json={"email": email, "password": password})


async def audited(admin, team_id, action):
    answer = await admin.get(f"/api/teams/{team_id}/audit", params={"action": action})
    return answer.json()["items"]


async def test_from_asking_to_signed_in(mailing, post_office):
    anna, body = await mailing.register("anna")
    team_id = body["user"]["team_id"]
    assert (await ask(mailing, "Anna@Example.com")).status_code == 202
    letter = await post_office.letter(ANNA)
    assert letter.link == f"http://127.0.0.1:8000/reset#{letter.secret}"
    assert SECRET.fullmatch(letter.secret)
    assert letter.message["Subject"] == "Choose a new password for Team Dashboard"
    assert "your account, anna" in letter.text
    assert "1 March 2026, 12:30 UTC" in letter.text
    assert (await log_in(mailing, PASSWORD)).status_code == 200

    assert (await confirm(mailing, letter.secret)).status_code == 204
    assert (await log_in(mailing, PASSWORD)).status_code == 401
    answer = await log_in(mailing, NEW)
    assert answer.status_code == 200
    assert (await anna.get(ME)).status_code == 401
    assert (await anna.post("/api/auth/refresh", json={}, headers=PAGE)).status_code == 401
    again = mailing.bearer(answer.json()["access_token"])
    asked = await audited(again, team_id, "account.reset_asked")
    assert [(each["actor_id"], each["target"]) for each in asked] == [(None, body["user"]["id"])]
    done = await audited(again, team_id, "account.password_reset")
    assert [(each["actor_id"], each["details"]) for each in done] == [(body["user"]["id"], {"by": "mail"})]

    news = await post_office.letter(ANNA, 2)
    assert news.message["Subject"] == "Your password for Team Dashboard was changed"
    assert "http://127.0.0.1:8000/reset" in news.text
    assert "#" not in news.text


async def test_api_tokens_stay(mailing, post_office):
    anna, _ = await mailing.register("anna")
    script = mailing.bearer((await mailing.token(anna, "read"))["token"])
    await ask(mailing, ANNA)
    assert (await confirm(mailing, (await post_office.letter(ANNA)).secret)).status_code == 204
    assert (await script.get(ME)).status_code == 200


async def test_nobody_learns_who_has_an_account(mailing, post_office):
    """To an address without an account nothing goes, and the answer is the same to the byte."""
    await mailing.register("anna")
    answers = [await ask(mailing, email) for email in ("nobody@example.com", ANNA, "no address", "<\"'>@x")]
    plain = {(each.status_code, each.content, each.headers["content-length"]) for each in answers}
    assert plain == {(202, b"null", "4")}
    await post_office.letter(ANNA)
    await eventually(lambda: waiting(mailing, 0))
    assert [letter.to for letter in post_office.letters] == [ANNA]


async def test_the_same_is_done_before_every_answer(mailing):
    """So that its time tells nothing: whose address it is, the account's if any, is found out behind it."""
    await mailing.register("anna")
    done, mine = [], asyncio.current_task()

    def note(_connection, _cursor, statement, *_rest):
        if asyncio.current_task() is mine:
            done.append(statement)

    event.listen(mailing.database.engine.sync_engine, "before_cursor_execute", note)
    kinds = []
    for email in (ANNA, "nobody@example.com"):
        done.clear()
        await ask(mailing, email)
        kinds.append(list(done))
    event.remove(mailing.database.engine.sync_engine, "before_cursor_execute", note)
    assert kinds[0] == kinds[1]
    assert any("auth_mail" in statement for statement in kinds[0])
    assert not any("users" in statement for statement in kinds[0])


async def waiting(world, count):
    """Whether so many letters wait."""
    async with world.database.read(NOBODY) as connection:
        return (await connection.execute(select(func.count()).select_from(mail))).scalar() == count


async def test_a_letter_goes_where_the_account_says(mailing, post_office):
    """Two spellings may have one lower-case form: the account's own counts, not the one that was typed."""
    await mailing.register("anna", email="kim@example.com")
    kelvin = "\u212aim@example.com"
    assert kelvin.lower() == "kim@example.com"
    await ask(mailing, kelvin)
    assert (await post_office.letter("kim@example.com")).to == "kim@example.com"
    assert {letter.to for letter in post_office.letters} == {"kim@example.com"}


async def test_a_link_works_once(mailing, post_office):
    await mailing.register("anna")
    await ask(mailing, ANNA)
    secret = (await post_office.letter(ANNA)).secret
    answers = await asyncio.gather(*(confirm(mailing, secret, f"{NEW} {n}") for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]
    again = await confirm(mailing, secret)
    assert (again.status_code, again.json()["code"]) == (410, "reset_over")


async def test_a_link_works_for_half_an_hour(mailing, post_office):
    await mailing.register("anna")
    await ask(mailing, ANNA)
    secret = (await post_office.letter(ANNA)).secret
    mailing.clock.advance(30 * 60 - 1)
    assert (await confirm(mailing, secret, "short")).status_code == 422
    mailing.clock.advance(1)
    over, unknown = await confirm(mailing, secret), await confirm(mailing, "x" * 43)
    assert over.status_code == unknown.status_code == 410
    assert over.json() | {"correlation_id": ""} == unknown.json() | {"correlation_id": ""}


async def test_whichever_letter_arrives_works_and_ends_the_others(mailing, post_office):
    await mailing.register("anna")
    await ask(mailing, ANNA)
    first = await post_office.letter(ANNA)
    await ask(mailing, ANNA)
    second = await post_office.letter(ANNA, 2)
    assert first.secret != second.secret
    assert (await confirm(mailing, first.secret)).status_code == 204
    assert (await confirm(mailing, second.secret)).status_code == 410


@pytest.mark.parametrize("password", ["1234567", "password123", "anna", "Anna@Example.com", "x" * 1025, ""])
async def test_a_password_that_will_not_do_uses_no_link_up(mailing, post_office, password):
    await mailing.register("anna")
    await ask(mailing, ANNA)
    secret = (await post_office.letter(ANNA)).secret
    refused = await confirm(mailing, secret, password)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "password"
    assert (await confirm(mailing, secret)).status_code == 204


@pytest.mark.parametrize("change", [{"email": "new@example.com"}, {"password": "another good one"}])
async def test_a_change_by_its_owner_ends_links(mailing, post_office, change):
    """Whoever has only the mailbox of before has nothing any more."""
    anna, _ = await mailing.register("anna")
    await ask(mailing, ANNA)
    secret = (await post_office.letter(ANNA)).secret
    answer = await anna.put(ME, json=change | {"current_password": PASSWORD})
    assert answer.status_code == 200
    assert (await confirm(mailing, secret)).status_code == 410


async def test_a_failed_sign_ins_delay_is_over_with_it(mailing, post_office):
    await mailing.register("anna")
    for _ in range(6):
        await log_in(mailing, "wrong")
    assert (await log_in(mailing, PASSWORD)).status_code == 429
    await ask(mailing, ANNA)
    assert (await confirm(mailing, (await post_office.letter(ANNA)).secret)).status_code == 204
    assert (await log_in(mailing, NEW)).status_code == 200


async def test_an_account_gets_few_letters_an_hour_and_the_answer_does_not_tell(mailing, post_office):
    await mailing.register("anna")
    for email in (ANNA, "nobody@example.com"):
        answers = [await ask(mailing, email) for _ in range(5)]
        assert {(each.status_code, each.content) for each in answers} == {(202, b"null")}
    await eventually(lambda: waiting(mailing, 0))
    assert len(post_office.to(ANNA)) == mailing.settings.reset_letters_per_hour
    mailing.clock.advance(3601)
    await ask(mailing, ANNA)
    await post_office.letter(ANNA, mailing.settings.reset_letters_per_hour + 1)


async def test_an_address_may_ask_so_often_an_hour(database_url, tmp_path, post_office):
    async with open_world(database_url, tmp_path, **mail_by(post_office), resets_per_hour=3) as world:
        answers = [await ask(world, f"{uuid4().hex}@example.com") for _ in range(4)]
        assert [each.status_code for each in answers] == [202, 202, 202, 429]
        assert int(answers[-1].headers["retry-after"]) > 60


async def test_a_letter_that_cannot_be_sent_is_sent_later_with_a_fresh_link(mailing, post_office):
    await mailing.register("anna")
    with post_office.answering({"RCPT": "451 later"}):
        assert (await ask(mailing, ANNA)).status_code == 202
        await eventually(lambda: mailing.metrics.registry.get_sample_value(
            "td_letters_total", {"kind": "reset", "outcome": "queued"}) == 1)  # fmt: skip
    mailing.clock.advance(mailing.settings.mail_retry_seconds)
    letter = await post_office.letter(ANNA)
    assert (await confirm(mailing, letter.secret)).status_code == 204


async def test_what_could_not_be_sent_in_half_an_hour_is_not_sent(mailing, post_office):
    await mailing.register("anna")
    with post_office.answering({"RCPT": "451 later"}):
        await ask(mailing, ANNA)
        mailing.clock.advance(31 * 60)
        await eventually(lambda: waiting(mailing, 0))
    assert post_office.letters == []


async def test_no_secret_is_kept_or_logged(mailing, post_office, capsys):
    """Neither the database nor the logs hold what stands in the letter."""
    await mailing.register("anna")
    await ask(mailing, ANNA)
    letter = await post_office.letter(ANNA)
    async with mailing.database.read(NOBODY) as connection:
        kept = (await connection.execute(select(password_resets))).mappings().all()
    assert len(kept) == 1
    assert letter.secret not in str(kept)
    await confirm(mailing, letter.secret)
    said = capsys.readouterr()
    assert letter.secret not in said.out + said.err
    assert ANNA not in said.out + said.err


async def test_without_mail_it_says_so(world):
    await world.register("anna")
    assert (await world.browser().get("/api/auth/mail")).json() == {"enabled": False, "reset_minutes": 30}
    answers = [await ask(world, email) for email in (ANNA, "nobody@example.com")]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "mail_off")] * 2


async def test_with_mail_it_says_so(mailing):
    assert (await mailing.browser().get("/api/auth/mail")).json() == {"enabled": True, "reset_minutes": 30}
