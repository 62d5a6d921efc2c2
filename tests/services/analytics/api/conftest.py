import pytest

from tests.services.analytics.api.office import Office
from tests.services.ingest.api.team import open_team
from tests.support.fixtures import database_with
from tests.support.templates import EVERY

database_url = database_with(*EVERY)


@pytest.fixture
async def office(database_url, tmp_path):
    """A team in the whole product, on each database; what analytics is told, it knows at once."""
    async with open_team(database_url, tmp_path) as team:
        yield Office(team)
