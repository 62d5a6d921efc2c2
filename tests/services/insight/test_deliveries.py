"""Webhooks: what teams are told elsewhere arrives once, and leads nowhere it should not."""

import asyncio
import hashlib
import hmac
from contextlib import AsyncExitStack
from datetime import timedelta
from uuid import uuid4

import httpcore
import pytest
from sqlalchemy import insert

from services.insight import tables
from services.insight.posting import resolve
from services.insight.store import deliveries, webhooks
from services.runtime.settings import Settings
from tests.services.insight.desk import HOME, Desk
from tests.services.insight.newsroom import make_deliveries, nowhere
from tests.services.insight.receiver import Receiver, receiving
from tests.support.builders import ANNA, TEAM
from tests.support.fixtures import database_with

database_url = database_with("insight")
SECRET = "a secret of this webhook alone"


@pytest.fixture
async def desk(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path, webhook_loopback=True, public_url="https://board.example")
    made = Desk(settings, database_url, resolve)
    await made.gather()
    yield made
    await made.database.close()


async def hook(desk, url, kind="generic", **changes):
    now = desk.clock.now()
    row = {
        "id": uuid4(), "team_id": TEAM, "kind": kind, "name": "ours", "url": url,
        "events": ["health_alert", "waiting_long"], "enabled": True, "version": 1, "created_at": now,
        "secret": SECRET if kind == "generic" else None, "updated_at": now, "last_status": None,
    } | changes  # fmt: skip
    async with desk.database.write(HOME) as connection:
        await connection.execute(insert(tables.webhooks).values(**row))
    return row


async def deliver(desk):
    """Make all deliveries that are due."""
    while await desk.deliveries.step():
        pass


async def log(desk):
    rows = sorted(await desk.rows(tables.webhook_deliveries), key=lambda row: row["created_at"])
    return [(row["status"], row["attempts"], row["response_status"], row["error"]) for row in rows]


async def test_slack_teams_and_others_are_told_each_in_its_way(desk):
    async with AsyncExitStack() as stack:
        slack, teams, generic = [
            await stack.enter_async_context(receiving(Receiver(kind)))
            for kind in ("slack", "teams", "generic")
        ]
        for receiver in (slack, teams, generic):
            await hook(desk, receiver.url, receiver.shape)
        await desk.put(score=30)
        await deliver(desk)
    assert await log(desk) == [("delivered", 1, 200, None)] * 3
    assert "Health of Fix the cart fell to 30" in slack.got[0][2]["text"]
    assert "x-dashboard-signature" not in slack.got[0][1]
    line, headers, body = generic.got[0]
    assert line == "POST /hook?key=1 HTTP/1.1"
    assert body["facts"] == {
        "Session": "Fix the cart", "Repository": "acme/shop", "Machine": "anna-mbp",
        "Reason": "Health 30, below 40: Context 60 % full",
    }  # fmt: skip
    assert body["url"].startswith("https://board.example/sessions/")
    signed = f"{headers['x-dashboard-timestamp']}.{headers['raw']}".encode()
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-dashboard-signature"] == f"v1={expected}"
    assert (headers["x-dashboard-event"], headers["x-dashboard-delivery"]) == ("health_alert", body["id"])


async def test_it_goes_out_by_itself_as_soon_as_it_is_told(desk):
    async with receiving(Receiver("slack")) as slack:
        await hook(desk, slack.url, "slack")
        await desk.deliveries.start()
        await desk.put(score=30)
        async with asyncio.timeout(20):
            await slack.arrived.wait()
        await desk.deliveries.stop()


