import pytest

from tests.services.ingest.api.team import open_team
from tests.support.fixtures import database_with
from tests.support.templates import EVERY

database_url = database_with(*EVERY)


@pytest.fixture
async def team(database_url, tmp_path):
    """Anna, Ben and their machines in the whole product, on each database."""
    async with open_team(database_url, tmp_path) as opened:
        yield opened
