"""How ingest is asked, and what is made of its answers."""

import httpx
import pytest

from gateway.audience import Source
from gateway.snapshot import SnapshotClient
from services.contracts.channels import Snapshot
from tests.gateway.stage import ANNA, TEAM, make_session, session_id

SHARED = Source("team:x", TEAM, None)
OWN = Source("user:x", TEAM, ANNA)


class Answering:
    """An ingest that answers the same to everybody and keeps what it was asked."""

    def __init__(self, status=200, content=b""):
        self.status, self.content, self.asked = status, content, []

    def __call__(self, request):
        self.asked.append(request)
        return httpx.Response(self.status, content=self.content)

    async def load(self, source, session=None, secret="quiet"):
        transport = httpx.MockTransport(self)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            return await SnapshotClient(client, secret).load(source, session)


def body(owner=None, *, truncated=False, team=TEAM):
    sessions = [make_session(n) for n in (1, 2)]
    answer = Snapshot(team_id=team, owner_id=owner, sessions=sessions, truncated=truncated)
    return answer.model_dump_json().encode()


async def test_the_question_names_the_audience_and_bears_the_secret():
    ingest = Answering(content=body(ANNA, truncated=True))
    content = await ingest.load(OWN)
    (request,) = ingest.asked
    assert request.url.path == "/internal/snapshot"
    assert dict(request.url.params) == {"team_id": str(TEAM), "owner_id": str(ANNA)}
    assert request.headers["x-internal-secret"] == "quiet"
    assert [card.id for card in content.cards] == [str(session_id(1)), str(session_id(2))]
    assert content.truncated is True


async def test_one_session_is_asked_for_by_its_id():
    ingest = Answering(content=body())
    content = await ingest.load(SHARED, str(session_id(2)))
    assert dict(ingest.asked[0].url.params) == {"team_id": str(TEAM), "session_id": str(session_id(2))}
    assert [card.id for card in content.cards] == [str(session_id(2))]


@pytest.mark.parametrize(
    "ingest",
    [
        Answering(404, b"{}"),
        Answering(503, body()),
        Answering(307, body()),
        Answering(200, b""),
        Answering(200, b'{"sessions": []}'),
        Answering(200, body(ANNA)),
        Answering(200, body(team=ANNA)),
    ],
)
async def test_what_is_no_answer_of_this_audience_is_none(ingest):
    with pytest.raises(ConnectionError):
        await ingest.load(SHARED)
