import pytest

from tests.services.ingest.bench import open_bench
from tests.support.fixtures import database_with

database_url = database_with("ingest")


@pytest.fixture
async def bench(database_url, tmp_path):
    """The consumer on each database, Anna's agent introduced."""
    async with open_bench(database_url, tmp_path) as opened:
        await opened.introduce()
        yield opened
