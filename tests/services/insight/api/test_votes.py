"""Everybody has one vote, however often and however many at a time."""

import asyncio
from itertools import product

from tests.services.ingest.api.team import code
from tests.services.insight.api.forum import told

PEOPLE = 20


async def test_a_hundred_votes_of_twenty_people_at_the_same_time(forum):
    made = await forum.share(forum.ben)
    path = f"/api/insights/{made['id']}/upvote"
    people = [await forum.stack.colleague(forum.anna, f"voter-{n}") for n in range(PEOPLE)]
    answers = await asyncio.gather(*(who.browser.post(path) for who, _ in product(people, range(5))))
    assert len(answers) == 100
    assert all(told(answer)["voted"] for answer in answers)
    assert (await forum.seen(forum.ben, made["id"]))["upvotes"] == PEOPLE
    assert (await forum.seen(people[7], made["id"]))["voted"] is True
    assert (await forum.seen(forum.ben, made["id"]))["voted"] is False

    # Half of them change their mind, again and again, and those who vote anyhow do it at the same time.
    fickle, firm = people[: PEOPLE // 2], people[PEOPLE // 2 :]
    both = [who.browser.delete(path) for who, _ in product(fickle, range(3))]
    both += [who.browser.post(path) for who in firm]
    for answer in await asyncio.gather(*both):
        assert PEOPLE // 2 <= told(answer)["upvotes"] <= PEOPLE
    assert (await forum.seen(forum.ben, made["id"]))["upvotes"] == PEOPLE // 2
    assert (await forum.seen(forum.ben, made["id"]))["version"] == 1


async def test_viewers_do_not_vote_and_others_do_not_see(forum):
    made = await forum.share(forum.ben)
    path = f"/api/insights/{made['id']}/upvote"
    for ask in (forum.vera.browser.post, forum.vera.browser.delete):
        assert code(await ask(path)) == (403, "forbidden")
    assert code(await forum.olga.browser.post(path)) == (404, "not_found")


async def test_the_votes_of_a_deleted_account_go_with_it(forum):
    made = await forum.share(forum.ben)
    path = f"/api/insights/{made['id']}/upvote"
    for who in (forum.anna, forum.ben):
        await who.browser.post(path)
    await forum.delete_account(forum.anna)
    assert (await forum.seen(forum.vera, made["id"]))["upvotes"] == 1
