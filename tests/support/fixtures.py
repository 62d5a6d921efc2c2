"""The servers a test may ask for by name.

`rabbitmq`, `redis_server` and `postgres` are private instances, started when first asked for and kept to the
end of the run. `amqp_url`, `redis_url` and `database_url` are fresh and empty for every test, on those
instances or on the ones named by TEST_AMQP_URL (with TEST_AMQP_MANAGEMENT_URL), TEST_REDIS_URL and
TEST_DATABASE_URL (a superuser's). A missing program skips on a developer's machine and fails where CI=true.
"""

import os
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import pytest

from tests.support.servers.broker import Broker
from tests.support.servers.postgres import Postgres, create_database, drop_database
from tests.support.servers.process import Server
from tests.support.servers.programs import ProgramMissingError
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.redis import Redis, ask
from tests.support.shapes.distributed import Distributed
from tests.support.shapes.embedded import Embedded
from tests.support.shapes.shape import Shape

S = TypeVar("S", bound=Server)
SHAPES: dict[str, Callable[[dict[str, str]], Shape]] = {"embedded": Embedded, "distributed": Distributed}
# All people of all scenarios come from one address, some of them at once.
RELAXED: dict[str, str] = {
    "SIGN_INS_PER_MINUTE": "100000",
    "SIGN_INS_PER_SECOND": "10000",
    "ANONYMOUS_PER_MINUTE": "100000",
}


def missing(error: ProgramMissingError) -> NoReturn:
    """Fail where nothing may be skipped (CI=true), else skip."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


def running(make: Callable[[], S]) -> Iterator[S]:
    """Start a server and stop it afterwards, whatever happened in between."""
    try:
        server = make()
    except ProgramMissingError as error:
        missing(error)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """The run's own RabbitMQ. A test that kills it starts it again before it ends."""
    yield from running(RabbitMQ)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """The run's own Redis. A test that kills it starts it again before it ends."""
    yield from running(Redis)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The run's own PostgreSQL. A test that kills it starts it again before it ends."""
    yield from running(Postgres)


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> Broker:
    """The management interface of the broker that `amqp_url` points at."""
    if url := os.environ.get("TEST_AMQP_URL"):
        parts = urlsplit(url)
        default = f"http://{parts.username}:{parts.password}@{parts.hostname}:15672"
        return Broker(f"{parts.scheme}://{parts.netloc}", os.environ.get("TEST_AMQP_MANAGEMENT_URL", default))
    own: RabbitMQ = request.getfixturevalue("rabbitmq")
    return own.broker


@pytest.fixture
def amqp_url(broker: Broker) -> Iterator[str]:
    """A fresh virtual host with production's policies."""
    url = broker.create_vhost()
    yield url
    broker.delete_vhost(url)


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """An empty database of Redis."""
    if url := os.environ.get("TEST_REDIS_URL"):
        parts = urlsplit(url)
        login = [f"AUTH {parts.username or 'default'} {parts.password}"] if parts.password else []
        select = f"SELECT {parts.path.removeprefix('/') or '0'}"
        ask(parts.port or 6379, *login, select, "FLUSHDB", host=parts.hostname or "127.0.0.1")
        return url
    own: Redis = request.getfixturevalue("redis_server")
    return own.fresh_database()


@pytest.fixture(scope="session")
def superuser_url(request: pytest.FixtureRequest) -> str:
    """The database server's superuser, for tests of roles and row-level security."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        return url
    own: Postgres = request.getfixturevalue("postgres")
    return own.url


@pytest.fixture
def postgres_url(superuser_url: str) -> Iterator[str]:
    """An empty database, as the services' role sees it."""
    url = create_database(superuser_url)
    yield url
    drop_database(superuser_url, url)


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)],
)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind: a test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session", params=["embedded", pytest.param("distributed", marks=pytest.mark.servers)])
def shape(request: pytest.FixtureRequest) -> Iterator[Shape]:
    """The whole product, running: a test that asks for it runs in both shapes.

    One instance serves all tests of a run, so each makes a team of its own. A test that kills a part starts
    it again before it ends.
    """
    try:
        made = SHAPES[request.param](RELAXED)
    except ProgramMissingError as error:
        missing(error)
    with made:
        yield made