async def test_a_receiver_that_was_down_for_two_minutes_gets_it_once_even_from_another_process(desk):
    async with receiving(Receiver()) as receiver:
        port = receiver.port
        await hook(desk, receiver.url)
    await desk.put(score=30)
    for _ in range(120):
        await deliver(desk)
        desk.clock.advance(seconds=1)
    ((status, attempts, _, error),) = await log(desk)
    assert (status, error) == ("waiting", "The receiver cannot be reached.")
    assert attempts == 6
    settings = Settings(webhook_loopback=True)
    desk.deliveries = make_deliveries(desk.database, settings, desk.clock, resolve)
    async with receiving(receiver, port):
        for _ in range(300):
            await deliver(desk)
            desk.clock.advance(seconds=1)
    assert len(receiver.got) == 1
    assert (await log(desk))[0][0] == "delivered"


async def test_a_process_that_dies_with_one_in_hand_leaves_it_to_another(desk):
    async with receiving(Receiver()) as receiver:
        await hook(desk, receiver.url)
        await desk.put(score=30)
        async with desk.database.write(HOME) as connection:
            now = desk.clock.now()
            taken = await deliveries.take(None, connection, now, now + timedelta(seconds=30))
        await deliver(desk)
        assert receiver.got == []
        desk.clock.advance(seconds=31)
        await deliver(desk)
    assert taken is not None
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("kind", "status", "found"),
    [
        ("generic", 302, ("failed", 1, 302, "Redirects are not followed.")),
        ("generic", 503, ("waiting", 1, 503, "The receiver answered 503.")),
        ("generic", 404, ("waiting", 1, 404, "The receiver answered 404.")),
        ("generic", 410, ("failed", 1, 410, "The receiver answered 410.")),
        ("slack", 404, ("failed", 1, 404, "The receiver answered 404.")),
        ("slack", 429, ("waiting", 1, 429, "The receiver answered 429.")),
    ],
)
async def test_an_answer_says_whether_it_is_tried_again(desk, kind, status, found):
    async with (
        receiving(Receiver(kind)) as elsewhere,
        receiving(Receiver(kind, status, (f"Location: {elsewhere.url}",))) as receiver,
    ):
        await hook(desk, receiver.url, kind)
        await desk.put(score=30)
        await deliver(desk)
        assert elsewhere.got == []
    assert await log(desk) == [found]


async def test_what_cannot_be_delivered_in_a_day_is_given_up(desk):
    await hook(desk, "http://127.0.0.1:9/")
    await desk.put(score=30)
    for _ in range(300):
        await deliver(desk)
        desk.clock.advance(minutes=5)
    assert [one[0] for one in await log(desk)] == ["failed"]


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["::ffff:192.168.0.1"], ["64:ff9b::7f00:1"],
        ["93.184.216.34", "127.0.0.1"], [],
    ],
)  # fmt: skip
async def test_a_name_that_leads_inside_is_sent_nothing(desk, addresses):
    """One bad address among good ones is enough: which of them is used would be chance."""
    asked = []

    async def lead_inside(host, port):
        asked.append((host, port))
        return addresses

    desk.deliveries = make_deliveries(desk.database, Settings(), desk.clock, lead_inside)
    await hook(desk, "https://rebinding.example/hook")
    await desk.put(score=30)
    await deliver(desk)
    ((status, _, response, error),) = await log(desk)
    assert (status, response) == ("waiting", None)
    assert error == "This host is not on the internet, or only partly: nothing was sent."
    assert asked == [("rebinding.example", 443)]


async def test_a_name_is_looked_up_once_and_connected_where_it_led_then(desk, monkeypatch):
    """What it says a moment later makes no difference."""
    answers = iter((["93.184.216.34"], ["127.0.0.1"]))
    connected = []

    async def rebind(_host, _port):
        return next(answers)

    async def connect(_network, address, port, *_given):
        connected.append((address, port))
        raise httpcore.ConnectError

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    desk.deliveries = make_deliveries(desk.database, Settings(), desk.clock, rebind)
    await hook(desk, "https://rebinding.example/hook")
    await desk.put(score=30)
    await deliver(desk)
    assert connected == [("93.184.216.34", 443)]


