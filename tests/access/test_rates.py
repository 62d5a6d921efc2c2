"""The rates of production, in a product of its own: nobody asks too often, and nobody pays for another."""

import itertools
from collections.abc import Iterator

import httpx
import pytest

from tests.access.cast import HELLO
from tests.e2e.people import Person
from tests.support.fixtures import SHAPES, missing
from tests.support.servers.programs import ProgramMissingError
from tests.support.servers.redis import Redis
from tests.support.shapes.shape import Shape

ME = "/api/auth/me"
SESSIONS = "/api/sessions"
MINUTE = range(1, 61)
ADDRESSES = (f"127.0.{high}.{low}" for high, low in itertools.product(range(7, 100), range(1, 200)))
SCRIPT = {"session_id": "one", "metrics": {"token_count": 1}, "hostname": "laptop"}


@pytest.fixture(scope="module", params=["embedded", pytest.param("distributed", marks=pytest.mark.servers)])
def strict(request: pytest.FixtureRequest) -> Iterator[Shape]:
    """A product with the rates of production; in every other test they are relaxed."""
    try:
        made = SHAPES[request.param]({})
    except ProgramMissingError as error:
        missing(error)
    with made:
        yield made


@pytest.fixture
def client(strict: Shape) -> Iterator[httpx.Client]:
    """Somebody at an address that nobody had before."""
    transport = httpx.HTTPTransport(local_address=next(ADDRESSES))
    with httpx.Client(base_url=strict.url, transport=transport, timeout=30) as client:
        yield client


@pytest.fixture
def anna(strict: Shape) -> Iterator[Person]:
    with Person(strict, "anna", "Shop") as person:
        yield person


@pytest.fixture
def ben(strict: Shape) -> Iterator[Person]:
    with Person(strict, "ben", "Shop") as person:
        yield person


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.access_token}"}


def statuses(
    client: httpx.Client, count: int, path: str, method: str = "GET", **request: object
) -> list[int]:
    return [client.request(method, path, **request).status_code for _ in range(count)]


def refused(answer: httpx.Response) -> None:
    """Check what somebody is told who asks too often."""
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) in MINUTE


@pytest.mark.parametrize(
    ("token", "status"), [(None, 401), ("Bearer lsm_x", 401), ("Bearer eyJhbGciOiJub25lIn0.e30.", 401)]
)
def test_an_address_asks_sixty_times_without_a_proof(
    client: httpx.Client, anna: Person, token: str | None, status: int
) -> None:
    headers = {"Authorization": token} if token else {}
    assert statuses(client, 61, ME, headers=headers) == [status] * 60 + [429]
    refused(client.get(SESSIONS, headers=headers))
    assert client.get(ME, headers=bearer(anna)).status_code == 200


def test_no_claim_about_who_forwarded_it_makes_an_address_new(client: httpx.Client) -> None:
    lies = [{"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}"} for n in range(70)]
    found = [client.get(ME, headers=lie).status_code for lie in lies]
    assert found == [401] * 60 + [429] * 10


def test_signing_in_has_twenty_a_minute_of_these(client: httpx.Client, anna: Person) -> None:
    body = {"email": "nobody@example.com", "password": "x"}
    bodies = [body | {"email": f"nobody-{n}@example.com"} for n in range(21)]
    assert [client.post("/api/auth/login", json=one).status_code for one in bodies] == [401] * 20 + [429]
    assert client.get(ME).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [("GET", SESSIONS, 600), ("PUT", ME, 120), ("GET", SESSIONS + "?q=x", 60), ("GET", "{audit}/export", 6)],
)
def test_a_person_has_their_rates_and_nobody_elses(
    strict: Shape, client: httpx.Client, anna: Person, ben: Person, method: str, path: str, most: int
) -> None:
    path = path.replace("{audit}", f"/api/teams/{anna.team_id}/audit")
    request = {"headers": bearer(anna), **({"json": {"username": "anna"}} if method == "PUT" else {})}
    found = statuses(client, most + 1, path, method, **request)
    assert found == [200] * most + [429]
    refused(client.request(method, path, **request))
    assert client.get(ME, headers=bearer(ben)).status_code == 200
    if most < 600:
        assert client.get(ME, headers=bearer(anna)).status_code == 200


def test_an_agent_reports_sixty_times_and_its_person_goes_on(client: httpx.Client, anna: Person) -> None:
    token, other = anna.api_token("agent"), anna.api_token("agent")
    headers = {"Authorization": f"Bearer {token}"}
    assert statuses(client, 61, SESSIONS + "/sync", "POST", json=SCRIPT, headers=headers) == [202] * 60 + [
        429
    ]
    refused(client.post(SESSIONS + "/sync", json=SCRIPT, headers=headers))
    hello = client.post("/api/agents", json=HELLO, headers={"Authorization": f"Bearer {other}"})
    assert (hello.status_code, client.get(ME, headers=bearer(anna)).status_code) == (200, 200)


def test_an_office_may_refresh_from_one_address(strict: Shape, client: httpx.Client, anna: Person) -> None:
    """A good cookie is a proof, a bad one is none."""
    page = {"X-Requested-With": "dashboard", "Origin": strict.url}
    anna.client.headers.pop("Authorization")
    assert statuses(anna.client, 70, "/api/auth/refresh", "POST", json={}, headers=page) == [200] * 70
    cookie = {"Cookie": "; ".join(f"{name}=made-up" for name in anna.client.cookies)}
    found = statuses(client, 61, "/api/auth/refresh", "POST", json={}, headers=page | cookie)
    assert found == [401] * 60 + [429]
    assert client.get(ME).status_code == 429


def test_without_redis_each_process_counts_for_itself(
    strict: Shape, client: httpx.Client, anna: Person
) -> None:
    redis = strict.parts.get("redis")
    if redis is None:
        pytest.skip("this shape has no Redis")
    assert isinstance(redis, Redis)
    assert statuses(client, 30, SESSIONS) == [401] * 30
    redis.kill()
    try:
        assert statuses(client, 61, SESSIONS) == [401] * 60 + [429]
        found = statuses(client, 7, f"/api/teams/{anna.team_id}/audit/export", headers=bearer(anna))
        assert found == [200] * 6 + [429]
    finally:
        redis.start()
