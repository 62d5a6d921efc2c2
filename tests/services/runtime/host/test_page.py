"""The page from the same process: a nonce for each, files as they are, never in place of the API."""

import re

import httpx
import pytest

from services.runtime.host import build_app
from services.runtime.host.page import NONCE, Page
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(
        f'<meta name="nonce" content="{NONCE}"><style nonce="{NONCE}"></style>'
    )
    (folder / "assets" / "app-1a2b.js").write_text("run()")
    (folder / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
async def client(build):
    app = build_app(Settings(), Metrics(), [], page=Page(build), document=lambda: {"openapi": "3.1.0"})
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        yield client


@pytest.mark.parametrize(
    "url", ["/", "/sessions/5", "/index.html", "/settings?x=1", "/apis", "/" + "x" * 300, "/a/" + "b" * 500]
)
async def test_every_address_is_the_page(client, url):
    answer = await client.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-cache"
    nonces = set(re.findall(r'(?:nonce|content)="([^"]+)"', answer.text)) - {"nonce"}
    (nonce,) = nonces
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    for part in ("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy


async def test_a_nonce_is_used_once(client):
    policies = {(await client.get("/")).headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5


async def test_files_are_themselves(client):
    script = await client.get("/assets/app-1a2b.js")
    assert (script.text, script.headers["cache-control"]) == ("run()", "public, max-age=31536000, immutable")
    icon = await client.get("/icon.svg")
    assert (icon.text, icon.headers["cache-control"]) == ("<svg/>", "no-cache")
    for answer in (script, icon, await client.get("/")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert (await client.head("/icon.svg")).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "//secret.txt",
        "/....//secret.txt",
    ],
)
async def test_nothing_outside_the_build_is_served(client, url):
    answer = await client.get(httpx.URL("http://here").copy_with(raw_path=url.encode()))
    assert answer.status_code == 200
    assert "<style" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("url", ["/api", "/api/nothing", "/ws/nothing", "/internal/snapshot"])
async def test_what_is_unknown_to_the_api_is_never_the_page(client, method, url):
    answer = await client.request(method, url)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_page_is_only_read(client):
    answer = await client.post("/sessions/5")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_the_api_comes_first(client):
    assert (await client.get("/api/openapi.json")).json() == {"openapi": "3.1.0"}
    assert (await client.get("/healthz")).json() == {"status": "alive"}


async def test_a_page_that_is_not_built_says_so(client, build):
    (build / "index.html").unlink()
    answer = await client.get("/")
    assert (answer.status_code, "not built" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 404), ("", 404)]
)
async def test_totals_are_for_the_machine_itself(build, address, status):
    app = build_app(Settings(), Metrics(), [], page=Page(build))
    transport = httpx.ASGITransport(app, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        assert (await client.get("/metrics")).status_code == status
        assert (await client.get("/healthz")).status_code == 200
