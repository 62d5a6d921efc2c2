"""The bounds of the front door: of nginx alone, and of whatever is the door in either shape."""

import asyncio
import re
import shutil
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from services.runtime.host.tls import AUTHORITY, own_certificate
from tests.e2e.people import Person
from tests.infra.upstream import listening
from tests.support.fixtures import running
from tests.support.servers.nginx import FrontDoor
from tests.support.shapes.shape import Shape

SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
JSON = "Host: here\r\nContent-Type: application/json\r\n"
PLAIN = "Host: here\r\n"
BEARER = {"Authorization": "Bearer somebody"}


@pytest.fixture(scope="module")
def upstreams() -> Iterator[dict[str, list[int]]]:
    with listening() as found:
        yield {name: [port] for name, port in found.items()}


@contextmanager
def door(upstreams: dict[str, list[int]], folder: Path, **options: object) -> Iterator[FrontDoor]:
    yield from running(lambda: FrontDoor(folder, upstreams, **options))


def ask(opened: FrontDoor, **headers: str) -> httpx.Response:
    return httpx.get(f"{opened.url}/api/auth/me", headers=headers, trust_env=False)


@pytest.mark.servers
def test_a_flood_without_tokens_stops_at_the_door(upstreams: dict[str, list[int]], tmp_path: Path) -> None:
    """It lets more through than the services take, and is no matter of those who show a token."""
    with door(upstreams, tmp_path, anonymous_per_minute=4) as opened:
        answers = [ask(opened) for _ in range(30)]
        with_token = [ask(opened, **BEARER).status_code for _ in range(30)]
    statuses = [answer.status_code for answer in answers]
    assert statuses[:9] == [200] * 9
    assert statuses.count(429) > 10
    refused = answers[statuses.index(429)]
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many", "10")
    assert refused.headers["content-type"] == "application/problem+json"
    assert SAFE.items() <= dict(refused.headers).items()
    assert set(with_token) == {200}


@pytest.mark.servers
@pytest.mark.parametrize(("proxy", "believed"), [("", False), ("10.0.0.1", False), ("127.0.0.1", True)])
def test_only_the_configured_proxy_is_believed(
    upstreams: dict[str, list[int]], tmp_path: Path, proxy: str, believed: bool
) -> None:
    with door(upstreams, tmp_path, proxy=proxy) as opened:
        head = ask(opened, **{"X-Forwarded-For": "6.6.6.6, 7.7.7.7"}).text.lower()
    assert f"x-forwarded-for: {'7.7.7.7' if believed else '127.0.0.1'}\n" in head.replace("\r", "")
    assert "6.6.6.6" not in head


@pytest.mark.servers
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_is_recent_and_stays(upstreams: dict[str, list[int]], tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path / "own", "127.0.0.1")
    shutil.copy(certificate, tmp_path / "certificate.pem")
    shutil.copy(key, tmp_path / "key.pem")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "own" / AUTHORITY))
    with door(upstreams, tmp_path, tls=tmp_path) as opened:
        answers = [
            httpx.get(opened.url + path, verify=trusting, trust_env=False) for path in ("/api/auth/me", "/x")
        ]
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        versions = {}
        for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            old.maximum_version = version
            versions[version.name] = shakes_hands(opened, old)
    for answer in answers:
        assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "x-forwarded-proto: https" in answers[0].text.lower()
    assert versions == {"TLSv1_1": False, "TLSv1_2": True, "TLSv1_3": True}


def shakes_hands(opened: FrontDoor, context: ssl.SSLContext) -> bool:
    parts = urlsplit(opened.url)
    try:
        asyncio.run(_shake(parts.hostname or "", parts.port or 0, context))
    except ssl.SSLError:
        return False
    return True


async def _shake(host: str, port: int, context: ssl.SSLContext) -> None:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    writer.close()
    await writer.wait_closed()


# From here on: both shapes.


