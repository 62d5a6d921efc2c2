"""The front door lets through what it should, where it should, and nothing else."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from infra.nginx.routes import rules, table, tree
from tests.infra.upstream import listening
from tests.support.fixtures import running
from tests.support.servers.nginx import FrontDoor

PAGE = '<meta name="csp-nonce" content="__CSP_NONCE__"><title>The page</title>'


@pytest.fixture(scope="module")
def page_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "assets" / "main-1a2b.js").write_text("export {}")
    return folder


@pytest.fixture(scope="module")
def upstreams() -> Iterator[dict[str, int]]:
    """The port of each service."""
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def door(page_dir: Path, upstreams: dict[str, int]) -> Iterator[FrontDoor]:
    yield from running(lambda: FrontDoor(page_dir, {name: [port] for name, port in upstreams.items()}))


@pytest.fixture
async def client(door: FrontDoor) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=door.url, trust_env=False) as client:
        yield client


@pytest.mark.servers
def test_nginx_finds_no_fault(page_dir: Path) -> None:
    said = FrontDoor(page_dir, {}).check()
    assert "test is successful" in said
    assert "[warn]" not in said


@pytest.mark.servers
@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/auth/login", "auth"),
        ("/api/teams", "auth"),
        ("/api/openapi.json", "auth"),
        ("/api/sessions", "ingest"),
        ("/api/sessions/42/health?x=1", "ingest"),
        ("/api/agents/me/commands?wait=25", "ingest"),
    ],
)
async def test_each_address_reaches_its_service(
    client: httpx.AsyncClient, upstreams: dict[str, int], path: str, service: str
) -> None:
    reply = await client.get(path)
    lines = reply.text.split("\n")
    assert (int(lines[0]), lines[1].strip()) == (upstreams[service], f"GET {path} HTTP/1.1")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.servers
@pytest.mark.parametrize(
    "path",
    [
        "/internal/broker/user",
        "/internal",
        "/metrics",
        "/healthz",
        "/readyz",
        "/api",
        "/api/unknown",
        "/ws",
        "/api/../internal/broker/user",
        "/internal/../api/auth/me",
        "/api/auth/..%2f..%2finternal/broker/user",
        "//api/auth/me",
        "/assets/gone.js",
        "/-/problem",
    ],
)
async def test_what_is_not_public_is_not_found(door: FrontDoor, path: str) -> None:
    """Sent byte by byte: a client library would tidy the address up first."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: dashboard\r\nConnection: close\r\n\r\n".encode())
    reply = (await reader.read()).decode()
    writer.close()
    assert reply.startswith("HTTP/1.1 404 ")
    assert "application/problem+json" in reply
    assert '"code":"not_found"' in reply


@pytest.mark.servers
async def test_forwarded_headers_are_overwritten(
    client: httpx.AsyncClient, upstreams: dict[str, int]
) -> None:
    lies = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "Forwarded": "for=6.6.6.6",
        "X-Real-IP": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Correlation-Id": "chosen",
    }
    head = (await client.get("/api/auth/me", headers=lies)).text.lower()
    assert "6.6.6.6" not in head
    assert "evil.example" not in head
    assert "chosen" not in head
    assert "x-forwarded-for: 127.0.0.1" in head
    assert "x-forwarded-proto: http\n" in head


@pytest.mark.servers
async def test_the_page_answers_every_other_address_with_a_fresh_nonce(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/"), await client.get("/sessions/42")
    nonces = []
    for reply in (first, second):
        assert reply.status_code == 200
        found = re.search(r'content="([^"]+)"', reply.text)
        assert found
        nonces.append(found[1])
        policy = reply.headers["content-security-policy"]
        assert f"style-src 'self' 'nonce-{found[1]}'" in policy
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cache-control"] == "no-cache"
    assert len(set(nonces)) == 2
    assert "__CSP_NONCE__" not in nonces


@pytest.mark.servers
async def test_files_of_the_build_may_be_kept_for_ever(client: httpx.AsyncClient) -> None:
    reply = await client.get("/assets/main-1a2b.js")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in reply.headers["content-type"]
    assert (await client.get("/icon.svg")).headers["content-type"] == "image/svg+xml"


@pytest.mark.servers
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/teams", 1024**2, 200),
        ("/api/teams", 1024**2 + 1, 413),
        ("/api/sessions/sync", 1024**2 + 1, 200),
        ("/api/sessions/sync", 8 * 1024**2 + 1, 413),
    ],
)
async def test_bodies_are_limited(client: httpx.AsyncClient, path: str, size: int, status: int) -> None:
    reply = await client.post(path, content=bytes(size))
    assert reply.status_code == status
    if status == 413:
        assert reply.json()["code"] == "too_large"


