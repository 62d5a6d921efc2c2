import pytest

from tests.services.auth.world import open_world


@pytest.fixture
async def world(database_url, tmp_path):
    """The auth service on each database."""
    async with open_world(database_url, tmp_path) as opened:
        yield opened