async def said(shape: Shape, text: str) -> str:
    """Send this and no more; everything that is answered until the door closes."""
    parts = urlsplit(shape.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    with closing(writer):
        writer.write(text.encode())
        return (await asyncio.wait_for(reader.read(), 40)).decode()


def status(answer: str) -> str:
    return answer.partition("\r\n")[0].removeprefix("HTTP/1.1 ")[:3]


async def test_who_is_slow_is_not_waited_for(shape: Shape) -> None:
    """A head that stops, a body that stops, somebody who says nothing: none is kept for ever."""
    slow = [
        "",
        "GET /api/auth/me HTTP/1.1\r\nHost: he",
        "POST /api/auth/login HTTP/1.1\r\n" + JSON + 'Content-Length: 99\r\n\r\n{"',
    ]
    answers = await asyncio.gather(*(said(shape, text) for text in slow))
    assert {status(answer) for answer in answers} <= {"", "408"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"GET /api/sessions?q={'x' * 4200} HTTP/1.1\r\nHost: here\r\n\r\n", "414"),
        (f"GET /api/sessions HTTP/1.1\r\nHost: here\r\nX-Long: {'x' * 17_000}\r\n\r\n", "431"),
        ("GET /api/sessions HTTP/1.1\r\n" + "X-Many: x\r\n" * 1700 + "Host: here\r\n\r\n", "431"),
        (f"POST /api/auth/login HTTP/1.1\r\n{JSON}Content-Length: 1048577\r\n\r\n", "413"),
        (f"POST /api/sessions/sync HTTP/1.1\r\n{JSON}Content-Length: 8388609\r\n\r\n", "413"),
        (
            f"POST /api/auth/login HTTP/1.1\r\n{PLAIN}Content-Length: 3\r\nConnection: close\r\n\r\na=b",
            "415",
        ),
        ("GET /api/sessions?q=%00 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", "400"),
        ("GET /api/sessions/%00 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", "400"),
        ("GET /api/sessions HTTP/1.1\r\nno colon\r\nHost: here\r\nConnection: close\r\n\r\n", "400"),
        ("nonsense\r\n\r\n", "400"),
    ],
)
async def test_what_is_too_much_is_refused_by_a_problem_document(
    shape: Shape, text: str, expected: str
) -> None:
    """nginx calls many small headers that are too much, and a head that is none, a plain 400."""
    head, _, body = (await said(shape, text)).partition("\r\n\r\n")
    assert status(head) in {expected, "400"} if "X-Many" in text else status(head) == expected
    assert "content-type: application/problem+json" in head.lower()
    assert "xxxx" not in head + body


def test_the_page_runs_nothing_but_its_own(shape: Shape) -> None:
    answers = [httpx.get(shape.url + path, trust_env=False) for path in ("/", "/sessions/42")]
    nonces = []
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        found = re.search(r"style-src 'self' 'nonce-([^']+)';", policy)
        assert found
        nonces.append(found[1])
        assert f'"{found[1]}"' in answer.text
        assert policy == (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{found[1]}'; "
            "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        assert SAFE.items() <= dict(answer.headers).items()
    assert len(set(nonces)) == 2


@pytest.mark.parametrize("path", ["/api/auth/me", "/api/openapi.json", "/api/nothing", "/api/auth/jwks.json"])
def test_every_answer_of_the_api_is_safe_and_kept_by_nobody(shape: Shape, path: str) -> None:
    headers = httpx.get(shape.url + path, trust_env=False).headers
    assert {**SAFE, "cache-control": "no-store"}.items() <= dict(headers).items()
    assert all(len(headers.get_list(name)) == 1 for name in (*SAFE, "cache-control"))
    assert "strict-transport-security" not in headers
    assert "server" not in headers or headers["server"] == "nginx"


def test_signing_out_leaves_nothing_in_the_browser(shape: Shape) -> None:
    with Person(shape, "anna") as anna:
        answer = anna.client.post("/api/auth/logout")
        assert answer.status_code == 204
        assert answer.headers["clear-site-data"] == '"cache", "storage"'
        assert not list(anna.client.cookies)
