"""What every test may use."""

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a server, so that `-m "not servers"` is the quick half."""
    for item in items:
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)
