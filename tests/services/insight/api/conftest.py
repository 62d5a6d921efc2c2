import pytest

from tests.services.ingest.api.team import open_team
from tests.services.insight.api.forum import Forum
from tests.support.fixtures import database_with
from tests.support.templates import EVERY

database_url = database_with(*EVERY)


@pytest.fixture
async def forum(database_url, tmp_path):
    """A team in the whole product, on each database; what insight is told, it knows at once."""
    async with open_team(database_url, tmp_path) as team:
        opened = Forum(team)
        await opened.gather()
        yield opened
