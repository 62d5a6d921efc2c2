"""A real broker asks the auth service: an agent writes one key, reads one queue, and does nothing else."""

from uuid import uuid4

import aio_pika
import httpx
import pytest
from aio_pika.exceptions import AMQPConnectionError, ChannelPreconditionFailed
from aiormq.exceptions import ChannelAccessRefused

from services.contracts.topology import AGENTS
from tests.services.auth.api.test_broker import make
from tests.services.auth.brokered import REPORTS, brokered, command_queue, connected, held, publish
from tests.services.auth.world import World

pytestmark = pytest.mark.servers


@pytest.fixture
async def world(amqp_url, rabbitmq, tmp_path):
    async with brokered(amqp_url, rabbitmq, tmp_path) as opened:
        yield opened


@pytest.fixture
async def agent(world: World, amqp_url):
    made = await make(world, "anna")
    await command_queue(amqp_url, made)
    return made


@pytest.fixture
async def other(world: World, amqp_url):
    """An agent of another team."""
    made = await make(world, "ben")
    await command_queue(amqp_url, made)
    return made


@pytest.fixture
async def colleague(world: World, agent):
    """An agent of somebody else in the same team."""
    invited = await agent.owner.post(f"/api/teams/{agent.team}/invites", json={"role": "member"})
    owner, body = await world.register("cleo", team_name=None, invite=invited.json()["invite"])
    return type(agent)(world, owner, body, await world.token(owner, "agent"))


async def ignore(_message) -> None:
    """Take a message that the test does not look at."""


async def test_an_agent_reports_under_its_own_key_and_reads_its_commands(amqp_url, agent):
    async with connected(amqp_url, agent) as channel:
        await publish(channel, AGENTS.name, agent.key)
        queue = await channel.get_queue(f"commands.{agent.id}", ensure=False)
        await queue.consume(ignore)
    assert await held(amqp_url, REPORTS) == [agent.key]


async def test_its_own_user_id_is_taken(amqp_url, agent):
    async with connected(amqp_url, agent) as channel:
        await publish(channel, AGENTS.name, agent.key, aio_pika.Message(b"{}", user_id=str(agent.id)))
    assert await held(amqp_url, REPORTS) == [agent.key]


@pytest.mark.parametrize("forged", ["services", "operator", "guest", "other"])
async def test_a_forged_user_id_is_refused(amqp_url, agent, other, forged):
    name = str(other.id) if forged == "other" else forged
    async with connected(amqp_url, agent) as channel:
        with pytest.raises(ChannelPreconditionFailed):
            await publish(channel, AGENTS.name, agent.key, aio_pika.Message(b"{}", user_id=name))
    assert await held(amqp_url, REPORTS) == []


@pytest.mark.parametrize(
    "exchange", ["", "commands", "events", "dead", "amq.topic", "amq.direct", "amq.fanout"]
)
async def test_an_agent_writes_to_no_other_exchange(amqp_url, agent, exchange):
    for key in (agent.key, REPORTS, f"commands.{agent.id}"):
        async with connected(amqp_url, agent) as channel:
            with pytest.raises(ChannelAccessRefused):
                await publish(channel, exchange, key)
    assert await held(amqp_url, REPORTS) == []
    assert await held(amqp_url, f"commands.{agent.id}") == []


async def test_an_agent_writes_no_other_key(amqp_url, agent, other, colleague):
    """Neither another agent's of the same person, nor a colleague's, nor another team's, nor none at all."""
    for key in (
        f"report.{agent.team}.{agent.user}.{uuid4()}",
        colleague.key,
        other.key,
        f"report.{other.team}.{agent.user}.{agent.id}",
        agent.key + ".x",
        "report.#",
        "report.a.b.c",
        "",
    ):
        async with connected(amqp_url, agent) as channel:
            with pytest.raises(ChannelAccessRefused):
                await publish(channel, AGENTS.name, key)
    assert await held(amqp_url, REPORTS) == []


@pytest.mark.parametrize("header", ["CC", "BCC"])
async def test_further_keys_in_a_header_have_no_effect(amqp_url, agent, other, header):
    """The broker does not ask about them; but from where agents write, nothing else can be reached."""
    keys = [f"commands.{other.id}", str(other.id), f"commands.{agent.id}", other.key, "session.state", "dead"]
    async with connected(amqp_url, agent) as channel:
        await publish(channel, AGENTS.name, agent.key, aio_pika.Message(b"{}", headers={header: keys}))
    assert await held(amqp_url, REPORTS) == [agent.key]
    for one in (agent, other):
        assert await held(amqp_url, f"commands.{one.id}") == []


@pytest.mark.parametrize("name", ["ingest.reports", "commands.other"])
async def test_an_agent_reads_no_other_queue(amqp_url, agent, other, name):
    name = name.replace("other", str(other.id))
    async with connected(amqp_url, agent) as channel:
        queue = await channel.get_queue(name, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.consume(ignore)
    async with connected(amqp_url, agent) as channel:
        queue = await channel.get_queue(name, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get(fail=False)


DEEDS = {
    "declare its queue": lambda channel, queue: channel.declare_queue(queue.name, durable=True),
    "declare another queue": lambda channel, queue: channel.declare_queue("mine"),
    "declare a nameless queue": lambda channel, queue: channel.declare_queue(exclusive=True),
    "declare an exchange": lambda channel, queue: channel.declare_exchange("mine", "topic"),
    "declare its exchange": lambda channel, queue: channel.declare_exchange("agents", "topic", durable=True),
    "bind": lambda channel, queue: queue.bind(AGENTS.name, "report.#"),
    "unbind": lambda channel, queue: queue.unbind("commands", queue.name.removeprefix("commands.")),
    "purge": lambda channel, queue: _reports(channel).purge(),
    "delete a queue": lambda channel, queue: _reports(channel).delete(if_unused=False, if_empty=False),
    "delete an exchange": lambda channel, queue: channel.exchange_delete("agents"),
}


def _reports(channel):
    return aio_pika.queue.Queue(channel, REPORTS, True, False, False, None)


@pytest.mark.parametrize("deed", DEEDS)
async def test_an_agent_changes_nothing(amqp_url, agent, deed):
    async with connected(amqp_url, agent) as channel:
        queue = await channel.get_queue(f"commands.{agent.id}", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await DEEDS[deed](channel, queue)
    async with connected(amqp_url, agent) as channel:
        await publish(channel, AGENTS.name, agent.key)
    assert await held(amqp_url, REPORTS) == [agent.key]


async def test_a_wrong_or_revoked_token_does_not_connect(amqp_url, agent, other):
    for password in ("lsm_wrong", "guest", other.token["token"]):
        with pytest.raises(AMQPConnectionError):
            async with connected(amqp_url, agent, password):
                pass
    await agent.owner.delete(f"/api/auth/tokens/{agent.token['id']}")
    with pytest.raises(AMQPConnectionError):
        async with connected(amqp_url, agent):
            pass


async def test_an_agent_does_not_get_into_the_management(rabbitmq, agent):
    """Its token is good, but it is no account of the broker's management."""
    account = (str(agent.id), agent.token["token"])
    address = f"http://127.0.0.1:{rabbitmq.management_port}"
    async with httpx.AsyncClient(base_url=address, auth=account, trust_env=False) as client:
        for path in ("whoami", "connections", "definitions"):
            assert (await client.get(f"/api/{path}")).status_code == 401
