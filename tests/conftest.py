"""What every test may use."""

import gc
from collections.abc import Iterator

import pytest
import structlog

pytest_plugins = ["tests.support.fixtures"]

SERVER_FIXTURES = {
    "rabbitmq",
    "redis_server",
    "postgres",
    "broker",
    "amqp_url",
    "redis_url",
    "superuser_url",
    "postgres_url",
}
# A suite over several back ends asks for its server only once it runs; the parameter tells beforehand.
SERVER_PARAMETERS = {"amqp", "redis", "postgresql", "distributed"}
# What takes longest begins first, so that at the end nobody is waited for.
LONGEST = (
    "tests/pages/test_looks",
    "tests/faults",
    "tests/e2e",
    "tests/load",
    "tests/services/demo",
    "tests/gateway/test_slow",
    "tests/pages",
    "tests/access",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make check` leaves out: what takes a server, the whole product, or loads at a thousandth."""
    items.sort(key=_turn)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        if SERVER_FIXTURES & fixtures or SERVER_PARAMETERS & {str(value) for value in parameters}:
            item.add_marker(pytest.mark.servers)
        if "shape" in fixtures:
            item.add_marker(pytest.mark.product)
        if item.path.parent.name == "api" or "tests/load" in item.path.as_posix():
            item.add_marker(pytest.mark.composed)


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A PostgreSQL that makes many databases at once does nothing else for seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_CONNECT_SECONDS", "60")
        patch.setenv("STATEMENT_TIMEOUT_MS", "60000")
        patch.setenv("INGEST_STATEMENT_TIMEOUT_MS", "60000")
        yield


@pytest.fixture(scope="session", autouse=True)
def rare_collections() -> Iterator[None]:
    """Look for garbage as seldom as the services do: most tests put the whole product together."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    yield
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """Print errors without the values of all variables: these cost seconds, and are long."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


def _turn(item: pytest.Item) -> int:
    path = item.path.relative_to(item.config.rootpath).as_posix()
    return next((turn for turn, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))
