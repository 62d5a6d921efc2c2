"""The server's own machine is connected by its person, from this machine, with a token of their own."""

import asyncio

import httpx
import pytest

from services.local.agent import LocalAgent
from tests.services.ingest.api.team import code
from tests.support.compositions import open_stack, settings_for
from tests.support.waiting import eventually

pytestmark = pytest.mark.composed
URL = "/api/agents/local"
PROGRAM = """
import sys, time
print(*sys.argv[1:], flush=True)
time.sleep(600)
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A program in the agent's place: it says how it was called, and waits."""
    package = tmp_path / "program" / "llm_session_manager"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "cli.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    return package


@pytest.fixture
async def stack(tmp_path, program):
    async with open_stack(settings_for(tmp_path / "data")) as opened:
        yield opened


async def new_token(person, *scopes):
    answer = await person.browser.post("/api/auth/tokens", json={"name": "here", "scopes": list(scopes)})
    return answer.json()["token"]


def remote(stack, person):
    """The person's browser on another machine."""
    transport = httpx.ASGITransport(stack.built.app, client=("192.0.2.7", 1))
    headers = {"Authorization": person.browser.headers["Authorization"]}
    return httpx.AsyncClient(transport=transport, base_url="http://dashboard", headers=headers)


async def test_a_press_of_a_button_connects_and_another_ends_it(stack):
    anna = await stack.person("anna")
    assert (await anna.browser.get(URL)).json() == {"available": True, "running": False}
    token = await new_token(anna, "agent")
    answer = await anna.browser.post(URL, json={"token": token})
    assert (answer.status_code, answer.json()) == (201, {"available": True, "running": True})
    kept = stack.settings.data_dir / "agent.token"
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (token, 0o600)
    log = stack.settings.data_dir / "agent.log"
    called = f"agent --dashboard-url http://127.0.0.1:8000 --token-file {kept}"
    await eventually(lambda: log.read_text().strip() == called)
    assert token not in log.read_text()
    assert (await anna.browser.get(URL)).json()["running"] is True
    assert (await anna.browser.delete(URL)).status_code == 204
    assert (await anna.browser.get(URL)).json() == {"available": True, "running": False}
    assert not kept.exists()


async def test_only_a_browser_on_this_very_machine_may(stack):
    anna = await stack.person("anna")
    token = await new_token(anna, "agent")
    async with remote(stack, anna) as browser:
        assert (await browser.get(URL)).json() == {"available": False, "running": False}
        assert code(await browser.post(URL, json={"token": token})) == (403, "not_this_machine")
        assert code(await browser.delete(URL)) == (403, "not_this_machine")
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        answer = await anna.browser.post(URL, json={"token": token}, headers={header: "192.0.2.7"})
        assert code(answer) == (403, "not_this_machine")


async def test_the_token_is_the_persons_own_for_an_agent(stack):
    anna = await stack.person("anna")
    ben = await stack.colleague(anna, "ben")
    cases = [
        (await new_token(anna, "read"), "wrong_scope"),
        (await new_token(ben, "agent"), "not_own"),
        ("lsm_" + "a" * 60, "bad_token"),
        ("not a token at all, though long", "invalid"),
    ]
    for token, why in cases:
        assert code(await anna.browser.post(URL, json={"token": token})) == (422, why)
    assert (await anna.browser.get(URL)).json()["running"] is False


async def test_who_may_not_write_connects_nothing(stack):
    anna = await stack.person("anna")
    vera = await stack.colleague(anna, "vera", "viewer")
    assert (await vera.browser.get(URL)).status_code == 200
    token = await new_token(anna, "agent")
    assert code(await vera.browser.post(URL, json={"token": token})) == (403, "forbidden")
    assert code(await stack.client().get(URL)) == (401, "unauthenticated")


async def test_it_starts_again_with_the_server(tmp_path, program):
    settings = settings_for(tmp_path / "data")
    first = LocalAgent(settings)
    await first.resume()
    assert first.running is False
    await first.connect("lsm_" + "t" * 30)
    assert first.running
    await first.stop()
    assert first.running is False
    second = LocalAgent(settings)
    await second.resume()
    assert second.running
    await second.forget()
    third = LocalAgent(settings)
    await third.resume()
    assert third.running is False


async def test_two_presses_start_one_agent(tmp_path, program):
    agent = LocalAgent(settings_for(tmp_path / "data"))
    await asyncio.gather(agent.connect("lsm_" + "a" * 30), agent.connect("lsm_" + "b" * 30))
    assert agent.running
    await agent.stop()
    log = (tmp_path / "data" / "agent.log").read_text()
    assert log.count("--token-file") <= 1


async def test_an_authority_of_our_own_is_handed_on(tmp_path, program):
    settings = settings_for(tmp_path / "data", tls="self", host="::1", port=9000)
    agent = LocalAgent(settings)
    await agent.connect("lsm_" + "a" * 30)
    log = tmp_path / "data" / "agent.log"
    await eventually(lambda: "--ca-file" in log.read_text())
    await agent.stop()
    assert "--dashboard-url https://[::1]:9000 " in log.read_text()
    assert log.read_text().strip().endswith(f"--ca-file {tmp_path}/data/tls/authority.pem")
