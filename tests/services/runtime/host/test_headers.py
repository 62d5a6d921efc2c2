"""Every answer is safe to show; other origins' pages are let in only where they are named."""

import httpx
import pytest

from services.runtime.host import build_app
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.services.runtime.host.stage import Part

PAGES = {"Origin": "https://a.example"}


def open_client(base_url="http://here", **changes):
    app = build_app(
        Settings(**changes), Metrics(), [Part()], document=lambda: {"paths": {}, "components": {}}
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base_url)


@pytest.mark.parametrize(
    "path", ["/api/id", "/api/nothing", "/api/raise/bug", "/healthz", "/api/docs", "/x" * 3000]
)
async def test_every_answer_is_safe_to_show(path):
    async with open_client() as client:
        headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-robots-tag"] == "noindex, nofollow"
    assert (headers.get("cache-control") == "no-store") is (path != "/healthz")
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    ("url", "secured"),
    [
        ("https://dashboard.example", True),
        ("https://10.0.0.1:8443", True),
        ("https://localhost:8000", False),
        ("https://a.localhost", False),
        ("http://dashboard.example", False),
    ],
)
async def test_https_stays_https_but_on_ones_own_machine(url, secured):
    async with open_client(url) as client:
        found = (await client.get("/api/id")).headers.get("strict-transport-security")
    assert found == ("max-age=63072000; includeSubDomains" if secured else None)


async def test_without_origins_no_other_page_is_let_in():
    async with open_client() as client:
        asked = await client.options("/api/form", headers={**PAGES, "Access-Control-Request-Method": "POST"})
        sent = await client.post("/api/form", json={}, headers=PAGES)
    assert asked.status_code == 405
    for answer in (asked, sent):
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_named_origins_are_let_in_with_credentials():
    async with open_client(cors_origins="https://a.example") as client:
        question = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        }
        asked = await client.options("/api/form", headers={**PAGES, **question})
        failed = await client.get("/api/raise/bug", headers=PAGES)
        foreign = await client.options("/api/form", headers={"Origin": "https://b.example", **question})
        sent = await client.post("/api/form", json={}, headers={"Origin": "https://b.example"})
    assert asked.status_code == 200
    for answer in (asked, failed):
        assert answer.headers["access-control-allow-origin"] == "https://a.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
    assert "authorization" in asked.headers["access-control-allow-headers"].lower()
    for answer in (foreign, sent):
        assert "access-control-allow-origin" not in answer.headers
