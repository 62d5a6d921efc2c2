"""Letters that another service asks for: written once, to who is in the team, in its words."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from services.auth import tables
from services.contracts.letters import LETTER_ASKED, LetterAsked, LetterItem
from services.runtime.bus import Message
from services.runtime.reach import NOBODY
from tests.support.waiting import eventually

ITEM = LetterItem(title="Health of cart.example fell to 30", text="Context 95 % full", link="/sessions/1")


def asked(world, body, items=(ITEM,), **changes):
    user = body["user"]
    known = {
        "event_id": uuid4(), "team_id": UUID(user["team_id"]), "user_id": UUID(user["id"]),
        "items": tuple(items), "at": world.clock.now(),
    }  # fmt: skip
    return LetterAsked(**known | changes)


async def ask(world, *letters):
    batch = [Message(LETTER_ASKED, one.model_dump_json().encode()) for one in letters]
    return await world.bus.handlers["auth.letters"](batch)


async def waiting(world):
    async with world.database.read(NOBODY) as connection:
        return (await connection.execute(select(tables.mail.c.kind))).scalars().all()


async def test_one_thing_is_a_letter_under_its_name(mailing, post_office):
    _, body = await mailing.register("anna")
    await ask(mailing, asked(mailing, body))
    letter = await post_office.letter("anna@example.com")
    assert letter.message["Subject"] == ITEM.title
    assert "http://127.0.0.1:8000/sessions/1" in letter.text.split()
    # No mail program is to make an address of a name.
    assert "cart.example" not in letter.text


async def test_what_waited_for_the_morning_is_one_letter(mailing, post_office):
    _, body = await mailing.register("anna")
    await ask(mailing, asked(mailing, body, items=[ITEM] * 3))
    letter = await post_office.letter("anna@example.com")
    assert letter.message["Subject"] == "3 notifications from Team Dashboard"
    assert letter.text.count("Context 95 % full") == 3


async def test_what_is_asked_twice_is_one_letter(mailing, post_office):
    _, body = await mailing.register("anna")
    once = asked(mailing, body)
    await ask(mailing, once, once)
    await ask(mailing, once)
    other = asked(mailing, body, items=[ITEM.model_copy(update={"title": "Another"})])
    await ask(mailing, other)

    async def all_sent():
        return not await waiting(mailing)

    await eventually(all_sent)
    subjects = sorted(letter.message["Subject"] for letter in post_office.letters)
    assert subjects == ["Another", ITEM.title]


async def test_who_is_not_in_the_team_gets_none(mailing, post_office):
    _, body = await mailing.register("anna")
    await ask(mailing, asked(mailing, body, team_id=uuid4()), asked(mailing, body, user_id=uuid4()))

    async def is_dropped():
        return not await waiting(mailing)

    await eventually(is_dropped)
    assert post_office.letters == []


async def test_where_mail_is_off_nothing_waits(world):
    _, body = await world.register("anna")
    assert await ask(world, asked(world, body)) == [None]
    assert await waiting(world) == []


@pytest.mark.parametrize("wrong", [b"{}", b"nonsense"])
async def test_what_cannot_be_read_is_refused_alone(world, wrong):
    (answer,) = await world.bus.handlers["auth.letters"]([Message(LETTER_ASKED, wrong)])
    assert answer.code == "invalid"