async def test_an_endless_or_senseless_answer_harms_nobody(desk):
    async with receiving(Receiver(answer=b"x" * 1_000_000)) as endless:
        await hook(desk, endless.url)
        await desk.put(score=30)
        await deliver(desk)
        assert (await log(desk))[0][0] == "delivered"
        endless.status = "nonsense"
        await desk.put("another", score=30)
        await deliver(desk)
    assert (await log(desk))[1][3] == "The receiver's answer is no answer of a web server."


async def test_what_is_private_or_switched_off_or_not_asked_for_goes_nowhere(desk):
    async with receiving(Receiver()) as receiver:
        await hook(desk, receiver.url)
        await hook(desk, receiver.url, enabled=False)
        await hook(desk, receiver.url, events=["mention"])
        await desk.put("private", score=30, visibility="private")
        await deliver(desk)
        assert await log(desk) == []
        await desk.put("shared", score=30)
        await desk.put("shared", score=30, visibility="private")
        await deliver(desk)
        assert receiver.got == []
    assert [one[3] for one in await log(desk)] == ["The session is not shared any more."]


async def choose(desk, quiet=None, **channels):
    async with desk.database.write(HOME) as connection:
        row = {
            "team_id": TEAM, "user_id": ANNA, "events": {"health_alert": channels}, "quiet_hours": quiet,
            "version": 1, "updated_at": desk.clock.now(),
        }  # fmt: skip
        await connection.execute(insert(tables.notification_preferences).values(**row))


QUIET = {"from": "12:00", "to": "14:00", "timezone": "UTC"}


async def test_quiet_hours_hold_back_all_but_what_stands_in_the_app(desk):
    await choose(desk, QUIET, email=True, push=True)
    async with receiving(Receiver()) as receiver:
        await hook(desk, receiver.url)
        await desk.put("one", score=30)
        await desk.put("two", score=30)
        await deliver(desk)
        await desk.alerting.vigil.send_letters()
        assert (len(await desk.told()), receiver.got, await desk.letters()) == (2, [], [])
        desk.clock.advance(hours=2)
        await deliver(desk)
        await desk.alerting.vigil.send_letters()
        await desk.alerting.vigil.send_letters()
        assert len(receiver.got) == 2
    assert await desk.letters() == [["Health of Fix the cart fell to 30"] * 2]


async def test_a_letter_that_waited_is_not_sent_of_what_is_gone(desk):
    await choose(desk, QUIET, email=True)
    await desk.put(score=30, visibility="private", user_id=ANNA)
    async with desk.database.write(HOME) as connection:
        await connection.execute(tables.sessions.update().values(user_id=uuid4()))
    desk.clock.advance(hours=2)
    await desk.alerting.vigil.send_letters()
    assert (await desk.letters(), await desk.rows(tables.letters)) == ([], [])


async def test_who_wants_it_nowhere_is_told_nowhere(desk):
    await choose(desk, app=False, webhook=False)
    async with receiving(Receiver()) as receiver:
        await hook(desk, receiver.url)
        await desk.put(score=30)
        await deliver(desk)
        assert receiver.got == []
    assert (await desk.told(), await desk.letters()) == ([], [])


async def test_a_webhook_remembers_how_its_newest_attempt_went(desk):
    row = await hook(desk, "http://127.0.0.1:9/", "slack")
    await desk.put(score=30)
    await deliver(desk)
    async with desk.database.read(HOME) as connection:
        found = await webhooks.find(HOME, connection, row["id"])
    assert found is not None
    assert found["last_status"] == "waiting"


async def test_a_host_that_nobody_knows_is_tried_again(desk):
    desk.deliveries = make_deliveries(desk.database, Settings(), desk.clock, nowhere)
    await hook(desk, "https://gone.example/hook")
    await desk.put(score=30)
    await deliver(desk)
    assert (await log(desk))[0][::3] == ("waiting", "The receiver cannot be reached.")