@pytest.mark.servers
async def test_addresses_and_headers_are_limited(client: httpx.AsyncClient) -> None:
    long_address = await client.get("/api/sessions?q=" + "x" * 5000)
    assert (long_address.status_code, long_address.json()["code"]) == (414, "url_too_long")
    long_header = await client.get("/api/sessions", headers={"X-Long": "x" * 20_000})
    assert (long_header.status_code, long_header.json()["code"]) == (431, "headers_too_large")


@pytest.mark.servers
def test_a_service_that_is_away_is_a_503_to_try_again(page_dir: Path) -> None:
    with contextmanager(running)(lambda: FrontDoor(page_dir, {})) as door:
        reply = httpx.get(f"{door.url}/api/sessions", trust_env=False)
    assert reply.status_code == 503
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["retry-after"] == "2"
    assert reply.json()["status"] == 503


@pytest.mark.servers
async def test_sockets_are_upgraded_and_tickets_not_logged(
    door: FrontDoor, upstreams: dict[str, int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    head = "GET /ws/sessions?ticket=very-secret HTTP/1.1\r\nHost: dashboard\r\nOrigin: http://dashboard\r\n"
    writer.write(f"{head}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
    writer.close()
    await writer.wait_closed()
    async with httpx.AsyncClient(base_url=door.url, trust_env=False) as client:
        for path in (
            "/api/auth/me?token=very-secret",
            "/api/sessions/very-secret/health",
            "/join/very-secret",
        ):
            await client.get(path)
        for path in ("/api/auth/me/very-secret", "/assets/main-1a2b.js", "/assets/very-secret%0a.js"):
            await client.get(path)
    said = [json.loads(line) for line in door.access_log.splitlines()]
    routes = ["/ws/sessions", "/api/auth/me", "/api/sessions/{session_id}/health", "other"]
    assert [line["route"] for line in said][-7:] == [*routes, "other", "/assets/main-1a2b.js", "other"]
    assert "very-secret" not in door.access_log + door.log


def test_a_branch_of_one_service_is_one_rule_and_exceptions_come_first() -> None:
    document = {
        "paths": {
            "/api/teams": {"get": {"tags": ["teams"]}},
            "/api/teams/{id}": {"get": {"tags": ["teams"]}},
            "/api/teams/{id}/members": {"get": {"tags": ["teams"]}},
            "/api/teams/{id}/webhooks": {"get": {"tags": ["webhooks"]}},
            "/api/teams/{id}/webhooks/{wid}/test": {"post": {"tags": ["webhooks"]}},
            "/api/insights": {"get": {"tags": ["insights"]}},
        }
    }
    found = list(rules(tree(document)))

    def service(path: str) -> str | None:
        return next((name for pattern, name in found if re.search(pattern, path)), None)

    assert service("/api/teams") == "auth"
    assert service("/api/teams/7") == "auth"
    assert service("/api/teams/7/members/9") == "auth"
    assert service("/api/teams/7/webhooks") == "insight"
    assert service("/api/teams/7/webhooks/8/test") == "insight"
    assert service("/api/teams/7/nothing") is None
    assert service("/api/insights/1/comments") == "insight"
    assert service("/api/insightsish") is None


def test_an_address_with_two_services_is_refused() -> None:
    document = {"paths": {"/api/x": {"get": {"tags": ["auth"]}, "post": {"tags": ["sessions"]}}}}
    with pytest.raises(ValueError, match="belongs to"):
        table(document)


def test_a_tag_must_take_its_place_in_the_table() -> None:
    with pytest.raises(ValueError, match="no service is known"):
        table({"paths": {"/api/x": {"get": {"tags": ["new"]}}}})
