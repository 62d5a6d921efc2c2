"""The broker's questions: an agent writes one key, reads one queue, nothing else."""

from uuid import UUID, uuid4

import pytest

from services.runtime.auth.agents import agent_id
from tests.services.auth.world import PASSWORD

PATH = "/internal/broker/"


class Agent:
    """An agent with a token, and the broker asking about it."""

    def __init__(self, world, owner, body, token) -> None:
        self.world, self.owner = world, owner
        self.team, self.user = UUID(body["user"]["team_id"]), UUID(body["user"]["id"])
        self.id = agent_id(self.team, self.user, f"machine of {self.user}")
        self.token = token
        self.key = f"report.{self.team}.{self.user}.{self.id}"

    async def ask(self, question, **fields):
        plain = {"username": str(self.id), "vhost": "/"}
        answer = await self.world.browser().post(PATH + question, data=plain | fields)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
        return answer.text

    async def log_in(self, **fields):
        return await self.ask("user", **({"password": self.token["token"]} | fields))

    async def use(self, kind, name, permission, **fields):
        return await self.ask("resource", resource=kind, name=name, permission=permission, **fields)

    async def publish(self, key, exchange="agents", permission="write", **fields):
        return await self.ask(
            "topic", resource="topic", name=exchange, permission=permission, routing_key=key, **fields
        )


async def make(world, name, *scopes):
    owner, body = await world.register(name)
    return Agent(world, owner, body, await world.token(owner, *(scopes or ("agent",))))


@pytest.fixture
async def agent(world):
    made = await make(world, "anna")
    assert await made.log_in() == "allow"
    return made


async def test_what_an_agent_may(agent):
    assert await agent.ask("vhost", ip="127.0.0.1") == "allow"
    assert await agent.use("exchange", "agents", "write") == "allow"
    assert await agent.publish(agent.key) == "allow"
    assert await agent.use("queue", f"commands.{agent.id}", "read") == "allow"


async def test_nothing_else(agent):
    for kind, name in (
        ("exchange", "agents"),
        ("queue", f"commands.{agent.id}"),
        ("queue", "ingest.reports"),
    ):
        assert await agent.use(kind, name, "configure") == "deny"
    for name in ("", "amq.default", "commands", "events", "dead", "amq.topic"):
        assert await agent.use("exchange", name, "write") == "deny"
    assert await agent.use("exchange", "agents", "read") == "deny"
    assert await agent.use("queue", f"commands.{agent.id}", "write") == "deny"
    for name in (f"commands.{uuid4()}", "commands.", "ingest.reports", "agents", f"commands.{agent.id}.x"):
        assert await agent.use("queue", name, "read") == "deny"
    assert await agent.use("queue", "agents", "write") == "deny"


async def test_no_other_key(agent):
    team, user = agent.team, agent.user
    for key in (
        "",
        "report.#",
        f"report.{team}.{user}.*",
        f"report.{team}.{user}.{uuid4()}",
        f"report.{team}.{uuid4()}.{agent.id}",
        f"report.{uuid4()}.{user}.{agent.id}",
        f"report.{team}.{user}.script",
        agent.key.upper(),
        agent.key + ".x",
    ):
        assert await agent.publish(key) == "deny"
    assert await agent.publish(agent.key, exchange="events") == "deny"
    assert await agent.publish(agent.key, permission="read") == "deny"


async def test_no_other_virtual_host(agent):
    assert await agent.ask("vhost", vhost="other") == "deny"
    assert await agent.use("exchange", "agents", "write", vhost="other") == "deny"
    assert await agent.publish(agent.key, vhost="other") == "deny"


async def test_who_never_logged_in_may_nothing(world):
    agent = await make(world, "anna")
    assert await agent.ask("vhost") == "deny"
    assert await agent.publish(agent.key) == "deny"


@pytest.mark.parametrize("scopes", [("read",), ("read", "write")])
async def test_a_token_without_the_scope_is_refused(world, scopes):
    assert await (await make(world, "anna", *scopes)).log_in() == "deny"


async def test_bad_log_ins(world, agent):
    for fields in (
        {"password": ""},
        {"password": "wrong"},
        {"password": agent.token["token"][:-1]},
        {"username": "services"},
        {"username": ""},
        {"username": str(uuid4())},
        {"username": str(agent.id).upper()},
        {"username": agent.id.hex},
        {"username": f"{{{agent.id}}}"},
    ):
        assert await agent.log_in(**fields) == "deny"
    access = (
        await world.browser().post(
            "/api/auth/login", json={"email": "anna@example.com", "password": PASSWORD}
        )
    ).json()["access_token"]
    assert await agent.log_in(password=access) == "deny"


async def test_nobody_logs_in_as_anothers_agent(world, agent):
    """It would read the other's command queue, and shut the other out."""
    colleague = await make(world, "ben")
    assert await colleague.log_in(username=str(agent.id)) == "deny"
    assert await agent.publish(agent.key) == "allow"


async def test_a_revoked_token_ends_every_right(agent):
    answer = await agent.owner.delete(f"/api/auth/tokens/{agent.token['id']}")
    assert answer.status_code == 204
    assert await agent.log_in() == "deny"
    assert await agent.ask("vhost") == "deny"
    assert await agent.publish(agent.key) == "deny"
    assert await agent.use("queue", f"commands.{agent.id}", "read") == "deny"


async def test_another_token_of_the_same_person_takes_over(world, agent):
    agent.token = await world.token(agent.owner, "agent")
    assert await agent.log_in() == "allow"
    assert await agent.publish(agent.key) == "allow"


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"username=%00", b"&" * 200, b"a=1&" * 100])
async def test_what_cannot_be_read_is_no(world, body):
    for question in ("user", "vhost", "resource", "topic"):
        answer = await world.browser().post(PATH + question, content=body)
        assert (answer.status_code, answer.text) == (200, "deny")
