"""The servers a test may ask for by name.

`rabbitmq`, `redis_server` and `postgres` are private instances, started when first asked for and kept to the
end of the run. `amqp_url`, `redis_url` and `database_url` are fresh and empty for every test, on those
instances or on the ones named by TEST_AMQP_URL (with TEST_AMQP_MANAGEMENT_URL), TEST_REDIS_URL and
TEST_DATABASE_URL (a superuser's). A missing program skips on a developer's machine and fails where CI=true.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import pytest
import structlog

from tests.support.promises import HELD
from tests.support.servers.broker import Broker
from tests.support.servers.postgres import Postgres, create_database, drop_database
from tests.support.servers.process import Server
from tests.support.servers.programs import ProgramMissingError
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.redis import Redis, ask
from tests.support.servers.smtp import MailServer
from tests.support.shapes.distributed import Distributed
from tests.support.shapes.embedded import Embedded
from tests.support.shapes.shape import Shape
from tests.support.templates import Templates

S = TypeVar("S", bound=Server)
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]
SHAPES: dict[str, Callable[[dict[str, str]], Shape]] = {"embedded": Embedded, "distributed": Distributed}
# All people of all scenarios come from one address, some of them at once.
RELAXED: dict[str, str] = {
    "SIGN_INS_PER_MINUTE": "100000",
    "SIGN_INS_PER_SECOND": "10000",
    "ANONYMOUS_PER_MINUTE": "100000",
    "DATABASE_CONNECT_SECONDS": "60",
    # A new signing key is waited for in a test.
    "JWKS_CACHE_SECONDS": "2",
    "KEY_MARGIN_SECONDS": "1",
    "USER_PER_MINUTE": "100000",
    "USER_WRITES_PER_MINUTE": "100000",
    "USER_SEARCHES_PER_MINUTE": "100000",
    "USER_EXPORTS_PER_MINUTE": "100000",
    "AGENT_SYNCS_PER_MINUTE": "100000",
    "RESETS_PER_HOUR": "100000",
    "RESET_LETTERS_PER_HOUR": "100000",
    "INVITE_LETTERS_PER_HOUR": "100000",
    "LETTERS_PER_ADDRESS_HOUR": "100000",
    # Receivers of webhooks are on this machine.
    "WEBHOOK_LOOPBACK": "1",
}
# A machine busy with other tests makes a question last.
PATIENT = {
    "POOL_WAIT_SECONDS": "30",
    "STATEMENT_TIMEOUT_MS": "30000",
    "SEARCH_TIMEOUT_MS": "30000",
    "LOCK_TIMEOUT_MS": "30000",
}


def missing(error: ProgramMissingError) -> NoReturn:
    """Fail where nothing may be skipped (CI=true), else skip."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(str(error), pytrace=False)
    pytest.skip(str(error))


@pytest.fixture
def logs_stay() -> Iterator[None]:
    """A command called in here sets up its process's logs; afterwards those of the tests are as before."""
    loggers = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    levels = {one: one.level for one in (logging.root, *loggers)}
    before = structlog.get_config()
    yield
    structlog.configure(**before)
    for handler in [one for one in logging.root.handlers if type(one) is logging.StreamHandler]:
        logging.root.removeHandler(handler)
    for one in (logging.root, *logging.root.manager.loggerDict.values()):
        if isinstance(one, logging.Logger):
            one.setLevel(levels.get(one, logging.NOTSET))


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


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind: a test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"))


def database_with(*services: str) -> Callable[..., Iterator[str]]:
    """Make a fixture to take the place of `database_url`: the tables of these services are in it."""

    @pytest.fixture(params=DATABASES)
    def database_url(
        request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[str]:
        if request.param == "sqlite":
            yield templates.sqlite(services, tmp_path_factory.mktemp("database") / "test.db")
            return
        superuser_url: str = request.getfixturevalue("superuser_url")
        url = templates.postgres(superuser_url, services)
        yield url
        drop_database(superuser_url, url)

    return database_url


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """Where the letters of `shape` go."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def shapes(mail_server: MailServer) -> Iterator[Callable[[str], Shape]]:
    """Gives the running product in a shape; what was started once serves until the end of the run."""
    started: dict[str, Shape] = {}
    with ExitStack() as stack:

        def running_shape(name: str) -> Shape:
            if name not in started:
                patient = {} if HELD else PATIENT
                made = SHAPES[name](RELAXED | patient | letters_to(mail_server))
                made.mail = mail_server
                started[name] = stack.enter_context(made)
            return started[name]

        yield running_shape


@pytest.fixture(scope="session", params=["embedded", pytest.param("distributed", marks=pytest.mark.servers)])
def shape(request: pytest.FixtureRequest, shapes: Callable[[str], Shape]) -> Shape:
    """The whole product, running: a test that asks for it runs in both shapes.

    One instance serves all tests of a run, so each makes a team of its own. A test that kills a part starts
    it again before it ends.
    """
    try:
        return shapes(request.param)
    except ProgramMissingError as error:
        missing(error)


def letters_to(server: MailServer) -> dict[str, str]:
    """The settings with which a process's letters go there, again at once where it refuses one."""
    return {
        "SMTP_URL": server.url,
        "MAIL_FROM": "Team Dashboard <dashboard@example.org>",
        "MAIL_RETRY_SECONDS": "0.2",
    }
