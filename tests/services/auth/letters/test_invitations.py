"""An admin and the post at one invitation in one moment: neither waits for the other forever."""

import asyncio

import pytest

from services.auth.letters.invitations import InvitationLetters
from tests.services.auth.world import mail_by, open_world
from tests.support.waiting import eventually, somebody_waits

pytestmark = pytest.mark.servers


@pytest.fixture
async def meeting(postgres_url, tmp_path, post_office, monkeypatch):
    """The auth service, whose post notes what became of the first letter once somebody waits for it."""
    noting, real = asyncio.Event(), InvitationLetters.settle
    async with open_world(postgres_url, tmp_path, **mail_by(post_office)) as world:

        async def settle(self, connection, order, fate):
            if not noting.is_set():
                noting.set()
                await eventually(lambda: somebody_waits(world.database))
            await real(self, connection, order, fate)

        monkeypatch.setattr(InvitationLetters, "settle", settle)
        admin, body = await world.register("anna")
        path = f"/api/teams/{body['user']['team_id']}/invites"
        made = (await admin.post(path, json={"email": "ben@example.com"})).json()
        await noting.wait()
        yield admin, f"{path}/{made['id']}"


async def test_it_is_sent_again_while_what_became_of_it_is_noted(meeting, post_office):
    admin, path = meeting
    answer = await admin.post(f"{path}/resend")
    assert (answer.status_code, answer.json()["mail"]["state"]) == (200, "queued")
    await post_office.letter("ben@example.com", 2)


async def test_it_is_revoked_while_what_became_of_it_is_noted(meeting):
    admin, path = meeting
    assert (await admin.delete(path)).status_code == 204
